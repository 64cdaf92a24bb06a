"""What other features hand out of a published conference: its facts and its calendar files."""

from __future__ import annotations

from core.errors import NotFound
from events.conferences import calendar, version_queries
from events.conferences.version_queries import Published


def get_published(conference_id: str) -> Published:
    """The newest version of a conference; raises NotFound for what was never published."""
    return version_queries.get_published_of(conference_id)


def find_venue_file(published: Published, key: str) -> bytes | None:
    """The calendar file of one venue; None where that stands in no version yet."""
    try:
        return calendar.of_venue(published, key)
    except NotFound:
        return None
