"""Use cases of the pre-flight: keep what a device found of itself, have the server look, keep what it found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import audit, clock, jobs, limits, live
from core.audit import Subject
from core.db import db, transaction
from signing.preflight import queries, rules
from signing.preflight.models import SeatCheck, ServerCheck
from signing.preflight.rules import Found
from signing.seats import queries as seats
from signing.seats import service as seat_service

LOOK = "preflight.server"
_CHAIN = "installation"


def keep_check(seat_id: str, found: Found, *, address: str) -> None:
    """Remember what a kind of device in a seat found, in place of its last look. Raises NotFound, TooMany."""
    limits.hit("seat-check", seat_id, limit=30, per=timedelta(hours=1))
    results = rules.judge_numbers(found.results, delay_ms=found.delay_ms, clock_ms=found.clock_ms)
    with transaction():
        seat = seats.take_seat(seat_id)
        row = db.session.get(SeatCheck, (seat_id, found.device)) or SeatCheck(seat_id=seat_id, device=found.device)
        row.ceremony_id, row.at, row.results = seat.ceremony_id, clock.now(), results
        row.delay_ms, row.clock_ms, row.browser = found.delay_ms, found.clock_ms, found.browser
        db.session.add(row)
        audit.record(
            seat.ceremony_id,
            "seat.checked",
            actor=seat_service.actor(seat, address),
            subject=Subject("seat", seat_id),
            device=str(found.device),
            outcome=str(rules.worst(results)),
        )
        live.publish(f"ceremony:{seat.ceremony_id}", "seat.changed", seat=seat_id)


def ask_server(organisation_id: str) -> None:
    """Have the server look at itself in the background; asked while it looks, it is one look. Raises TooMany."""
    limits.hit("server-check", organisation_id, limit=30, per=timedelta(hours=1))
    with transaction():
        row = db.session.get(ServerCheck, queries.SERVER, with_for_update=True)
        now = clock.now()
        if row is None:
            row = ServerCheck(id=queries.SERVER, findings=[], at=None)
            db.session.add(row)
        row.asked_at = now
        jobs.add(LOOK, clock.iso(now), chain=_CHAIN)


def keep_server(findings: list[dict[str, Any]]) -> None:
    """Remember what the server found."""
    with transaction():
        row = db.session.get(ServerCheck, queries.SERVER, with_for_update=True)
        if row is not None:
            row.at, row.findings = clock.now(), findings
