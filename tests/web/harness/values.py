"""What a lab keeps: agreements, seats, revisions that wait; and how it says no."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

CODE = "314159"


class Refusal(Exception):
    """What the JSON error body says."""

    def __init__(self, status: int, code: str, message: str, next_step: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.next_step = status, code, message, next_step


def instant(at: datetime | None = None) -> str:
    """ISO 8601 in UTC with milliseconds."""
    return (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Agreement:
    """One file: its frozen head, and what signatures have appended."""

    id: str
    key: str
    number: str
    title: str
    between: list[str]
    after: list[str]
    frozen: bytes
    pages: int = 6
    head: bytes = b""
    revision: int = 0
    state: str = "approved"
    signed: dict[str, str] = field(default_factory=dict)
    declined: dict[str, str] = field(default_factory=dict)

    @property
    def record_code(self) -> str:
        """Eight digits of the frozen text; a draft has none."""
        return "" if self.state == "draft" else f"{int(hashlib.sha256(self.frozen).hexdigest(), 16) % 10**8:08}"


@dataclass
class Seat:
    """One signer's progress."""

    id: str
    party: dict[str, Any]
    name: str
    proved: bool = False
    sent: datetime | None = None
    tries: int = 5
    consent: dict[str, Any] | None = None
    certificate: bytes | None = None
    read: dict[str, int] = field(default_factory=dict)


@dataclass
class Prepared:
    """A revision that waits for its signature."""

    id: str
    key: str
    seat: str
    agreement: str
    revision: int
    content: bytes
    attributes: bytes
    byte_range: list[int]
    digest: str
