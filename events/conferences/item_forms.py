"""What the form of an agenda item sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from core import clock
from core.reader import Reader
from events.conferences import rules, time_rules
from events.conferences.forms import Known, both, both_of_lines, finish, lines, url
from events.conferences.rules import YEARS, Appearance, ItemPlan, Material

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:00(\.0+)?)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def read_item(data: Mapping[str, Any], key: str, known: Known) -> ItemPlan:
    """An item: `title`, `abstract` (with `_en`), `venues` (keys), `date`, `starts`, `ends` (HH:MM, in the zone of the
    first venue), `end_date` where it is another day, `speakers` (keys) with `at_<speaker>` for the venue where each of
    them stands, `materials` (one a line: `title | address`). Raises Invalid."""
    reader = Reader()
    venues = reader.known_keys(data.get("venues"), "$.venues", set(known.zones), what="venue", least=0)
    if not venues and not any(each.path.startswith("$.venues") for each in reader.problems):
        reader.problem("$.venues", "venue_needed")
    day = reader.day(data.get("date") or "", "$.date")
    last = reader.day(data["end_date"], "$.end_date") if data.get("end_date") else day
    starts = reader.time_of_day(data.get("starts"), "$.starts")
    ends = reader.time_of_day(data.get("ends"), "$.ends")
    zone = known.zones[venues[0]] if venues else "UTC"
    span = read_span(reader, "$", (day, starts), (last, ends), zone)
    plan = ItemPlan(
        key=key,
        title=both(reader, data, "title", rules.LONGEST_TITLE),
        abstract=both_of_lines(reader, data, "abstract"),
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        venues=venues,
        speakers=_appearances(reader, data, venues, known),
        materials=_materials(reader, data),
    )
    finish(reader)
    return plan


def _appearances(
    reader: Reader, data: Mapping[str, Any], venues: tuple[str, ...], known: Known
) -> tuple[Appearance, ...]:
    chosen = reader.known_keys(data.get("speakers"), "$.speakers", set(known.speakers), what="speaker", least=0)
    found = []
    for key in chosen:
        at = str(data.get(f"at_{key}") or "")
        # A venue that was unticked in the same form: the speaker stands where the item begins.
        found.append(Appearance(key, at if at in venues else venues[0] if venues else ""))
    return tuple(found)


def _materials(reader: Reader, data: Mapping[str, Any]) -> tuple[Material, ...]:
    found = []
    for number, line in enumerate(lines(reader, data, "materials", rules.MOST_MATERIALS)):
        path = f"$.materials[{number}]"
        title, bar, address = (part.strip() for part in line.partition("|"))
        if not bar:
            reader.problem(path, "bad_material")
            continue
        found.append(Material(reader.name(title, path, limit=rules.LONGEST_TITLE), url(reader, address, path)))
    return tuple(found)


@dataclass(frozen=True)
class Spot:
    """From when to when an item is, and in which venues (keys)."""

    starts_at: datetime
    ends_at: datetime
    venues: tuple[str, ...]


def read_spot(data: Mapping[str, Any], known: Known) -> Spot:
    """Where an item was dragged: `starts_at` and `ends_at` (instants: ISO 8601 with an offset, whole minutes) and
    `venues` (keys). Raises Invalid."""
    reader = Reader()
    venues = reader.known_keys(data.get("venues"), "$.venues", set(known.zones), what="venue", least=1)
    starts_at, ends_at = (_instant(reader, data.get(name), f"$.{name}") for name in ("starts_at", "ends_at"))
    if not reader.problems and (fault := time_rules.fault(starts_at, ends_at)):
        reader.problem("$.ends_at", fault)
    finish(reader)
    return Spot(starts_at, ends_at, venues)


def _instant(reader: Reader, value: object, path: str) -> datetime:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            at = clock.parse_iso(value)
        except (ValueError, OverflowError):
            at = time_rules.NEVER
        if at != time_rules.NEVER and at.year in YEARS:
            return at
    reader.problem(path, "bad_moment", value=str(value)[:40])
    return time_rules.NEVER


def read_span(
    reader: Reader, path: str, start: tuple[date, time], end: tuple[date, time], zone: str
) -> time_rules.Span:
    """From when to when; what is wrong is told once, at `path` with `.date`, `.starts` or `.ends` behind it."""
    told = {f"{path}.{name}" for name in ("date", "end_date", "starts", "ends")}
    nothing = time_rules.Span(time_rules.NEVER, time_rules.NEVER)
    if any(each.path in told for each in reader.problems):
        return nothing
    if start[0].year not in YEARS or end[0].year not in YEARS:
        reader.problem(f"{path}.date", "bad_date", value=start[0].isoformat())
        return nothing
    span = time_rules.span(start, end, zone)
    if span.fault:
        at = start if span.at == "starts" else end
        reader.problem(f"{path}.{span.at}", span.fault, zone=zone, time=f"{at[1]:%H:%M}")
    return span
