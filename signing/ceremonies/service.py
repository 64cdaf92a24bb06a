"""Use cases of a ceremony from its invitations to its end: stage links, completing, cancelling."""

from __future__ import annotations

from datetime import timedelta

from core import audit, clock, outbox, tokens
from core.audit import Actor, Subject
from core.db import transaction
from signing.agreements import service as agreement_service
from signing.ceremonies import queries, rules, stage
from signing.ceremonies.rules import CeremonyAction, CeremonyState
from signing.seats import queries as seats

STAGE_LINK = "stage"


def new_stage_link(ceremony_id: str, *, by: Actor) -> str:
    """A link token that opens the stage page on any screen."""
    with transaction():
        token = tokens.issue(STAGE_LINK, ceremony_id, expires_in=timedelta(days=90))
        audit.record(ceremony_id, "stage.link_made", actor=by, subject=Subject("ceremony", ceremony_id))
        return token


def keep_complete(ceremony_id: str, *, kit_digest: str) -> None:
    """Every agreement is sealed and the kit of the whole ceremony is made."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        if ceremony.state != CeremonyState.INVITED:
            return
        ceremony.state = rules.change(ceremony.state, CeremonyAction.COMPLETE)
        ceremony.completed_at = clock.now()
        ceremony.kit_digest = kit_digest
        audit.record(
            ceremony_id,
            "ceremony.completed",
            actor=audit.SYSTEM,
            subject=Subject("ceremony", ceremony_id),
            kit=kit_digest,
        )
        stage.tell(ceremony)


def cancel(ceremony_id: str, *, reason: str, by: Actor) -> None:
    """Call the ceremony off: nobody can sign any more, and who was invited hears of it.

    Links stay open: they show that it was called off, and give out what was complete before.
    """
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        was_invited = ceremony.state == CeremonyState.INVITED
        ceremony.state = rules.change(ceremony.state, CeremonyAction.CANCEL)
        agreement_service.void_all(ceremony_id, reason=reason, actor=by)
        for seat in seats.list_seats(ceremony_id) if was_invited else []:
            outbox.add(
                "ceremony_cancelled", to=seat.email, locale=seat.locale, chain=ceremony_id, seat=seat.id, reason=reason
            )
        audit.record(
            ceremony_id, "ceremony.cancelled", actor=by, subject=Subject("ceremony", ceremony_id), reason=reason
        )
        stage.tell(ceremony)
