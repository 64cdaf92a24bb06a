"""Background work of badges: numbers and a file for many at once, and the end of that file."""

from __future__ import annotations

from typing import Any

from core import claims, clock, jobs, live, storage
from core.claims import Claim
from core.db import db, transaction
from events.badges import prints, queries


@jobs.handles(prints.PRINT)
def print_run(claim: Claim, payload: dict[str, Any]) -> None:
    """Number, print and keep a run's badges, for a day; a repeat goes on where the last try stopped."""
    run_id, conference_id = payload["run"], payload["conference"]
    wearers = prints.number_all(run_id, conference_id)
    run, made = queries.get_run(run_id, conference_id=conference_id), queries.list_prints_of_run(run_id)
    db.session.rollback()  # no snapshot is held while the badges are printed
    digest = storage.put(prints.render(run, wearers, made)) if made else ""
    with transaction():
        row = queries.take_run(run_id)
        row.file_digest, row.printed_at = digest, clock.now()
        jobs.add(prints.REMOVE, run_id, chain=conference_id, due_at=clock.now() + prints.KEPT, run=run_id)
        live.publish(f"conference:{conference_id}", "badges.printed", run=run_id, done=row.done, total=row.total)
        claims.finish(claim)


@jobs.handles(prints.REMOVE)
def remove_file(claim: Claim, payload: dict[str, Any]) -> None:
    """Delete the file of a run, which is full of names, when its day is over."""
    prints.remove_file(payload["run"])
    with transaction():
        claims.finish(claim)
