"""Scans that arrive, once and again, from doors with and without a network."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from core import audit, clock, live
from core.audit import Actor
from core.db import db
from events.checkin import closing, counters, log, phones, queries, rules
from events.checkin.models import PresenceRow, Scan
from events.checkin.rules import Decision, Direction, PhoneRevoked, ScanKind
from events.checkin.scan_rules import NewScan
from events.conferences.queries import ConferenceView
from events.registration import queries as registration_queries
from events.registration import service as registrations
from tests.support import doors
from tests.support.doors import CLERK, by_name, nonce

pytestmark = pytest.mark.usefixtures("app")


def rows(conference_id: str) -> list[Scan]:
    db.session.remove()
    return list(db.session.scalars(select(Scan).filter_by(conference_id=conference_id).order_by(Scan.id)))


def presence(registration_id: str) -> rules.Presence:
    db.session.remove()
    row = db.session.get_one(PresenceRow, registration_id)
    return rules.Presence(**{name: getattr(row, name) for name in rules.Presence.__dataclass_fields__})


def zones(draft: ConferenceView) -> dict[str, str]:
    return {door.id: venue.timezone for venue in draft.venues for door in venue.doors}


def test_a_second_door_is_told_when_and_where_the_first_one_was(draft: ConferenceView) -> None:
    guest, east, west = doors.register(draft), doors.phone(draft, 0), doors.phone(draft, 1)
    assert east.scan(guest) is Decision.ADMITTED
    [again] = west.send(by_name(guest))
    assert again.decision is Decision.ALREADY_IN
    assert again.first_door_id == draft.venue("chengdu").doors[0].id
    assert again.first_at == presence(guest).first_at


def test_a_scan_sent_again_is_answered_as_it_was_and_kept_once(draft: ConferenceView) -> None:
    guest, phone = doors.register(draft), doors.phone(draft)
    scan = by_name(guest)
    [first] = phone.send(scan)
    [again] = phone.send(scan)
    assert again == first
    assert first.decision is Decision.ADMITTED
    assert len(rows(draft.id)) == 1


def test_a_batch_of_which_half_had_arrived_is_kept_once(draft: ConferenceView) -> None:
    phone = doors.phone(draft)
    scans = [by_name(doors.register(draft)) for _ in range(4)]
    phone.send(*scans[:2])
    answers = phone.send(*scans, scans[3])
    assert [each.decision for each in answers] == [Decision.ADMITTED] * 5
    assert len(rows(draft.id)) == 4


def test_out_and_in_again(draft: ConferenceView) -> None:
    guest, phone = doors.register(draft), doors.phone(draft)
    ways = [Direction.IN, Direction.OUT, Direction.OUT, Direction.IN]
    found = [phone.scan(guest, way) for way in ways]
    assert found == [Decision.ADMITTED, Decision.LEFT, Decision.NOT_IN, Decision.ADMITTED]


def test_who_withdrew_or_belongs_elsewhere_is_not_let_in(draft: ConferenceView) -> None:
    gone, elsewhere = doors.register(draft), doors.register(draft, venue="london")
    registrations.withdraw(gone, by=CLERK)
    phone = doors.phone(draft)
    assert phone.scan(gone) is Decision.WITHDRAWN
    assert phone.scan(elsewhere) is Decision.OTHER_VENUE
    assert phone.scan("reg_00000000000000000000000000") is Decision.UNKNOWN
    assert not presence(gone).is_in


def test_a_badge_is_read_and_a_forged_one_is_kept_as_it_was(draft: ConferenceView) -> None:
    phone = doors.phone(draft)
    text = doors.badge_text(draft, doors.register(draft))
    assert phone.badge(text) is Decision.ADMITTED
    assert phone.badge(text) is Decision.ALREADY_IN
    forged = text[:-20] + ("A" if text[-20] != "A" else "B") + text[-19:]
    assert phone.badge(forged) is Decision.FORGED
    assert phone.badge("https://elsewhere.example/menu") is Decision.UNKNOWN
    assert {each.code for each in queries.list_suspects(draft.id)} == {forged, "https://elsewhere.example/menu"}


def test_the_short_code_may_be_typed_carelessly(draft: ConferenceView) -> None:
    guest, phone = doors.register(draft), doors.phone(draft)
    code = registration_queries.get_registration(guest).code
    typed = f" {code[:4].lower()}-{code[4:]} "
    [answer] = phone.send(NewScan(nonce(), ScanKind.CODE, Direction.IN, clock.now(), code=typed))
    assert (answer.decision, answer.registration_id) == (Decision.ADMITTED, guest)


def test_two_doors_without_a_network_that_let_in_one_person_are_listed(draft: ConferenceView) -> None:
    guest, east, west = doors.register(draft), doors.phone(draft, 0), doors.phone(draft, 1)
    now = clock.now()
    later = by_name(guest, at=now - timedelta(minutes=10), shown=Decision.ADMITTED)
    first = by_name(guest, at=now - timedelta(minutes=20), shown=Decision.ADMITTED)
    [answer] = west.send(later)  # the later entry arrives first, and is the first that the server knows
    assert answer.decision is Decision.ADMITTED
    [answer] = east.send(first)
    assert answer.decision is Decision.ALREADY_IN
    [double] = queries.list_doubles(draft.id, zones(draft))
    assert (double.registration_id, double.entry.first.nonce, double.entry.second.nonce) == (
        guest,
        first.nonce,
        later.nonce,
    )


def test_a_phone_that_decided_by_itself_while_its_answer_was_lost_is_found_too(draft: ConferenceView) -> None:
    guest, east, west = doors.register(draft), doors.phone(draft, 0), doors.phone(draft, 1)
    east.scan(guest)
    lost = by_name(guest)
    west.send(lost)  # already in, but the phone never heard so and let them in by its old list
    shown = NewScan(**{**vars(lost), "shown": Decision.ADMITTED})
    assert [each.decision for each in west.send(shown)] == [Decision.ALREADY_IN]
    west.send(shown)
    assert len(rows(draft.id)) == 3
    assert len(queries.list_doubles(draft.id, zones(draft))) == 1


def test_a_clock_three_hours_fast_is_told_so_and_its_times_are_marked_and_put_right(draft: ConferenceView) -> None:
    guest, phone = doors.register(draft), doors.phone(draft, fast=timedelta(hours=3))
    before = clock.now()
    phone.scan(guest)
    [row] = rows(draft.id)
    assert row.is_clock_off
    assert abs(row.clock_off_ms - 3 * 3_600_000) < 60_000
    assert row.phone_at - row.received_at > timedelta(hours=2)
    assert before - timedelta(seconds=1) <= row.happened_at <= row.received_at
    assert [each.has_wrong_clock for each in queries.list_phones(draft.id)] == [True]


def test_an_undo_is_a_scan_of_its_own_and_the_person_may_come_in_again(draft: ConferenceView) -> None:
    guest, phone, other = doors.register(draft), doors.phone(draft, 0), doors.phone(draft, 1)
    wrong = by_name(guest)
    phone.send(wrong)
    undo = NewScan(nonce(), ScanKind.UNDO, Direction.IN, clock.now(), undoes=wrong.nonce)
    assert [each.decision for each in other.send(undo)] == [Decision.UNKNOWN]  # another door's is not theirs
    own = NewScan(nonce(), ScanKind.UNDO, Direction.IN, clock.now(), undoes=wrong.nonce)
    assert [each.decision for each in phone.send(own)] == [Decision.UNDONE]
    assert presence(guest) == rules.NEVER_SEEN
    assert other.scan(guest) is Decision.ADMITTED
    assert len(rows(draft.id)) == 4


def test_presence_is_always_what_the_scans_come_to(draft: ConferenceView) -> None:
    guest, east, west = doors.register(draft), doors.phone(draft, 0), doors.phone(draft, 1)
    now = clock.now()
    for number, (phone, way) in enumerate(
        [(east, Direction.IN), (west, Direction.OUT), (east, Direction.OUT), (west, Direction.IN), (east, Direction.IN)]
    ):
        phone.scan(guest, way, at=now - timedelta(minutes=[9, 3, 7, 5, 1][number]), shown=Decision.ADMITTED)
        db.session.remove()
        assert presence(guest) == rules.presence_of(log.list_passages(guest))


def test_a_link_is_one_phones_and_ends_when_it_is_taken_back(draft: ConferenceView) -> None:
    guest, phone = doors.register(draft), doors.phone(draft)
    with pytest.raises(PhoneRevoked):
        phones.pair(phone.id, "another-phone-that-photographed-the-code")
    phones.close_door(draft.id, phone.id, by=CLERK)
    with pytest.raises(PhoneRevoked):
        phone.scan(guest)
    assert rows(draft.id) == []


def test_the_closing_entry_binds_every_scan(draft: ConferenceView) -> None:
    phone = doors.phone(draft)
    phone.send(*(by_name(doors.register(draft)) for _ in range(3)))
    count, digest = closing.close_checkin(draft.id, by=Actor("account", "acc_lead"))
    assert (count, digest) == (3, log.digest(draft.id)[1])
    line = list(audit.list_lines(draft.id))[-1]
    assert '"checkin.closed"' in line
    assert digest in line
    phone.scan(doors.register(draft))
    assert log.digest(draft.id)[1] != digest


def test_counters_follow_people_through_doors(draft: ConferenceView) -> None:
    hall, phone = draft.venue("chengdu"), doors.phone(draft)
    first, second = doors.register(draft), doors.register(draft)
    for minutes, (guest, way) in enumerate([(first, Direction.IN), (second, Direction.IN), (first, Direction.OUT)]):
        phone.scan(guest, way, at=clock.now() - timedelta(minutes=9 - minutes))
    began = {venue.id: rules.day_began(clock.now(), ZoneInfo(venue.timezone)) for venue in draft.venues}
    counts = queries.count(draft.id, began)
    assert (counts.inside[hall.id], counts.came[hall.id]) == (1, 2)
    assert counts.doors[hall.doors[0].id] == queries.DoorCount(ins=2, outs=1)
    assert [each.registration_id for each in queries.list_inside(draft.id, began)] == [second]


def test_who_watches_is_told_of_counts_when_they_change_and_not_else(draft: ConferenceView) -> None:
    phone, channel = doors.phone(draft), phones.channel(draft.id)
    phone.scan(doors.register(draft))
    counters.tell_counts()
    told = live.find_seq(channel)
    counters.tell_counts()
    assert live.find_seq(channel) == told
    phone.scan(doors.register(draft))
    counters.tell_counts()
    assert live.find_seq(channel) == told + 1
    hall = draft.venue("chengdu")
    assert (live.find_newest(channel, "counts") or {})["inside"] == {hall.id: 2}


def test_a_check_in_takes_six_statements(app: Flask, draft: ConferenceView) -> None:
    phone = doors.phone(draft)
    text = doors.badge_text(draft, doors.register(draft))
    with doors.Statements() as counted:
        assert phone.badge(text) is Decision.ADMITTED
    assert len(counted.texts) <= 6, "\n".join(counted.texts)


def test_a_scan_alone_is_kept_as_one_among_several(draft: ConferenceView) -> None:
    """Who comes alone has statements of their own at the door: what they leave is the same."""
    phone, now = doors.phone(draft), clock.now()
    guests = [doors.register(draft) for _ in range(3)]
    scans = [NewScan(nonce(), ScanKind.BADGE, Direction.IN, now, code=doors.badge_text(draft, each)) for each in guests]
    with clock.frozen(now):
        [alone] = phone.send(scans[0])
        several = phone.send(*scans[1:])
    assert [each.decision for each in (alone, *several)] == [Decision.ADMITTED] * 3
    own = {"id", "nonce", "registration_id"}
    kept = [{key: value for key, value in log.line(row).items() if key not in own} for row in rows(draft.id)]
    assert kept[0] == kept[1] == kept[2]
    assert presence(guests[0]) == presence(guests[1]) == presence(guests[2])


def test_an_id_and_a_short_code_in_one_upload_find_one_person_each(draft: ConferenceView) -> None:
    one, other = doors.register(draft), doors.register(draft)
    code = registration_queries.get_registration(other).code
    by_code = NewScan(nonce(), ScanKind.CODE, Direction.IN, clock.now(), code=code)
    answers = doors.phone(draft).send(by_name(one), by_code)
    assert [each.registration_id for each in answers] == [one, other]
    assert [each.decision for each in answers] == [Decision.ADMITTED] * 2
