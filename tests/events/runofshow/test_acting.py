"""A show in the database: made from the agenda, run by two cities at once, there again after a kill."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock, live
from core.audit import AuditEntry
from core.config import Settings, settings
from core.db import db, transaction
from core.errors import Conflict, Refusal
from events.conferences import publishing
from events.conferences import queries as conferences
from events.conferences.queries import ConferenceView
from events.runofshow import acting, board, queries, service
from events.runofshow.models import ShowLane
from events.runofshow.queries import ShowView
from events.runofshow.rules import CueKind, CuePlan, CueState, Outcome
from events.runofshow.show_rules import Act, Verb
from tests.events.runofshow.test_act_rules import MINUTE, seqs
from tests.support import apps
from tests.support import conference as sample
from tests.support.conference import ORGANISER
from tests.support.databases import POSTGRESQL, Databases
from tests.support.stages import TABLES

LANES = ("chengdu", "london", "cloud")


@pytest.fixture
def made(conference: ConferenceView) -> ConferenceView:
    service.make_show(conference.id, by=ORGANISER)
    return conference


def show(of: ConferenceView) -> ShowView:
    db.session.rollback()
    return queries.get_show(of.id)


def cue(of: ConferenceView, key: str) -> str:
    return next(each.id for each in show(of).cues if each.plan.item_key == key)


def act(of: ConferenceView, verb: Verb, key: str = "", lane: str = "", **more: Any) -> None:
    lane_id = of.venue(lane).id if lane else ""
    acting.act(of.id, Act(verb, seqs(show(of).show), cue(of, key) if key else "", lane_id, **more), by=ORGANISER)


def run(of: ConferenceView, key: str) -> None:
    act(of, Verb.STAND_BY, key)
    act(of, Verb.GO, key, anyway=True, reason="trial")


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        attempt()
    db.session.rollback()
    return refused.value.code


def entries(of: ConferenceView) -> list[str]:
    found = db.session.scalars(select(AuditEntry.action).filter_by(chain=of.id).order_by(AuditEntry.seq))
    return [action for action in found if action.startswith("show.")]


def live_in(of: ConferenceView) -> list[str | None]:
    found = show(of)
    keys = {each.id: each.plan.item_key for each in found.cues}
    lanes = [found.show.lanes[of.venue(lane).id].cue_id for lane in LANES]
    return [keys[each] if each else None for each in lanes]


def test_the_agenda_becomes_a_show_with_the_same_times(made: ConferenceView) -> None:
    said = board.state(show(made), made)
    times = {each.key: (clock.iso(each.starts_at), clock.iso(each.ends_at)) for each in made.items}
    keys = {each.id: each.plan.item_key for each in show(made).cues}
    assert {keys[each["id"]]: tuple(each["planned"].values()) for each in said["cues"]} == times
    assert [lane["id"] for lane in said["lanes"]] == [venue.id for venue in made.venues]


def test_made_twice_it_is_one_show(made: ConferenceView) -> None:
    before = show(made)
    service.make_show(made.id, by=ORGANISER)
    assert show(made) == before
    assert entries(made) == ["show.made"]


def test_a_conference_without_an_agenda_has_no_show(draft: ConferenceView) -> None:
    with transaction():
        conference = conferences.take_conference(draft.id)
        for item in conference.items:
            db.session.delete(item)
    assert refusal(lambda: service.make_show(draft.id, by=ORGANISER)) == "show_without_agenda"
    assert refusal(lambda: queries.get_show(draft.id)) == "show_not_made"


def test_a_joint_cue_runs_in_every_hall_and_what_it_ran_is_kept(made: ConferenceView) -> None:
    run(made, "opening")
    assert live_in(made) == ["opening"] * 3
    run(made, "talk")
    assert live_in(made) == ["talk", "opening", "opening"]
    [ran] = queries.list_runs(made.id)
    assert (ran.cue_id, ran.lane, ran.outcome) == (cue(made, "opening"), made.venue("chengdu").id, Outcome.DONE)


def test_each_act_stands_in_the_trail_with_its_person(made: ConferenceView) -> None:
    act(made, Verb.STAND_BY, "opening")
    act(made, Verb.ACKNOWLEDGE, "opening", "chengdu")
    act(made, Verb.GO, "opening", anyway=True, reason="London does not answer")
    act(made, Verb.HOLD, "opening")
    assert entries(made)[1:] == ["show.stood_by", "show.acknowledged", "show.went", "show.held"]
    went = db.session.scalars(select(AuditEntry).filter_by(chain=made.id, action="show.went")).one()
    assert (went.actor_id, json.loads(went.line)["data"]["unacknowledged"]) == (ORGANISER.id, [made.venue("london").id])
    assert "London does not answer" not in went.line  # it stands beside the chain, and can be deleted


def test_who_runs_the_show_hears_of_each_act(made: ConferenceView) -> None:
    act(made, Verb.STAND_BY, "opening")
    told = select(live.LiveUpdate).filter_by(channel=queries.channel(made.id), kind="show.changed")
    assert db.session.scalars(told).one().data["seq"] == {venue.id: 1 for venue in made.venues}


def test_a_refused_act_changes_nothing(made: ConferenceView) -> None:
    act(made, Verb.STAND_BY, "opening")
    before = show(made)
    assert refusal(lambda: act(made, Verb.GO, "opening")) == "show_cue_unacknowledged"
    assert refusal(lambda: act(made, Verb.GO, "talk")) == "show_cue_not_standing_by"
    assert show(made) == before


def test_a_conference_that_was_called_off_has_no_show_to_run(made: ConferenceView) -> None:
    publishing.cancel(made.id, reason="storm", by=ORGANISER)
    assert refusal(lambda: act(made, Verb.STAND_BY, "opening")) == "conference_cancelled"


def press_at_once(app: Flask, of: ConferenceView, asked: Act, *, before: Callable[[], object]) -> list[str | None]:
    """The code that each of two cities is refused with, None: done."""

    def press(_: int) -> str | None:
        with app.app_context():
            try:
                before()
                acting.act(of.id, asked, by=ORGANISER)
            except Conflict as refused:
                return refused.code
            finally:
                db.session.remove()
        return None

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(press, range(2)))


def ready_to_go(of: ConferenceView) -> Act:
    """Both cities look at the same stand-by."""
    act(of, Verb.STAND_BY, "opening")
    asked = Act(Verb.GO, seqs(show(of).show), cue(of, "opening"), anyway=True)
    db.session.remove()
    return asked


def test_two_cities_that_say_go_at_once_go_once(app: Flask, made: ConferenceView) -> None:
    start = threading.Barrier(2, timeout=60)
    said = press_at_once(app, made, ready_to_go(made), before=start.wait)
    assert sorted(map(str, said)) == ["None", "lane_moved"]
    assert entries(made).count("show.went") == 1


@pytest.fixture
def on_postgresql(databases: Databases, data_dir: Path) -> Iterator[Flask]:
    url = databases.copy_of(POSTGRESQL, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as app:
        yield app
    databases.drop(url)


def test_without_the_lanes_lock_both_cities_go(on_postgresql: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read before either writes. SQLite lets one unit of work write at a time, whatever it takes: there the
    lock is never missed."""
    with on_postgresql.app_context():
        made = sample.keep_open()
        service.make_show(made.id, by=ORGANISER)
        asked = ready_to_go(made)
        go_unlocked(monkeypatch)
        assert press_at_once(on_postgresql, made, asked, before=lambda: None) == [None, None]
        assert entries(made).count("show.went") == 2


def go_unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    both_have_read, read = threading.Barrier(2, timeout=60), queries.list_cues

    def take_unlocked(conference_id: str) -> list[ShowLane]:
        return list(
            db.session.scalars(
                select(ShowLane).filter_by(conference_id=conference_id).order_by(ShowLane.venue_id)
            ).all()
        )

    def read_together(conference_id: str) -> Sequence[Any]:
        found = read(conference_id)
        both_have_read.wait()
        return found

    monkeypatch.setattr(queries, "take_lanes", take_unlocked)
    monkeypatch.setattr(queries, "list_cues", read_together)


# Says go, says so, and is killed.
_CHILD = """
import os, signal, sys
from pathlib import Path
from core.audit import Actor
from core.config import Settings
from events.runofshow import acting, queries
from events.runofshow.show_rules import Act, Verb
from web.app import create_app
folder, url, conference_id, cue_id = sys.argv[1:]
with create_app(Settings(data_dir=Path(folder), database_url=url)).app_context():
    def act(verb, **more):
        lanes = queries.get_show(conference_id).show.lanes.values()
        acting.act(conference_id, Act(verb, {lane.id: lane.seq for lane in lanes}, cue_id, **more),
                   by=Actor("system", "test"))
    act(Verb.STAND_BY)
    act(Verb.GO, anyway=True)
    lane = next(lane for lane in queries.get_show(conference_id).show.lanes.values() if lane.cue_id)
    print(lane.began_at.isoformat(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_server_leaves_the_show_at_the_right_second(made: ConferenceView) -> None:
    opening = cue(made, "opening")
    db.session.remove()
    folder, url = str(settings().data_dir), settings().database_url
    child = subprocess.run(
        [sys.executable, "-c", _CHILD, folder, url, made.id, opening],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    assert live_in(made) == ["opening"] * 3
    [said] = {lane["live"]["began_at"] for lane in board.state(show(made), made)["lanes"]}
    assert clock.parse_iso(said) == clock.parse_iso(child.stdout.strip())


def test_the_picture_of_a_held_cue_has_what_is_left_and_no_end(made: ConferenceView) -> None:
    now = clock.now()
    with clock.frozen(now):
        run(made, "opening")
    with clock.frozen(now + 10 * MINUTE):
        act(made, Verb.HOLD, "opening")
    with clock.frozen(now + 15 * MINUTE):
        [lane, *_] = board.state(show(made), made)["lanes"]
    assert (lane["live"]["ends_at"], lane["live"]["left_seconds"]) == (None, 20 * 60)


def plan(of: ConferenceView, *lanes: str, title: str = "Film") -> CuePlan:
    return CuePlan(CueKind.FILM, {"en": title}, tuple(of.venue(lane).id for lane in lanes), 5 * MINUTE)


def revision(of: ConferenceView) -> int:
    return show(of).revision


def keys(of: ConferenceView) -> list[str]:
    return [each.plan.item_key or each.title["en"] for each in show(of).cues]


def add(of: ConferenceView, new: CuePlan, *, after: str = "") -> str:
    return service.add_cue(of.id, new, after=cue(of, after) if after else "", looked_at=revision(of), by=ORGANISER)


def test_a_cue_is_added_changed_moved_and_taken_out(made: ConferenceView) -> None:
    before = keys(made)
    film = add(made, plan(made, "chengdu"), after="opening")
    assert keys(made) == ["opening", "Film", *before[1:]]
    service.change_cue(made.id, film, plan(made, "london", title="Long film"), looked_at=1, by=ORGANISER)
    service.move_cue(made.id, film, after="", looked_at=2, by=ORGANISER)
    assert keys(made) == ["Long film", *before]
    service.remove_cue(made.id, film, looked_at=3, by=ORGANISER)
    assert (keys(made), revision(made)) == (before, 4)
    assert entries(made)[1:] == [f"show.cue_{what}" for what in ("added", "changed", "moved", "removed")]


def test_what_nobody_looked_at_is_not_changed(made: ConferenceView) -> None:
    old = revision(made)
    film = add(made, plan(made, "chengdu"))
    attempt = lambda: service.remove_cue(made.id, film, looked_at=old, by=ORGANISER)  # noqa: E731
    assert refusal(attempt) == "show_plan_changed"


def test_what_runs_stays_as_it_was(made: ConferenceView) -> None:
    run(made, "opening")
    opening = cue(made, "opening")
    remove = lambda: service.remove_cue(made.id, opening, looked_at=revision(made), by=ORGANISER)  # noqa: E731
    assert refusal(remove) == "show_cue_is_live"
    assert refusal(lambda: add(made, plan(made, "london"))) == "show_cue_is_done"
    assert keys(made)[0] == "opening"


def test_a_stand_by_ends_when_its_halls_change(made: ConferenceView) -> None:
    act(made, Verb.STAND_BY, "talk")
    talk = cue(made, "talk")
    service.change_cue(made.id, talk, plan(made, "london"), looked_at=revision(made), by=ORGANISER)
    assert show(made).cue(talk).state is CueState.PLANNED


@pytest.mark.parametrize("lanes", [(), ("paris",)])
def test_a_cue_happens_in_a_hall_of_this_show(made: ConferenceView, lanes: tuple[str, ...]) -> None:
    new = CuePlan(CueKind.FILM, {"en": "Film"}, lanes, 5 * MINUTE)
    assert refusal(lambda: add(made, new)) == "lane_not_found"


def test_the_last_cue_stays(made: ConferenceView) -> None:
    for each in keys(made)[1:]:
        service.remove_cue(made.id, cue(made, each), looked_at=revision(made), by=ORGANISER)
    last = cue(made, "opening")
    assert refusal(lambda: service.remove_cue(made.id, last, looked_at=revision(made), by=ORGANISER)) == "last_show_cue"
