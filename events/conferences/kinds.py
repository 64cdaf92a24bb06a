"""The templates of conferences: for each kind, who comes, and an agenda to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.i18n import in_every_locale
from events.conferences.rules import (
    AudiencePlan,
    ConferenceFacts,
    ConferenceKind,
    ConferencePlan,
    ItemPlan,
    VenueKind,
    VenuePlan,
)

_BEGINS = time(9)
_PLACES = 100  # of the first audience in the first hall: a number to begin with
_NEEDS_APPROVAL = frozenset({"guest", "press"})
AUDIENCES: Mapping[ConferenceKind, tuple[str, ...]] = {
    ConferenceKind.INVESTMENT: ("company", "guest", "press"),
    ConferenceKind.LAUNCH: ("company", "guest", "press"),
    ConferenceKind.GROUNDBREAKING: ("guest", "company", "press"),
    ConferenceKind.RALLY: ("staff", "guest"),
    ConferenceKind.TRAINING: ("trainee",),
    ConferenceKind.SIGNING: ("company", "guest", "press"),
}
# What happens, and for how many minutes.
AGENDAS: Mapping[ConferenceKind, tuple[tuple[str, int], ...]] = {
    ConferenceKind.INVESTMENT: (
        ("opening", 20),
        ("welcome", 30),
        ("release", 30),
        ("pitches", 60),
        ("signing", 30),
        ("meetings", 120),
    ),
    ConferenceKind.LAUNCH: (("opening", 15), ("release", 45), ("talks", 60), ("questions", 30)),
    ConferenceKind.GROUNDBREAKING: (("opening", 10), ("report", 20), ("start", 10), ("tour", 40)),
    ConferenceKind.RALLY: (("opening", 10), ("report", 40), ("pledge", 20), ("tasks", 30)),
    ConferenceKind.TRAINING: (("opening", 10), ("lesson", 90), ("exercise", 60), ("questions", 20)),
    ConferenceKind.SIGNING: (("opening", 10), ("welcome", 20), ("signing", 40), ("photograph", 10)),
}


def is_unnamed(city: Mapping[str, str]) -> bool:
    """Whether the city is still the one that templates begin with."""
    return dict(city) == in_every_locale("conference-first-city")


def make_plan(facts: ConferenceFacts) -> ConferencePlan:
    """A plan of this kind in one hall, its agenda on the first day from nine."""
    audiences = tuple(
        AudiencePlan(key, in_every_locale(f"conference-audience-{key}"), key in _NEEDS_APPROVAL)
        for key in AUDIENCES[facts.kind]
    )
    hall = VenuePlan(
        key="hall",
        kind=VenueKind.ONSITE,
        name=in_every_locale("conference-first-hall"),
        city=in_every_locale("conference-first-city"),
        address={},
        timezone=facts.timezone,
        places={audiences[0].key: _PLACES},
    )
    at = datetime.combine(facts.starts_on, _BEGINS, ZoneInfo(facts.timezone)).astimezone(UTC)
    items = []
    for key, minutes in AGENDAS[facts.kind]:
        ends_at = at + timedelta(minutes=minutes)
        items.append(ItemPlan(key, in_every_locale(f"conference-outline-{key}"), {}, at, ends_at, (hall.key,)))
        at = ends_at
    return ConferencePlan(facts, audiences, (hall,), (), tuple(items))
