"""What becomes of a registration: approved, rejected, withdrawn, moved, changed; and offers to who waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core import clock, jobs, live
from core.claims import take
from core.db import db, transaction
from core.errors import Conflict
from core.jobs import Job
from core.outbox import OutboxMessage
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from events.registration import counts, queries, service
from events.registration import jobs as work
from events.registration.rules import OFFER_LIFE, RegistrationState
from tests.events.registration.test_registering import GUEST, link_of, mails, places, set_capacity
from tests.support.conference import ORGANISER, someone

TEAM = ORGANISER


def work_off(*kinds: str) -> int:
    """Do the due jobs of registrations, as a worker would; returns how many."""
    done = 0
    while claimed := take(Job, worker="test", limit=1):
        [claim] = claimed
        row = db.session.get_one(Job, claim.id)
        kind, payload = row.kind, row.payload
        db.session.rollback()
        if not kinds or kind in kinds:
            jobs.handler_of(kind)(claim, payload)
        done += 1
    return done


def enter(conference: ConferenceView, number: int, **named: object) -> str:
    return service.register(conference.id, someone(conference, number, **named), by=GUEST).id  # type: ignore[arg-type]


def state(registration_id: str) -> RegistrationState:
    db.session.rollback()
    return queries.get_registration(registration_id).state


def test_an_approved_person_has_a_place_or_waits(conference: ConferenceView) -> None:
    set_capacity(conference, 1, audience="guest")
    first, second = (enter(conference, n, audience="guest") for n in (1, 2))
    assert service.approve(first, by=TEAM) is RegistrationState.CONFIRMED
    assert service.approve(second, by=TEAM) is RegistrationState.WAITLISTED
    found = places(conference, audience="guest")
    assert (found.count.taken, found.waiting) == (1, 1)
    assert [kind for _, kind in mails(conference)][2:] == ["registration_confirmed", "registration_waitlisted"]
    with pytest.raises(Conflict) as refusal:
        service.approve(first, by=TEAM)
    assert refusal.value.code == "registration_confirmed"


def test_the_admitted_are_the_confirmed_in_the_order_of_their_names(conference: ConferenceView) -> None:
    made = {name: enter(conference, n, name=name) for n, name in enumerate(("赵样例", "安样例", "Berg"))}
    enter(conference, 7, audience="guest")
    online = enter(conference, 8, venue="cloud", name="云样例")
    found = queries.list_admitted(conference.id)
    assert [each.name for each in found] == ["安样例", "Berg", "云样例", "赵样例"]
    assert [each.id for each in queries.list_admitted(conference.id, conference.venue("cloud").id)] == [online]
    assert queries.find_by_code(conference.id, queries.get_registration(made["Berg"]).code) == found[1]


def test_who_is_rejected_reads_why_may_come_anew_and_leaves_a_place(conference: ConferenceView) -> None:
    made = enter(conference, 1)
    service.reject(made, reason="名额留给企业", by=TEAM)
    assert (state(made), queries.get_registration(made).reason) == (RegistrationState.REJECTED, "名额留给企业")
    assert places(conference).count.taken == 0
    assert mails(conference)[-1] == ("person1@example.com", "registration_rejected")
    assert enter(conference, 1) != made


def test_a_withdrawn_place_is_offered_to_who_waits_longest(conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    first, second, third = (enter(conference, n) for n in (1, 2, 3))
    service.withdraw(first, by=GUEST)
    service.withdraw(first, by=GUEST)
    assert work_off() == 1
    offered = queries.get_registration(second)
    assert offered.state is RegistrationState.WAITLISTED
    assert offered.offered_until is not None
    assert abs(offered.offered_until - offered.changed_at - OFFER_LIFE) < timedelta(seconds=5)
    assert queries.get_registration(third).offered_until is None
    assert (places(conference).count.taken, places(conference).waiting) == (1, 1)
    assert mails(conference)[-1] == ("person2@example.com", "registration_offered")
    service.accept_offer(second, by=GUEST)
    service.accept_offer(second, by=GUEST)
    assert state(second) is RegistrationState.CONFIRMED
    assert (places(conference).count.taken, places(conference).waiting) == (1, 1)


def test_an_offer_that_runs_out_goes_on_and_its_holder_to_the_end(conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    first, second, third = (enter(conference, n) for n in (1, 2, 3))
    service.withdraw(first, by=GUEST)
    work_off()
    with clock.frozen(clock.now() + OFFER_LIFE):
        with pytest.raises(Conflict) as refusal:
            service.accept_offer(second, by=GUEST)
        assert refusal.value.code == "offer_over"
        assert work_off() == 1
        assert queries.get_registration(second).offered_until is None
        assert queries.get_registration(third).offered_until is not None
        assert (places(conference).count.taken, places(conference).waiting) == (1, 1)
        assert set(mails(conference)[-2:]) == {
            ("person2@example.com", "registration_lapsed"),
            ("person3@example.com", "registration_offered"),
        }
        with pytest.raises(Conflict) as refusal:
            service.accept_offer(second, by=GUEST)
        assert refusal.value.code == "no_offer"
        service.withdraw(third, by=GUEST)
        work_off()
        assert queries.get_registration(second).offered_until is not None


def test_an_offer_ends_when_the_conference_begins_and_none_is_made_afterwards(conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    first, second = (enter(conference, n) for n in (1, 2))
    begins = min(item.starts_at for item in conference.items)
    with clock.frozen(begins - timedelta(hours=2)):
        service.withdraw(first, by=GUEST)
        work_off()
        assert queries.get_registration(second).offered_until == begins
    with clock.frozen(begins):
        work_off()
        assert queries.get_registration(second).offered_until is None
        assert (places(conference).count.taken, places(conference).waiting) == (0, 1)
        assert work.list_unsettled() == ([], [])
        # From now on a free place goes to who comes.
        assert service.register(conference.id, someone(conference, 3), by=GUEST).state is RegistrationState.CONFIRMED


def test_a_raised_capacity_is_offered(conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    waits = [enter(conference, n) for n in (1, 2, 3, 4)][1:]
    set_capacity(conference, 3)
    work_off()
    assert [queries.get_registration(each).offered_until is not None for each in waits] == [True, True, False]
    assert (places(conference).count.taken, places(conference).waiting) == (3, 1)


def test_the_sweep_finds_what_nobody_asked_for(conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    first, second = (enter(conference, n) for n in (1, 2))
    service.withdraw(first, by=GUEST)
    with transaction():
        for row in db.session.scalars(select(Job).where(Job.done_at.is_(None))):
            db.session.delete(row)
    assert [each[1] for each in work.list_unsettled()[0]] == [conference.venue("chengdu").id]
    with transaction():
        jobs.add(work.SWEEP, "now")
    work_off()
    assert queries.get_registration(second).offered_until is not None
    assert work.list_unsettled() == ([], [])


def test_dictionaries_of_names_are_at_hand_while_people_may_register(
    conference: ConferenceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[bool] = []
    monkeypatch.setattr(work.pinyin, "load", lambda: loaded.append(True))
    work.prepare()
    assert loaded == [True]
    publishing.cancel(conference.id, reason="样例", by=TEAM)
    work.prepare()
    assert loaded == [True]


def test_moving_online_is_one_step_and_frees_the_hall(conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    first, second = (enter(conference, n) for n in (1, 2))
    cloud = conference.venue("cloud").id
    assert service.move(first, venue_id=cloud, by=TEAM) is RegistrationState.CONFIRMED
    assert places(conference, "cloud").count.taken == 1
    work_off()
    assert queries.get_registration(second).offered_until is not None
    assert ("person1@example.com", "registration_moved") in mails(conference)


def test_who_waits_for_the_hall_has_a_place_online_at_once(conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    _, second = (enter(conference, n) for n in (1, 2))
    assert service.move(second, venue_id=conference.venue("cloud").id, by=GUEST) is RegistrationState.CONFIRMED
    assert (places(conference).waiting, places(conference, "cloud").count.taken) == (0, 1)


def test_a_full_hall_or_one_that_people_wait_for_changes_nothing(conference: ConferenceView) -> None:
    online = enter(conference, 9, venue="cloud")
    set_capacity(conference, 1)
    first, _second = (enter(conference, n) for n in (1, 2))
    hall = conference.venue("chengdu").id
    for _ in range(2):
        with pytest.raises(Conflict) as refusal:
            service.move(online, venue_id=hall, by=TEAM)
        assert refusal.value.code == "venue_full"
        db.session.rollback()
        if state(first) is RegistrationState.CONFIRMED:
            service.withdraw(first, by=GUEST)  # free now, but somebody waits
    assert queries.get_registration(online).venue_id == conference.venue("cloud").id
    assert places(conference, "cloud").count.taken == 1


def test_a_change_keeps_the_place_and_a_new_address_ends_the_old_link(conference: ConferenceView) -> None:
    made = service.register(conference.id, someone(conference), by=GUEST)
    before = link_of(made.id)
    service.change(made.id, service.Changes(phone="+86 28 0000 0000", name="样例新"), by=GUEST)
    assert link_of(made.id) == before
    assert queries.get_registration(made.id).pinyin == "ylx yanglixin"
    service.change(made.id, service.Changes(email="New@Example.com"), by=GUEST)
    assert service.read_link(link_of(made.id)) == made.id
    with pytest.raises(Exception, match="link_revoked"):
        service.read_link(before)
    assert mails(conference)[-1] == ("new@example.com", "registration_changed")
    sent = len(mails(conference))
    service.change(made.id, service.Changes(email="new@example.com"), by=GUEST)
    assert len(mails(conference)) == sent


def test_nobody_changes_to_anothers_address(conference: ConferenceView) -> None:
    enter(conference, 1)
    second = enter(conference, 2)
    with pytest.raises(Conflict) as refusal:
        service.change(second, service.Changes(email="person1@example.com"), by=GUEST)
    assert refusal.value.code == "already_registered"
    service.withdraw(second, by=GUEST)
    with pytest.raises(Conflict) as refusal:
        service.change(second, service.Changes(phone="1"), by=GUEST)
    assert refusal.value.code == "registration_withdrawn"


def test_calling_off_writes_to_everybody_who_registered(conference: ConferenceView) -> None:
    first, _second, _third = enter(conference, 1), enter(conference, 2, audience="guest"), enter(conference, 3)
    service.withdraw(first, by=GUEST)
    publishing.cancel(conference.id, reason="台风", by=ORGANISER)
    work_off()
    told = [to for to, kind in mails(conference) if kind == "registration_cancelled"]
    assert sorted(told) == ["person2@example.com", "person3@example.com"]


def test_counts_are_told_after_a_change_and_once_a_second_at_most(conference: ConferenceView) -> None:
    channel = counts.channel(conference.id)
    counts.tell()
    before = live.find_seq(channel)
    counts.tell()
    assert live.find_seq(channel) == before
    with clock.frozen(clock.now() + timedelta(seconds=2)):
        for number in range(5):
            enter(conference, number)
            counts.tell()
        assert live.find_seq(channel) == before + 1
    with clock.frozen(clock.now() + timedelta(seconds=4)):
        counts.tell()
        assert live.find_seq(channel) == before + 2
        newest = db.session.scalars(
            select(live.LiveUpdate).filter_by(channel=channel).order_by(live.LiveUpdate.seq.desc()).limit(1)
        ).one()
        hall = conference.venue("chengdu").id
        assert [hall, conference.audience("company").id, 50, 5, 0] in newest.data["places"]


def test_a_mail_of_an_offer_is_of_no_use_after_the_offer(conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    first, second = (enter(conference, n) for n in (1, 2))
    service.withdraw(first, by=GUEST)
    work_off()
    row = db.session.scalars(select(OutboxMessage).filter_by(kind="registration_offered")).one()
    assert row.good_until == queries.get_registration(second).offered_until
    assert row.payload == {"registration": second}
