"""Background work of reminders: look every minute whose moment has come, and send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from core import claims, clock, jobs
from core.claims import Claim
from core.db import db, transaction
from events.reminders import moments, queries, sending
from events.reminders.rules import Phase

SWEEP = "reminders.sweep"
RUN = "reminders.run"
NOW = "reminders.now"


@jobs.repeats(SWEEP, every=timedelta(minutes=1))
def sweep(claim: Claim, _payload: dict[str, Any]) -> None:
    """Ask for the sending of every rule whose moment has come, venue by venue; of two who ask, one is heard."""
    wanted = list_due()
    with transaction():
        for conference_id, rule_id, venue_id, name in wanted:
            jobs.add(RUN, f"{rule_id}:{venue_id}:{name}", chain=conference_id, rule=rule_id, venue=venue_id)
        claims.finish(claim)


def list_due() -> list[tuple[str, str, str, str]]:
    """(conference, rule, venue, which moment) of what is to be sent now, and of what was missed and nobody said so."""
    now = clock.now()
    found = []
    # A day more, so that it is over in every zone.
    for conference_id, active in queries.list_active(now.date() - timedelta(days=2)).items():
        times, runs = moments.read(conference_id), queries.list_runs([each.id for each in active])
        for each in active:
            for venue in times.covered(each.rule):
                over = runs.get((each.id, venue.id), ())
                at = moments.moment(times, each.rule, venue, over)
                phase = moments.phase(times, each, at, now=now)
                is_said = any(run.moment == at.at for run in over)
                if at.at is not None and phase in (Phase.DUE, Phase.MISSED) and not is_said:
                    # A rule that was changed meanwhile is looked at anew.
                    name = f"{int(at.at.timestamp())}:{each.number}:{phase}"
                    found.append((conference_id, each.id, venue.id, name))
    db.session.rollback()
    return found


@jobs.handles(RUN)
def run(claim: Claim, payload: dict[str, Any]) -> None:
    """Send a rule's mail to the people of one venue, at its moment."""
    _all(sending.send_by_moment, claim, payload)


@jobs.handles(NOW)
def run_now(claim: Claim, payload: dict[str, Any]) -> None:
    """Send a rule's mail to the people of one venue, because somebody pressed the button."""
    _all(sending.send_by_hand, claim, payload)


def _all(send: Callable[[Claim, str, str, str], str | None], claim: Claim, payload: dict[str, Any]) -> None:
    after: str | None = ""
    while after is not None:
        after = send(claim, payload["rule"], payload["venue"], after)
