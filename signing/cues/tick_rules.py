"""Who ticks what on which cue: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Self

from core.errors import Conflict
from signing.cues.rules import CueKind

HOST = "host"  # the hosts tick as one; each witness for himself
TICKED = frozenset({CueKind.ROLL_CALL, CueKind.RECORD_CODE})
_LONGEST = 64  # an id, a key, an instant, a digest


@dataclass(frozen=True)
class TickAct:
    """A tick, or its taking back (`ticked` False).

    `cue_id` and `run` (the instant at which it went live) say which cue was looked at; `mark` is the id of the tick
    that is taken back, `shown` the digest of the codes that stood beside the party.
    """

    cue_id: str
    run: str
    party_key: str
    ticked: bool
    mark: str = ""
    shown: str = ""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """As a page's form or JSON has it: `cue`, `run`, `party`, `ticked` (yes, true), `mark`, `shown`."""
        words = {name: value[:_LONGEST] for name, value in data.items() if isinstance(value, str)}
        cue, run, party, mark, shown = (words.get(name, "") for name in ("cue", "run", "party", "mark", "shown"))
        return cls(cue, run, party, data.get("ticked") in ("yes", True), mark, shown)


def is_ticked(kind: CueKind) -> bool:
    """Whether the hosts, and the witnesses, tick parties on a cue of this kind."""
    return kind in TICKED


def check_shown(looked_at: str, now: str) -> None:
    """That the codes which stood beside the party are those of now. Raises Conflict `cue_codes_changed`."""
    if looked_at != now:
        raise Conflict("cue_codes_changed")


def tickers(witnesses: Collection[str]) -> tuple[str, ...]:
    """Whose ticks a cue that is ticked awaits; `witnesses` are ids."""
    return (HOST, *witnesses)
