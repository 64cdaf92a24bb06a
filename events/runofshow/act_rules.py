"""What an act does with a running show: a value in, a value out.

A joint cue goes live in all its lanes at once; each lane leaves it when its next cue goes. So what is live, since when
and whether it is held belongs to the lane, and the cue's state is worked out from its lanes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.errors import Conflict
from events.runofshow.rules import LATEST, LONGEST_CUE, SHORTEST_CUE, CueState, Outcome, check_seq, check_to_come
from events.runofshow.show_rules import Act, After, Cue, Lane, Run, Show, Verb

_AFTER = {
    Outcome.DONE: CueState.DONE,
    Outcome.SKIPPED: CueState.SKIPPED,
    Outcome.TAKEN_BACK: CueState.PLANNED,
}


@dataclass
class _Stage:
    """A show that is being changed."""

    now: datetime
    lanes: dict[str, Lane]
    cues: dict[str, Cue]
    runs: list[Run] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    def leave(self, lane_id: str, outcome: Outcome) -> None:
        """End what is live in a lane; the cue is over once it is live in no lane."""
        lane = self.lanes[lane_id]
        if lane.cue_id is None or lane.began_at is None:
            return
        self.runs.append(Run(lane.cue_id, lane_id, lane.began_at, self.now, lane.held_for(self.now), outcome))
        ran = (*lane.ran, lane.cue_id) if outcome is Outcome.DONE else lane.ran
        self.lanes[lane_id] = replace(lane.left(), ran=ran)
        if all(each.cue_id != lane.cue_id for each in self.lanes.values()):
            was_done = any(lane.cue_id in each.ran for each in self.lanes.values())  # here or in another lane
            self.cues[lane.cue_id] = self.cues[lane.cue_id].put(CueState.DONE if was_done else _AFTER[outcome])

    def enter(self, lane_id: str, cue_id: str) -> None:
        """Let a cue be live in a lane that was left."""
        self.lanes[lane_id] = replace(self.lanes[lane_id], cue_id=cue_id, began_at=self.now, over_at=None)
        self.cues[cue_id] = self.cues[cue_id].put(CueState.LIVE)

    def stop_standing_by(self, lanes: Iterable[str]) -> None:
        """No cue stands by in these lanes any more."""
        for cue in list(self.cues.values()):
            if cue.state is CueState.STANDBY and not set(lanes).isdisjoint(cue.lanes):
                self.cues[cue.id] = cue.put(CueState.PLANNED)
                self.touched |= set(cue.lanes)  # what waited there waits no more


def do(show: Show, act: Act, *, now: datetime) -> After:
    """The show after an act; every lane that it changes counts one further.

    Raises NotFound, and Conflict: `lane_moved`, `show_cue_is_live`, `show_cue_is_done`, `show_cue_not_standing_by`,
    `show_cue_unacknowledged`, `show_lane_not_in_cue`, `show_nothing_live`, `show_is_held`, `show_not_held`,
    `show_nothing_before`, `show_lane_over`.
    """
    stage = _Stage(now, dict(show.lanes), dict(show.cues))
    facts = _DO[act.verb](show, act, stage)
    touched = [lane for lane in show.lanes if lane in stage.touched]
    for lane in touched:
        stage.lanes[lane] = replace(stage.lanes[lane], seq=show.lanes[lane].seq + 1)
    return After(Show(stage.lanes, stage.cues), tuple(stage.runs), tuple(touched), facts)


_Facts = dict[str, object]


def _take(show: Show, act: Act, stage: _Stage, lanes: Iterable[str]) -> list[str]:
    """These lanes in order to change them. Before all else: who looked at an old picture is told so, and not what
    follows from it."""
    taken = list(lanes)
    check_seq(now_at={lane: show.lane(lane).seq for lane in taken}, looked_at=act.looked_at, lanes=taken)
    stage.touched |= set(taken)
    return taken


def _stand_by(show: Show, act: Act, stage: _Stage) -> _Facts:
    cue = show.cue(act.cue_id)
    _take(show, act, stage, cue.lanes)
    check_to_come(cue.state)
    if any(show.lane(lane).over_at for lane in cue.lanes):
        raise Conflict("show_lane_over")
    stage.stop_standing_by(cue.lanes)
    stage.cues[cue.id] = replace(cue.put(CueState.STANDBY), stood_by_at=stage.now)
    return {}


def _acknowledge(show: Show, act: Act, stage: _Stage) -> _Facts:
    cue = show.cue(act.cue_id)
    _take(show, act, stage, [act.lane])
    if act.lane not in cue.lanes:
        raise Conflict("show_lane_not_in_cue")
    if cue.state is not CueState.STANDBY:
        raise Conflict("show_cue_not_standing_by")
    stage.cues[cue.id] = replace(cue, ready=cue.ready | {act.lane})
    # Nothing has moved: who is about to say go must not be refused because a hall got ready meanwhile.
    stage.touched.clear()
    return {}


def next_in(show: Show, lane_id: str) -> str | None:
    """The cue that comes next in a lane: the first behind what is live or was live last that was not called yet."""
    lane = show.lanes[lane_id]
    cues = [cue for cue in show.cues.values() if lane_id in cue.lanes]
    newest = lane.cue_id or (lane.ran[-1] if lane.ran else None)
    behind = next((at + 1 for at, cue in enumerate(cues) if cue.id == newest), 0)
    return next((cue.id for cue in cues[behind:] if cue.state in {CueState.PLANNED, CueState.STANDBY}), None)


def missing_acknowledgements(show: Show, cue: Cue) -> list[str]:
    """The lanes that have not said that they are ready."""
    return [lane for lane in cue.lanes if show.lanes[lane].needs_ack and lane not in cue.ready]


def _go(show: Show, act: Act, stage: _Stage) -> _Facts:
    cue = show.cue(act.cue_id)
    _take(show, act, stage, cue.lanes)
    if cue.state is not CueState.STANDBY:
        raise Conflict("show_cue_not_standing_by")
    missing = missing_acknowledgements(show, cue)
    if missing and not act.anyway:
        raise Conflict("show_cue_unacknowledged", n=len(missing))
    stage.stop_standing_by(cue.lanes)
    for lane in cue.lanes:
        stage.leave(lane, Outcome.DONE)
    for lane in cue.lanes:
        stage.enter(lane, cue.id)
    return {"unacknowledged": missing, "reason": act.reason} if missing else {}


def _take_live(show: Show, act: Act, stage: _Stage) -> list[str]:
    cue = show.cue(act.cue_id)
    lanes = show.where_live(cue.id)
    _take(show, act, stage, lanes or cue.lanes)
    if not lanes:
        raise Conflict("show_nothing_live")
    return lanes


def _hold(show: Show, act: Act, stage: _Stage) -> _Facts:
    lanes = [lane for lane in _take_live(show, act, stage) if show.lanes[lane].held_at is None]
    if not lanes:
        raise Conflict("show_is_held")
    for lane in lanes:
        stage.lanes[lane] = replace(show.lanes[lane], held_at=stage.now)
    return {}


def _resume(show: Show, act: Act, stage: _Stage) -> _Facts:
    held = [show.lanes[lane] for lane in _take_live(show, act, stage)]
    if all(lane.held_at is None for lane in held):
        raise Conflict("show_not_held")
    for lane in held:
        stage.lanes[lane.id] = replace(lane, held_at=None, held=lane.held_for(stage.now))
    return {}


def _skip(show: Show, act: Act, stage: _Stage) -> _Facts:
    cue = show.cue(act.cue_id)
    lanes = _take(show, act, stage, show.where_live(cue.id) or cue.lanes)
    if cue.state is CueState.LIVE:
        for lane in lanes:
            stage.leave(lane, Outcome.SKIPPED)
    else:
        check_to_come(cue.state)
        stage.cues[cue.id] = cue.put(CueState.SKIPPED)
    return {}


def _back(show: Show, act: Act, stage: _Stage) -> _Facts:
    lane = show.lane(act.lane)
    _take(show, act, stage, [lane.id])
    if not lane.ran:
        raise Conflict("show_nothing_before")
    before = lane.ran[-1]
    # What came here together goes back together: the lanes that show the same, and showed the same before.
    together = [each.id for each in show.lanes.values() if each.cue_id == lane.cue_id and each.ran[-1:] == (before,)]
    lanes = _take(show, act, stage, together if lane.cue_id else [lane.id])
    stage.stop_standing_by(lanes)
    for each in lanes:
        stage.lanes[each] = replace(stage.lanes[each], ran=stage.lanes[each].ran[:-1])
        stage.leave(each, Outcome.TAKEN_BACK)
    for each in lanes:
        stage.enter(each, before)
    return {"to": before}


def _add_time(show: Show, act: Act, stage: _Stage) -> _Facts:
    cue = show.cue(act.cue_id)
    _take(show, act, stage, show.where_live(cue.id) or cue.lanes)
    if cue.state is CueState.DONE:
        raise Conflict("show_cue_is_done")
    length = min(max(cue.length + cue.added + timedelta(seconds=act.seconds), SHORTEST_CUE), LONGEST_CUE)
    stage.cues[cue.id] = replace(cue, added=length - cue.length)
    return {"seconds": int((length - cue.length - cue.added).total_seconds())}


def _delay(show: Show, act: Act, stage: _Stage) -> _Facts:
    _take(show, act, stage, [act.lane])
    delay = min(max(timedelta(seconds=act.seconds), timedelta()), LATEST)
    stage.lanes[act.lane] = replace(show.lanes[act.lane], delay=delay)
    return {"seconds": int(delay.total_seconds())}


def _over(show: Show, act: Act, stage: _Stage) -> _Facts:
    _take(show, act, stage, [act.lane])
    if show.lanes[act.lane].over_at:
        raise Conflict("show_lane_over")
    stage.stop_standing_by([act.lane])
    stage.leave(act.lane, Outcome.DONE)
    stage.lanes[act.lane] = replace(stage.lanes[act.lane], over_at=stage.now)
    return {}


_DO = {
    Verb.STAND_BY: _stand_by,
    Verb.ACKNOWLEDGE: _acknowledge,
    Verb.GO: _go,
    Verb.HOLD: _hold,
    Verb.RESUME: _resume,
    Verb.SKIP: _skip,
    Verb.BACK: _back,
    Verb.ADD_TIME: _add_time,
    Verb.DELAY: _delay,
    Verb.OVER: _over,
}
