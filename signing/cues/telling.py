"""Who hears that a cue sheet has changed."""

from __future__ import annotations

from core import live
from core.db import db
from signing.cues import queries


def tell(ceremony_id: str) -> None:
    """Let the stage, the seats and the host's pages know, inside the caller's transaction, after the trail's entry."""
    db.session.flush()
    live.publish(f"stage:{ceremony_id}", "stage.patch", cue=queries.public_cue(ceremony_id))
    live.publish(f"monitor:{ceremony_id}", "monitor.changed")
    live.publish(f"ceremony:{ceremony_id}", "cue_sheet.changed")
