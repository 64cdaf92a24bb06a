"""What a phone sends and what it is answered, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.errors import Problem, Refusal
from events.checkin.rules import Decision, Direction, ScanKind


@dataclass(frozen=True)
class NewScan:
    """One scan as a phone sends it. `shown`: what the phone showed where it decided by itself, without the server.

    `walk_in`: who is registered with this scan; `walked`: the nonce of the scan that registered somebody of whom the
    phone knows no registration yet; `problems`: why what was said of a walk-in cannot be taken.
    """

    nonce: str
    kind: ScanKind
    direction: Direction
    phone_at: datetime
    code: str = ""  # of a badge, or typed
    registration_id: str = ""  # chosen in the phone's list, or just registered
    undoes: str = ""  # the nonce of the scan that an undo takes back
    shown: Decision | None = None
    walk_in: WalkIn | None = None
    walked: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What was decided, when it came first; for an earlier entry when and where that was."""

    nonce: str
    decision: Decision
    registration_id: str
    first_at: datetime | None = None
    first_door_id: str = ""


@dataclass(frozen=True)
class Upload:
    """What a phone sends at once: its scans, its own time, and how many it still keeps."""

    scans: tuple[NewScan, ...]
    sent_at: datetime
    waiting: int = 0


@dataclass(frozen=True)
class Recorded:
    """The answers in the order of the scans; `clock_off_ms`: by how much the phone's clock is fast. `troubles`: why
    walk-ins were not registered, by nonce; of them, and of whoever hangs on them, no scan is kept yet."""

    answers: tuple[Answer, ...]
    received_at: datetime
    clock_off_ms: int
    troubles: Mapping[str, Refusal] = field(default_factory=dict)


@dataclass(frozen=True)
class WalkIn:
    """Who never registered, stands at the door, and agreed to what is kept of them."""

    name: str
    audience_id: str
    company: str = ""
    email: str = ""
    phone: str = ""
