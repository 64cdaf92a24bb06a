"""When each cue was planned to begin, and when it will: pure. Planned times never change because a show runs late."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.runofshow.rules import CueState
from events.runofshow.show_rules import Cue, Lane, Show


@dataclass(frozen=True)
class Times:
    """From when to when."""

    starts_at: datetime
    ends_at: datetime


def planned(cues: Iterable[Cue], *, opens_at: datetime) -> dict[str, Times]:
    """The plan's times by cue, whatever has happened since; `opens_at`: for a soft start with nothing before.

    A joint cue begins when the last of its lanes is free; a hard start waits for its time and never begins sooner.
    """
    ends: dict[str, datetime] = {}
    found: dict[str, Times] = {}
    for cue in cues:
        free = max(ends.get(lane, cue.starts_at or opens_at) for lane in cue.lanes)
        begins = max(free, cue.starts_at or free)
        found[cue.id] = Times(begins, begins + cue.length)
        ends |= dict.fromkeys(cue.lanes, begins + cue.length)
    return found


def live_until(show: Show, lane: Lane, *, now: datetime) -> datetime | None:
    """When what is live in a lane should end, held time and added time counted; None where nothing is."""
    if lane.cue_id is None or lane.began_at is None:
        return None
    cue = show.cues[lane.cue_id]
    return lane.began_at + lane.held_for(now) + cue.length + cue.added


def expected(show: Show, *, opens_at: datetime, now: datetime) -> dict[str, Times]:
    """When each cue that is still to come will begin and end, by its id, if all take as long as planned from now on.

    What is live and overdue ends now; a lane's delay moves its hard starts, and the beginning of a lane that has not
    begun; a lane that is over waits for nothing.
    """
    plan = planned(show.cues.values(), opens_at=opens_at)
    free: dict[str, datetime] = {}
    for lane in show.lanes.values():
        until = live_until(show, lane, now=now)
        if until is not None:
            free[lane.id] = max(until, now)
        elif lane.ran:
            free[lane.id] = now
    found: dict[str, Times] = {}
    for cue in show.cues.values():
        lanes = [show.lanes[lane] for lane in cue.lanes if not show.lanes[lane].over_at]
        if cue.state not in {CueState.PLANNED, CueState.STANDBY} or not lanes:
            continue
        late = max(lane.delay for lane in lanes)
        begins = max(now, *(free.get(lane.id, plan[cue.id].starts_at + late) for lane in lanes))
        if cue.starts_at is not None:
            begins = max(begins, cue.starts_at + late)
        found[cue.id] = Times(begins, begins + cue.length + cue.added)
        free |= dict.fromkeys((lane.id for lane in lanes), found[cue.id].ends_at)
    return found


def over_under(
    plan: Mapping[str, Times], expects: Mapping[str, Times], *, cues: Mapping[str, Cue], lane: str
) -> timedelta | None:
    """How much later than planned a lane will end (less than 0: sooner); None where nothing is to come in it."""
    last = next((cue.id for cue in reversed(list(cues.values())) if cue.id in expects and lane in cue.lanes), None)
    return expects[last].ends_at - plan[last].ends_at if last else None
