"""Reads of the pre-flight."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from core.db import db
from core.outbox import OutboxMessage
from signing.preflight import rules
from signing.preflight.models import SeatCheck, SeatTrial, ServerCheck
from signing.preflight.rules import Device, Standing

SERVER = "server"


@dataclass(frozen=True)
class CheckView:
    """What a kind of device in a seat found of itself last."""

    device: Device
    at: datetime
    results: dict[str, str]
    delay_ms: int | None
    clock_ms: int | None
    browser: str

    @property
    def worst(self) -> Standing:
        return rules.worst(self.results)

    @property
    def troubles(self) -> list[tuple[str, str]]:
        """(item, outcome) of what is not well, the worst first."""
        return [
            (item, outcome)
            for bad in (Standing.PROBLEM, Standing.CARE)
            for item, outcome in self.results.items()
            if rules.standing(item, outcome) is bad
        ]


@dataclass(frozen=True)
class ServerView:
    """What the server found of itself; `is_looking` while a new look is under way."""

    asked_at: datetime
    at: datetime | None
    findings: list[dict[str, Any]]

    @property
    def is_looking(self) -> bool:
        return self.at is None or self.at < self.asked_at


def list_checks(ceremony_id: str) -> dict[str, list[CheckView]]:
    """By seat, the newest look of each kind of device, the newest first."""
    rows = db.session.scalars(select(SeatCheck).filter_by(ceremony_id=ceremony_id).order_by(SeatCheck.at.desc()))
    found: dict[str, list[CheckView]] = defaultdict(list)
    for row in rows:
        found[row.seat_id].append(
            CheckView(row.device, row.at, _in_order(row.results), row.delay_ms, row.clock_ms, row.browser)
        )
    return found


def _in_order(results: dict[str, Any]) -> dict[str, str]:
    """As the page lists the items: the database keeps no order of keys."""
    return {item: str(results[item]) for item in rules.OUTCOMES if item in results}


def find_trial(seat_id: str) -> SeatTrial | None:
    """The specimen paper that waits for a seat's test signature."""
    return db.session.get(SeatTrial, seat_id)


def find_server() -> ServerView | None:
    """What the server found of itself, once it was asked to look."""
    row = db.session.get(ServerCheck, SERVER)
    return None if row is None else ServerView(row.asked_at, row.at, list(row.findings))


def last_mail_at() -> datetime | None:
    """When a mail left for the last time."""
    return db.session.scalar(select(func.max(OutboxMessage.done_at)).where(OutboxMessage.reason.is_(None)))
