"""Calendar files (RFC 5545) of what was published: the conference, one venue, one item, and what one person goes to.

A file of several entries publishes them, those too that do not take place (RFC 5546 §3.2.1: STATUS says so). Only an
entry alone is taken back by METHOD:CANCEL: all entries of such a message have one UID (§3.2.5).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from core import clock, config, i18n
from core.errors import NotFound
from core.i18n import t
from events.conferences.version_queries import Published

_ASK_AGAIN = timedelta(hours=1)
_ANYBODY, _ANY_TIME = "\0", datetime.max.replace(tzinfo=UTC)  # no text and no version has either


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


@dataclass(frozen=True)
class Holder:
    """Whose entries: they have UIDs of their own, beginning with `id`. `number` rises with whatever changes for this
    person alone; `venue` (key) is where they go, `speaker` (key) who they are on the stage."""

    id: str
    changed_at: datetime
    number: int = 0
    venue: str = ""
    speaker: str = ""
    status: str = "CONFIRMED"  # or TENTATIVE, CANCELLED

    def has(self, item: Mapping[str, Any]) -> bool:
        """Whether an item is theirs."""
        if self.speaker:
            return any(each["speaker"] == self.speaker for each in item["speakers"])
        return self.venue in item["venues"]

    def places(self, item: Mapping[str, Any]) -> list[str]:
        """The keys of the venues in which this person is for an item."""
        stands = [each["venue"] for each in item["speakers"] if each["speaker"] == self.speaker]
        return stands or [self.venue or item["venues"][0]]


def of_person(published: Published, holder: Holder) -> bytes:
    """What somebody goes to, and what of it was dropped."""
    # Thousands go to the same, and everybody who registers gets the file: made once, who and when are put in. No fold
    # (RFC 5545 §3.1) parts the two, as a UID begins with ids of 30 characters (core.ids).
    anybody = replace(holder, id=_ANYBODY * len(holder.id), changed_at=_ANY_TIME)
    made_at = max(published.published_at, holder.changed_at)
    file = _of_holder(published, anybody, i18n.current())
    return file.replace(anybody.id.encode(), holder.id.encode()).replace(_stamp(_ANY_TIME), _stamp(made_at))


def _stamp(at: datetime) -> bytes:
    return f"{at:%Y%m%dT%H%M%SZ}".encode()


@lru_cache(maxsize=64)
def _of_holder(published: Published, holder: Holder, _locale: str) -> bytes:
    shown = published.snapshot
    theirs = [each for each in [*shown["items"], *shown["removed"]] if holder.has(each)]
    return _file(published, _items(published, theirs, holder))


def taken_back(published: Published, holder: Holder, items: Collection[Mapping[str, Any]]) -> list[bytes]:
    """A message for each of these items that takes somebody's entry back, in the order of time."""
    gone = Holder(holder.id, holder.changed_at, holder.number, holder.venue, holder.speaker, status="CANCELLED")
    return [_file(published, [event]) for event in _items(published, items, gone)]


def _file(published: Published, events: Iterable[Event]) -> bytes:
    found = list(events)
    is_one_off = len(found) == 1 and found[0]["status"] == "CANCELLED"
    calendar = Calendar()
    calendar.add("prodid", "-//Yunqian//Conference//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_one_off else "PUBLISH")
    title = i18n.pick(published.snapshot["conference"]["title"])
    calendar.add("name", title)  # RFC 7986 §5.1; the other is what most programs read
    calendar.add("x-wr-calname", title)
    # RFC 7986 §5.7: how often who subscribed may ask.
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in found:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _is_off(published: Published) -> bool:
    return bool(published.snapshot["conference"].get("cancelled"))


def _event(published: Published, name: str, sequence: int, *, off: bool, holder: Holder | None = None) -> Event:
    event = Event()
    whose = f"{published.conference_id}.{holder.id}" if holder else published.conference_id
    event.add("uid", f"{whose}.{name}@{_domain()}")
    # Both numbers only rise, and so does their sum with each change of either.
    event.add("sequence", sequence + (holder.number if holder else 0))
    # RFC 5545 §3.8.7.2: when this object was made; the version's time or the person's, so that equal files are equal.
    made_at = max(published.published_at, holder.changed_at) if holder else published.published_at
    event.add("dtstamp", made_at)
    event.add("last-modified", made_at)
    event.add("status", "CANCELLED" if off else holder.status if holder else "CONFIRMED")
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


def _items(published: Published, items: Iterable[Mapping[str, Any]], holder: Holder | None = None) -> list[Event]:
    venues = {venue["key"]: venue for venue in published.snapshot["venues"]}
    dropped = {each["key"] for each in published.snapshot["removed"]}
    return [
        _item(published, item, venues, off=item["key"] in dropped or _is_off(published), holder=holder)
        for item in sorted(items, key=lambda item: (item["starts_at"], item["key"]))
    ]


def _item(
    published: Published, item: Mapping[str, Any], venues: Mapping[str, Any], *, off: bool, holder: Holder | None
) -> Event:
    event = _event(published, item["key"], item["sequence"], off=off, holder=holder)
    event.add("dtstart", clock.parse_iso(item["starts_at"]))
    event.add("dtend", clock.parse_iso(item["ends_at"]))
    event.add("summary", i18n.pick(item["title"]))
    keys = holder.places(item) if holder else item["venues"]
    places = [_where(venues[key]) for key in keys if key in venues]
    if places:
        event.add("location", t("list-separator").join(places))
    if abstract := i18n.pick(item["abstract"]):
        event.add("description", abstract)
    return event


def _where(venue: Mapping[str, Any]) -> str:
    parts = (i18n.pick(venue[name]) for name in ("name", "address"))
    return " ".join(part for part in parts if part)
