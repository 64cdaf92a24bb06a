"""What badges keep of a person: shown to who asks for it, and what is about them deleted with them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from core import clock
from core.db import db
from events.badges import queries
from events.badges.models import PrintedBadge
from events.registration.privacy_service import exports, forgets


@exports("badges")
def prints(registration_id: str) -> list[dict[str, Any]]:
    """Every print of the person's badge."""
    found = queries.list_prints(registration_id)
    return [{"number": each.number, "printed_at": clock.iso(each.printed_at), "reason": each.reason} for each in found]


@forgets
def forget(registration_id: str) -> None:
    """Why a badge was printed again was typed by somebody, and may say anything of the person. That it was stays."""
    db.session.execute(update(PrintedBadge).filter_by(registration_id=registration_id).values(reason=""))
