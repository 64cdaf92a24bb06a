"""Use cases of the counter on a screen in the lobby or beside the stage: its link, and what it shows. Counts alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core import audit, clock, live, tokens
from core.audit import Actor, Subject
from core.db import transaction
from events.checkin import counters, phones
from events.conferences import queries as conferences

PURPOSE = "counter"
_SPARE = timedelta(days=2)  # a lobby's screen stays on until the last guest has gone


def open_counter(conference_id: str, *, by: Actor) -> str:
    """The token of the link that any screen shows the counter by: the one that there is, or a new one.

    Raises NotFound.
    """
    with transaction():
        conference = conferences.take_conference(conference_id)
        if (held := tokens.find_newest(PURPOSE, conference_id)) is not None:
            return held
        now = clock.now()
        over = datetime.combine(conference.ends_on, datetime.min.time(), tzinfo=now.tzinfo) + _SPARE
        token = tokens.issue(PURPOSE, conference_id, expires_in=max(over - now, _SPARE))
        _record(conference_id, "counter.link_made", by=by)
        return token


def close_counter(conference_id: str, *, by: Actor) -> None:
    """No screen shows the counter any more; closed twice, it is one closing. Raises NotFound."""
    with transaction():
        conferences.take_conference(conference_id)
        if tokens.find_newest(PURPOSE, conference_id) is None:
            return
        tokens.revoke_all(PURPOSE, conference_id)
        _record(conference_id, "counter.link_taken_back", by=by)
        live.publish(counters.screen_channel(conference_id), "counter.closed")


def _record(conference_id: str, action: str, *, by: Actor) -> None:
    audit.record(conference_id, action, actor=by, subject=Subject("conference", conference_id))
    live.publish(phones.channel(conference_id), "counter.changed")


def state(conference_id: str) -> dict[str, Any]:
    """What a screen draws, in both languages: {"title", "halls": [{"id", "name", "city", "timezone", "counts"}],
    "seq", "server_now"}; counts are [expected, inside, came]. Raises NotFound."""
    conference = conferences.get_conference(conference_id)
    channel = counters.screen_channel(conference_id)
    seq = live.find_seq(channel)
    counts = counters.of_screens(conference, counters.count(conference))
    return {
        "title": conference.title,
        "halls": [
            {
                "id": hall.id,
                "name": hall.name,
                "city": hall.city,
                "timezone": hall.timezone,
                "counts": counts[hall.id],
            }
            for hall in counters.halls(conference)
        ],
        "seq": seq,
        "server_now": clock.iso(clock.now()),
    }
