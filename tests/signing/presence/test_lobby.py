"""The lobby on both databases: who is let in, held, removed; what each may still do; messages."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from core import clock, live
from core.db import db
from core.errors import Conflict, NotFound, TooMany
from signing.agreements import queries as agreements
from signing.agreements.rules import DrawnOrTyped
from signing.ceremonies import service as ceremonies
from signing.presence import lobby_queries as queries
from signing.presence import lobby_service as service
from signing.presence.lobby_rules import Quick, Standing
from signing.seats import queries as seats
from tests.support import quick
from tests.support.ceremony import HOST, Person
from tests.support.quick import Quick as World
from tests.support.trail import with_private


def person(world: World, party: str = "party_a") -> Person:
    return world.people[party]


def standing(world: World, party: str = "party_a") -> Standing:
    db.session.remove()
    return queries.find_place(world.id, person(world, party).seat_id).standing


def acts(world: World) -> list[str]:
    db.session.remove()
    found = [str(each["action"]) for each in with_private(world.id)]
    db.session.remove()
    kinds = {"seat.admitted", "seat.held", "seat.released", "seat.removed", "seat.let_back_in"}
    return [action for action in found if action in kinds or action.startswith("lobby.")]


def refused(world: World, who: Person) -> str:
    with pytest.raises(Conflict) as refusal:
        quick.prepared(who, world.first)
    db.session.rollback()
    return refusal.value.code


def test_without_a_word_everybody_comes_in_by_themselves(entered: World) -> None:
    assert standing(entered) is Standing.ADMITTED
    quick.finish(person(entered), quick.prepared(person(entered), entered.first))


def test_who_proved_who_they_are_is_in_and_who_comes_later_waits(invited: World) -> None:
    service.set_policy(invited.id, admits_each=True, by=HOST)
    who = person(invited)
    quick.ceremony.enter(who)
    quick.read_all(who, invited.first)
    assert standing(invited) is Standing.WAITING
    assert refused(invited, who) == "not_admitted"
    service.admit(invited.id, who.seat_id, by=HOST)
    service.admit(invited.id, who.seat_id, by=HOST)
    quick.finish(who, quick.prepared(who, invited.first))
    assert acts(invited) == ["lobby.policy_changed", "seat.admitted"]


def test_turned_on_in_the_middle_it_throws_nobody_out(entered: World) -> None:
    service.set_policy(entered.id, admits_each=True, by=HOST)
    assert standing(entered) is Standing.ADMITTED
    quick.finish(person(entered), quick.prepared(person(entered), entered.first))


def test_all_who_are_ready_are_let_in_and_nobody_else(invited: World) -> None:
    service.set_policy(invited.id, admits_each=True, by=HOST)
    for party in ("party_a", "party_b"):
        quick.ceremony.enter(person(invited, party))
    service.admit_all(invited.id, by=HOST)
    assert [standing(invited, each) for each in invited.people] == [
        Standing.ADMITTED,
        Standing.ADMITTED,
        Standing.WAITING,
    ]
    assert acts(invited).count("seat.admitted") == 2


def test_who_is_held_begins_nothing_and_finishes_what_was_begun(entered: World) -> None:
    one, other = person(entered), person(entered, "party_b")
    begun = quick.prepared(one, entered.first)
    for who in (one, other):
        service.hold(entered.id, who.seat_id, why="请稍候", by=HOST)
    assert refused(entered, other) == "seat_held"
    quick.finish(one, begun)
    service.release(entered.id, other.seat_id, by=HOST)
    quick.finish(other, quick.prepared(other, entered.first))
    assert agreements.get_agreement(entered.first).signed_count == 2


def test_who_is_held_keeps_no_act_alive_by_preparing_it_anew(entered: World) -> None:
    who, at = person(entered), clock.now()
    quick.prepare(who, entered.first)
    db.session.rollback()
    service.hold(entered.id, who.seat_id, why="请稍候", by=HOST)
    drawn = DrawnOrTyped(drawing=quick.ceremony.drawing(), typed="")
    with clock.frozen(at + timedelta(minutes=9)):
        quick.prepare(who, entered.first, appearance=drawn)
    db.session.rollback()
    with clock.frozen(at + timedelta(minutes=12)):
        assert refused(entered, who) == "seat_held"


def test_the_sentence_for_who_is_held_stands_beside_the_chain(entered: World) -> None:
    service.hold(entered.id, person(entered).seat_id, why="张三请稍候", by=HOST)
    entry = with_private(entered.id)[-1]
    assert (entry["action"], entry["data"]["why"]) == ("seat.held", "张三请稍候")
    assert not [line for line in quick_lines(entered) if "张三" in line]


def quick_lines(world: World) -> list[str]:
    from core import audit

    return list(audit.list_lines(world.id))


def test_who_was_removed_is_let_back_in_first(entered: World) -> None:
    who = person(entered)
    service.remove(entered.id, who.seat_id, by=HOST)
    assert refused(entered, who) == "seat_removed"
    with pytest.raises(Conflict, match="seat_removed"):
        service.admit(entered.id, who.seat_id, by=HOST)
    service.let_in(entered.id, who.seat_id, by=HOST)
    service.let_in(entered.id, who.seat_id, by=HOST)
    quick.finish(who, quick.prepared(who, entered.first))
    assert acts(entered) == ["seat.removed", "seat.let_back_in"]


def test_the_hall_is_told_that_something_changed_and_nothing_of_it(entered: World) -> None:
    before = live.find_seq(f"stage:{entered.id}")
    service.hold(entered.id, person(entered).seat_id, why="请稍候", by=HOST)
    service.send_message(entered.id, seat_id=person(entered).seat_id, quick=None, text="只给您", by=HOST)
    rows = db.session.query(live.LiveUpdate).filter_by(channel=f"stage:{entered.id}").order_by(live.LiveUpdate.seq)
    assert [(row.kind, row.data) for row in rows if row.seq > before] == [("stage.patch", {})] * 2


def test_each_reads_the_messages_to_them_and_to_all(entered: World) -> None:
    one, other = person(entered).seat_id, person(entered, "party_b").seat_id
    service.send_message(entered.id, seat_id=one, quick=None, text="只给甲", by=HOST)
    service.send_message(entered.id, seat_id=None, quick=Quick.SOON, text="not kept", by=HOST)
    shown = {
        seat: [(each.quick, each.text) for each in queries.list_messages(seats.get_seat(seat))] for seat in (one, other)
    }
    assert shown == {one: [("", "只给甲"), ("soon", "")], other: [("soon", "")]}
    assert acts(entered) == ["lobby.message_sent"] * 2
    assert not [line for line in quick_lines(entered) if "只给甲" in line]


def test_messages_are_limited_by_name(entered: World) -> None:
    for _ in range(60):
        service.send_message(entered.id, seat_id=None, quick=Quick.WAIT, text="", by=HOST)
    with pytest.raises(TooMany):
        service.send_message(entered.id, seat_id=None, quick=Quick.WAIT, text="", by=HOST)


def test_nothing_is_done_in_a_ceremony_that_is_over_or_to_a_seat_of_another(entered: World) -> None:
    with pytest.raises(NotFound):
        service.remove(entered.id, "sea_nobody", by=HOST)
    db.session.rollback()
    ceremonies.cancel(entered.id, reason="样例", by=HOST)
    with pytest.raises(Conflict, match="ceremony_cancelled"):
        service.admit_all(entered.id, by=HOST)


def test_two_hosts_who_admit_at_once_admit_once(invited: World) -> None:
    service.set_policy(invited.id, admits_each=True, by=HOST)
    seat_id = person(invited).seat_id
    db.session.remove()

    def admit() -> None:
        with invited.app.app_context():
            service.admit(invited.id, seat_id, by=HOST)

    both = [threading.Thread(target=admit) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert acts(invited).count("seat.admitted") == 1
