"""Clashes, differences and problems of a file, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import clock, i18n, paths
from core.errors import Invalid, Problem
from core.i18n import t
from events.conferences.clash_rules import Clash
from events.conferences.queries import ConferenceView
from events.conferences.version_rules import Difference, FieldChange

EXAMPLE = "twin-city-conference.json"
_STEP = re.compile(r"\$\.(audiences|venues|speakers|agenda)\[([0-9]+)\]\.?")


def clash(found: Clash, conference: ConferenceView) -> str:
    """One sentence."""
    titles = [i18n.pick(conference.item(key).title) for key in found.items]
    return t(
        f"conference-clash-{found.code}",
        first=titles[0],
        second=titles[-1],
        venue=i18n.pick(conference.venue(found.venue).name) if found.venue else "",
        speaker=i18n.pick(conference.speaker(found.speaker).name) if found.speaker else "",
        minutes=found.minutes,
        needed=found.needed,
    )


@dataclass(frozen=True)
class Told:
    """A difference for a page: a sentence, and (field, before, after) for each field."""

    sentence: str
    fields: list[tuple[str, str, str]]
    change: str = "changed"


def told(
    found: Sequence[Difference],
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    zones: Sequence[str] = (),
) -> list[Told]:
    """What publishing changes, part by part; keys of venues and speakers become their names. Times stand in the
    conference's zone, or in each of `zones` with its name."""
    names = {
        each["key"]: i18n.pick(each["name"])
        for side in (before or {}, after)
        for part in ("venues", "speakers")
        for each in side.get(part, ())
    }
    zone = tuple(dict.fromkeys(zones)) or after["conference"]["timezone"]
    return [
        Told(
            t(f"conference-diff-{each.part}-{each.change}", title=i18n.pick(dict(each.title))),
            [
                (
                    t(f"conference-field-{change.field}"),
                    _value(change, change.before, names, zone),
                    _value(change, change.after, names, zone),
                )
                for change in each.fields
            ],
            each.change,
        )
        for each in found
    ]


def _value(change: FieldChange, value: Any, names: Mapping[str, str], zone: str | tuple[str, ...]) -> str:
    if change.field in ("starts_at", "ends_at"):
        if not value:
            return t("conference-nothing")
        at = clock.parse_iso(value)
        if isinstance(zone, str):
            return i18n.format_datetime(at, zone)
        return " / ".join(i18n.format_named(at, each) for each in zone)
    if change.field == "kind":
        return t(f"conference-kind-{value}") if i18n.has(f"conference-kind-{value}") else str(value)
    if isinstance(value, list):
        return t("list-separator").join(_entry(each, names) for each in value) or t("conference-nothing")
    if isinstance(value, Mapping):
        return i18n.pick(dict(value)) or t("conference-nothing")
    return str(value or "") or t("conference-nothing")


def _entry(value: Any, names: Mapping[str, str]) -> str:
    if not isinstance(value, Mapping):
        return names.get(str(value), str(value))
    if "speaker" in value:
        where = names.get(value["venue"], value["venue"])
        return names.get(value["speaker"], value["speaker"]) + i18n.aside(where)
    return str(value["title"]) if "title" in value else i18n.pick(dict(value))


@dataclass(frozen=True)
class FileProblem:
    """A problem of a file for a page: where in words, the sentence, and what programs read."""

    where: str
    message: str
    path: str
    code: str


def file_problems(problems: Sequence[Problem]) -> list[FileProblem]:
    """The problems of a file, in their order."""
    return [
        FileProblem(_place(each.path), t(each.message_id, **each.params), each.path, each.code) for each in problems
    ]


def with_items(invalid: Invalid) -> Invalid:
    """What stands in the way of a move (moving_rules.moved), with items and days in the reader's language."""
    told: dict[str, Callable[[Any], str]] = {"item": i18n.pick, "day": i18n.format_date}
    return Invalid(
        [
            Problem(each.path, each.code, {name: told.get(name, str)(value) for name, value in each.params.items()})
            for each in invalid.problems
        ]
    )


def _place(path: str) -> str:
    """`$.agenda[2].starts` → `Agenda item 3 · starts`."""
    found = _STEP.match(path)
    if found is None:
        rest = path.removeprefix("$").removeprefix(".")
        return rest or t("conference-where-file")
    place, rest = t(f"conference-where-{found[1]}", n=int(found[2]) + 1), path[found.end() :]
    return f"{place} · {rest}" if rest else place


def example() -> bytes:
    """The shipped example, which is the template to begin with."""
    return (paths.examples() / EXAMPLE).read_bytes()
