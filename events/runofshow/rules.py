"""What a run-of-show is planned to be: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Conflict
from core.values import Texts

LONGEST_TITLE = 160  # characters, here and below: an agenda item's title fits
LONGEST_SPEAKER = 160
LONGEST_SCRIPT = 4000
LONGEST_NOTE = 1000
MOST_CUES = 400
SHORTEST_CUE = timedelta(seconds=10)
LONGEST_CUE = timedelta(hours=12)
LATEST = timedelta(hours=12)  # a lane's delay at the most
WARN, DANGER = timedelta(minutes=2), timedelta(seconds=30)  # before the end, where nothing else is said


class CueKind(StrEnum):
    """What happens on a cue."""

    TALK = "talk"
    FILM = "film"
    SIGNING = "signing"
    RELEASE = "release"
    HANDOVER = "handover"  # one hall gives over to the other
    BREAK = "break"


class CueState(StrEnum):
    """Where a cue stands; it is live while it is live in one lane at least."""

    PLANNED = "planned"
    STANDBY = "standby"
    LIVE = "live"
    DONE = "done"
    SKIPPED = "skipped"


class Crew(StrEnum):
    """Who a note is for."""

    ALL = "all"
    STAGE = "stage"
    SOUND = "sound"
    LIGHT = "light"
    VIDEO = "video"
    STREAM = "stream"


class Outcome(StrEnum):
    """How one run of a cue in one lane ended."""

    DONE = "done"
    SKIPPED = "skipped"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True)
class CuePlan:
    """One cue as it is planned; `lanes` are ids of venues, several: a joint cue.

    `starts_at` is a hard start (it waits for its time); None: soft, it begins when what stands before it is over.
    `warn` and `danger` are how long before its end the timer changes its colour.
    """

    kind: CueKind
    title: Texts
    lanes: tuple[str, ...]
    length: timedelta
    starts_at: datetime | None = None
    speaker: str = ""
    script: Texts = field(default_factory=dict)
    warn: timedelta = WARN
    danger: timedelta = DANGER
    notes: Mapping[Crew, str] = field(default_factory=dict)
    item_key: str = ""


@dataclass(frozen=True)
class Planned:
    """What the timing of an agenda item is made from."""

    key: str
    title: Texts
    lanes: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    speaker: str = ""


def from_agenda(items: Sequence[Planned]) -> list[CuePlan]:
    """One cue for each item, in the order of time.

    A start is soft where the item before it, in one of its lanes, ends at that instant: if that one takes longer, this
    one begins later. What comes after a gap has a hard start.
    """
    ends: dict[str, datetime] = {}
    cues = []
    for item in sorted(items, key=lambda each: (each.starts_at, each.key)):
        follows = item.starts_at in {ends.get(lane) for lane in item.lanes}
        cues.append(
            CuePlan(
                kind=CueKind.TALK,
                title=item.title,
                lanes=item.lanes,
                length=max(item.ends_at - item.starts_at, SHORTEST_CUE),
                starts_at=None if follows else item.starts_at,
                speaker=item.speaker,
                item_key=item.key,
            )
        )
        ends |= dict.fromkeys(item.lanes, item.ends_at)
    return cues


def check_seq(*, now_at: Mapping[str, int], looked_at: Mapping[str, int], lanes: Sequence[str]) -> None:
    """Raises Conflict `lane_moved`: in one of these lanes somebody was faster, or the page was old."""
    if any(now_at[lane] != looked_at.get(lane) for lane in lanes):
        raise Conflict("lane_moved")


def check_revision(*, now_at: int, looked_at: int) -> None:
    """Raises Conflict `show_plan_changed`: somebody changed the plan since it was looked at."""
    if now_at != looked_at:
        raise Conflict("show_plan_changed")


def is_to_come(state: CueState) -> bool:
    """Whether a cue can still be changed, moved, skipped and removed."""
    return state not in {CueState.LIVE, CueState.DONE}


def check_to_come(state: CueState) -> None:
    """Raises Conflict `show_cue_is_live`, `show_cue_is_done`."""
    if not is_to_come(state):
        raise Conflict(f"show_cue_is_{state}")
