"""A show as JSON: instants, by which each screen counts down by itself, and never what is left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core import clock
from events.conferences.queries import ConferenceView
from events.runofshow import act_rules, time_rules
from events.runofshow.queries import CueView, ShowView
from events.runofshow.show_rules import Lane
from events.runofshow.time_rules import Times


def state(found: ShowView, conference: ConferenceView) -> dict[str, Any]:
    """All that runs, what comes, when it was planned and when it is expected; texts by locale, times in UTC."""
    now = clock.now()
    plan = time_rules.planned(found.show.cues.values(), opens_at=found.opens_at)
    expects = time_rules.expected(found.show, opens_at=found.opens_at, now=now)
    return {
        "server_now": clock.iso(now),
        "revision": found.revision,
        "lanes": [
            {"name": venue.name, "city": venue.city, "timezone": venue.timezone}
            | _lane(found, found.show.lanes[venue.id], now=now)
            | {"over_under_seconds": _late(found, plan, expects, venue.id)}
            for venue in conference.venues
            if venue.id in found.show.lanes
        ],
        "cues": [_cue(found, cue, plan[cue.id], expects.get(cue.id)) for cue in found.cues],
    }


def _lane(found: ShowView, lane: Lane, *, now: datetime) -> dict[str, Any]:
    coming = [cue for cue in found.show.cues.values() if lane.id in cue.lanes]
    standing = next((cue.id for cue in coming if cue.stood_by_at), None)
    return {
        "id": lane.id,
        "seq": lane.seq,
        "live": _live(found, lane, now=now),
        "standing_by": standing,
        "next": act_rules.next_in(found.show, lane.id),
        "delay_seconds": _seconds(lane.delay),
        "over_at": _iso(lane.over_at),
    }


def _live(found: ShowView, lane: Lane, *, now: datetime) -> dict[str, Any] | None:
    """What is live: while it is held, how much is left; else when it ends and when its timer changes its colour."""
    ends_at = time_rules.live_until(found.show, lane, now=now)
    if ends_at is None or lane.cue_id is None:
        return None
    plan = found.cue(lane.cue_id).plan
    return {
        "cue": lane.cue_id,
        "began_at": _iso(lane.began_at),
        "held_at": _iso(lane.held_at),
        "left_seconds": round((ends_at - now).total_seconds(), 3) if lane.held_at else None,
        "ends_at": None if lane.held_at else _iso(ends_at),
        "warn_seconds": _seconds(plan.warn),
        "danger_seconds": _seconds(plan.danger),
    }


def _cue(found: ShowView, cue: CueView, plan: Times, expects: Times | None) -> dict[str, Any]:
    plans = cue.plan
    return {
        "id": cue.id,
        "kind": str(plans.kind),
        "title": plans.title,
        "lanes": list(plans.lanes),
        "speaker": plans.speaker,
        "state": str(cue.state),
        "ready": list(cue.ready),
        "waits_for": act_rules.missing_acknowledgements(found.show, found.show.cues[cue.id]) if cue.stood_by_at else [],
        "hard_start": plans.starts_at is not None,
        "planned": _times(plan),
        "expected": _times(expects) if expects else None,
        "length_seconds": _seconds(plans.length),
        "added_seconds": _seconds(cue.added),
    }


def _times(times: Times) -> dict[str, str]:
    return {"starts_at": clock.iso(times.starts_at), "ends_at": clock.iso(times.ends_at)}


def _late(found: ShowView, plan: dict[str, Times], expects: dict[str, Times], lane: str) -> int | None:
    late = time_rules.over_under(plan, expects, cues=found.show.cues, lane=lane)
    return None if late is None else _seconds(late)


def _seconds(length: timedelta) -> int:
    return round(length.total_seconds())


def _iso(at: datetime | None) -> str | None:
    return clock.iso(at) if at else None
