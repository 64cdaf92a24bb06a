"""Background work on what hosts bring along: taking it in, and removing what nobody waits for any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete

from core import claims, clock, held, jobs, live
from core.claims import Claim
from core.db import db, transaction
from signing.agreements import queries as agreements
from signing.uploads import queries, service, taking
from signing.uploads.models import PaperArrival

SWEEP = "uploads.sweep"
_UNNAMED = timedelta(minutes=10)  # far longer than from the writing of a file to the row that names it
_KEPT = timedelta(days=7)  # why a file was refused, and one that could not be taken in for all that time


@jobs.handles(queries.TAKE, slow=True)
def take_paper(claim: Claim, payload: dict[str, Any]) -> None:
    """Take a file in, unless it was set aside meanwhile; its raw bytes are gone afterwards, whatever came of it."""
    arrival = queries.find_arrival(payload["agreement"])
    db.session.rollback()  # no snapshot is held while the children work
    try:
        if arrival is None or arrival.id != payload["arrival"] or not arrival.is_arriving:
            raise taking.NotWanted
        taking.take(claim, payload["ceremony"], arrival)
    except taking.NotWanted:
        with transaction():
            row = queries.take_arrival(payload["agreement"], arrival_id=payload["arrival"])
            if row is not None:  # its ceremony was called off
                db.session.delete(row)
            claims.finish(claim)
    held.remove(payload["arrival"])


@jobs.repeats(SWEEP, every=timedelta(minutes=10))
def sweep(claim: Claim, _payload: dict[str, Any]) -> None:
    """Remove raw files that no row names, as a server leaves them that is killed in between, and old refusals."""
    now = clock.now()
    with transaction():
        db.session.execute(delete(PaperArrival).where(PaperArrival.arrived_at < now - _KEPT))
        claims.finish(claim)
    left = held.list_names(before=now - _UNNAMED)
    named = queries.list_arriving_ids() if left else set()
    db.session.rollback()
    for name in left:
        if name not in named:
            held.remove(name)


@claims.watches
def tell_pages(chain: str) -> None:
    """Let the pages of papers that are being taken in know that something fails there, or works again."""
    if not chain.startswith("cer_"):
        return  # a conference's, or the installation's
    for each in queries.list_arrivals([agreement.id for agreement in agreements.list_agreements(chain)]):
        if each.is_arriving:
            live.publish(service.channel(each.agreement_id), "paper.changed")
