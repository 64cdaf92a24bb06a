"""Who can be reminded, to be read together with what was sent."""

from __future__ import annotations

from sqlalchemy import Subquery, select

from events.registration.models import Registration


def remindable() -> Subquery:
    """To be joined: of every registration `id`, `conference_id`, `venue_id`, `audience_id`, `state`, `offered_until`,
    `name`, `pinyin`, `code`, `email` (empty for who gave none), `locale` and `created_at`."""
    return select(
        Registration.id,
        Registration.conference_id,
        Registration.venue_id,
        Registration.audience_id,
        Registration.state,
        Registration.offered_until,
        Registration.name,
        Registration.pinyin,
        Registration.code,
        Registration.email,
        Registration.locale,
        Registration.created_at,
    ).subquery("remindable")
