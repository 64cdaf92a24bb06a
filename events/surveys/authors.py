"""Who wrote an answer: the registration itself, or in an anonymous survey a name that only the survey's key makes."""

from __future__ import annotations

import hmac

from core.db import db
from core.errors import Conflict
from events.surveys.models import Survey


def author(survey_id: str, registration_id: str) -> str:
    """By what somebody's answers are found. Raises Conflict `survey_closed` where the key is destroyed."""
    row = db.session.get_one(Survey, survey_id, populate_existing=True)
    if not row.anonymous:
        return registration_id
    if not row.answer_key:
        raise Conflict("survey_closed")
    return hmac.digest(row.answer_key.encode(), registration_id.encode(), "sha256").hex()
