"""Letters of thanks: who gets which, once, and what keeps somebody from one. Both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from accounts import queries as accounts
from accounts.rules import Role
from core import audit, claims, clock, config, i18n, outbox
from core.db import db, transaction
from core.errors import Conflict, Refusal
from core.jobs import Hopeless
from core.outbox import Mail, OutboxMessage
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.ceremonies import troubles
from signing.ceremonies.models import Ceremony
from signing.cues import service as cues
from signing.cues.rules import CueKind, Verb
from signing.evidence import forgetting
from signing.evidence import service as evidence
from signing.evidence.rules import Entry
from signing.seats import queries as seats
from signing.seats import service as seat_service
from signing.thanks import mails, queries, readers, service
from signing.thanks.rules import Draft, Kind, Reader, Why
from signing.witnesses import service as witnesses
from signing.witnesses.rules import WitnessPlan
from tests.signing.ceremonies.test_understudy import WHO, give, reprint
from tests.signing.cues.test_leading import do, go_to
from tests.support import apps, quick
from tests.support.ceremony import HOST, Person, do_jobs, enter
from tests.support.databases import POSTGRESQL
from tests.support.quick import Quick, QuickWorld, sign_and_seal
from web.mail import deliver

WORDS = Draft({"zh-CN": "山高水长，后会有期。", "en": "We hope to see you again."})


@pytest.fixture
def over(quick_world: QuickWorld, database_kind: str, data_dir: Path) -> Iterator[Quick]:
    """All agreements are signed and sealed, the ceremony is complete."""
    with quick_world.at("sealed", database_kind, data_dir) as world:
        yield world


def seen(world: Quick) -> str:
    """What a host's page shows now."""
    db.session.remove()
    ceremony, draft = ceremonies.get_ceremony(world.id), queries.get_thanks(world.id).draft
    found = service.looked_at(draft, service.due(ceremony, draft))
    db.session.remove()
    return found


def send(world: Quick) -> None:
    service.send(world.id, seen_before=seen(world), by=HOST)


def everybody(world: Quick) -> dict[str, Reader]:
    """Who may be thanked, by name."""
    db.session.remove()
    found = readers.list_readers(ceremonies.get_ceremony(world.id), with_team=False)
    db.session.remove()
    return {each.name: each for each in found}


def mailed(world: Quick, kind: str = service.MAIL) -> list[OutboxMessage]:
    db.session.remove()
    rows = select(OutboxMessage).filter_by(kind=kind, chain=world.id).order_by(OutboxMessage.recipient)
    return list(db.session.scalars(rows))


def letter(message: OutboxMessage) -> Mail:
    """What the reader gets."""
    with i18n.use_locale(message.locale):
        return outbox.render(message.kind, dict(message.payload))


def refused(world: Quick, act: Callable[[], None]) -> str:
    before = [each.id for each in mailed(world)]
    with pytest.raises(Refusal) as no:
        act()
    db.session.rollback()
    assert [each.id for each in mailed(world)] == before
    return no.value.code


def name_witness(world: Quick, email: str = "witness@example.test", locale: str = "en") -> str:
    return witnesses.name_witness(world.id, WitnessPlan("见证人甲", "样例公证处", email, locale), by=HOST)


def test_each_signer_gets_one_letter_with_all_their_agreements_and_a_link(over: Quick) -> None:
    service.write(over.id, WORDS, seen_before=None, by=HOST)
    send(over)
    found = mailed(over)
    assert [each.recipient for each in found] == [f"party-{key}@signers.example" for key in "abc"]
    both, one = letter(found[0]), letter(found[2])
    assert both.text.count("核验码") == 2
    assert one.text.count("核验码") == 1
    assert "山高水长" in both.text
    assert "We hope" not in both.text
    token = both.text.split("/s/")[1].split()[0]
    db.session.remove()
    assert seat_service.open_link(token)[0] == over.people["party_a"].seat_id
    db.session.remove()
    code = evidence.verification_code(_digest(over))
    assert f"/verify/{code}" in one.text
    assert f'/verify/{code}"' in one.html
    assert actions(over)[-1] == "thanks.sent"


def actions(world: Quick) -> list[str]:
    db.session.remove()
    found = [json.loads(line)["action"] for line in audit.list_lines(world.id)]
    db.session.remove()
    return found


def _digest(world: Quick) -> str:
    return agreements.get_agreement(world.first).head_digest or ""


def test_sent_again_nobody_gets_a_second_one(over: Quick) -> None:
    looked_at = seen(over)
    service.send(over.id, seen_before=looked_at, by=HOST)
    first = [each.id for each in mailed(over)]
    service.send(over.id, seen_before=looked_at, by=HOST)
    assert [each.id for each in mailed(over)] == first
    assert actions(over).count("thanks.sent") == 1
    assert refused(over, lambda: send(over)) == "thanks_sent"


def test_a_letter_reads_in_its_readers_language(over: Quick) -> None:
    service.write(over.id, WORDS, seen_before=None, by=HOST)
    name_like(over, "party_b", locale="en")
    send(over)
    read = letter(mailed(over)[1])
    assert read.subject == "With our thanks: Sample project: remote signing"
    assert "We hope to see you again." in read.text
    assert "山高水长" not in read.text


def name_like(world: Quick, party: str, **values: str) -> None:
    """As a host corrects it: the address or the language of a signer."""
    db.session.remove()
    with transaction():
        row = seats.take_seat(world.people[party].seat_id)
        for name, value in values.items():
            setattr(row, name, value)


def test_an_address_that_changed_since_the_page_was_read_is_looked_at_again(over: Quick) -> None:
    looked_at = seen(over)
    name_like(over, "party_b", email="new@signers.example")
    assert refused(over, lambda: service.send(over.id, seen_before=looked_at, by=HOST)) == "thanks_changed"
    send(over)
    assert "new@signers.example" in [each.recipient for each in mailed(over)]


def test_words_that_another_host_changed_are_looked_at_before_they_go_out(over: Quick) -> None:
    looked_at = seen(over)
    service.write(over.id, WORDS, seen_before=None, by=HOST)
    assert refused(over, lambda: service.send(over.id, seen_before=looked_at, by=HOST)) == "thanks_changed"
    other = Draft({"en": "Other"})
    stale = service.words_seen(Draft({}))
    assert refused(over, lambda: service.write(over.id, other, seen_before=stale, by=HOST)) == "plan_changed"
    send(over)
    assert refused(over, lambda: service.write(over.id, other, seen_before=None, by=HOST)) == "thanks_words_sent"


def test_witnesses_with_an_address_are_thanked_with_the_digits_they_compared(entered: Quick) -> None:
    name_witness(entered)
    name_witness(entered, email="")
    sign_and_seal(entered)
    db.session.remove()
    found = readers.list_readers(ceremonies.get_ceremony(entered.id), with_team=False)
    assert [each.why_not for each in found if each.kind is Kind.WITNESS] == [None, Why.NO_ADDRESS]
    send(entered)
    read = letter(next(each for each in mailed(entered) if each.recipient == "witness@example.test"))
    assert read.text.count("Same-record code") == 2
    assert "Verification code" not in read.text
    assert "/s/" not in read.text


def test_who_signed_before_an_understudy_came_is_thanked_for_that_alone_and_gets_the_file(entered: Quick) -> None:
    sign_and_seal(entered, "main")
    give(entered)
    reprint()
    second = Person(entered.people["party_b"].seat_id, "party_b")
    enter(second)
    entered.people["party_b"] = second
    sign_and_seal(entered, "next_0")
    found = everybody(entered)
    first = found["样例乙"]
    assert (first.kind, len(first.agreements), first.email) == (Kind.FORMER, 1, "party-b@signers.example")
    assert (found[WHO.name].kind, len(found[WHO.name].agreements)) == (Kind.SIGNER, 1)
    assert first.agreements != found[WHO.name].agreements
    send(entered)
    by_address = {each.recipient: letter(each) for each in mailed(entered)}
    assert len(by_address) == 4
    read = by_address["party-b@signers.example"]
    assert [each.name.endswith(".pdf") for each in read.attachments] == [True]
    assert read.attachments[0].content.startswith(b"%PDF")
    assert "/s/" not in read.text
    assert "/s/" in by_address[WHO.email].text


def test_who_was_replaced_before_signing_is_not_thanked(entered: Quick) -> None:
    give(entered)
    reprint()
    assert "样例乙" not in everybody(entered)


def test_a_signer_whose_values_were_deleted_gets_none(over: Quick) -> None:
    forgetting.forget(over.id, seat=over.people["party_c"].seat_id, by=HOST)
    assert everybody(over)["样例丙"].why_not is Why.DELETED
    assert everybody(over)["样例丙"].email == ""
    send(over)
    assert [each.recipient for each in mailed(over)] == ["party-a@signers.example", "party-b@signers.example"]


def test_values_that_are_deleted_while_a_letter_waits_stop_it(over: Quick) -> None:
    send(over)
    waiting = mailed(over)[0]
    payload = dict(waiting.payload)
    db.session.remove()
    forgetting.forget(over.id, by=HOST)
    with pytest.raises(Hopeless):
        outbox.render(service.MAIL, payload)


def test_a_witness_gets_none_where_all_values_were_deleted(entered: Quick) -> None:
    """Also where the letter waits already."""
    name_witness(entered)
    sign_and_seal(entered)
    send(entered)
    [waiting] = [dict(each.payload) for each in mailed(entered) if each.recipient == "witness@example.test"]
    db.session.remove()
    forgetting.forget(entered.id, by=HOST)
    found = everybody(entered)["见证人甲"]
    assert (found.why_not, found.email) == (Why.DELETED, "")
    with pytest.raises(Hopeless):
        outbox.render(service.MAIL, waiting)


def test_the_trail_says_that_a_waiting_letter_went_to_who_was_thanked(
    entered: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An understudy came between the press and the mail."""
    sign_and_seal(entered, "main")
    end_sheet(entered)
    send(entered)
    seat_id = entered.people["party_b"].seat_id
    first = seats.get_seat(seat_id)
    db.session.rollback()
    give(entered)
    no_server = config.settings().model_copy(update={"smtp_url": ""})
    monkeypatch.setattr(config, "settings", lambda: no_server)  # mails are kept on the mailbox page
    waiting = {each.id for each in mailed(entered) if each.recipient == first.email}
    db.session.rollback()
    deliver(next(each for each in claims.take(OutboxMessage, worker="test", limit=50) if each.id in waiting))
    sent = Entry.read(list(audit.list_lines(entered.id))[-1])
    assert sent.data["seat"] == seat_id
    assert seats.get_seat(seat_id).as_at(clock.parse_iso(sent.data["as_at"])).name == first.name


def end_sheet(world: Quick) -> None:
    cues.make_sheet(world.id, by=HOST)
    go_to(world, CueKind.WELCOME)
    do(world, Verb.OVER, anyway=True)


def test_what_is_sealed_after_the_letters_makes_later_readers(entered: Quick) -> None:
    """c signs the main agreement alone, with all; the second one is between a and b."""
    assert refused(entered, lambda: send(entered)) == "thanks_too_early"
    end_sheet(entered)
    assert refused(entered, lambda: send(entered)) == "thanks_nobody"
    for person in entered.people.values():
        quick.sign(person, entered.first, key=f"now-{person.seat_id}")
    assert {each.why_not for each in everybody(entered).values()} == {Why.NOT_SEALED}
    name = name_witness(entered)
    with quick.small_evidence():
        do_jobs()
    send(entered)
    assert len(mailed(entered)) == 4
    witnesses.take_back(entered.id, name, by=HOST)
    name_witness(entered, email="later@example.test")
    send(entered)
    found = mailed(entered)
    assert len(found) == 5
    assert "later@example.test" in [each.recipient for each in found]
    assert actions(entered).count("thanks.sent") == 2
    assert len(queries.list_letters(entered.id)) == 5


def test_a_rehearsal_is_not_thanked_for_and_its_test_says_what_it_is(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("rehearsed", "sqlite", data_dir) as made:
        found = ceremonies.list_rehearsals(made.id)[0].id
        db.session.remove()
        account = apps.add_account(made.app, Role.HOST, organisation_id=_organisation(found))
        with pytest.raises(Conflict) as no:
            service.send(found, seen_before="", by=HOST)
        assert no.value.code == "thanks_rehearsal"
        db.session.rollback()
        service.send_test(found, Kind.SIGNER, "zh-CN", to=account, by=HOST)
        read = letter(mailed(Quick(made.app, replace(made.played, ceremony_id=found)), service.TEST)[0])
        assert "彩排" in read.subject
        assert "【试发】" in read.subject
        assert "/s/" not in read.text
        assert not outbox.count_ends(found)[service.MAIL, "waiting"]


def _organisation(ceremony_id: str) -> str:
    found = ceremonies.get_ceremony(ceremony_id).organisation_id
    db.session.remove()
    return found


def test_the_hosts_team_is_thanked_on_wish(over: Quick) -> None:
    apps.add_account(over.app, Role.HOST, email="team@example.test", organisation_id=over.played.organisation_id)
    apps.add_account(over.app, Role.AUDITOR, email="auditor@example.test", organisation_id=over.played.organisation_id)
    send(over)
    assert len(mailed(over)) == 3
    service.write(over.id, Draft({}, with_team=True), seen_before=None, by=HOST)
    send(over)
    assert [each.recipient for each in mailed(over)][-1:] == ["team@example.test"]
    assert len(mailed(over)) == 4
    read = letter(mailed(over)[-1])
    assert f"/ceremonies/{over.id}/report" in read.text
    assert accounts.find_account(queries.get_thanks(over.id).sent_by) is None


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_what_ended_before_all_was_signed_is_called_no_success(entered: Quick, locale: str) -> None:
    end_sheet(entered)
    for person in entered.people.values():
        quick.sign(person, entered.first, key=f"now-{person.seat_id}")
    with quick.small_evidence():
        do_jobs()
    ceremony = ceremonies.get_ceremony(entered.id)
    with i18n.use_locale(locale):
        found = [mails.letter(ceremony, mails.example(ceremony, kind, locale), words={}).text for kind in Kind]
    db.session.remove()
    assert not [each for each in found if "圆满" in each or "successful" in each]


def test_a_letter_that_cannot_be_delivered_is_told_as_other_mails_are(over: Quick) -> None:
    send(over)
    wanted = mailed(over)[0].id
    db.session.remove()
    with transaction():
        row = db.session.get_one(OutboxMessage, wanted)
        row.dead_at, row.reason = row.created_at, "address_unknown"
    found = troubles.list_troubles(ceremonies.get_ceremony(over.id))
    assert [each.kind for each in found] == [service.MAIL]
    assert "致谢信" in found[0].what
    assert "样例甲" in found[0].what


def press_at_once(world: Quick, meet: Callable[[], object]) -> list[BaseException | None]:
    """Two hosts who saw the same press at the same moment; what each met."""
    looked_at = seen(world)

    def press(_: int) -> BaseException | None:
        with world.app.app_context():
            meet()
            try:
                service.send(world.id, seen_before=looked_at, by=HOST)
            except IntegrityError as wrong:
                db.session.rollback()
                return wrong
            finally:
                db.session.remove()
        return None

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(press, range(2)))


def test_two_hosts_at_once_send_one_letter_to_each(over: Quick) -> None:
    start = threading.Barrier(2, timeout=60)
    assert press_at_once(over, start.wait) == [None, None]
    assert len(mailed(over)) == 3
    assert actions(over).count("thanks.sent") == 1


def test_without_the_ceremonys_lock_one_of_them_meets_an_error(
    quick_world: QuickWorld, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite lets one unit of work write at a time, whatever it takes: there the lock is never missed."""
    with quick_world.at("sealed", POSTGRESQL, data_dir) as world:
        service.write(world.id, WORDS, seen_before=None, by=HOST)
        both_have_read, due = threading.Barrier(2, timeout=60), service.due
        looked_at = seen(world)

        def read_together(*args: Any) -> list[Reader]:
            found = due(*args)
            if threading.current_thread() is not threading.main_thread():
                both_have_read.wait()
            return found

        unlocked = db.session.get
        monkeypatch.setattr(ceremonies, "take_ceremony", lambda found: unlocked(Ceremony, found))
        monkeypatch.setattr(service, "due", read_together)
        monkeypatch.setattr("tests.signing.thanks.test_thanks.seen", lambda _: looked_at)
        told = press_at_once(world, lambda: None)
        assert sorted(type(each).__name__ for each in told) == ["IntegrityError", "NoneType"]
        assert len(mailed(world)) == 3


def test_what_dies_half_way_has_sent_nothing(over: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at, add = seen(over), outbox.add
    added: list[object] = []

    def dies(*args: Any, **values: Any) -> str:
        if added:
            raise RuntimeError("killed")
        added.append(args)
        return add(*args, **values)

    monkeypatch.setattr(outbox, "add", dies)
    with pytest.raises(RuntimeError):
        service.send(over.id, seen_before=looked_at, by=HOST)
    db.session.rollback()
    assert mailed(over) == []
    assert queries.get_thanks(over.id).sent_at is None
    assert queries.list_letters(over.id) == {}
    monkeypatch.setattr(outbox, "add", add)
    db.session.remove()
    service.send(over.id, seen_before=looked_at, by=HOST)
    assert len(mailed(over)) == 3
