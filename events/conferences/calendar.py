"""Calendar files (RFC 5545) of what was published: the conference, one venue, one item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from core import clock, config, i18n
from core.errors import NotFound
from core.i18n import t
from events.conferences.version_queries import Published


def of_conference(published: Published) -> bytes:
    """One entry for its days, and one for each item, also for those that were dropped."""
    shown = published.snapshot
    return _file(published, [_days(published), *_items(published, [*shown["items"], *shown["removed"]])])


def of_venue(published: Published, key: str) -> bytes:
    """What happens in one venue; raises NotFound."""
    shown = published.snapshot
    _find(shown["venues"], key, "venue_not_found")
    there = [each for each in [*shown["items"], *shown["removed"]] if key in each["venues"]]
    return _file(published, _items(published, there))


def of_item(published: Published, key: str) -> bytes:
    """One item, also one that was dropped; raises NotFound."""
    shown = published.snapshot
    item = _find([*shown["items"], *shown["removed"]], key, "item_not_found")
    return _file(published, _items(published, [item]))


def _find(entries: Iterable[Mapping[str, Any]], key: str, code: str) -> Mapping[str, Any]:
    for each in entries:
        if each["key"] == key:
            return each
    raise NotFound(code)


def _file(published: Published, events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Yunqian//Conference//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if _is_off(published) else "PUBLISH")
    calendar.add("x-wr-calname", i18n.pick(published.snapshot["conference"]["title"]))
    for event in events:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _is_off(published: Published) -> bool:
    return bool(published.snapshot["conference"].get("cancelled"))


def _event(published: Published, name: str, sequence: int, *, off: bool) -> Event:
    event = Event()
    event.add("uid", f"{published.conference_id}.{name}@{_domain()}")
    event.add("sequence", sequence)
    # RFC 5545 §3.8.7.2: when this object was made; the version's time, so that equal files are equal.
    event.add("dtstamp", published.published_at)
    event.add("last-modified", published.published_at)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("url", f"{config.settings().base_url}/c/{published.code}")
    # RFC 5546 §3.2.1 and §3.2.5: who publishes an entry, or takes it back, is named.
    organizer = vCalAddress(f"mailto:no-reply@{_domain()}")
    organizer.params["cn"] = vText(i18n.pick(published.snapshot["conference"]["title"]))
    event["organizer"] = organizer
    return event


def _domain() -> str:
    return urlsplit(config.settings().base_url).hostname or "localhost"


def _days(published: Published) -> Event:
    """Whole days, which are the same days everywhere; the end is the day after (RFC 5545 §3.6.1)."""
    shown = published.snapshot["conference"]
    event = _event(published, "days", shown["sequence"], off=_is_off(published))
    event.add("dtstart", date.fromisoformat(shown["starts_on"]))
    event.add("dtend", date.fromisoformat(shown["ends_on"]) + timedelta(days=1))
    event.add("summary", i18n.pick(shown["title"]))
    cities = dict.fromkeys(
        i18n.pick(venue["city"]) or i18n.pick(venue["name"]) for venue in published.snapshot["venues"]
    )
    event.add("location", t("list-separator").join(cities))
    if purpose := i18n.pick(shown["purpose"]):
        event.add("description", purpose)
    event.add("transp", "TRANSPARENT")
    return event


def _items(published: Published, items: Iterable[Mapping[str, Any]]) -> list[Event]:
    venues = {venue["key"]: venue for venue in published.snapshot["venues"]}
    dropped = {each["key"] for each in published.snapshot["removed"]}
    return [
        _item(published, item, venues, off=item["key"] in dropped or _is_off(published))
        for item in sorted(items, key=lambda item: (item["starts_at"], item["key"]))
    ]


def _item(published: Published, item: Mapping[str, Any], venues: Mapping[str, Any], *, off: bool) -> Event:
    event = _event(published, item["key"], item["sequence"], off=off)
    event.add("dtstart", clock.parse_iso(item["starts_at"]))
    event.add("dtend", clock.parse_iso(item["ends_at"]))
    event.add("summary", i18n.pick(item["title"]))
    places = [_where(venues[key]) for key in item["venues"] if key in venues]
    if places:
        event.add("location", t("list-separator").join(places))
    if abstract := i18n.pick(item["abstract"]):
        event.add("description", abstract)
    return event


def _where(venue: Mapping[str, Any]) -> str:
    parts = (i18n.pick(venue[name]) for name in ("name", "address"))
    return " ".join(part for part in parts if part)
