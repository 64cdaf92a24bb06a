"""Who never registered: let in with a network and without one, sent again, beyond the places, registered already."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core import audit, clock
from core.db import db, transaction
from core.errors import Conflict
from events.checkin import moves, phones, queries, service, walk_ins
from events.checkin.models import PresenceRow, Scan
from events.checkin.rules import Decision, Direction, ScanKind
from events.checkin.scan_rules import NewScan, Recorded, Upload, WalkIn
from events.conferences.queries import ConferenceView
from events.registration import door_queries, places_service
from events.registration import queries as registrations
from events.registration.models import Registration
from events.registration.rules import RegistrationState
from tests.support import doors
from tests.support.doors import CLERK, Phone, nonce

PLACES = 5  # of guests in the hall in Chengdu


def came(draft: ConferenceView, name: str = "演示访客", *, shown: Decision | None = None, **more: Any) -> NewScan:
    """A walk-in of the audience with five places."""
    who = WalkIn(name, draft.audience("guest").id, **more)
    return NewScan(nonce(), ScanKind.WALK_IN, Direction.IN, clock.now(), walk_in=who, shown=shown)


def offline(draft: ConferenceView, name: str = "演示访客", **more: Any) -> NewScan:
    """As a phone keeps it that had no network."""
    return came(draft, name, shown=Decision.ADMITTED, **more)


def send(phone: Phone, *scans: NewScan) -> Recorded:
    return walk_ins.record_scans(phone.id, phone.device, Upload(scans, clock.now()), address="192.0.2.1")


def people() -> list[Registration]:
    db.session.remove()
    return list(db.session.scalars(select(Registration).order_by(Registration.created_at, Registration.id)))


def taken(draft: ConferenceView) -> int:
    db.session.remove()
    rooms = registrations.list_places(draft.id)
    guests = (draft.venue("chengdu").id, draft.audience("guest").id)
    return next(each.count.taken for each in rooms if (each.venue_id, each.audience_id) == guests)


def test_a_walk_in_has_a_place_and_is_in(draft: ConferenceView) -> None:
    recorded = send(doors.phone(draft), came(draft, company="演示公司", phone="138 0000 0000"))
    [answer], [person] = recorded.answers, people()
    assert (answer.decision, answer.registration_id) == (Decision.ADMITTED, person.id)
    assert (person.company_name, person.phone, person.is_over) == ("演示公司", "138 0000 0000", False)
    assert taken(draft) == 1
    assert '"agreed":true' in list(audit.list_lines(draft.id))[-1]


def test_a_full_hall_takes_no_walk_in_whom_nobody_let_in(draft: ConferenceView) -> None:
    phone = doors.phone(draft)
    recorded = send(phone, *(came(draft, f"访客{number}") for number in range(PLACES + 1)))
    assert [each.decision for each in recorded.answers] == [Decision.ADMITTED] * PLACES
    assert [each.code for each in recorded.troubles.values()] == ["venue_full_no_waiting"]
    assert (len(people()), taken(draft)) == (PLACES, PLACES)


def test_whom_a_door_without_a_network_let_in_is_in_and_who_is_beyond_the_places_is_listed(
    draft: ConferenceView,
) -> None:
    recorded = send(doors.phone(draft), *(offline(draft, f"访客{number}") for number in range(PLACES + 2)))
    assert {each.decision for each in recorded.answers} == {Decision.ADMITTED}
    assert recorded.troubles == {}
    assert [each.name for each in door_queries.list_over(draft.id)] == [f"访客{PLACES}", f"访客{PLACES + 1}"]
    assert taken(draft) == PLACES + 2
    assert {each.state for each in people()} == {RegistrationState.CONFIRMED}


def test_who_was_let_in_on_the_last_evening_is_kept_days_later(draft: ConferenceView) -> None:
    phone, scan = doors.phone(draft), offline(draft, email="late@guests.example")
    with clock.frozen(clock.now() + timedelta(days=2)):
        [answer] = send(phone, scan).answers
    assert answer.decision is Decision.ADMITTED


def test_an_upload_sent_again_makes_nobody_twice(draft: ConferenceView) -> None:
    phone, scans = doors.phone(draft), [offline(draft, "访客甲"), offline(draft, "访客乙")]
    first = send(phone, scans[0])
    assert send(phone, *scans).answers[0] == first.answers[0]
    send(phone, *scans)
    assert (len(people()), taken(draft)) == (2, 2)
    assert db.session.query(Scan).count() == 2


def test_a_server_killed_between_registration_and_scan_makes_nobody_twice(
    draft: ConferenceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, scan = doors.phone(draft), offline(draft)

    def killed(*_: object) -> Recorded:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(service, "record_scans", killed)
        with pytest.raises(KeyboardInterrupt):
            send(phone, scan)
    assert (len(people()), db.session.query(Scan).count()) == (1, 0)
    [answer] = send(phone, scan).answers
    assert answer.registration_id == people()[0].id
    assert (len(people()), taken(draft)) == (1, 1)


def test_what_was_refused_for_want_of_a_place_is_taken_once_the_door_has_let_them_in(draft: ConferenceView) -> None:
    phone, scan = doors.phone(draft), came(draft)
    send(phone, *(came(draft, f"访客{number}") for number in range(PLACES)))
    assert list(send(phone, scan).troubles) == [scan.nonce]  # the phone never heard so
    [answer] = send(phone, replace(scan, shown=Decision.ADMITTED)).answers
    assert answer.decision is Decision.ADMITTED
    assert [each.name for each in door_queries.list_over(draft.id)] == ["演示访客"]


def test_who_is_registered_already_is_that_person(draft: ConferenceView) -> None:
    phone = doors.phone(draft)
    known = registrations.get_registration(doors.register(draft, "张三"))
    by_mail = send(phone, offline(draft, "张三 ", email=known.email.upper())).answers[0]
    by_number = [offline(draft, "李四", phone=number) for number in ("+86 138-0000-0000", "13800000000")]
    first, second = send(phone, *by_number).answers
    assert by_mail.registration_id == known.id
    assert (first.registration_id, second.decision) == (second.registration_id, Decision.ALREADY_IN)
    assert len(people()) == 2


def test_a_twin_of_another_hall_who_was_let_in_offline_is_listed(draft: ConferenceView) -> None:
    known = registrations.get_registration(doors.register(draft, "张三", venue="london"))
    [answer] = send(doors.phone(draft), offline(draft, "张三", email=known.email)).answers
    assert answer.decision is Decision.OTHER_VENUE
    [listed] = queries.list_let_in(draft.id)
    assert (listed.registration_id, listed.decision) == (known.id, Decision.OTHER_VENUE)
    row = db.session.get(PresenceRow, known.id)
    assert row is not None
    assert row.is_in


def test_a_walk_in_goes_out_by_the_nonce_of_the_scan_that_let_them_in(draft: ConferenceView) -> None:
    phone, scan = doors.phone(draft), offline(draft)
    later = {"shown": Decision.LEFT, "walked": scan.nonce}
    out = NewScan(nonce(), ScanKind.NAME, Direction.OUT, clock.now() + timedelta(minutes=1), **later)
    assert send(phone, out).answers == ()  # nobody knows yet whose it is: the phone keeps it
    assert [each.decision for each in send(phone, scan, out).answers] == [Decision.ADMITTED, Decision.LEFT]


def test_a_phone_with_a_new_link_sends_what_the_first_link_had_sent_already(draft: ConferenceView) -> None:
    first, scan = doors.phone(draft), offline(draft)
    answers = send(first, scan).answers
    phones.close_door(draft.id, first.id, by=CLERK)
    assert send(doors.phone(draft), scan).answers == answers


def test_a_move_at_the_door_gives_up_the_place_there(draft: ConferenceView) -> None:
    phone, guest = doors.phone(draft), doors.register(draft, venue="london")
    for _ in range(2):
        person = moves.move_here(phone.id, phone.device, guest, address="")
    assert (person["venue"], person["state"]) == (draft.venue("chengdu").id, "confirmed")
    assert phone.scan(guest) is Decision.ADMITTED
    lines = [line for line in audit.list_lines(draft.id) if '"registration.moved"' in line]
    assert len(lines) == 1
    assert draft.venue("chengdu").doors[0].id in lines[0]


def test_a_move_into_a_full_hall_changes_nothing(draft: ConferenceView) -> None:
    phone, guest = doors.phone(draft), doors.register(draft, venue="london")
    with transaction():
        places_service.set_capacity(draft.id, draft.venue("chengdu").id, {draft.audience("company").id: 0})
    with pytest.raises(Conflict) as refused:
        moves.move_here(phone.id, phone.device, guest, address="")
    assert refused.value.code == "venue_full"
    assert registrations.get_registration(guest).venue_id == draft.venue("london").id
    assert phone.scan(guest) is Decision.OTHER_VENUE
