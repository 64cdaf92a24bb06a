"""What no page of ours sends, in every field of every form: a named problem, never a crash. No database."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import Invalid
from events.conferences.forms import Known, read_conference, read_duty
from events.conferences.part_forms import READERS
from events.conferences.rules import Duty, Membership

KNOWN = Known({"hall": "Asia/Shanghai", "cloud": "UTC"}, ["speaker_a"], ["company"])
GOOD: dict[str, Any] = {
    "kind": "onsite",
    "name": "名称",
    "city": "成都",
    "timezone": "Asia/Shanghai",
    "doors": "东门 | East",
    "feeds": "画面 | hls | https://live.example/a",
    "places_company": "5",
    "title": "名称",
    "venues": ["hall", "cloud"],
    "date": "2026-07-01",
    "starts": "10:00",
    "ends": "11:00",
    "end_date": "2026-07-01",
    "speakers": ["speaker_a"],
    "at_speaker_a": "cloud",
    "materials": "讲稿 | https://files.example/a",
    "needs_approval": "yes",
    "starts_on": "2026-07-01",
    "ends_on": "2026-07-02",
    "travel_minutes": "90",
    "partners": "样例单位 | Sample | partner@example.com | en",
    "email": "speaker@example.com",
    "locale": "en",
}
VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    "",
    "a\x00b",
    "\ud800",
    "a\u202eb",
    "x" * 5000,
    [],
    {},
    [[]],
    ["\ud800"],
    "9999-12-31",
)


def read(form: str, data: dict[str, Any]) -> Any:
    if form == "plan":
        return read_conference({**data, "kind": "training" if data["kind"] == "onsite" else data["kind"]})
    return READERS[form](data, "key", KNOWN)


FORMS = ["plan", *READERS]


@pytest.mark.parametrize("form", FORMS)
def test_a_good_form_is_read(form: str) -> None:
    assert read(form, GOOD)


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
@pytest.mark.parametrize("form", FORMS)
def test_nothing_breaks_a_form(form: str, value: object) -> None:
    for name in GOOD:
        try:
            read(form, {**GOOD, name: value})
        except Invalid as refusal:
            found = [each.path for each in refusal.problems]
        else:
            continue
        assert found
        assert all(path.startswith("$.") for path in found), (name, found)


@pytest.mark.parametrize(
    ("form", "change", "code"),
    [
        ("agenda", {"venues": []}, "venue_needed"),
        ("agenda", {"ends": "10:00"}, "ends_before_start"),
        ("agenda", {"end_date": "2026-07-03"}, "item_too_long"),
        ("agenda", {"materials": "讲稿"}, "bad_material"),
        ("agenda", {"materials": "讲稿 | javascript:alert(1)"}, "bad_url"),
        ("venues", {"kind": "online", "feeds": "画面"}, "bad_feed"),
        ("venues", {"places_company": "1.5"}, "bad_number"),
        ("venues", {"city": ""}, "empty_text"),
        *(("speakers", {name: "\u3164"}, "no_letter") for name in ("name", "name_en", "organisation", "title_en")),
        *(("venues", {name: "—"}, "no_letter") for name in ("name", "city_en", "stage", "doors")),
        ("venues", {"kind": "online", "feeds": "… | hls | https://live.example/a"}, "no_letter"),
        ("agenda", {"title": "——"}, "no_letter"),
        ("agenda", {"materials": "· | https://files.example/a"}, "no_letter"),
        ("plan", {"partners": "样例单位 | —"}, "no_letter"),
        ("plan", {"partners": "样例单位 | | nobody"}, "bad_email"),
        ("plan", {"partners": "样例单位 | | a@example.com | fr"}, "not_an_option"),
        ("speakers", {"email": "nobody"}, "bad_email"),
        ("speakers", {"locale": "fr"}, "not_an_option"),
        ("plan", {"ends_on": "2026-06-30"}, "ends_before_start"),
        ("plan", {"ends_on": "2027-06-30"}, "too_many_days"),
    ],
)
def test_what_is_wrong_has_a_name(form: str, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read(form, {**GOOD, **change})
    assert code in {each.code for each in refusal.value.problems}


def test_a_text_of_several_lines_is_no_name() -> None:
    texts = {"abstract": "——\n第二行", "abstract_en": "…"}
    assert read("agenda", {**GOOD, **texts}).abstract == {"zh-CN": "——\n第二行", "en": "…"}


def test_a_speaker_whose_venue_was_taken_away_stands_in_the_first() -> None:
    plan = read("agenda", {**GOOD, "venues": ["hall"]})
    assert [(each.speaker, each.venue) for each in plan.speakers] == [("speaker_a", "hall")]


@pytest.mark.parametrize(
    ("duty", "membership"),
    [
        ("lead", Membership(Duty.LEAD)),
        ("venue:v", Membership(Duty.VENUE, venue_id="v")),
        ("clerk:d", Membership(Duty.CLERK, door_id="d")),
    ],
)
def test_a_duty_is_read(duty: str, membership: Membership) -> None:
    assert read_duty({"account": "acc", "duty": duty}).membership == membership


@pytest.mark.parametrize("duty", ["", "king", "lead:v", "venue", "clerk:", 3, None])
def test_what_is_no_duty_is_refused(duty: object) -> None:
    with pytest.raises(Invalid):
        read_duty({"account": "acc", "duty": duty})
