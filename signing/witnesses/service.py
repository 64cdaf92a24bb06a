"""Use cases of witnesses: name one, take one back; a witness says to be the one who was named."""

from __future__ import annotations

from datetime import timedelta

from core import audit, clock, ids, live, outbox, tokens
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict
from signing.ceremonies import queries as ceremonies
from signing.witnesses import queries, rules
from signing.witnesses.models import Witness
from signing.witnesses.queries import LINK
from signing.witnesses.rules import WitnessPlan

MAIL = "witness_invitation"
_LINK_LIFE = timedelta(days=30)


def actor(witness_id: str, address: str = "") -> Actor:
    """A witness as the trail names one: by id, never by name."""
    return Actor("witness", witness_id, address=address)


def name_witness(ceremony_id: str, plan: WitnessPlan, *, by: Actor) -> str:
    """Somebody with a link of their own, which is mailed where there is an address; returns the id.

    Raises NotFound, Conflict `ceremony_…` where it is over, `too_many_witnesses`.
    """
    with transaction():
        ceremony = ceremonies.take_ceremony(ceremony_id)
        if ceremonies.view(ceremony).is_over:
            raise Conflict(f"ceremony_{ceremony.state}")
        if len(queries.list_witnesses(ceremony_id, named_only=True)) >= rules.MAX_WITNESSES:
            raise Conflict("too_many_witnesses", most=rules.MAX_WITNESSES)
        now = clock.now()
        witness = Witness(id=ids.new("wit"), ceremony_id=ceremony_id, created_at=now, **vars(plan))
        db.session.add(witness)
        db.session.flush()
        token = tokens.issue(LINK, witness.id, expires_in=max(now, ceremony.starts_at) + _LINK_LIFE - now)
        audit.record(ceremony_id, "witness.named", actor=by, subject=Subject("witness", witness.id))
        if plan.email:
            link = tokens.decode(token, LINK).token_id
            outbox.add(MAIL, to=plan.email, locale=plan.locale, chain=ceremony_id, witness=witness.id, link=link)
        _tell(ceremony_id)
        return witness.id


def take_back(ceremony_id: str, witness_id: str, *, by: Actor) -> None:
    """The link opens no more; what this witness ticked stays told. Done already, nothing is done."""
    with transaction():
        witness = queries.take_witness(witness_id, ceremony_id=ceremony_id)
        if witness.taken_back_at is not None:
            return
        witness.taken_back_at = clock.now()
        tokens.revoke_all(LINK, witness_id)
        audit.record(ceremony_id, "witness.taken_back", actor=by, subject=Subject("witness", witness_id))
        outbox.withdraw(MAIL, chain=ceremony_id, witness=witness_id)
        _tell(ceremony_id)


def end_links(ceremony_id: str) -> None:
    """No witness's link opens any more, inside the caller's transaction: the ceremony is out of every list."""
    for witness in queries.list_witnesses(ceremony_id, named_only=True):
        tokens.revoke_all(LINK, witness.id)


def declare(witness_id: str, *, address: str) -> None:
    """Whoever opened the link says to be the one who was named: this, and the link, is all that is known of them.

    Said again, nothing is done.
    """
    with transaction():
        witness = queries.take_witness(witness_id)
        if witness.declared_at is not None:
            return
        witness.declared_at = clock.now()
        by, subject = actor(witness_id, address), Subject("witness", witness_id)
        audit.record(witness.ceremony_id, "witness.declared", actor=by, subject=subject, method="link")
        live.publish(f"ceremony:{witness.ceremony_id}", "witnesses.changed")


def _tell(ceremony_id: str) -> None:
    """Let the stage reckon anew whose ticks are awaited, and the pages who looks on."""
    db.session.flush()
    live.publish(f"stage:{ceremony_id}", "stage.plan_changed")
    live.publish(f"ceremony:{ceremony_id}", "witnesses.changed")
