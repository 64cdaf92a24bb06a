"""A conference on other days: everything is moved by whole days and keeps its local time; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.errors import Invalid, Problem
from core.values import Texts
from events.conferences import time_rules
from events.conferences.rules import YEARS, ConferencePlan
from events.conferences.time_rules import Span

DEMO_AHEAD = timedelta(days=14)  # a demonstration's conference is at least so far ahead: people can register
_WEEK = timedelta(days=7)
_TRIES = 4


@dataclass(frozen=True)
class Timed:
    """An item as far as its time goes: in the zone of its first venue its local time stays."""

    title: Texts
    starts_at: datetime
    ends_at: datetime
    zone: str


def is_past(ends_on: date, zone: str, *, now: datetime) -> bool:
    """Whether the last day is over where the conference is."""
    return ends_on < now.astimezone(ZoneInfo(zone)).date()


def moved(items: Iterable[Timed], by: timedelta) -> list[Span]:
    """When these items take place, whole days later or earlier.

    Raises Invalid with every item whose local time there is not, or twice, on its new day (`move_no_such_time`,
    `move_time_twice`), or that the change of the clocks turns round or makes too long (`move_changes_length`).
    """
    spans, problems = [], []
    for item in items:
        ends = (_wall(item.starts_at, item.zone, by), _wall(item.ends_at, item.zone, by))
        span = time_rules.span(*ends, item.zone)
        spans.append(span)
        if span.fault:
            code = span.fault if span.fault in ("no_such_time", "time_twice") else "changes_length"
            day, at = ends[span.at == "ends"]
            told = {"item": item.title, "day": day, "time": f"{at:%H:%M}", "zone": item.zone}
            problems.append(Problem("$.first_day", f"move_{code}", told))
    if problems:
        raise Invalid(problems)
    return spans


def _wall(at: datetime, zone: str, by: timedelta) -> tuple[date, time]:
    there = at.astimezone(ZoneInfo(zone))
    return there.date() + by, there.time()


def check_days(first: date, last: date) -> None:
    """Raises Invalid where the days would be in no year of ours."""
    if first.year not in YEARS or last.year not in YEARS:
        raise Invalid([Problem("$.first_day", "bad_date", {"value": first.isoformat()})])


def shown(plan: ConferencePlan, *, now: datetime) -> ConferencePlan:
    """A plan whose days are over as a demonstration shows it: on the same days of the week, some weeks ahead."""
    facts = plan.facts
    if not is_past(facts.ends_on, facts.timezone, now=now):
        return plan
    earliest = now.astimezone(ZoneInfo(facts.timezone)).date() + DEMO_AHEAD
    weeks = -(-(earliest - facts.starts_on) // _WEEK)
    # Where the clocks are changed on one of the days, a week later they are not.
    for tries in range(_TRIES):
        try:
            return _on(plan, (weeks + tries) * _WEEK)
        except Invalid:
            continue
    return plan


def _on(plan: ConferencePlan, by: timedelta) -> ConferencePlan:
    zones = {venue.key: venue.timezone for venue in plan.venues}
    items: Sequence[Timed] = [
        Timed(each.title, each.starts_at, each.ends_at, zones[each.venues[0]]) for each in plan.items
    ]
    facts = replace(plan.facts, starts_on=plan.facts.starts_on + by, ends_on=plan.facts.ends_on + by)
    spans = moved(items, by)
    return replace(
        plan,
        facts=facts,
        items=tuple(
            replace(each, starts_at=span.starts_at, ends_at=span.ends_at)
            for each, span in zip(plan.items, spans, strict=True)
        ),
    )
