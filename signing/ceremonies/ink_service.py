"""Use case: the host decides whether those who watch see signatures while they are drawn, at any time."""

from __future__ import annotations

from core import audit, live
from core.audit import Actor, Subject
from core.db import transaction
from core.errors import Conflict
from signing.ceremonies import queries, stage


def show_ink(ceremony_id: str, *, shown: bool, by: Actor) -> None:
    """Show live ink from now on, or no more; the same again changes nothing. Raises Conflict `ceremony_discarded`."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        if queries.view(ceremony).is_discarded:
            raise Conflict("ceremony_discarded")
        if ceremony.shows_ink == shown:
            return
        ceremony.shows_ink = shown
        audit.record(ceremony_id, "ink.switched", actor=by, subject=Subject("ceremony", ceremony_id), shown=shown)
        # Signers' pages say what becomes of their strokes; screens let go of what they show of them.
        stage.tell_plan_changed(ceremony_id)
        if not shown:
            live.publish(f"ink:{ceremony_id}", "ink.off")
