"""The agenda to be dragged: days as grids of minutes, a column per venue; values that the page's script places."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import clock, i18n, seen
from core.i18n import t
from events.conferences import agenda, agenda_table, clash_rules, publishing, words
from events.conferences.queries import ConferenceView, ItemView
from events.conferences.rules import Rights

_HOUR = timedelta(hours=1)
_USUAL = (8, 19)  # hours of a day in which nothing is planned yet
_MOST_EMPTY = 7  # so many days are shown with nothing in them


def page(conference: ConferenceView, rights: Rights) -> dict[str, Any]:
    """Everything that the page shows."""
    clashes = agenda.find_clashes(conference)
    zone = ZoneInfo(conference.timezone)
    by_day: dict[date, list[ItemView]] = {each: [] for each in _days(conference)}
    for item in conference.items:
        by_day.setdefault(item.starts_at.astimezone(zone).date(), []).append(item)
    cards = _Cards(conference, rights, clash_rules.clashing_items(clashes))
    return {
        "conference": conference,
        "title": i18n.pick(conference.title),
        "zone": i18n.zone_name(conference.timezone),
        "columns": agenda_table.columns(publishing.snapshot(conference)),
        "open_columns": [venue.key for venue in conference.venues if rights.may_plan([venue.id])],
        "days": [_day(day, items, zone, cards) for day, items in sorted(by_day.items())],
        "clashes": [words.clash(each, conference) for each in clashes],
    }


def _days(conference: ConferenceView) -> Iterable[date]:
    length = (conference.ends_on - conference.starts_on).days + 1
    return [conference.starts_on + timedelta(days=number) for number in range(min(length, _MOST_EMPTY))]


def _day(day: date, items: list[ItemView], zone: ZoneInfo, cards: _Cards) -> dict[str, Any]:
    """The grid of a day: from an hour before its first item to an hour behind its last one, in the order of time."""
    first, last = (datetime(day.year, day.month, day.day, hour, tzinfo=zone) for hour in _USUAL)
    if items:
        first = min(first, _whole(min(item.starts_at for item in items).astimezone(zone)) - _HOUR)
        last = max(last, _whole(max(item.ends_at for item in items).astimezone(zone)) + 2 * _HOUR)
    begin = max(first, datetime(day.year, day.month, day.day, tzinfo=zone)).astimezone(clock.now().tzinfo)
    minutes = int((last - begin).total_seconds() // 60)
    return {
        "day": i18n.format_date(day),
        "starts_at": clock.iso(begin),
        "minutes": minutes,
        "hours": [
            {"minute": minute, "text": i18n.format_time(begin + timedelta(minutes=minute), str(zone))}
            for minute in range(0, minutes, 60)
        ],
        "cards": [cards.card(item) for item in items],
    }


def _whole(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


class _Cards:
    """Items of one draft in the reader's language."""

    def __init__(self, conference: ConferenceView, rights: Rights, clashing: frozenset[str]) -> None:
        self._conference, self._rights, self._clashing = conference, rights, clashing

    def card(self, item: ItemView) -> dict[str, Any]:
        conference = self._conference
        is_theirs = conference.is_editable and self._rights.may_plan(conference.venue_ids(item.venues))
        title = i18n.pick(item.title)
        venues = t("list-separator").join(i18n.pick(conference.venue(key).name) for key in item.venues)
        return {
            "key": item.key,
            "title": title,
            "starts_at": clock.iso(item.starts_at),
            "ends_at": clock.iso(item.ends_at),
            "time": "–".join(i18n.format_time(at, conference.timezone) for at in (item.starts_at, item.ends_at)),
            "venues": list(item.venues),
            "where": venues,
            "speakers": t("list-separator").join(i18n.pick(conference.speaker(key).name) for key, _ in item.speakers),
            "joint": len(item.venues) > 1,
            "clashes": item.key in self._clashing,
            "seen": seen.digest(agenda.said(conference, item.key)) if is_theirs else "",
        }
