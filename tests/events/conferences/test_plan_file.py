"""The conference file: what it gives, and what is wrong with one, all of it at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from core.errors import Invalid
from events.conferences.plan_file import MAX_FILE_BYTES, ConferenceFile
from events.conferences.rules import ConferencePlan, VenueKind
from tests.support import conference


def problems(data: object) -> list[tuple[str, str]]:
    """(path, code) of everything that is wrong; empty for a good plan."""
    try:
        ConferenceFile.read(data)
    except Invalid as refusal:
        return [(each.path, each.code) for each in refusal.problems]
    return []


def changed(path: str, value: object) -> dict[str, Any]:
    """The small plan with one value in another's place: `venues.0.city`."""
    data = conference.plan()
    at: Any = data
    *steps, last = path.split(".")
    for step in steps:
        at = at[int(step) if step.isdigit() else step]
    if value is None:
        del at[last]
    else:
        at[int(last) if last.isdigit() else last] = value
    return data


def read(data: dict[str, Any]) -> ConferencePlan:
    return ConferenceFile.read(data)


def test_the_example_has_two_halls_a_cloud_room_and_made_up_companies() -> None:
    plan = read(conference.example())
    assert [venue.kind for venue in plan.venues] == [VenueKind.ONSITE, VenueKind.ONSITE, VenueKind.ONLINE]
    assert (plan.demo, plan.demo_companies, len(plan.items)) == (True, 220, 13)


def test_times_are_those_of_the_first_venue() -> None:
    items = {item.key: item for item in read(conference.plan()).items}
    assert items["opening"].starts_at == datetime(2026, 7, 1, 7, tzinfo=UTC)  # 15:00 in China
    assert items["tea"].starts_at == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)  # 8:30 in London, in summer


def test_a_speaker_stands_in_the_first_venue_where_nothing_else_is_said() -> None:
    [opening, *_] = read(conference.plan()).items
    assert [(each.speaker, each.venue) for each in opening.speakers] == [("speaker_a", "chengdu")]


WRONG = [
    ("title", None, ("$.title", "missing_key")),
    ("colour", "red", ("$.colour", "unknown_key")),
    ("kind", "wedding", ("$.kind", "not_an_option")),
    ("timezone", "Mars/Base", ("$.timezone", "bad_zone")),
    ("timezone", "localtime", ("$.timezone", "bad_zone")),
    ("timezone", "Factory", ("$.timezone", "bad_zone")),
    ("end_date", "2026-06-30", ("$.end_date", "ends_before_start")),
    ("end_date", "2027-07-01", ("$.end_date", "too_many_days")),
    ("date", "2026-02-30", ("$.date", "bad_date")),
    ("travel_minutes", -1, ("$.travel_minutes", "bad_number")),
    ("travel_minutes", True, ("$.travel_minutes", "bad_number")),
    ("travel", [{"venues": ["chengdu", "nowhere"], "minutes": 5}], ("$.travel[0].venues[1]", "unknown_venue")),
    ("travel", [{"venues": ["chengdu", "cloud"], "minutes": 5}], ("$.travel[0].venues[1]", "unknown_venue")),
    ("travel", [{"venues": ["london"], "minutes": 5}], ("$.travel[0].venues", "bad_pair")),
    ("travel", [{"venues": ["london", "chengdu"], "minutes": -5}], ("$.travel[0].minutes", "bad_number")),
    (
        "travel",
        [{"venues": ["london", "chengdu"], "minutes": 5}, {"venues": ["chengdu", "london"], "minutes": 6}],
        ("$.travel[1].venues", "bad_pair"),
    ),
    ("demo_companies", 10, ("$.demo_companies", "demo_only")),
    ("audiences", [], ("$.audiences", "too_few")),
    ("audiences.1.key", "company", ("$.audiences[1].key", "duplicate_key")),
    ("venues.0.city", None, ("$.venues[0].city", "missing_key")),
    ("venues.0.places", {"nobody": 3}, ("$.venues[0].places.nobody", "unknown_key")),
    ("venues.0.places", {"company": 10**9}, ("$.venues[0].places.company", "bad_number")),
    ("venues.0.doors.1.key", "east", ("$.venues[0].doors[1].key", "duplicate_key")),
    ("venues.1.timezone", "Europe/Nowhere", ("$.venues[1].timezone", "bad_zone")),
    ("venues.2.feeds.0.url", "javascript:alert(1)", ("$.venues[2].feeds[0].url", "bad_url")),
    ("venues.0.stage", "——", ("$.venues[0].stage", "no_letter")),
    ("venues.2.feeds.0.title", "\u3164", ("$.venues[2].feeds[0].title", "no_letter")),
    ("agenda.0.venues", [], ("$.agenda[0].venues", "too_few")),
    ("agenda.0.venues", ["nowhere"], ("$.agenda[0].venues[0]", "unknown_venue")),
    ("agenda.0.speakers", ["nobody"], ("$.agenda[0].speakers[0]", "unknown_speaker")),
    (
        "agenda.1.speakers",
        [{"speaker": "speaker_a", "venue": "london"}],
        ("$.agenda[1].speakers[0].venue", "unknown_venue"),
    ),
    ("agenda.0.ends", "15:00", ("$.agenda[0].ends", "ends_before_start")),
    ("agenda.0.starts", "25:00", ("$.agenda[0].starts", "bad_time")),
    ("agenda.0.end_date", "2026-07-03", ("$.agenda[0].ends", "item_too_long")),
    ("agenda.1.materials.0.url", "讲稿.pdf", ("$.agenda[1].materials[0].url", "bad_url")),
    ("agenda.2.key", "talk", ("$.agenda[2].key", "duplicate_key")),
]


@pytest.mark.parametrize(("path", "value", "found"), WRONG, ids=[f"{path}-{found[1]}" for path, _, found in WRONG])
def test_what_is_wrong_is_named_with_its_place(path: str, value: object, found: tuple[str, str]) -> None:
    all_found = problems(changed(path, value))
    # What refers to an audience that is gone is told, too.
    assert [each for each in all_found if not each[0].startswith("$.venues[0].places") or each == found][:1] == [found]
    assert len(all_found) == 1 or path.startswith("audiences")


def test_an_hour_that_is_not_there_or_comes_twice_is_named() -> None:
    gap, twice = conference.plan(), conference.plan()
    gap["date"], twice["date"] = "2026-03-29", "2026-10-25"  # on which London changes its clocks
    gap["agenda"] = [{**gap["agenda"][2], "starts": "01:30", "ends": "03:00"}]
    twice["agenda"] = [{**twice["agenda"][2], "starts": "00:30", "ends": "01:30"}]
    assert problems(gap) == [("$.agenda[0].starts", "no_such_time")]
    assert problems(twice) == [("$.agenda[0].ends", "time_twice")]


def test_all_problems_come_at_once() -> None:
    data = conference.plan()
    data["venues"][0]["key"] = "Chengdu!"
    data["agenda"][0]["starts"] = "9"
    data["agenda"][1]["title"] = 3
    assert {code for _, code in problems(data)} >= {"bad_key", "bad_time", "unknown_venue"}


@pytest.mark.parametrize("value", [None, True, 3, "x", [], {}, [{}], {"a": []}, "\u202e", 10**30])
@pytest.mark.parametrize("key", sorted(conference.example()))
def test_nothing_in_any_key_breaks_the_reader(key: str, value: object) -> None:
    found = problems({**conference.plan(), key: value})
    assert all(path.startswith("$") for path, _ in found)


@pytest.mark.parametrize("value", [None, True, 3, "x", [], {}, [3], ["x"], [None], [{}], "9999-12-31"])
@pytest.mark.parametrize("part", ["audiences", "venues", "speakers", "agenda"])
def test_nothing_inside_an_entry_breaks_the_reader(part: str, value: object) -> None:
    for name in {name for entry in conference.example()[part] for name in entry} | {"date", "end_date"}:
        data = conference.plan()
        data[part][0][name] = value
        assert all(path.startswith("$") for path, _ in problems(data))


def test_a_file_is_told_apart_from_what_is_none() -> None:
    for content, code in ((b" \n", "empty_file"), (b"[]", "not_an_object"), (b"{", "not_json")):
        with pytest.raises(Invalid) as refusal:
            ConferenceFile.loads(content)
        assert [each.code for each in refusal.value.problems] == [code]
    with pytest.raises(Invalid) as refusal:
        ConferenceFile.loads(b" " * (MAX_FILE_BYTES + 1))
    assert [each.code for each in refusal.value.problems] == ["file_too_large"]
