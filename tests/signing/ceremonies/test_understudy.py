"""Somebody else signs in a signer's place: what is true of the papers stays true of who signed them. Both databases."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core import audit, claims, clock, config, i18n, outbox, storage, tokens
from core.db import db
from core.errors import Forbidden, Refusal
from core.jobs import Hopeless
from core.outbox import OutboxMessage
from core.tokens import LinkRevoked
from signing.agreements import keeping, signing
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.agreements.printing import FrozenPaper
from signing.agreements.rules import AgreementState
from signing.ceremonies import queries as ceremony_queries
from signing.ceremonies import service as ceremonies
from signing.ceremonies import understudy
from signing.ceremonies.understudy import Understudy
from signing.evidence import queries as evidence
from signing.evidence import service as evidence_service
from signing.evidence import words
from signing.evidence.completing import completion_paper
from signing.evidence.rules import Entry
from signing.meetings import service as meetings
from signing.meetings.rules import Tool, Way
from signing.presence import lobby_queries
from signing.presence import lobby_service as lobby
from signing.presence import queries as presence_queries
from signing.presence import service as presence
from signing.presence.rules import Beat, Device
from signing.reports import board, figures
from signing.seats import proving
from signing.seats import queries as seats
from signing.seats import service as seat_service
from signing.seats.models import SeatProof
from tests.support import ceremony
from tests.support.ceremony import ADDRESS, HOST, Person, do_jobs, enter, link_token
from tests.support.pages import check_page, get_page, post
from tests.support.quick import Quick, QuickWorld, finish, host, prepared, sign, small_evidence, small_papers
from web.mail import deliver

LETTER = b"%PDF-1.7\nLetter of authority\n%%EOF\n"
WHO = Understudy(
    "样例替补", {"zh-CN": "副总经理", "en": "Vice president"}, "sub@signers.example", "zh-CN", LETTER, "pdf"
)


def give(world: Quick, party: str = "party_b", who: Understudy = WHO) -> None:
    seat = seats.get_seat(world.people[party].seat_id)
    db.session.rollback()
    understudy.replace_signer(world.id, seat.id, who, looked_at=understudy.seen(seat), by=HOST)


def reprint() -> None:
    with small_papers():
        do_jobs()
    db.session.remove()


def refused(world: Quick, party: str = "party_b") -> str:
    before = seats.get_seat(world.people[party].seat_id)
    with pytest.raises(Refusal) as no:
        give(world, party)
    db.session.rollback()
    assert seats.get_seat(before.id) == before
    db.session.rollback()
    return no.value.code


def state(world: Quick, key: str = "main") -> agreements.AgreementView:
    db.session.remove()
    return agreements.get_agreement(world.agreements[key])


def named(agreement: agreements.AgreementView) -> list[str]:
    """For whom the fields of the frozen text are."""
    with pikepdf.open(io.BytesIO(storage.read(agreement.frozen_digest or ""))) as file:
        found = [each for page in file.pages for each in page.get("/Annots", []) if "/FT" in each and each.FT == "/Sig"]
        return [str(stated) for each in found for stated in _names(each)]


def _names(widget: pikepdf.Object) -> list[object]:
    return [each.Name for each in widget.values() if isinstance(each, pikepdf.Dictionary) and "/Organisations" in each]


def test_the_text_is_printed_anew_and_opens_again_for_everybody_to_read(entered: Quick) -> None:
    before = state(entered)
    give(entered)
    assert state(entered).state is AgreementState.DRAFT
    reprint()
    after = state(entered)
    assert (after.state, after.version) == (AgreementState.OPEN, 2)
    assert after.frozen_digest != before.frozen_digest
    assert [signer.read_to for signer in after.signers] == [0, 0, 0]
    assert after.page_count == before.page_count
    seat = seats.get_seat(entered.people["party_b"].seat_id)
    assert (seat.name, seat.email, seat.capacity, seat.consented_at) == (WHO.name, WHO.email, "authorised", None)
    # Each field is made for one person, by name: nobody else's certificate passes in it.
    assert named(after) == ["样例甲", "样例替补", "样例丙"]
    assert seat.former[0].values["name"] == "样例乙"


def test_link_proof_key_and_prepared_act_of_the_first_person_open_nothing_more(entered: Quick) -> None:
    person = entered.people["party_b"]
    old_link = link_token(person.seat_id)
    proof = db.session.scalars(select(SeatProof.id).filter_by(seat_id=person.seat_id)).one()
    begun = prepared(person, entered.first)
    db.session.rollback()
    give(entered)
    with pytest.raises((LinkRevoked, Refusal)):
        seat_service.open_link(old_link)
    with pytest.raises(Forbidden):
        proving.check_proof(person.seat_id, proof)
    db.session.rollback()
    assert seats.find_certificate(person.seat_id, custody="client", now=clock.now()) is None
    with pytest.raises(Refusal):
        signing.finish(person.seat_id, begun.signing_id, signature=b"x" * 64, address=ADDRESS)
    db.session.rollback()
    reprint()
    with pytest.raises(Refusal):
        signing.finish(person.seat_id, begun.signing_id, signature=b"x" * 64, address=ADDRESS)
    db.session.rollback()
    mails = db.session.scalars(select(OutboxMessage).filter_by(kind="invitation", recipient=WHO.email)).all()
    assert len(mails) == 1
    db.session.rollback()


def test_the_understudy_signs_in_the_own_name_and_the_papers_say_so(entered: Quick) -> None:
    give(entered)
    reprint()
    second = Person(entered.people["party_b"].seat_id, "party_b")
    enter(second)
    entered.people["party_b"] = second
    for person in entered.people.values():
        sign(person, entered.first, key=f"again-{person.seat_id}")
    with small_papers():
        ceremony.do_jobs(kinds=("agreement.seal",))
    db.session.remove()
    material = evidence.read_material(entered.id, only=entered.first)
    paper = completion_paper(material, agreements.get_agreement(entered.first))
    line = next(each for each in paper.signatures if each.name == WHO.name)
    assert WHO.name in line.names
    assert line.title.zh == "副总经理"
    assert line.letter == storage.put(LETTER)
    assert sum(bool(each.letter) for each in paper.signatures) == 1


def test_what_the_first_person_signed_stays_the_first_person_s(entered: Quick) -> None:
    for person in entered.people.values():
        sign(person, entered.first)
    with small_papers():
        ceremony.do_jobs(kinds=("agreement.seal",))
    db.session.remove()
    # Only what comes after is still to be signed, by two of the parties.
    following = agreements.get_agreement(entered.agreements["next_0"])
    party = next(each.party for each in entered.people.values() if each.seat_id == following.signers[1].seat_id)
    first_name = seats.get_seat(entered.people[party].seat_id).name
    db.session.rollback()
    give(entered, party)
    reprint()
    assert state(entered).version == 1
    assert state(entered, "next_0").version == 2
    material = evidence.read_material(entered.id, only=entered.first)
    paper = completion_paper(material, agreements.get_agreement(entered.first))
    names = [each.name for each in paper.signatures]
    assert first_name in names
    assert WHO.name not in names
    assert all(not each.letter for each in paper.signatures)
    trail = words.Names(material.seats, {}, {}, {each.id: each for each in material.ceremony.parties})
    said = [
        words.who(entry, trail)
        for entry in map(Entry.read, material.trail.lines)
        if entry.action == "agreement.signed" and entry.actor["id"] == entered.people[party].seat_id
    ]
    assert said
    assert all(first_name in each and "董事长" in each for each in said)
    assert not any(each.revoked_at for each in material.certificates.values())
    with i18n.use_locale("en"):
        told = board.page(figures.read(ceremony_queries.get_ceremony(entered.id)))
    tables = next(each["tables"] for each in told["sections"] if each["id"] == "agreements")
    assert first_name in [row["signer"] for row in tables[0]["rows"]]
    assert WHO.name in [row["signer"] for row in tables[1]["rows"]]
    db.session.rollback()


def test_a_text_that_others_have_signed_is_never_changed(entered: Quick) -> None:
    sign(entered.people["party_a"], entered.first)
    assert refused(entered) == "understudy_text_signed"


def test_who_has_signed_all_needs_nobody_else(entered: Quick) -> None:
    for person in entered.people.values():
        sign(person, entered.first)
    [party] = [key for key, each in entered.people.items() if all(
        signer.seat_id != each.seat_id for signer in state(entered, "next_0").signers
    )]  # fmt: skip
    assert refused(entered, party) == "understudy_nothing_left"


def test_the_same_sent_again_is_one_act_and_an_old_page_is_refused(invited: Quick) -> None:
    seat_id = invited.people["party_b"].seat_id
    for _ in range(2):
        understudy.replace_signer(invited.id, seat_id, WHO, looked_at="first", by=HOST)
    assert sum('"seat.replaced"' in line for line in audit.list_lines(invited.id)) == 1
    db.session.rollback()
    with pytest.raises(Refusal, match="understudy_moved"):
        understudy.replace_signer(invited.id, seat_id, replace(WHO, name="样例另一"), looked_at="first", by=HOST)
    db.session.rollback()


def test_while_a_text_is_being_printed_nobody_else_comes(invited: Quick) -> None:
    give(invited)
    assert refused(invited, "party_c") == "agreement_not_ready"
    reprint()
    give(invited, "party_c", replace(WHO, name="样例第三", email="third@signers.example"))
    reprint()
    assert (state(invited).version, state(invited).state) == (3, AgreementState.OPEN)


def test_nobody_is_named_in_the_trail(invited: Quick) -> None:
    give(invited)
    told = " ".join(audit.list_lines(invited.id))
    assert WHO.name not in told
    assert WHO.email not in told
    [entry] = [json.loads(line) for line in audit.list_lines(invited.id) if '"seat.replaced"' in line]
    assert entry["data"] == {"letter": storage.put(LETTER), "agreements": 2}
    db.session.rollback()


def test_a_ceremony_that_is_over_takes_nobody(invited: Quick) -> None:
    ceremonies.cancel(invited.id, reason="改期", by=HOST)
    assert refused(invited) == "ceremony_cancelled"


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        yield made


def typed(**other: object) -> dict[str, object]:
    who = {"name": "样例替补", "title": "副总经理", "email": "sub@signers.example", "locale": "zh-CN", "seen": "first"}
    return {**who, "letter": (io.BytesIO(LETTER), "授权书.pdf"), **other}


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_host_does_it_on_one_page(world: Quick, locale: str) -> None:
    client: FlaskClient = host(world, locale=locale)
    path = f"/ceremonies/{world.id}/seats/{world.people['party_b'].seat_id}/understudy"
    assert path in get_page(client, f"/ceremonies/{world.id}").xpath("//main//a/@href")
    page = get_page(client, path)
    with i18n.use_locale(locale):
        assert i18n.t("understudy-before") in "".join(page.itertext())
    wrongs: list[tuple[dict[str, object], str]] = [
        ({"name": ""}, "name"),
        ({"email": ""}, "email"),
        ({"letter": (io.BytesIO(b"GIF89a"), "x.gif")}, "letter"),
        ({"letter": (io.BytesIO(b""), "")}, "letter"),
        ({"name": "\U0001f600\U0001f600 A"}, "name"),
    ]
    for wrong, field in wrongs:
        response = post(client, path, typed(**wrong), content_type="multipart/form-data")
        assert response.status_code == 422
        assert check_page(response).xpath(f"//*[@id='{field}' and @aria-invalid='true']"), field
    done = post(client, path, typed(), content_type="multipart/form-data")
    assert done.status_code == 303
    get_page(client, f"/ceremonies/{world.id}")  # with a text that is being printed
    get_page(client, path)
    with world.app.app_context():
        reprint()
    assert "样例替补" in client.get(f"/ceremonies/{world.id}").text


def test_the_letter_is_in_the_kit(entered: Quick) -> None:
    give(entered)
    reprint()
    second = Person(entered.people["party_b"].seat_id, "party_b")
    enter(second)
    for person in (*[each for key, each in entered.people.items() if key != "party_b"], second):
        sign(person, entered.first, key=f"again-{person.seat_id}")
    ceremony.do_jobs()
    db.session.remove()
    paths = evidence.get_content(entered.first).files
    letters = [path for path in paths if path.startswith("letters/")]
    assert [storage.read(paths[each]) for each in letters] == [LETTER]


def test_nobody_signs_the_old_text_that_was_prepared_before_the_new_one(entered: Quick) -> None:
    other = entered.people["party_a"]
    begun = prepared(other, entered.first)
    db.session.rollback()
    give(entered)
    reprint()
    new = state(entered)
    for page in range(1, new.page_count + 1):
        agreement_service.note_read(other.seat_id, new.id, page, address=ADDRESS)
    db.session.rollback()
    with pytest.raises(Refusal, match="revision_moved"):
        finish(other, begun)
    db.session.rollback()
    assert state(entered).head_digest == new.frozen_digest


def test_a_worker_that_was_thought_dead_brings_no_old_text_back(entered: Quick) -> None:
    old = state(entered)
    paper = FrozenPaper(old.original_digest or "", old.frozen_digest or "", old.frozen_length or 0, ())
    db.session.rollback()
    give(entered)
    keeping.keep_frozen(entered.first, paper, version=old.version)
    assert state(entered).state is AgreementState.DRAFT
    reprint()
    assert named(state(entered)) == ["样例甲", "样例替补", "样例丙"]


def test_a_mail_that_waits_for_the_first_person_never_brings_the_new_link(invited: Quick) -> None:
    seat_id = invited.people["party_b"].seat_id
    old = tokens.decode(link_token(seat_id), seat_service.LINK).token_id
    db.session.rollback()
    give(invited)
    with pytest.raises(Hopeless):
        seat_service.link_again(seat_id, old)
    newest = tokens.find_newest(seat_service.LINK, seat_id)
    assert newest is not None
    assert seat_service.link_again(seat_id, tokens.decode(newest, seat_service.LINK).token_id) == newest
    db.session.rollback()


def test_who_signed_gets_the_signed_files_and_not_who_came_afterwards(
    entered: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in entered.people.values():
        sign(person, entered.first)
    following = agreements.get_agreement(entered.agreements["next_0"])
    party = next(each.party for each in entered.people.values() if each.seat_id == following.signers[1].seat_id)
    seat_id = entered.people[party].seat_id
    first = seats.get_seat(seat_id)
    db.session.rollback()
    give(entered, party)
    with small_papers(), small_evidence():
        do_jobs()
    db.session.remove()
    theirs = select(OutboxMessage).filter_by(kind=evidence_service.MAIL)
    written = {row.recipient: row.payload for row in db.session.scalars(theirs)}
    assert set(written) == {f"{key.replace('_', '-')}@signers.example" for key in entered.people}
    with i18n.use_locale("en"):
        mail = outbox.render(evidence_service.MAIL, written[first.email])
    assert first.name in mail.text
    assert len(mail.attachments) == 3
    assert "/s/" not in mail.text
    # Sent after the replacement: the trail says to whom it went all the same.
    material = evidence.read_material(entered.id, only=entered.first)
    trail = words.Names(material.seats, {}, {}, {each.id: each for each in material.ceremony.parties})
    db.session.rollback()
    no_server = config.settings().model_copy(update={"smtp_url": ""})
    monkeypatch.setattr(config, "settings", lambda: no_server)  # mails are kept on the mailbox page
    deliver(next(each for each in claims.take(OutboxMessage, worker="test", limit=50) if _goes_to(each, first.email)))
    sent = Entry.read(list(audit.list_lines(entered.id))[-1])
    assert first.name in words.subject(sent, trail)
    db.session.rollback()


def _goes_to(claim: claims.Claim, address: str) -> bool:
    row = db.session.get_one(OutboxMessage, claim.id)
    db.session.rollback()
    return row.kind == evidence_service.MAIL and row.recipient == address


def test_no_waiting_mail_brings_the_meeting_to_the_first_person(invited: Quick) -> None:
    meetings.paste(invited.id, Way("https://meeting.example/1"), tool=Tool.OTHER, looked_at=0, by=HOST)
    meetings.send(invited.id, looked_at=1, by=HOST)
    give(invited)
    waiting = select(OutboxMessage.recipient).filter_by(kind=meetings.MAIL, chain=invited.id, done_at=None)
    assert len(db.session.scalars(waiting).all()) == 2
    db.session.rollback()


def test_the_host_admits_the_understudy_anew(entered: Quick) -> None:
    seat_id = entered.people["party_b"].seat_id
    lobby.set_policy(entered.id, admits_each=True, by=HOST)
    give(entered)
    assert lobby_queries.is_waiting(entered.id, seat_id)
    db.session.rollback()


def test_what_the_host_wrote_to_the_first_person_is_not_read_by_the_next(entered: Quick) -> None:
    seat_id = entered.people["party_b"].seat_id
    for to, text in ((seat_id, "只写给第一位"), (None, "写给大家")):
        lobby.send_message(entered.id, seat_id=to, quick=None, text=text, by=HOST)
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        give(entered)
    with clock.frozen(clock.now() + timedelta(seconds=2)):
        lobby.send_message(entered.id, seat_id=seat_id, quick=None, text="写给替补", by=HOST)
    seat = seats.get_seat(seat_id)
    assert [each.text for each in lobby_queries.list_messages(seat)] == ["写给大家", "写给替补"]
    db.session.rollback()


def test_devices_on_which_the_first_person_proved_who_they_are_say_nothing_of_the_next(entered: Quick) -> None:
    seat_id, start = entered.people["party_b"].seat_id, clock.now()
    device = Beat("one", Device.COMPUTER, is_proved=True)
    with clock.frozen(start + timedelta(seconds=1)):
        presence.note_beat(seat_id, device, link_id="lnk_first", address=ADDRESS)
    with clock.frozen(start + timedelta(seconds=5)):
        give(entered)
        # What was on its way while the proof still held says nothing either.
        presence.note_beat(seat_id, device, link_id="lnk_first", address=ADDRESS)
        assert seat_id not in presence_queries.where_are(entered.id)
        db.session.rollback()
    with clock.frozen(start + timedelta(seconds=8)):
        # The same computer in the room, on which somebody else proves who they are: a first arrival, no return.
        presence.note_beat(seat_id, device, link_id="lnk_next", address=ADDRESS)
        where = presence_queries.where_are(entered.id)[seat_id]
        assert (len(where.proved), where.drops) == (1, 0)
    entries = map(json.loads, audit.list_lines(entered.id))
    arrivals = [entry["action"] for entry in entries if entry["actor"].get("id") == seat_id]
    assert arrivals[-1] == "seat.arrived"
    db.session.rollback()
    with i18n.use_locale("en"):
        told = board.page(figures.read(ceremony_queries.get_ceremony(entered.id)))
    [table] = next(each["tables"] for each in told["sections"] if each["id"] == "presence")
    assert [row["signer"] for row in table["rows"] if row["drops"] != board.NONE] == ["样例乙", WHO.name]
    db.session.rollback()
