"""Differences between two versions, and the sequence that calendars see."""

from __future__ import annotations

import copy
from typing import Any

from events.conferences.version_rules import cancelled, differences, numbered


def draft() -> dict[str, Any]:
    def item(key: str, *venues: str) -> dict[str, Any]:
        at = {"starts_at": "2026-07-01T01:00:00.000Z", "ends_at": "2026-07-01T02:00:00.000Z"}
        return {"key": key, "title": {"zh-CN": key}, "abstract": {}, **at, "venues": list(venues)}

    return {
        "conference": {"title": {"zh-CN": "大会"}, "starts_on": "2026-07-01"},
        "venues": [{"key": "a", "name": {"zh-CN": "甲"}, "address": {}}, {"key": "b", "name": {"zh-CN": "乙"}}],
        "speakers": [{"key": "x", "name": {"zh-CN": "某"}, "title": {"zh-CN": "职务"}}],
        "items": [item("one", "a"), item("both", "a", "b"), item("two", "b")],
    }


def sequences(version: dict[str, Any]) -> dict[str, int]:
    return {each["key"]: each["sequence"] for each in [*version["items"], *version["removed"]]}


def test_a_first_version_differs_in_nothing_and_is_all_new() -> None:
    assert differences(None, draft()) == []
    assert set(sequences(numbered(None, draft(), number=1)).values()) == {1}


def test_what_did_not_change_keeps_its_sequence() -> None:
    first = numbered(None, draft(), number=1)
    changed = draft()
    changed["items"][0]["starts_at"] = "2026-07-01T01:30:00.000Z"
    assert sequences(numbered(first, changed, number=2)) == {"one": 2, "both": 1, "two": 1}


def test_an_item_changes_with_its_venue() -> None:
    first = numbered(None, draft(), number=1)
    changed = draft()
    changed["venues"][0]["address"] = {"zh-CN": "新地址"}
    assert sequences(numbered(first, changed, number=2)) == {"one": 2, "both": 2, "two": 1}


def test_what_was_dropped_is_kept_to_be_taken_back_and_comes_back_higher() -> None:
    first = numbered(None, draft(), number=1)
    without = draft()
    dropped = without["items"].pop(0)
    second = numbered(first, without, number=2)
    assert [each["key"] for each in second["removed"]] == ["one"]
    assert sequences(second)["one"] == 2
    third = numbered(second, without, number=3)
    assert sequences(third)["one"] == 2
    without["items"].append(dropped)
    back = numbered(third, without, number=4)
    assert back["removed"] == []
    assert sequences(back)["one"] == 4


def test_a_cancelled_conference_takes_everything_back() -> None:
    off = cancelled(numbered(None, draft(), number=1), number=2)
    assert off["conference"]["cancelled"] is True
    assert set(sequences(off).values()) == {2}


def test_differences_say_field_by_field_what_stood_there() -> None:
    before, after = draft(), draft()
    after["conference"]["title"] = {"zh-CN": "新名"}
    after["venues"].append({"key": "c", "name": {"zh-CN": "丙"}})
    after["speakers"].clear()
    after["items"][0]["title"] = {"zh-CN": "另"}
    found = {(each.part, each.key, each.change): each for each in differences(before, after)}
    assert set(found) == {
        ("conference", "", "changed"),
        ("venues", "c", "added"),
        ("speakers", "x", "removed"),
        ("items", "one", "changed"),
    }
    [field] = found["items", "one", "changed"].fields
    assert (field.field, field.before, field.after) == ("title", {"zh-CN": "one"}, {"zh-CN": "另"})
    assert found["speakers", "x", "removed"].title == {"zh-CN": "某"}


def test_sequences_and_order_are_no_difference() -> None:
    before = numbered(None, draft(), number=1)
    after = copy.deepcopy(draft())
    after["venues"].reverse()
    assert differences(before, after) == []
