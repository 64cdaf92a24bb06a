"""Use case: one act in a running show. Each names the `seq` of the lanes that its person looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from core import audit, clock, ids, live
from core.audit import Actor, Private, Subject
from core.db import db, transaction
from core.errors import Conflict
from events.conferences import queries as conferences
from events.runofshow import act_rules, queries
from events.runofshow.models import ShowCue, ShowLane, ShowRun
from events.runofshow.show_rules import Act, After, Cue, Lane, Run, Verb

_RECORD = {
    Verb.STAND_BY: partial(audit.record, action="show.stood_by"),
    Verb.ACKNOWLEDGE: partial(audit.record, action="show.acknowledged"),
    Verb.GO: partial(audit.record, action="show.went"),
    Verb.HOLD: partial(audit.record, action="show.held"),
    Verb.RESUME: partial(audit.record, action="show.resumed"),
    Verb.SKIP: partial(audit.record, action="show.skipped"),
    Verb.BACK: partial(audit.record, action="show.went_back"),
    Verb.ADD_TIME: partial(audit.record, action="show.time_added"),
    Verb.DELAY: partial(audit.record, action="show.delayed"),
    Verb.OVER: partial(audit.record, action="show.lane_over"),
}
_MILLISECOND = timedelta(milliseconds=1)


def act(conference_id: str, asked: Act, *, by: Actor) -> None:
    """Do one act with the show of a conference, in all lanes that it is about or in none.

    Raises NotFound, and Conflict: `conference_cancelled`, and what act_rules.do refuses.
    """
    with transaction():
        if not conferences.get_conference(conference_id).is_editable:
            raise Conflict("conference_cancelled")
        lanes, cues = queries.take_lanes(conference_id), queries.list_cues(conference_id)
        before = queries.as_value(lanes, cues)
        done = act_rules.do(before, asked, now=clock.now())
        _keep(done, lanes, cues)
        db.session.add_all(_run(conference_id, run) for run in done.runs)
        _note(conference_id, asked, done, by)
        live.publish(
            queries.channel(conference_id),
            "show.changed",
            seq={lane.id: lane.seq for lane in done.show.lanes.values()},
        )


def _keep(done: After, lanes: Sequence[ShowLane], cues: Sequence[ShowCue]) -> None:
    for lane in lanes:
        _keep_lane(lane, done.show.lanes[lane.venue_id])
    for cue in cues:
        _keep_cue(cue, done.show.cues[cue.id])


def _keep_lane(row: ShowLane, lane: Lane) -> None:
    row.seq, row.cue_id, row.began_at, row.held_at = lane.seq, lane.cue_id, lane.began_at, lane.held_at
    row.held_ms, row.delay_seconds = lane.held // _MILLISECOND, round(lane.delay.total_seconds())
    row.over_at, row.ran = lane.over_at, list(lane.ran)


def _keep_cue(row: ShowCue, cue: Cue) -> None:
    row.state, row.stood_by_at, row.ready = cue.state, cue.stood_by_at, sorted(cue.ready)
    row.added_seconds = round(cue.added.total_seconds())


def _run(conference_id: str, run: Run) -> ShowRun:
    return ShowRun(
        id=ids.new("run"),
        conference_id=conference_id,
        cue_id=run.cue_id,
        venue_id=run.lane,
        began_at=run.began_at,
        ended_at=run.ended_at,
        held_ms=run.held // _MILLISECOND,
        outcome=run.outcome,
    )


def _note(conference_id: str, asked: Act, done: After, by: Actor) -> None:
    subject = Subject("show_cue", asked.cue_id) if asked.cue_id else Subject("venue", asked.lane)
    facts: dict[str, Any] = {
        name: Private(str(value)) if name == "reason" else value for name, value in done.facts.items()
    }
    where = {"lane": asked.lane} if asked.lane and asked.cue_id else {}
    _RECORD[asked.verb](
        conference_id,
        actor=by,
        subject=subject,
        seq={lane: done.show.lanes[lane].seq for lane in done.touched},
        **where,
        **facts,
    )
