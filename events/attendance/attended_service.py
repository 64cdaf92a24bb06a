"""What other features show of attendance: who was there, and until when a conference goes."""

from __future__ import annotations

from datetime import datetime

from events.attendance import reckoning, rules
from events.attendance.items import ItemCount, count_items
from events.attendance.reckoning import Attended, Count, count, reckon
from events.attendance.rules import Standing
from events.conferences.queries import ConferenceView

__all__ = ["Attended", "Count", "ItemCount", "Standing", "count", "count_items", "ends_at", "reckon"]


def ends_at(conference: ConferenceView) -> datetime | None:
    """When the last item of all venues is over; None where nothing is planned."""
    return rules.ends(reckoning.agendas(conference).values())
