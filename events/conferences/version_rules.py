"""Published versions: what differs between two of them, and the numbers that calendars need; pure.

A snapshot is JSON: {"conference": {…}, "venues": [{"key", …}], "speakers": […], "items": […], "removed": [item…]}.
Every part has a `sequence`: the number of the version in which it, or something it shows, was last changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Snapshot = Mapping[str, Any]
PARTS = ("venues", "speakers", "items")
# Of fields in words; PostgreSQL keeps those of a snapshot in an order of its own.
_ORDER = (
    *("title", "name", "kind", "purpose", "abstract", "city", "address", "timezone", "starts_on", "ends_on"),
    *("starts_at", "ends_at", "venues", "doors", "organisation", "speakers", "partners", "materials"),
)
_NOT_SHOWN = frozenset({"sequence", "key", "id", "position"})


@dataclass(frozen=True)
class FieldChange:
    """What stood in a field, and what stands there now; JSON."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Difference:
    """`change` is added, removed or changed; `part` is conference, venues, speakers or items."""

    part: str
    key: str
    change: str
    title: Mapping[str, str]
    fields: tuple[FieldChange, ...] = ()


def differences(before: Snapshot | None, after: Snapshot) -> list[Difference]:
    """What is different in `after`; a first version differs in nothing."""
    if before is None:
        return []
    found = list(_changed("conference", "", before["conference"], after["conference"]))
    for part in PARTS:
        found += _part(part, before[part], after[part])
    return found


def _part(part: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[Difference]:
    old, new = ({each["key"]: each for each in side} for side in (before, after))
    for key, each in new.items():
        if key in old:
            yield from _changed(part, key, old[key], each)
        else:
            yield Difference(part, key, "added", _title(each))
    for key, each in old.items():
        if key not in new:
            yield Difference(part, key, "removed", _title(each))


def _changed(part: str, key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    names = sorted((name for name in after if name not in _NOT_SHOWN), key=_rank)
    fields = tuple(
        FieldChange(name, before.get(name), after[name]) for name in names if before.get(name) != after[name]
    )
    if fields:
        yield Difference(part, key, "changed", _title(after), fields)


def _rank(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def _title(each: Mapping[str, Any]) -> Mapping[str, str]:
    """The name of a venue or speaker (whose `title` is a position), the title of anything else."""
    title: Mapping[str, str] = each.get("name") or each.get("title") or {}
    return title


def numbered(before: Snapshot | None, after: Snapshot, *, number: int) -> dict[str, Any]:
    """`after` as version `number`: every part with its sequence, and the items that were dropped since the first.

    An item shows its venues, so it changes with them; a venue's entry and the conference's show the dates.
    """
    old = before or {"conference": {}, "venues": [], "speakers": [], "items": [], "removed": []}
    head = _sequenced(old["conference"], after["conference"], number)
    is_moved = head["sequence"] == number
    venues = [_sequenced(_find(old["venues"], each["key"]), each, number, also=is_moved) for each in after["venues"]]
    moved = {each["key"] for each in venues if each["sequence"] == number}
    items = [
        _sequenced(_find(old["items"], each["key"]), each, number, also=bool(moved & set(each["venues"])))
        for each in after["items"]
    ]
    kept = {each["key"] for each in items}
    dropped = [{**each, "sequence": number} for each in old["items"] if each["key"] not in kept]
    earlier = [each for each in old["removed"] if each["key"] not in kept]
    return {
        "conference": head,
        "venues": venues,
        "speakers": [_sequenced(_find(old["speakers"], each["key"]), each, number) for each in after["speakers"]],
        "items": items,
        "removed": [*earlier, *dropped],
    }


def cancelled(last: Snapshot, *, number: int) -> dict[str, Any]:
    """The version that says that nothing of the last one takes place."""
    return {
        "conference": {**last["conference"], "cancelled": True, "sequence": number},
        **{part: [{**each, "sequence": number} for each in last[part]] for part in PARTS},
        "removed": list(last["removed"]),
    }


def _find(entries: Sequence[Mapping[str, Any]], key: str) -> Mapping[str, Any]:
    return next((each for each in entries if each["key"] == key), {})


def _sequenced(
    before: Mapping[str, Any], after: Mapping[str, Any], number: int, *, also: bool = False
) -> dict[str, Any]:
    plain = {name: value for name, value in after.items() if name != "sequence"}
    same = bool(before) and not also and {n: v for n, v in before.items() if n != "sequence"} == plain
    return {**plain, "sequence": before["sequence"] if same else number}
