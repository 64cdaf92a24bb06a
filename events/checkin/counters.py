"""Live counters of halls and doors: told to who watches, once a second at the most."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import clock, i18n, live
from core.db import db, transaction
from events.checkin import queries, rules
from events.checkin.phones import channel
from events.conferences import queries as conferences
from events.conferences import today_service
from events.conferences.queries import ConferenceView, VenueView
from events.conferences.today_service import HallToday
from events.registration import door_queries as registrations

KIND = "counts"
_AWAKE = timedelta(seconds=20)  # a phone that works asks for its list more often than that
_CALM = timedelta(seconds=10)  # between two updates of a conference's own page, which is read anew for each


def screen_channel(conference_id: str) -> str:
    """The live channel of screens in lobbies: counts per hall, and nothing of doors or people."""
    return f"counter:{conference_id}"


@live.tells
def tell_counts() -> None:
    """Publish what has changed where phones are at work: on `door:<conference>` {"inside", "came", "doors"}, on
    `counter:<conference>` and, more calmly, on `conference:<conference>` {"halls": {venue: [expected, inside, came]}}.
    """
    for conference_id in queries.list_awake(clock.now() - _AWAKE):
        conference = conferences.get_conference(conference_id)
        counts = count(conference)
        halls = {"halls": of_screens(conference, counts)}
        _tell(channel(conference_id), as_json(counts))
        _tell(screen_channel(conference_id), halls)
        page = f"conference:{conference_id}"
        if not live.is_recent(page, within=_CALM):
            _tell(page, halls)
    db.session.rollback()


def _tell(to: str, counts: dict[str, Any]) -> None:
    if counts != live.find_newest(to, KIND):
        with transaction():
            live.publish(to, KIND, **counts)


def count(conference: ConferenceView) -> queries.Counts:
    """Today's figures; a day begins at four in the morning of each venue."""
    now = clock.now()
    began = {venue.id: rules.day_began(now, ZoneInfo(venue.timezone)) for venue in conference.venues}
    return queries.count(conference.id, began)


def as_json(counts: queries.Counts) -> dict[str, Any]:
    """{"inside": {venue: n}, "came": {venue: n}, "doors": {door: {"ins", "outs"}}}."""
    doors = {door_id: vars(each) for door_id, each in counts.doors.items()}
    return {"inside": dict(counts.inside), "came": dict(counts.came), "doors": doors}


def halls(conference: ConferenceView) -> list[VenueView]:
    """The venues into which people walk."""
    return [venue for venue in conference.venues if not venue.is_online]


def of_screens(conference: ConferenceView, counts: queries.Counts) -> dict[str, list[int]]:
    """By hall: how many are expected (they have a place), are inside now, and came today at all."""
    expected = registrations.count_expected(conference.id)
    return {
        hall.id: [expected.get(hall.id, 0), counts.inside.get(hall.id, 0), counts.came.get(hall.id, 0)]
        for hall in halls(conference)
    }


@today_service.counts_halls
def today(conference: ConferenceView) -> list[HallToday]:
    """The halls, once a phone is at work at some door or somebody came."""
    counts = count(conference)
    if not counts.came and not queries.list_phones(conference.id):
        return []
    figures = of_screens(conference, counts)
    return [HallToday(i18n.pick(hall.name), *figures[hall.id]) for hall in halls(conference)]
