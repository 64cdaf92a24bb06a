"""What the team's pages show, as values that a template only prints."""

from __future__ import annotations

from datetime import date
from typing import Any

from core import clock, i18n
from core.i18n import t
from events.conferences import (
    agenda,
    agenda_table,
    clash_rules,
    kinds,
    moving_rules,
    notice_board,
    publishing,
    today_service,
    version_queries,
    words,
)
from events.conferences.queries import ConferenceHead, ConferenceView
from events.conferences.rules import ConferenceState, Rights
from events.registration import queries as registrations


def row(conference: ConferenceHead) -> dict[str, Any]:
    """One line of the list."""
    first, last = i18n.format_date(conference.starts_on), i18n.format_date(conference.ends_on)
    return {
        "id": conference.id,
        "title": i18n.pick(conference.title),
        "days": first if conference.starts_on == conference.ends_on else f"{first} – {last}",
        "kind": str(conference.kind),
        "state": str(conference.state),
        "short_id": conference.short_id,
        "version": conference.version,
    }


def page(conference: ConferenceView, rights: Rights) -> dict[str, Any]:
    """Everything on a conference's page."""
    draft = publishing.snapshot(conference)
    published = version_queries.find_version(conference.id, conference.version)
    clashes = agenda.find_clashes(conference)
    differing = publishing.find_differences(conference)
    return {
        "conference": conference,
        "title": i18n.pick(conference.title),
        "when": agenda_table.period(draft),
        "zone": i18n.zone_name(conference.timezone),
        "purpose": i18n.pick(conference.purpose),
        "partners": [i18n.pick(each) for each in conference.partners],
        "columns": agenda_table.columns(draft),
        "days": agenda_table.days(draft, clashing=clash_rules.clashing_items(clashes)),
        "clashes": [words.clash(each, conference) for each in clashes],
        "differing": len(differing),
        "is_published": published is not None,
        # A plan of long ago that was never shown; what took place is left in peace.
        "asks_days": published is None and conference.is_editable and is_past(conference),
        "can_publish": conference.state is not ConferenceState.CANCELLED and (published is None or bool(differing)),
        "venues": _venues(conference, rights),
        "audiences": [
            {"key": each.key, "name": i18n.pick(each.name), "needs_approval": each.needs_approval}
            for each in conference.audiences
        ],
        "speakers": _speakers(conference),
        "editable": {item.key for item in conference.items if _is_theirs(conference, item.venues, rights)},
        "companies": registrations.count_companies(conference.id),
        "registered": registrations.count_live(conference.id),
        "today": today_service.halls_today(conference),
    }


def _is_theirs(conference: ConferenceView, venues: tuple[str, ...], rights: Rights) -> bool:
    return conference.is_editable and rights.may_plan(conference.venue_ids(venues))


def _venues(conference: ConferenceView, rights: Rights) -> list[dict[str, Any]]:
    counts = {(each.venue_id, each.audience_id): each.count for each in registrations.list_places(conference.id)}
    return [
        {
            "key": venue.key,
            "name": i18n.pick(venue.name),
            "city": i18n.pick(venue.city),
            "online": venue.is_online,
            "address": i18n.pick(venue.address),
            "zone": i18n.zone_name(venue.timezone),
            "timezone": venue.timezone,
            "stage": venue.stage,
            "doors": [i18n.pick(door.name) for door in venue.doors],
            "feeds": [feed["title"] for feed in venue.feeds],
            "can_edit": _is_theirs(conference, (venue.key,), rights),
            "places": [
                {"audience": i18n.pick(audience.name), "capacity": count.capacity, "taken": count.taken}
                for audience in conference.audiences
                if (count := counts.get((venue.id, audience.id))) is not None
            ],
        }
        for venue in conference.venues
    ]


def _speakers(conference: ConferenceView) -> list[dict[str, Any]]:
    return [
        {
            "key": each.key,
            "name": i18n.pick(each.name),
            "about": " · ".join(filter(None, (i18n.pick(each.organisation), i18n.pick(each.title)))),
            "items": [i18n.pick(item.title) for item in conference.items if each.key in dict(item.speakers)],
        }
        for each in conference.speakers
    ]


def publication(conference: ConferenceView) -> dict[str, Any]:
    """The page that asks before publishing: what would change, what clashes, and what was looked at."""
    draft = publishing.snapshot(conference)
    before = version_queries.find_version(conference.id, conference.version)
    return {
        "conference": conference,
        "title": i18n.pick(conference.title),
        "number": conference.version + 1,
        "differences": words.told(publishing.find_differences(conference), draft, before),
        "clashes": [words.clash(each, conference) for each in agenda.find_clashes(conference)],
        "is_first": before is None,
        "items": len(draft["items"]),
        "columns": agenda_table.columns(draft),
        "unnamed": [i18n.pick(each.name) for each in conference.venues if kinds.is_unnamed(each.city)],
        "notices": notice_board.preview(conference) if before is not None else None,
    }


def move(conference: ConferenceView) -> dict[str, Any]:
    """The page that asks to which days a conference is moved."""
    return {
        "conference": conference,
        "title": i18n.pick(conference.title),
        "when": agenda_table.period(publishing.snapshot(conference)),
        "is_past": is_past(conference),
        "items": len(conference.items),
    }


def is_past(conference: ConferenceView) -> bool:
    """Whether its days are over."""
    return moving_rules.is_past(conference.ends_on, conference.timezone, now=clock.now())


def public(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What strangers see of a snapshot, published or not."""
    shown = snapshot["conference"]
    columns = agenda_table.columns(snapshot)
    cities = dict.fromkeys(column["city"] or column["name"] for column in columns)
    return {
        "title": i18n.pick(shown["title"]),
        "kind": t(f"conference-kind-{shown['kind']}"),
        "when": agenda_table.period(snapshot),
        "where": t("list-separator").join(cities),
        "zone": i18n.zone_name(shown["timezone"]),
        "timezone": shown["timezone"],
        "purpose": i18n.pick(shown["purpose"]),
        "partners": [i18n.pick(each) for each in shown["partners"]],
        "cancelled": bool(shown.get("cancelled")),
        "over": moving_rules.is_past(date.fromisoformat(shown["ends_on"]), shown["timezone"], now=clock.now()),
        "reason": shown.get("reason", ""),
        "columns": columns,
        "days": agenda_table.days(snapshot),
        "speakers": [
            {
                "name": i18n.pick(each["name"]),
                "title": i18n.pick(each["title"]),
                "organisation": i18n.pick(each["organisation"]),
            }
            for each in snapshot["speakers"]
        ],
    }
