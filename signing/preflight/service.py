"""Use cases of the pre-flight: keep what a device found of itself, have the server look, keep what it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core import audit, clock, jobs, limits, live
from core.audit import Subject
from core.db import db, insert_missing, transaction
from signing.preflight import queries, rules
from signing.preflight.models import SeatCheck, ServerCheck
from signing.preflight.rules import Found
from signing.seats import queries as seats
from signing.seats import service as seat_service

LOOK = "preflight.server"
_CHAIN = "installation"
_HOUR = timedelta(hours=1)
_LOST = timedelta(minutes=5)  # a look that takes longer has come to nothing
_MOST_TOLD = 20


@dataclass(frozen=True)
class Looker:
    """Which browser looks at itself: by what its session says, never by its own word."""

    device_id: str
    link_id: str
    is_proved: bool

    def count(self, what: str, *, is_new: bool) -> None:
        """One more try of this device; raises TooMany.

        Each device has its own count, so that nobody who has the link too uses up the signer's. A link brings thirty
        devices an hour that proved nothing; who proved who they are is not counted among them.
        """
        limits.hit(f"seat-{what}", self.device_id, limit=30, per=_HOUR)
        if is_new and not self.is_proved:
            limits.hit(f"seat-{what}-new", self.link_id, limit=30, per=_HOUR)


def keep_check(seat_id: str, found: Found, *, by: Looker, address: str) -> None:
    """Remember what a device in a seat found, in place of its last look. Raises NotFound, TooMany.

    Whoever has the link may look: the host reads whether the person proved who they are on that device, a device never
    changes what another one found, and the trail tells of proved ones alone.
    """
    told_at = clock.now()
    by.count("check", is_new=queries.find_check(seat_id, by.device_id) is None)
    results = rules.judge_numbers(found.results, delay_ms=found.delay_ms, clock_ms=found.clock_ms)
    with transaction():
        seat = seats.take_seat(seat_id)
        if seat.since is not None and seat.since >= told_at:
            return  # told by who sat here until just now
        row = queries.find_check(seat_id, by.device_id)
        is_own = row is not None and (seat.since is None or row.at >= seat.since)
        was = (row.is_proved, rules.worst(row.results)) if row is not None and is_own else None
        row = row or SeatCheck(seat_id=seat_id, device_id=by.device_id)
        row.ceremony_id, row.at, row.results = seat.ceremony_id, clock.now(), results
        row.device, row.is_proved = found.device, by.is_proved
        row.delay_ms, row.clock_ms, row.browser = found.delay_ms, found.clock_ms, found.browser
        db.session.add(row)
        db.session.flush()
        for stranger in queries.list_strangers(seat_id)[rules.MOST_STRANGERS :]:
            db.session.delete(stranger)
        if by.is_proved and was != (True, rules.worst(results)):
            audit.record(
                seat.ceremony_id,
                "seat.checked",
                actor=seat_service.actor(seat, address),
                subject=Subject("seat", seat_id),
                device=str(found.device),
                outcome=str(rules.worst(results)),
            )
        live.publish(f"ceremony:{seat.ceremony_id}", "seat.changed", seat=seat_id)


def ask_server(organisation_id: str, *, ceremony_id: str) -> None:
    """Have the server look at itself in the background; asked while it looks, it is one look. Raises TooMany.

    The page of `ceremony_id` is told at once, and again when the server has looked.
    """
    limits.hit("server-check", organisation_id, limit=30, per=_HOUR)
    with transaction():
        now = clock.now()
        insert_missing(ServerCheck, id=queries.SERVER, asked_at=now - _LOST, findings=[], asked_for=[], at=None)
        row = queries.take_server()
        if not row.asked_for or row.asked_at <= now - _LOST:
            row.asked_at = now
            jobs.add(LOOK, clock.iso(now), chain=_CHAIN)
        row.asked_for = [*(each for each in row.asked_for if each != ceremony_id), ceremony_id][-_MOST_TOLD:]
        live.publish(f"ceremony:{ceremony_id}", "server.looking")


def keep_server(findings: list[dict[str, Any]]) -> None:
    """Remember what the server found, and tell the pages that asked."""
    with transaction():
        row = queries.take_server()
        told, row.asked_for = row.asked_for, []
        row.at, row.findings = clock.now(), findings
        for ceremony_id in sorted(told):
            live.publish(f"ceremony:{ceremony_id}", "server.looked")
