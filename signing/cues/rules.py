"""What may be done with a cue sheet, and what it calls: pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Conflict
from core.values import Texts

LONGEST_TITLE = 80
LONGEST_TEXT = 2000  # characters of the script, in each language
LONGEST_STAGE_TEXT = 200
LONGEST_CUE = timedelta(hours=4)
MAX_CUES = 120
LONG_BEFORE = timedelta(hours=12)


class SheetState(StrEnum):
    PLANNED = "planned"
    RUNNING = "running"
    HELD = "held"
    OVER = "over"


class CueState(StrEnum):
    PLANNED = "planned"
    STANDBY = "standby"
    LIVE = "live"
    DONE = "done"
    SKIPPED = "skipped"


class CueKind(StrEnum):
    """What happens on a cue; only `signing` calls agreements."""

    WELCOME = "welcome"
    SPEECH = "speech"
    ROLL_CALL = "roll_call"
    RECORD_CODE = "record_code"
    SIGNING = "signing"
    PHOTOGRAPH = "photograph"
    BREAK = "break"
    CLOSING = "closing"


# A plan has something to say on these; what a speaker says and what a break is for is not in it.
WORDED = frozenset(set(CueKind) - {CueKind.SPEECH, CueKind.BREAK})


class Verb(StrEnum):
    """What a host does with a running sheet."""

    STAND_BY = "stand_by"
    GO = "go"
    HOLD = "hold"
    RESUME = "resume"
    SKIP = "skip"
    BACK = "back"
    OVER = "over"


@dataclass(frozen=True)
class Act:
    """What a host does; `cue_id` where the verb is about one cue, `anyway` where what was warned of is wanted.

    `looked_at` is the number of the sheet that was looked at.
    """

    verb: Verb
    looked_at: int
    cue_id: str = ""
    anyway: bool = False


# How long a cue to take; the model case has fifteen for all of it.
PLANNED_LENGTH = {
    CueKind.WELCOME: timedelta(minutes=1),
    CueKind.SPEECH: timedelta(minutes=2),
    CueKind.ROLL_CALL: timedelta(minutes=2),
    CueKind.RECORD_CODE: timedelta(minutes=1),
    CueKind.SIGNING: timedelta(minutes=3),
    CueKind.PHOTOGRAPH: timedelta(minutes=1),
    CueKind.BREAK: timedelta(minutes=5),
    CueKind.CLOSING: timedelta(minutes=1),
}


@dataclass(frozen=True)
class CuePlan:
    """One cue as it is planned: `agreements` are ids, `party_key` says at whose place it happens (empty: everywhere).

    `script` is for hosts, the monitor and interpreters, `stage_text` for everybody.
    """

    kind: CueKind
    title: Texts
    length: timedelta
    agreements: tuple[str, ...] = ()
    party_key: str = ""
    speaker: str = ""
    script: Texts = field(default_factory=dict)
    stage_text: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """A cue as the rules see it, in the sheet's order; `has_begun`: it was live at some time."""

    id: str
    state: CueState
    has_begun: bool = False


def check_seq(*, now_at: int, looked_at: int) -> None:
    """Raises Conflict `cue_sheet_moved`: another host was faster, or the page was old."""
    if now_at != looked_at:
        raise Conflict("cue_sheet_moved")


def is_long_before(state: SheetState, *, starts_at: datetime, now: datetime) -> bool:
    """Whether the first cue would begin on another day than the planned one: asked once whether that is meant."""
    return state is SheetState.PLANNED and starts_at - now > LONG_BEFORE


def check_running(state: SheetState) -> None:
    """Raises Conflict `cue_sheet_held` or `cue_sheet_over`."""
    if state in {SheetState.HELD, SheetState.OVER}:
        raise Conflict(f"cue_sheet_{state}")


def check_not_over(state: SheetState) -> None:
    """Raises Conflict `cue_sheet_over`."""
    if state is SheetState.OVER:
        raise Conflict("cue_sheet_over")


def within_bounds(seconds: int) -> int:
    """The length of a cue that comes nearest to this one."""
    return max(10, min(seconds, int(LONGEST_CUE.total_seconds())))


def is_to_come(state: CueState) -> bool:
    """Whether a cue can still be called, changed, moved, skipped and removed."""
    return state not in {CueState.LIVE, CueState.DONE}


def check_to_come(state: CueState) -> None:
    """Raises Conflict `cue_is_live` or `cue_is_done`: what was done is gone back to, not called anew."""
    if not is_to_come(state):
        raise Conflict(f"cue_is_{state}")


def next_cue(cues: Sequence[Standing]) -> str | None:
    """The id of the cue that comes next: the first behind the live one, or behind the last that is over, that was
    neither done nor skipped. What is skipped before its turn is passed over; all that stands before it still comes."""
    behind = 0
    for index, cue in enumerate(cues):
        if cue.state in {CueState.LIVE, CueState.DONE} or (cue.state is CueState.SKIPPED and cue.has_begun):
            behind = index + 1
    return next((cue.id for cue in cues[behind:] if cue.state in {CueState.PLANNED, CueState.STANDBY}), None)


def cue_to_return_to(cues: Sequence[Standing], live_id: str | None) -> str | None:
    """The id of the cue that *back* makes live again: the last that is done before the live one, if there is one."""
    before = [cue.id for cue in cues].index(live_id) if live_id else len(cues)
    return next((cue.id for cue in reversed(cues[:before]) if cue.state is CueState.DONE), None)


def called(state: SheetState, live_agreements: Collection[str]) -> frozenset[str] | None:
    """The agreements that may be signed now, under a sheet in this state; None: all, for nobody leads any more."""
    if state is SheetState.OVER:
        return None
    return frozenset(live_agreements) if state is SheetState.RUNNING else frozenset()


def expected_end(
    left: Sequence[timedelta], *, live_began_at: datetime | None, live_length: timedelta, now: datetime
) -> datetime:
    """When the ceremony will end if all that is left takes as long as planned.

    `left`: the lengths of the cues behind the live one. A live cue that is overdue ends now.
    """
    live_ends = max(now, live_began_at + live_length) if live_began_at else now
    return live_ends + sum(left, timedelta())
