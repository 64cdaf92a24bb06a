"""What registering has to know of a conference, to be read together with the places."""

from __future__ import annotations

from sqlalchemy import Subquery, func, select

from events.conferences.models import AgendaItem, Audience, Conference


def admissions() -> Subquery:
    """To be joined: for each `audience_id` whether somebody decides on each (`needs_approval`), and of its conference
    `conference_id`, `state`, `timezone`, `ends_on`, `is_demo`, and `starts_at`, when its first item begins (or None).
    """
    starts_at = (
        select(func.min(AgendaItem.starts_at))
        .where(AgendaItem.conference_id == Conference.id)
        .correlate(Conference)
        .scalar_subquery()
    )
    return (
        select(
            Audience.id.label("audience_id"),
            Audience.needs_approval,
            Conference.id.label("conference_id"),
            Conference.state,
            Conference.timezone,
            Conference.ends_on,
            Conference.is_demo,
            starts_at.label("starts_at"),
        )
        .join(Conference, Conference.id == Audience.conference_id)
        .subquery("admission")
    )
