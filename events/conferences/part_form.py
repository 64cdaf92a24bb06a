"""What first stands in the forms of a plan; templates only print it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from core import ids
from events.conferences import venues
from events.conferences.queries import ConferenceView, VenueView


def _both(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {name: texts.get("zh-CN", ""), f"{name}_en": texts.get("en", "")}


def _paired(texts: Mapping[str, str]) -> str:
    """`中文 | English`, one line."""
    return " | ".join(part for part in (texts.get("zh-CN") or texts.get("en", ""), texts.get("en", "")) if part)


def _pairs(entries: Iterable[Mapping[str, str]]) -> str:
    return "\n".join(map(_paired, entries))


def conference_values(conference: ConferenceView) -> dict[str, Any]:
    """The form of the conference itself."""
    return {
        **_both("title", conference.title),
        **_both("purpose", conference.purpose),
        "kind": str(conference.kind),
        "timezone": conference.timezone,
        "starts_on": conference.starts_on.isoformat(),
        "ends_on": conference.ends_on.isoformat(),
        "travel_minutes": str(conference.travel_minutes),
        "partners": _partners(conference),
        **{name: "" for name, _, _ in halls_apart(conference)},
        **{_pair(conference, each["venues"]): str(each["minutes"]) for each in conference.travel},
    }


def _partners(conference: ConferenceView) -> str:
    contacts = [*conference.partner_contacts, *({"email": ""} for _ in conference.partners)]
    found = []
    for name, contact in zip(conference.partners, contacts, strict=False):
        told = [contact["email"], *(["en"] if contact["locale"] == "en" else [])] if contact["email"] else []
        # With an address behind it, the second part is there, empty or not.
        first = [name.get("zh-CN") or name.get("en", ""), name.get("en", "")] if told else [_paired(name)]
        found.append(" | ".join([*first, *told]))
    return "\n".join(found)


def halls_apart(conference: ConferenceView) -> list[tuple[str, VenueView, VenueView]]:
    """(name of its field, hall, hall) of each pair of halls: between them somebody travels."""
    halls = [venue for venue in conference.venues if not venue.is_online]
    return [(f"travel:{here.key}:{there.key}", here, there) for here, there in combinations(halls, 2)]


def _pair(conference: ConferenceView, keys: Collection[str]) -> str:
    """The field of a pair, whose halls may have been named in the other order."""
    return ":".join(["travel", *(venue.key for venue in conference.venues if venue.key in keys)])


def venue_values(conference: ConferenceView, key: str) -> dict[str, Any]:
    """The form of a venue; raises NotFound."""
    venue = conference.venue(key)
    places = venues.said(conference, key)["places"]
    return {
        "kind": str(venue.kind),
        **_both("name", venue.name),
        **_both("city", venue.city),
        **_both("address", venue.address),
        "timezone": venue.timezone,
        "stage": venue.stage,
        "doors": _pairs(door.name for door in venue.doors),
        "feeds": "\n".join(f"{feed['title']} | {feed['kind']} | {feed['url']}" for feed in venue.feeds),
        **{f"places_{each.key}": str(places.get(each.key, 0)) for each in conference.audiences},
    }


def new_venue_values(conference: ConferenceView) -> dict[str, Any]:
    """The form of a venue that is to be added."""
    return {"key": ids.new("venue"), "kind": "onsite", "timezone": conference.timezone}


def audience_values(conference: ConferenceView, key: str) -> dict[str, Any]:
    """The form of a kind of people; raises NotFound."""
    audience = conference.audience(key)
    return {**_both("name", audience.name), "needs_approval": "yes" if audience.needs_approval else ""}


def new_audience_values(conference: ConferenceView) -> dict[str, Any]:  # noqa: ARG001
    """The form of a kind of people that is to be added."""
    return {"key": ids.new("audience")}


def speaker_values(conference: ConferenceView, key: str) -> dict[str, Any]:
    """The form of a speaker; raises NotFound."""
    speaker = conference.speaker(key)
    return {
        **_both("name", speaker.name),
        **_both("title", speaker.title),
        **_both("organisation", speaker.organisation),
        "email": speaker.email,
        "locale": speaker.locale,
    }


def new_speaker_values(conference: ConferenceView) -> dict[str, Any]:  # noqa: ARG001
    """The form of a speaker who is to be added."""
    return {"key": ids.new("speaker")}


def item_values(conference: ConferenceView, key: str) -> dict[str, Any]:
    """The form of an item, its times in the zone of its first venue; raises NotFound."""
    item = conference.item(key)
    zone = ZoneInfo(conference.venue(item.venues[0]).timezone)
    starts, ends = item.starts_at.astimezone(zone), item.ends_at.astimezone(zone)
    return {
        **_both("title", item.title),
        **_both("abstract", item.abstract),
        "venues": list(item.venues),
        "date": f"{starts:%Y-%m-%d}",
        "starts": f"{starts:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "end_date": f"{ends:%Y-%m-%d}" if ends.date() != starts.date() else "",
        "speakers": [speaker for speaker, _ in item.speakers],
        **{f"at_{speaker}": venue for speaker, venue in item.speakers},
        "materials": "\n".join(f"{each['title']} | {each['url']}" for each in item.materials),
    }


def new_item_values(conference: ConferenceView) -> dict[str, Any]:
    """The form of an item that is to be added: behind the last one, where that is."""
    values: dict[str, Any] = {"key": ids.new("item"), "venues": [], "speakers": []}
    if not conference.items:
        return {**values, "date": conference.starts_on.isoformat()}
    last = conference.items[-1]
    at = last.ends_at.astimezone(ZoneInfo(conference.venue(last.venues[0]).timezone))
    return {**values, "date": f"{at:%Y-%m-%d}", "starts": f"{at:%H:%M}"}


def changed_rows(now: Mapping[str, Any], typed: Mapping[str, Any]) -> list[str]:
    """The fields of a form in which something else stands now than was typed."""
    return [name for name, value in now.items() if _plain(value) != _plain(typed.get(name))]


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, list) else "\n".join(str(value or "").split("\r\n")).strip()
