"""What the team's pages of companies show, as values that templates only print."""

from __future__ import annotations

from typing import Any

from core import i18n
from events.conferences.queries import ConferenceView
from events.registration import queries, team_board, told_queries
from events.registration.queries import CompanyView


def rows(conference_id: str) -> list[dict[str, Any]]:
    """Every company with how many of its people come."""
    people = told_queries.count_by_company(conference_id)
    return [
        {
            "id": each.id,
            "name": i18n.pick(each.name),
            "city": i18n.pick(each.city),
            "industry": i18n.pick(each.industry),
            "is_demo": each.is_demo,
            "people": people.get(each.id, 0),
        }
        for each in queries.list_companies(conference_id)
    ]


def company(conference: ConferenceView, found: CompanyView, *, visible: frozenset[str] | None) -> dict[str, Any]:
    """The page of one: its people in the venues that the reader sees, and the places held for it."""
    called = team_board.names(conference)
    people = told_queries.list_of_company(conference.id, found.id)
    groups = [each for each in queries.list_groups(conference.id) if each.company_id == found.id]
    return {
        "company": {
            "id": found.id,
            "name": i18n.pick(found.name),
            "about": " · ".join(filter(None, (i18n.pick(found.city), i18n.pick(found.industry)))),
        },
        "people": [
            team_board.row(each, called, conference.timezone)
            for each in people
            if visible is None or each.venue_id in visible
        ],
        "groups": [
            {
                "name": each.name,
                "where": f"{called.get(each.venue_id, '')} · {called.get(each.audience_id, '')}",
                "used": each.used,
                "size": each.size,
                "is_over": each.released_at is not None,
            }
            for each in groups
            if visible is None or each.venue_id in visible
        ],
        "can_remove": not people and not groups,
    }


def choices(conference_id: str) -> list[tuple[str, str]]:
    """(id, name) of every company, by name."""
    found = [(each.id, i18n.pick(each.name)) for each in queries.list_companies(conference_id)]
    return sorted(found, key=lambda each: each[1])


def typed_of(found: CompanyView) -> dict[str, str]:
    """What first stands in its form."""
    return {
        f"{name}{end}": getattr(found, name).get(locale, "")
        for name in ("name", "city", "industry")
        for end, locale in (("", "zh-CN"), ("_en", "en"))
    }
