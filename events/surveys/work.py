"""Background work of surveys: look every minute which one is to be sent or closed, and do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import claims, clock, jobs
from core.claims import Claim
from core.db import db, transaction
from events.attendance import attended_service as attendance
from events.conferences import queries as conferences
from events.surveys import queries, rules, sending
from events.surveys.queries import SurveyView
from events.surveys.rules import Phase

SWEEP, CLOSE = "surveys.sweep", "surveys.close"


@jobs.repeats(SWEEP, every=timedelta(minutes=1))
def sweep(claim: Claim, _payload: dict[str, Any]) -> None:
    """Ask for what is due; of two who ask, one is heard."""
    wanted = [(each, due) for each in queries.list_running() if (due := _due(each))]
    db.session.rollback()
    with transaction():
        for each, (kind, name) in wanted:
            jobs.add(kind, f"{each.id}:{name}", chain=each.conference_id, survey=each.id)
        claims.finish(claim)


def _due(found: SurveyView) -> tuple[str, str] | None:
    """(which work, which time of it) a running survey needs now."""
    now, times = clock.now(), found.times
    if found.phase is Phase.CLOSED:
        return CLOSE, str(int(times.closes_at.timestamp()) if times.closes_at else 0)
    conference = conferences.get_conference(found.conference_id)
    if str(conference.state) != "published":
        return None
    if times.opened_at is not None:
        number = rules.round_of(times.opened_at, now)
        return (sending.SEND, f"again-{number}") if number else None
    at = rules.moment(found.facts, attendance.ends_at(conference))
    if at is None or now < at or times.started_at is None:
        return None
    return sending.SEND, f"{int(at.timestamp())}:{int(times.started_at.timestamp())}"


@jobs.handles(sending.SEND)
def send(claim: Claim, payload: dict[str, Any]) -> None:
    """Send a survey to whom it is for; a repeat goes on where the last try stopped."""
    sending.send_all(claim, payload["survey"])


@jobs.handles(CLOSE)
def close(claim: Claim, payload: dict[str, Any]) -> None:
    """Close a survey whose time is over."""
    sending.close_when_over(claim, payload["survey"])
