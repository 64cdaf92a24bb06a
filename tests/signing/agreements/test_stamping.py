"""Timestamp authorities that are silent: the signature waits and is stamped later, is refused, or has our own clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from accounts.rules import Role
from core import clock, config, jobs, storage
from core.db import db, transaction
from core.errors import Refusal
from pdf import pki
from pdf.errors import TimestampUnavailable
from pdf.tsa import LocalTimestamper
from pdf.verify import FileVerdict, Indication, verify_pdf
from signing.agreements import queries, stamping
from signing.ceremonies.models import Ceremony
from signing.ceremonies.rules import TimePolicy
from signing.evidence import making
from signing.evidence import queries as evidence
from signing.trust import service as trust
from tests.pdf import signing_world as w
from tests.pdf.tsa_server import TsaHandler, TsaServer
from tests.support import apps, ceremony, quick
from tests.support.pages import get_page
from tests.support.quick import Quick, QuickWorld
from tests.support.trail import entries

FIRST = "party_a"


class Authority:
    """A third party's timestamp authority that can be made silent and speak again."""

    def __init__(self) -> None:
        self.speaks = True
        self._responder = LocalTimestamper(w.world().tsa_authority, clock=clock.now)

    def __call__(self, handler: TsaHandler, request: bytes) -> None:
        if self.speaks:
            handler.reply(self._responder.respond(request))
        else:
            handler.reply(b"closed", status=503)


@contextmanager
def authority(policy: str, folder: Path) -> Iterator[Authority]:
    """The installation asks this authority from here on, with this policy."""
    roots = folder / "roots.pem"
    roots.write_bytes(pki.dump_certificates([w.world().root.certificate]))
    before, found = config.settings(), Authority()
    with TsaServer(found) as server:
        values: dict[str, Any] = {"tsa_urls": (server.url,), "tsa_anchors": roots, "tsa_policy": policy}
        config.use(before.model_copy(update=values))
        yield found
        config.use(before)


def signer(world: Quick, party: str = FIRST) -> queries.SignerView:
    db.session.rollback()
    return queries.get_agreement(world.first).signer_of(world.people[party].seat_id)


def head(world: Quick) -> bytes:
    db.session.rollback()
    found = queries.get_agreement(world.first).head_digest
    assert found is not None
    return storage.read(found)


def judged(world: Quick) -> FileVerdict:
    return verify_pdf(
        head(world), name="file.pdf", anchors=trust.published_anchors(), at=clock.now() + timedelta(hours=1)
    )


def levels(world: Quick) -> dict[str, str | None]:
    """By field, as a stranger's verifier tells them."""
    return {each.field: each.level for each in judged(world).signatures if each.field.startswith("party")}


def do_stamps() -> None:
    """Some seconds later, when nobody holds the work any more."""
    with clock.frozen(clock.now() + timedelta(seconds=30)):
        ceremony.do_jobs()


def asked_for(world: Quick) -> list[tuple[bool, bool]]:
    """(done, given up) of each late timestamp that was asked for."""
    rows = db.session.scalars(select(jobs.Job).filter_by(kind=stamping.STAMP, chain=world.id))
    return [(row.done_at is not None, row.dead_at is not None) for row in rows]


def test_a_third_party_s_time_is_named_with_the_signature(entered: Quick, tmp_path: Path) -> None:
    with authority("wait", tmp_path):
        quick.sign(entered.people[FIRST], entered.first)

    found = signer(entered)
    assert (found.level, found.timestamp_by, found.third_party_time) == ("B-T", "127.0.0.1", True)
    assert asked_for(entered) == []


def test_where_a_timestamp_cannot_be_had_the_signature_waits_and_says_so(entered: Quick, tmp_path: Path) -> None:
    with authority("wait", tmp_path) as silent:
        silent.speaks = False
        made = quick.sign(entered.people[FIRST], entered.first)

    found = signer(entered)
    assert made.level == "B-B"
    assert (found.level, found.timestamp_by, found.third_party_time) == ("B-B", None, None)
    assert (found.timestamped_at, found.shown_at) == (None, found.signed_at)
    assert asked_for(entered) == [(False, False)]
    told = [each["data"] for each in entries(entered.app, entered.id) if each["action"] == "agreement.signed"]
    assert [(each["level"], each["timestamp"], each["third_party_time"]) for each in told] == [("B-B", None, None)]


@pytest.mark.parametrize(
    ("installation", "own", "told"),
    [
        ("refuse", TimePolicy.WAIT, "B-B"),
        ("fallback", TimePolicy.WAIT, "B-B"),
        ("wait", TimePolicy.REFUSE, "timestamp_unavailable"),
        ("fallback", TimePolicy.REFUSE, "timestamp_unavailable"),
        ("refuse", TimePolicy.INSTALLATION, "timestamp_unavailable"),
    ],
)
def test_a_ceremony_s_own_policy_goes_before_the_installation_s(
    quick_world: QuickWorld, data_dir: Path, tmp_path: Path, installation: str, own: TimePolicy, told: str
) -> None:
    with quick_world.at("entered", "sqlite", data_dir) as world:
        with transaction():
            db.session.get_one(Ceremony, world.id).time_policy = own
        with authority(installation, tmp_path) as silent:
            silent.speaks = False
            try:
                said = quick.sign(world.people[FIRST], world.first).level
            except Refusal as refused:
                said = refused.code
        assert said == told


def test_the_late_timestamp_makes_it_b_t_and_stands_in_the_trail(entered: Quick, tmp_path: Path) -> None:
    with authority("wait", tmp_path) as silent:
        silent.speaks = False
        quick.sign(entered.people[FIRST], entered.first)
        with pytest.raises(TimestampUnavailable):
            ceremony.do_jobs()
        assert signer(entered).level == "B-B"
        silent.speaks = True

        do_stamps()
        verdict = judged(entered)

    found = signer(entered)
    assert (found.level, found.timestamp_by, found.third_party_time) == ("B-T", "127.0.0.1", True)
    assert found.shown_at == next(each.signed_at for each in verdict.signatures if each.field == found.field)
    assert asked_for(entered) == [(True, False)]
    assert [each.code for each in verdict.reasons] == ["unfinished"]
    last = entries(entered.app, entered.id)[-1]
    assert last["action"] == "agreement.stamped"
    assert (last["data"]["signatures"], last["data"]["third_party_time"]) == (1, True)
    assert storage.read(last["data"]["after"]).startswith(storage.read(last["data"]["before"]))


def test_who_signs_while_a_late_timestamp_is_added_prepares_again_and_nothing_is_lost(
    entered: Quick, tmp_path: Path
) -> None:
    second = entered.people["party_b"]
    quick.read_all(second, entered.first)
    with authority("wait", tmp_path) as silent:
        silent.speaks = False
        quick.sign(entered.people[FIRST], entered.first)
        waiting = quick.prepared(second, entered.first)
        silent.speaks = True
        do_stamps()
        with clock.frozen(clock.now() + timedelta(minutes=1)):
            with pytest.raises(Refusal) as moved:
                quick.finish(second, waiting)
            quick.sign(second, entered.first)

        assert moved.value.code == "revision_moved"
        assert {each.verdict for each in judged(entered).signatures} == {Indication.TOTAL_PASSED}
        assert [signer(entered, party).level for party in (FIRST, "party_b")] == ["B-T", "B-T"]


def test_a_signature_that_comes_while_the_late_timestamp_is_fetched_stays(
    entered: Quick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, real = entered.people["party_b"], stamping.pdf_sign.stamp
    quick.read_all(second, entered.first)
    with authority("wait", tmp_path) as silent:
        silent.speaks = False
        quick.sign(entered.people[FIRST], entered.first)
        silent.speaks = True

        def slow(data: bytes, **given: Any) -> bytes:
            if signer(entered, "party_b").signed_at is None:
                quick.sign(second, entered.first)
            return real(data, **given)

        monkeypatch.setattr(stamping.pdf_sign, "stamp", slow)
        do_stamps()

        verdict = judged(entered)
    assert [each.code for each in verdict.reasons] == ["unfinished"]
    people = [each for each in verdict.signatures if each.signer and each.key_custody and not each.certification]
    assert [(each.level, each.signed_at is not None) for each in people] == [("B-T", True)] * 2


def test_the_sealing_is_the_time_of_those_that_still_waited(entered: Quick, tmp_path: Path) -> None:
    with authority("wait", tmp_path) as silent:
        silent.speaks = False
        for person in entered.people.values():
            quick.sign(person, entered.first)
        silent.speaks = True
        with quick.small_papers():
            do_stamps()
        verdict = judged(entered)

    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    # What the issuer of the sealing's own timestamp says is in no store yet.
    assert {signer(entered, party).level for party in entered.people} == {"B-T"}
    assert {signer(entered, party).third_party_time for party in entered.people} == {True}
    assert all(done for done, _ in asked_for(entered))
    assert "agreement.stamped" not in [each["action"] for each in entries(entered.app, entered.id)]


def test_a_policy_that_refuses_keeps_nothing(entered: Quick, tmp_path: Path) -> None:
    before = head(entered)
    with authority("refuse", tmp_path) as silent:
        silent.speaks = False
        with pytest.raises(Refusal) as refused:
            quick.sign(entered.people[FIRST], entered.first)

    assert (refused.value.code, refused.value.status) == ("timestamp_unavailable", 503)
    assert head(entered) == before
    assert signer(entered).signed_at is None


def test_a_policy_that_falls_back_marks_our_own_clock(entered: Quick, tmp_path: Path) -> None:
    with authority("fallback", tmp_path) as silent:
        silent.speaks = False
        quick.sign(entered.people[FIRST], entered.first)
        silent.speaks = True
        config.use(config.settings().model_copy(update={"tsa_timeout_seconds": 7.5}))  # nobody rests any more
        quick.sign(entered.people["party_b"], entered.first)

    own, other = signer(entered), signer(entered, "party_b")
    assert (own.level, own.timestamp_by, own.third_party_time) == ("B-T", trust.builtin_responder().name, False)
    assert (other.level, other.third_party_time) == ("B-T", True)
    told = [each["data"] for each in entries(entered.app, entered.id) if each["action"] == "agreement.signed"]
    assert [each["third_party_time"] for each in told] == [False, True]


@pytest.mark.parametrize("speaks", [False, True])
def test_the_host_sees_on_the_board_what_waits_for_its_time(
    quick_world: QuickWorld, data_dir: Path, tmp_path: Path, speaks: bool
) -> None:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as world:
        with world.app.app_context(), authority("wait", tmp_path) as silent:
            silent.speaks = speaks
            quick.sign(world.people[FIRST], world.first)
        account = apps.add_account(world.app, Role.HOST, organisation_id=world.played.organisation_id)

        page = get_page(apps.sign_in(world.app, account), f"/ceremonies/{world.id}")

        assert ("等待时间戳" in "".join(page.itertext())) is not speaks


class Issuer:
    """Who issued the third party's timestamp certificate, with the list that the certificate names."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        now = clock.now()
        self.span: dict[str, Any] = {"not_before": now - timedelta(days=1), "not_after": now + timedelta(days=99)}
        self.root = pki.create_root(pki.SubjectName("样例时间根"), **self.span)
        self.anchors = folder / "issuer.pem"
        self.anchors.write_bytes(pki.dump_certificates([self.root.certificate]))

    def list_of(self) -> bytes:
        now = clock.now()
        return pki.make_crl(self.root, [], number=1, this_update=now, next_update=now + timedelta(days=7))


@pytest.mark.parametrize(
    ("host", "level", "asked"), [("127.0.0.1", "B-LTA", True), ("elsewhere.example", "B-T", False)]
)
def test_the_level_says_whether_the_issuer_of_the_time_was_heard(
    quick_world: QuickWorld, data_dir: Path, tmp_path: Path, host: str, level: str, asked: bool
) -> None:
    issuer = Issuer(tmp_path)

    def answer(handler: TsaHandler, request: bytes) -> None:
        handler.reply(responder.respond(request))

    with quick_world.at("entered", "sqlite", data_dir, parties=2, follow=0) as world, TsaServer(answer) as server:
        server.lists = {"/issuer.crl": issuer.list_of()}
        places = pki.Places(crl=server.url.replace("/tsa", "/issuer.crl"), issuer="", ocsp="")
        authority_ = pki.issue_tsa(issuer.root, pki.SubjectName("样例时间"), **issuer.span, places=places)
        responder = LocalTimestamper(authority_, clock=clock.now)
        before = config.settings()
        hosts = (f"{host}:{server.server_port}",)
        given = {"tsa_urls": (server.url,), "tsa_anchors": issuer.anchors, "tsa_revocation_hosts": hosts}
        config.use(before.model_copy(update=given))
        for person in world.people.values():
            quick.sign(person, world.first)
        with quick.small_evidence():
            ceremony.do_jobs()
        verdict = judged(world)
        kept = {signer(world, party).level for party in world.people}
        material = evidence.read_material(world.id)
        lists, at = making.validation((), rehearsal=False), clock.now()
        certificate = making.completion_certificate(material, material.agreements[0], lists=lists, at=at)
        of_certificate = verify_pdf(certificate, name="c.pdf", anchors=trust.published_anchors())
        config.use(before)
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    assert (of_certificate.verdict, of_certificate.reasons) == (Indication.TOTAL_PASSED, ())
    assert [each.level for each in of_certificate.signatures] == ["B-LT" if asked else "B-T"]
    assert kept == {level}
    people = [each for each in verdict.signatures if each.key_custody and not each.certification]
    assert [each.level for each in people if each.level != "document-timestamp"] == [level] * 2
    assert bool(server.fetched) is asked
