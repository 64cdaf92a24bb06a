"""Reads of the pre-flight."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select

from core.db import db
from core.errors import NotFound
from core.outbox import OutboxMessage
from signing.ceremonies import queries as ceremonies
from signing.preflight import rules
from signing.preflight.models import SeatCheck, SeatTrial, ServerCheck
from signing.preflight.rules import Device, Standing
from signing.presence import queries as presence
from signing.seats import queries as seats

SERVER = "server"


@dataclass(frozen=True)
class CheckView:
    """What a device in a seat found of itself last; `is_proved`: its person proved who they are, then or since."""

    device: Device
    is_proved: bool
    at: datetime
    results: dict[str, str]
    delay_ms: int | None
    clock_ms: int | None
    browser: str
    needs_camera: bool

    @property
    def worst(self) -> Standing:
        return rules.worst(self.results, needs_camera=self.needs_camera)

    @property
    def troubles(self) -> list[tuple[str, str]]:
        """(item, outcome) of what is not well, the worst first."""
        return [
            (item, outcome)
            for bad in (Standing.PROBLEM, Standing.CARE)
            for item, outcome in self.results.items()
            if rules.standing(item, outcome, needs_camera=self.needs_camera) is bad
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
    """By seat, the newest look of each device: those on which the person proved who they are, then the newest first.

    What was found for who sat there before says nothing of who sits there now.
    """
    needs_camera, since = ceremonies.get_ceremony(ceremony_id).needs_camera, seats.list_since(ceremony_id)
    query = select(SeatCheck).filter_by(ceremony_id=ceremony_id).order_by(SeatCheck.at.desc(), SeatCheck.device_id)
    proved = {
        (stay.seat_id, stay.device_id)
        for stay in presence.list_stays(ceremony_id)
        if stay.is_proved and not _is_before(stay.began_at, since.get(stay.seat_id))
    }
    found: dict[str, list[CheckView]] = defaultdict(list)
    for row in db.session.scalars(query):
        if _is_before(row.at, since.get(row.seat_id)):
            continue
        found[row.seat_id].append(
            CheckView(
                device=row.device,
                is_proved=row.is_proved or (row.seat_id, row.device_id) in proved,
                at=row.at,
                results=_in_order(row.results),
                delay_ms=row.delay_ms,
                clock_ms=row.clock_ms,
                browser=row.browser,
                needs_camera=needs_camera,
            )
        )
    return {seat_id: sorted(checks, key=lambda each: not each.is_proved) for seat_id, checks in found.items()}


def _is_before(at: datetime, since: datetime | None) -> bool:
    return since is not None and at < since


def find_check(seat_id: str, device_id: str) -> SeatCheck | None:
    """The newest look of one device."""
    return db.session.get(SeatCheck, (seat_id, device_id))


def list_strangers(seat_id: str) -> list[SeatCheck]:
    """A seat's looks of devices on which nobody has proved who they are, then or since; the newest first."""
    query = select(SeatCheck).filter_by(seat_id=seat_id, is_proved=False)
    rows = list(db.session.scalars(query.order_by(SeatCheck.at.desc(), SeatCheck.device_id)))
    return [row for row in rows if presence.find_proved(seat_id, row.device_id, since=None) is None]


def _in_order(results: dict[str, Any]) -> dict[str, str]:
    """As the page lists the items: the database keeps no order of keys."""
    return {item: str(results[item]) for item in rules.OUTCOMES if item in results}


def find_trial(seat_id: str, device_id: str) -> SeatTrial | None:
    """The specimen paper that waits for the test signature of a device in a seat."""
    return db.session.get(SeatTrial, (seat_id, device_id))


def take_trial(seat_id: str, device_id: str) -> SeatTrial | None:
    """As `find_trial`, in order to change it: it may be signed, and gone, while it is prepared anew."""
    query = select(SeatTrial).filter_by(seat_id=seat_id, device_id=device_id)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def forget_trials(seat_id: str, *, before: datetime) -> None:
    """Inside a transaction: drop the papers of a seat that nobody signed."""
    db.session.execute(delete(SeatTrial).where(SeatTrial.seat_id == seat_id, SeatTrial.at < before))


def find_server() -> ServerView | None:
    """What the server found of itself, once it was asked to look."""
    row = db.session.get(ServerCheck, SERVER)
    return None if row is None else ServerView(row.asked_at, row.at, list(row.findings))


def take_server() -> ServerCheck:
    """The server's row, in order to change it; raises NotFound where nobody ever asked."""
    query = select(ServerCheck).filter_by(id=SERVER).with_for_update().execution_options(populate_existing=True)
    row = db.session.scalars(query).first()
    if row is None:
        raise NotFound("page_not_found")
    return row


def last_mail_at() -> datetime | None:
    """When a mail left for the last time."""
    return db.session.scalar(select(func.max(OutboxMessage.done_at)).where(OutboxMessage.reason.is_(None)))
