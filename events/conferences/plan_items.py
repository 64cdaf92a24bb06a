"""The agenda of the conference file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from core.reader import Reader
from events.conferences import plan_keys, rules, time_rules
from events.conferences.plan_reader import read_lines, read_url
from events.conferences.rules import YEARS, Appearance, ItemPlan, Material


@dataclass(frozen=True)
class Context:
    """What items refer to: the zone of each venue by key, speakers, the first day."""

    zones: Mapping[str, str]
    speakers: frozenset[str]
    first_day: date


def read_item(reader: Reader, data: object, path: str, seen: set[str], context: Context) -> ItemPlan:
    """One item, with harmless stand-ins for what is wrong with it."""
    given = plan_keys.ITEM.open(reader, data, path)
    venues = reader.known_keys(given.get("venues"), f"{path}.venues", set(context.zones), what="venue", least=1)
    speakers = reader.items(given.get("speakers"), f"{path}.speakers", least=0, most=50)
    materials = reader.items(given.get("materials"), f"{path}.materials", least=0, most=rules.MOST_MATERIALS)
    span = _read_span(reader, given, path, venues, context)
    return ItemPlan(
        key=reader.key(given.get("key"), f"{path}.key", seen),
        title=reader.texts(given.get("title"), f"{path}.title", limit=rules.LONGEST_TITLE),
        abstract=read_lines(reader, given.get("abstract"), f"{path}.abstract"),
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        venues=venues,
        speakers=tuple(
            _read_appearance(reader, each, f"{path}.speakers[{index}]", venues, context)
            for index, each in enumerate(speakers)
        ),
        materials=tuple(
            _read_material(reader, each, f"{path}.materials[{index}]") for index, each in enumerate(materials)
        ),
    )


def _read_span(
    reader: Reader, given: Mapping[str, Any], path: str, venues: tuple[str, ...], context: Context
) -> time_rules.Span:
    """In the zone of the item's first venue."""
    before = len(reader.problems)
    day = reader.day(given["date"], f"{path}.date") if given.get("date") is not None else context.first_day
    last = reader.day(given["end_date"], f"{path}.end_date") if given.get("end_date") is not None else day
    starts, ends = (
        time(0) if given.get(name) is None else reader.time_of_day(given[name], f"{path}.{name}")
        for name in ("starts", "ends")
    )
    incomplete = not venues or any(given.get(name) is None for name in ("starts", "ends"))
    nothing = time_rules.Span(time_rules.NEVER, time_rules.NEVER)
    if len(reader.problems) > before or incomplete or context.first_day.year not in YEARS:
        return nothing
    if day.year not in YEARS or last.year not in YEARS:
        reader.problem(f"{path}.date", "bad_date", value=day.isoformat())
        return nothing
    zone = context.zones[venues[0]]
    span = time_rules.span((day, starts), (last, ends), zone)
    if span.fault:
        told = starts if span.at == "starts" else ends
        reader.problem(f"{path}.{span.at}", span.fault, zone=zone, time=f"{told:%H:%M}")
    return span


def _read_appearance(reader: Reader, data: object, path: str, venues: tuple[str, ...], context: Context) -> Appearance:
    """The key of a speaker, who then stands in the item's first venue, or {"speaker", "venue"}."""
    given = plan_keys.APPEARANCE.open(reader, {"speaker": data} if isinstance(data, str) else data, path)
    speaker = given.get("speaker")
    if speaker is not None and (not isinstance(speaker, str) or speaker not in context.speakers):
        reader.problem(path, "unknown_speaker", key=str(speaker)[:60])
    venue = given.get("venue", venues[0] if venues else "")
    if venues and venue not in venues:
        reader.problem(f"{path}.venue", "unknown_venue", key=str(venue)[:60])
    return Appearance(str(speaker), str(venue))


def _read_material(reader: Reader, data: object, path: str) -> Material:
    given = plan_keys.MATERIAL.open(reader, data, path)
    title = reader.name(given.get("title"), f"{path}.title", limit=rules.LONGEST_TITLE)
    return Material(title, read_url(reader, given.get("url"), f"{path}.url"))
