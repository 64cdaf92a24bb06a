"""What of a publication one reader must know: times, places, and what is dropped or new where they are; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.conferences import version_rules
from events.conferences.version_rules import Difference, Snapshot

# What somebody has to come at another time, to another place or on another day for; abstracts and the like are read
# on the page.
_FIELDS: Mapping[str, frozenset[str]] = {
    "conference": frozenset({"title", "starts_on", "ends_on"}),
    "venues": frozenset({"name", "city", "address", "timezone", "doors"}),
    "items": frozenset({"title", "starts_at", "ends_at", "venues"}),
}


@dataclass(frozen=True)
class Reader:
    """Who is to know: whoever goes to these venues, is one of these speakers (all by key), or has to do with it all."""

    venues: frozenset[str] = frozenset()
    speakers: frozenset[str] = frozenset()
    everything: bool = False

    def has_item(self, item: Mapping[str, Any] | None) -> bool:
        """Whether an item is one that they are in."""
        if item is None:
            return False
        speaks = any(each["speaker"] in self.speakers for each in item["speakers"])
        return self.everything or speaks or bool(self.venues & set(item["venues"]))


def told(before: Snapshot | None, after: Snapshot, reader: Reader) -> list[Difference]:
    """What is different for this reader, in the order of the plan; nothing before the second version."""
    if before is None or after["conference"].get("cancelled"):
        return []
    seen = _venues(before, reader) | _venues(after, reader)
    found = []
    for each in version_rules.differences(before, after):
        if each.part == "items":
            old, new = (_item(side, each.key) for side in (before, after))
            if (one := _of_item(each, old, new, reader)) is not None:
                found.append(one)
        elif each.part == "conference" or (each.part == "venues" and each.key in seen and each.change != "added"):
            found += _narrowed(each)
    return found


def _venues(side: Snapshot, reader: Reader) -> set[str]:
    """Where they are on one side: their venues, and those in which they speak."""
    if reader.everything:
        return {each["key"] for each in side["venues"]}
    stands = {
        each["venue"] for item in side["items"] for each in item["speakers"] if each["speaker"] in reader.speakers
    }
    return stands | reader.venues


def _item(side: Snapshot, key: str) -> Mapping[str, Any] | None:
    return next((each for each in side["items"] if each["key"] == key), None)


def _of_item(
    each: Difference, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, reader: Reader
) -> Difference | None:
    had, has = reader.has_item(old), reader.has_item(new)
    if had and has:
        [*found] = _narrowed(each, also=_stands_elsewhere(old, new, reader))
        return found[0] if found else None
    if had or has:
        # It goes on without them, or they have come into it: for them it is dropped, or new.
        return Difference(each.part, each.key, "added" if has else "removed", each.title)
    return None


def _stands_elsewhere(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, reader: Reader) -> frozenset[str]:
    """`speakers` where one of theirs stands in another venue of the same item."""
    stands = [
        {each["speaker"]: each["venue"] for each in (item or {"speakers": []})["speakers"]} for item in (old, new)
    ]
    moved = any(stands[0].get(key) != stands[1].get(key) for key in reader.speakers)
    return frozenset({"speakers"}) if moved else frozenset()


def _narrowed(each: Difference, *, also: frozenset[str] = frozenset()) -> list[Difference]:
    """With the fields that matter alone; nothing where none does."""
    if each.change != "changed":
        return [each]
    fields = tuple(change for change in each.fields if change.field in _FIELDS[each.part] | also)
    return [Difference(each.part, each.key, each.change, each.title, fields)] if fields else []
