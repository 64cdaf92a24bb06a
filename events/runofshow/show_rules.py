"""A running show as a value: its lanes, its cues, what is done with it: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import NotFound
from events.runofshow.rules import CueState, Outcome


class Verb(StrEnum):
    """What is done with a show."""

    STAND_BY = "stand_by"
    ACKNOWLEDGE = "acknowledge"
    GO = "go"
    HOLD = "hold"
    RESUME = "resume"
    SKIP = "skip"
    BACK = "back"
    ADD_TIME = "add_time"
    DELAY = "delay"
    OVER = "over"


@dataclass(frozen=True)
class Act:
    """One act. `looked_at` is the `seq` of each lane that its person saw; the acted lanes must be among them.

    `cue_id` for acts on a cue, `lane` for acts on a lane (acknowledge names both); `seconds`: how much time to add to a
    cue (less than 0: to take), or how late a lane is in all. `anyway`: go without the acknowledgements, for `reason`.
    """

    verb: Verb
    looked_at: Mapping[str, int]
    cue_id: str = ""
    lane: str = ""
    seconds: int = 0
    anyway: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Lane:
    """A lane now: `cue_id` is live since `began_at`; `held` is how long it was held before `held_at`."""

    id: str
    seq: int = 0
    needs_ack: bool = True  # somebody stands there who says that the hall is ready
    cue_id: str | None = None
    began_at: datetime | None = None
    held_at: datetime | None = None
    held: timedelta = timedelta()
    delay: timedelta = timedelta()
    over_at: datetime | None = None
    ran: tuple[str, ...] = ()  # cues that were live here and done, the newest last

    def held_for(self, now: datetime) -> timedelta:
        """How long what is live was held in all."""
        return self.held + (now - self.held_at if self.held_at else timedelta())

    def left(self) -> Lane:
        """With nothing live."""
        return replace(self, cue_id=None, began_at=None, held_at=None, held=timedelta())


@dataclass(frozen=True)
class Cue:
    """A cue now, in the order of the plan. `ready`: the lanes that acknowledged this stand-by."""

    id: str
    lanes: tuple[str, ...]
    length: timedelta
    starts_at: datetime | None = None
    state: CueState = CueState.PLANNED
    stood_by_at: datetime | None = None
    ready: frozenset[str] = frozenset()
    added: timedelta = timedelta()

    def put(self, state: CueState) -> Cue:
        """In another state, waiting for nobody."""
        return replace(self, state=state, stood_by_at=None, ready=frozenset())


@dataclass(frozen=True)
class Run:
    """That a cue was live in a lane, until the act that ended it."""

    cue_id: str
    lane: str
    began_at: datetime
    ended_at: datetime
    held: timedelta
    outcome: Outcome


@dataclass(frozen=True)
class Show:
    """All lanes by id, and all cues by id in the order of the plan."""

    lanes: Mapping[str, Lane]
    cues: Mapping[str, Cue]

    def cue(self, cue_id: str) -> Cue:
        """Raises NotFound."""
        if cue_id not in self.cues:
            raise NotFound("show_cue_not_found")
        return self.cues[cue_id]

    def lane(self, lane_id: str) -> Lane:
        """Raises NotFound."""
        if lane_id not in self.lanes:
            raise NotFound("lane_not_found")
        return self.lanes[lane_id]

    def where_live(self, cue_id: str) -> list[str]:
        """The lanes in which a cue is live."""
        return [lane.id for lane in self.lanes.values() if lane.cue_id == cue_id]


@dataclass(frozen=True)
class After:
    """What an act leads to: the show, the runs that it ended, the lanes that it changed, what the trail is told."""

    show: Show
    runs: tuple[Run, ...] = ()
    touched: tuple[str, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
