"""The access rules of badges: the team by duty; a clerk sees and prints again those of the venue they stand in."""

from __future__ import annotations

from accounts.access import by
from core.errors import Forbidden
from events.conferences.access import rights_in
from events.conferences.queries import ConferenceView


def venues_seen(conference: ConferenceView) -> frozenset[str] | None:
    """In which venues (ids) the reader sees badges; None stands for all of them."""
    rights = rights_in(conference.id)
    if rights.venues is None or (rights.reads and not rights.venues and not rights.doors):
        return None  # who leads; auditors
    return venues_printed(conference)


def venues_printed(conference: ConferenceView) -> frozenset[str] | None:
    """In which venues (ids) the reader may print badges; None stands for all of them."""
    rights = rights_in(conference.id)
    if rights.venues is None:
        return None
    doors = rights.doors or frozenset()
    clerked = {venue.id for venue in conference.venues if any(door.id in doors for door in venue.doors)}
    return rights.venues | clerked


def prints_many(conference: ConferenceView) -> bool:
    """Whether the reader may print several badges at once: who plans; a clerk prints the one before them."""
    return rights_in(conference.id).plans


def can_print(conference: ConferenceView) -> bool:
    """Whether the reader may print at all."""
    venues = venues_printed(conference)
    return conference.is_editable and (venues is None or bool(venues))


def _sees(conference_id: str, **_: object) -> None:
    rights = rights_in(conference_id)
    if not rights.reads and not rights.doors:
        raise Forbidden("not_on_team")


def _prints(conference_id: str, **_: object) -> None:
    rights = rights_in(conference_id)
    if not rights.plans and not rights.doors:
        raise Forbidden("not_on_team")


badges_seen = by(_sees, "the conference's team, administrators, auditors; clerks see those of their venue")
badges_printed = by(_prints, "who plans the conference or one of its venues; clerks one at a time, of their venue")
