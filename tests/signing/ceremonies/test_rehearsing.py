"""A rehearsal is the ceremony once more, marked on everything, and never the real thing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from core import storage, tokens
from core.db import db, transaction
from core.errors import Conflict, NotFound
from core.outbox import OutboxMessage
from pdf import pki, preview
from pdf.pki.anchors import Anchors
from pdf.verify import Indication, verify_kit, verify_pdf
from signing.agreements import printing, work
from signing.agreements import queries as agreements
from signing.ceremonies import copying, inviting, queries, rehearsing
from signing.cues import queries as cues
from signing.cues import service as cue_service
from signing.evidence import codes
from signing.meetings import queries as meeting_queries
from signing.meetings import service as meetings
from signing.meetings.rules import Tool, Way
from signing.screens import link_service
from signing.screens.link_service import Screen
from signing.seals import queries as seals
from signing.seats import queries as seats
from signing.trust import service as trust
from signing.uploads import service as uploads
from signing.witnesses import service as witnesses
from signing.witnesses.rules import WitnessPlan
from tests.support import ceremony
from tests.support.ceremony import HOST, Played
from tests.support.quick import Quick, QuickWorld, blank_pdf, played_from
from tests.support.rehearsal import WISH, rehearse


class TestCopy:
    def test_a_rehearsal_has_everything_that_is_planned(self, drafted: Quick) -> None:
        real = drafted.played.ceremony_id
        cue_service.make_sheet(real, by=HOST)
        made = rehearse(real)
        before, after = queries.get_ceremony(real), queries.get_ceremony(made)
        assert after.rehearsal_of == real
        assert [party.organisation for party in after.parties] == [party.organisation for party in before.parties]
        assert {each.name for each in seats.list_seats(made)} == {each.name for each in seats.list_seats(real)}
        titles = [[each.title for each in agreements.list_agreements(one)] for one in (real, made)]
        assert titles[0] == titles[1]
        sheets = [[(cue.kind, cue.length) for cue in cues.get_sheet(one).cues] for one in (real, made)]
        assert sheets[0] == sheets[1]

    def test_it_warns_of_no_seals_where_nobody_chose_a_place_for_one(self, drafted: Quick) -> None:
        made = rehearse(drafted.played.ceremony_id)
        for one in (drafted.played.ceremony_id, made):
            assert seals.list_planned(agreements.list_agreements(one), queries.get_ceremony(one)) == []

    def test_its_numbers_say_what_it_is(self, drafted: Quick) -> None:
        made = rehearse(drafted.played.ceremony_id)
        assert all(each.number.startswith("YQ-REHEARSAL-20261130-") for each in agreements.list_agreements(made))

    def test_it_stands_in_no_list_but_its_ceremonys(self, drafted: Quick) -> None:
        real = drafted.played.ceremony_id
        organisation = queries.get_ceremony(real).organisation_id
        made = rehearse(real)
        assert [each.id for each in queries.list_ceremonies(organisation)] == [real]
        assert queries.list_page(organisation, number=1, by_date=False).total == 1
        assert [each.id for each in queries.list_rehearsals(real)] == [made]
        assert queries.list_twins(queries.get_ceremony(made)) == []

    def test_the_same_form_sent_twice_is_one_rehearsal_and_another_one_is_a_second(self, drafted: Quick) -> None:
        real = drafted.played.ceremony_id
        assert rehearse(real) == rehearse(real) != rehearse(real, "two")

    def test_an_invited_ceremony_can_be_rehearsed_too(self, invited: Quick) -> None:
        made = rehearse(invited.played.ceremony_id)
        assert queries.get_ceremony(made).is_draft

    def test_a_rehearsal_is_neither_rehearsed_nor_copied(self, drafted: Quick) -> None:
        made = rehearse(drafted.played.ceremony_id)
        with pytest.raises(Conflict, match="rehearsal_of_rehearsal"):
            rehearse(made, "two")
        with pytest.raises(Conflict, match="rehearsal_not_copied"):
            copying.copy_unsigned(made, WISH, by=HOST)


class TestInvitations:
    def test_links_can_be_handed_over_instead_of_mails(self, drafted: Quick) -> None:
        made = rehearse(drafted.played.ceremony_id)
        rehearsing.choose_invitations(made, by_mail=False, by=HOST)
        with transaction():
            before = len(db.session.scalars(select(OutboxMessage)).all())
        inviting.print_and_invite(made, by=HOST)
        ceremony.do_jobs()
        assert queries.get_ceremony(made).gives_links
        assert len(db.session.scalars(select(OutboxMessage)).all()) == before

    def test_of_the_real_thing_nothing_can_be_chosen(self, drafted: Quick) -> None:
        with pytest.raises(NotFound):
            rehearsing.choose_invitations(drafted.played.ceremony_id, by_mail=False, by=HOST)


class TestDiscarding:
    def test_a_running_rehearsal_is_done_with_at_once(self, drafted: Quick) -> None:
        real = drafted.played.ceremony_id
        made = rehearse(real)
        inviting.print_and_invite(made, by=HOST)
        ceremony.do_jobs()
        assert rehearsing.discard(made, by=HOST) == real == rehearsing.discard(made, by=HOST)
        assert queries.list_rehearsals(real) == []
        assert {str(each.state) for each in agreements.list_agreements(made)} == {"voided"}

    def test_no_link_of_it_opens_any_more_and_its_meeting_is_called_off(self, drafted: Quick) -> None:
        made = rehearse(drafted.played.ceremony_id)
        opened = [(str(each), link_service.make_link(made, each, by=HOST)) for each in Screen]
        plan = WitnessPlan("样例见证", "样例公证处", "witness@signers.example", "zh-CN")
        witness = witnesses.name_witness(made, plan, by=HOST)
        opened.append(("witness", tokens.find_newest("witness", witness) or ""))
        way = Way("https://meeting.example/1")
        meetings.paste(made, way, tool=Tool.OTHER, looked_at=0, by=HOST)
        rehearsing.discard(made, by=HOST)
        for purpose, token in opened:
            with pytest.raises(tokens.LinkRevoked):
                tokens.read(token, purpose)
        assert meeting_queries.find_link(made) is None
        waiting = select(OutboxMessage).filter_by(kind=witnesses.MAIL, chain=made, done_at=None)
        assert db.session.scalars(waiting).all() == []

    def test_the_real_thing_is_never_discarded_so(self, invited: Quick) -> None:
        with pytest.raises(NotFound):
            rehearsing.discard(invited.played.ceremony_id, by=HOST)


@pytest.fixture
def rehearsed(quick_world: QuickWorld, data_dir: Path) -> Iterator[tuple[Quick, Played]]:
    """A rehearsal, signed and packed with all its papers; inside an application context."""
    with quick_world.at("rehearsed", "sqlite", data_dir) as quick:
        made = queries.list_rehearsals(quick.id)[0].id
        yield quick, played_from(made, quick.played.organisation_id)


def trusts() -> dict[str, Anchors]:
    """Whom somebody may trust who is shown a file."""
    ours, specimens = trust.trust(), trust.trust(rehearsal=True)
    return {
        "nobody": Anchors(),
        "us": trust.own_anchors([]),
        "the specimen root": Anchors(platform=specimens.anchors),
        "the specimen root for everything": Anchors(specimens.anchors, specimens.anchors, specimens.anchors),
        "both": Anchors(platform=(*ours.anchors, *specimens.anchors)),
        "its issuing CA": Anchors(platform=(specimens.issuing.certificate, *specimens.anchors)),
    }


class TestNothingOfItIsReal:
    def test_no_verifier_passes_any_of_it(self, rehearsed: tuple[Quick, Played]) -> None:
        played = rehearsed[1]
        assert str(queries.get_ceremony(played.ceremony_id).state) == "completed"
        agreement = agreements.list_agreements(played.ceremony_id)[0]
        for whose, anchors in trusts().items():
            for digest in (agreement.head_digest, agreement.certificate_digest):
                verdict = verify_pdf(storage.read(digest or ""), name="x.pdf", anchors=anchors)
                assert verdict.verdict is Indication.INDETERMINATE, whose
                assert "specimen" in {each.code for each in verdict.reasons}, whose
            kit = verify_kit(io.BytesIO(storage.read(agreement.kit_digest or "")), name="kit.zip", anchors=anchors)
            assert kit.verdict is not Indication.TOTAL_PASSED, whose
            assert "specimen" in {each.code for each in kit.reasons}, whose

    def test_where_its_root_is_trusted_nothing_but_the_mark_speaks_against_it(
        self, rehearsed: tuple[Quick, Played]
    ) -> None:
        """Else it would not be played as the real thing is."""
        agreement = agreements.list_agreements(rehearsed[1].ceremony_id)[0]
        anchors = trusts()["the specimen root"]
        verdict = verify_pdf(storage.read(agreement.head_digest or ""), name="x.pdf", anchors=anchors)
        assert {each.code for each in verdict.reasons} == {"specimen"}
        kit = verify_kit(io.BytesIO(storage.read(agreement.kit_digest or "")), name="kit.zip", anchors=anchors)
        assert {each.code for each in kit.reasons} == {"specimen"}

    def test_no_key_of_ours_stands_in_it(self, rehearsed: tuple[Quick, Played]) -> None:
        found = trust.trust()
        ours = (found.issuing.certificate, found.platform.certificate, found.timestamping.certificate, *found.anchors)
        kit = storage.read(queries.get_ceremony(rehearsed[1].ceremony_id).kit_digest or "")
        with zipfile.ZipFile(io.BytesIO(kit)) as archive:
            everything = b"".join(archive.read(name) for name in archive.namelist())
            assert "trail.sm2" not in archive.namelist()
        for certificate in ours:
            der = certificate.public_bytes(Encoding.DER)
            assert der not in everything
            assert der.hex().encode() not in everything
            assert certificate.public_bytes(Encoding.PEM).strip() not in everything

    def test_who_asks_here_hears_that_it_was_a_rehearsal(self, rehearsed: tuple[Quick, Played]) -> None:
        quick, played = rehearsed
        agreement = agreements.list_agreements(played.ceremony_id)[0]
        client = quick.app.test_client()
        told = client.get(f"/api/verify/{agreement.head_digest}").get_json()
        assert told["rehearsal"] is True
        page = client.get(f"/verify/{codes.code_of(agreement.head_digest or '')}").text
        assert "verdict-failed" in page
        assert "verdict-passed" not in page

    def test_every_page_that_is_printed_says_so(self, rehearsed: tuple[Quick, Played]) -> None:
        agreement = agreements.list_agreements(rehearsed[1].ceremony_id)[0]
        for page in agreements.list_pages(agreement.id):
            assert "REHEARSAL – NOT BINDING" in page.text
            assert "彩排样本 · 无法律效力" in page.text

    def test_its_certificates_name_specimens_of_the_signers(self, rehearsed: tuple[Quick, Played]) -> None:
        agreement = agreements.list_agreements(rehearsed[1].ceremony_id)[0]
        for signer in agreement.signers:
            leaf = seats.get_certificate(signer.certificate_id or "").path[0]
            assert "SPECIMEN" in pki.readable(leaf.subject)
            assert "SPECIMEN" in pki.readable(leaf.issuer)


def test_an_uploaded_paper_has_the_mark_over_each_of_its_pages(drafted: Quick) -> None:
    real = agreements.list_agreements(drafted.id)[0]
    uploads.receive(drafted.id, real.id, blank_pdf(), name="paper.pdf", by=HOST)
    ceremony.do_jobs()
    made = agreements.list_agreements(rehearse(drafted.id))[0]
    paper, attached = work.paper_of(made), work.attached_of(made.id)
    assert attached is not None
    whole, _ = printing.print_paper(paper, attached)
    plain, _ = printing.print_paper(replace(paper, rehearsal=False), attached)
    for marked, unmarked in zip(preview.page_images(whole), preview.page_images(plain), strict=True):
        assert "NOT BINDING" in marked.text
        assert "NOT BINDING" not in unmarked.text
