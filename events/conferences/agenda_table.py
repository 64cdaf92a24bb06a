"""The agenda as a table: days, rows of one beginning each, a column per venue; from a snapshot, for every page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core import clock, i18n


def columns(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The venues in order, in the reader's language."""
    return [
        {
            "key": venue["key"],
            "name": i18n.pick(venue["name"]),
            "city": i18n.pick(venue["city"]),
            "address": i18n.pick(venue["address"]),
            "doors": [i18n.pick(door) for door in venue["doors"]],
            "timezone": venue["timezone"],
            "zone": i18n.zone_name(venue["timezone"]),
            "online": venue["kind"] == "online",
        }
        for venue in snapshot["venues"]
    ]


def days(snapshot: Mapping[str, Any], *, clashing: Collection[str] = ()) -> list[dict[str, Any]]:
    """[{"day", "rows": [{"time", "at", "cells": [{"span", "items"}]}]}]; days and times in the conference's zone."""
    zone = snapshot["conference"]["timezone"]
    by_day: dict[date, dict[datetime, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for item in snapshot["items"]:
        at = clock.parse_iso(item["starts_at"])
        by_day[at.astimezone(ZoneInfo(zone)).date()][at].append(item)
    shown = _Shown(snapshot, frozenset(clashing))
    keys = [venue["key"] for venue in snapshot["venues"]]
    return [
        {
            "day": i18n.format_date(day, weekday=True),
            "rows": [
                {
                    "time": i18n.format_time(at, zone),
                    "at": clock.iso(at),
                    "cells": [
                        {"span": span, "items": [shown.card(item) for item in items]}
                        for span, items in _cells(starting[at], keys)
                    ],
                }
                for at in sorted(starting)
            ],
        }
        for day, starting in sorted(by_day.items())
    ]


def _cells(starting: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[tuple[int, list[Mapping[str, Any]]]]:
    """A joint item has one cell over neighbouring columns where it is alone, and stands in each of them otherwise."""
    there = [[item for item in starting if key in item["venues"]] for key in keys]
    cells: list[tuple[int, list[Mapping[str, Any]]]] = []
    at = 0
    while at < len(keys):
        span = 1
        while len(there[at]) == 1 and at + span < len(keys) and there[at + span] == there[at]:
            span += 1
        cells.append((span, there[at]))
        at += span
    return cells


class _Shown:
    """Items of one snapshot in the reader's language."""

    def __init__(self, snapshot: Mapping[str, Any], clashing: frozenset[str]) -> None:
        self._venues = {venue["key"]: venue for venue in snapshot["venues"]}
        self._speakers = {each["key"]: each for each in snapshot["speakers"]}
        self._clashing = clashing
        self._zone = snapshot["conference"]["timezone"]

    def card(self, item: Mapping[str, Any]) -> dict[str, Any]:
        starts_at, ends_at = clock.parse_iso(item["starts_at"]), clock.parse_iso(item["ends_at"])
        return {
            "key": item["key"],
            "title": i18n.pick(item["title"]),
            "abstract": i18n.pick(item["abstract"]),
            "starts_at": item["starts_at"],
            "ends_at": item["ends_at"],
            "times": self._times(item, starts_at, ends_at),
            "venues": [i18n.pick(self._venues[key]["name"]) for key in item["venues"]],
            "joint": len(item["venues"]) > 1,
            "speakers": [self._speaker(each, joint=len(item["venues"]) > 1) for each in item["speakers"]],
            "materials": item["materials"],
            "clashes": item["key"] in self._clashing,
        }

    def _times(self, item: Mapping[str, Any], starts_at: datetime, ends_at: datetime) -> list[dict[str, str]]:
        """From when to when in each zone of its venues; a zone's name stands beside it where it is another one."""
        zones = dict.fromkeys(self._venues[key]["timezone"] for key in item["venues"])
        return [
            {
                "text": f"{i18n.format_time(starts_at, zone)}–{i18n.format_time(ends_at, zone)}",
                "zone": i18n.zone_name(zone) if zone != self._zone else "",
                "iana": zone,
            }
            for zone in zones
        ]

    def _speaker(self, appearance: Mapping[str, str], *, joint: bool) -> dict[str, str]:
        speaker = self._speakers[appearance["speaker"]]
        return {
            "name": i18n.pick(speaker["name"]),
            "about": " · ".join(filter(None, (i18n.pick(speaker["organisation"]), i18n.pick(speaker["title"])))),
            "where": i18n.pick(self._venues[appearance["venue"]]["name"]) if joint else "",
        }


def period(snapshot: Mapping[str, Any]) -> str:
    """The days, in words; a single one has its weekday."""
    first, last = (date.fromisoformat(snapshot["conference"][name]) for name in ("starts_on", "ends_on"))
    if first == last:
        return i18n.format_date(first, weekday=True)
    return f"{i18n.format_date(first)} – {i18n.format_date(last)}"
