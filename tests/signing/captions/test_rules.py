"""What a line of captions may be, and what a cue's words offer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, Invalid
from signing.captions import forms, rules
from signing.captions.rules import Line, Spoken

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)


def line(number: int, text: str = "said", replaces: int | None = None) -> Line:
    return Line(number, "cpl_1", f"client-{number:04}", text, AT, replaces)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  Good \n morning\u00a0all ", "Good morning all"),
        ("a\u202eb\u2066c\u200bd\ufeffe\u200df", "abcdef"),
        ("<b>bold</b> & more", "<b>bold</b> & more"),
        ("nul\x00l\x1b[31m", "null[31m"),
        ("e\u0301", "\u00e9"),
        ("مرحبا بكم", "مرحبا بكم"),
        ("\u200b \u2060", ""),
    ],
)
def test_what_cannot_be_seen_is_taken_out_and_what_looks_like_markup_stays_text(typed: str, shown: str) -> None:
    assert rules.clean(typed) == shown


def test_a_line_has_room_for_ninety_wide_characters_or_twice_as_many_letters() -> None:
    rules.check_length("好" * 90)
    rules.check_length("a" * 180)
    for long in ("好" * 90 + "a", "a" * 181):
        with pytest.raises(Invalid) as refused:
            rules.check_length(long)
        assert refused.value.problems[0].code == "caption_too_long"


def test_a_longer_line_stands_longer_and_none_for_ever() -> None:
    short, long = line(1, "ok"), line(2, "好" * 90)
    assert timedelta(seconds=6) < short.until - AT < long.until - AT == timedelta(seconds=24)


def test_what_was_corrected_or_withdrawn_no_longer_stands() -> None:
    told = [line(1, "one"), line(2, "tow"), line(3, "two", 2), line(4, "three"), line(5, "", 4)]
    assert [each.text for each in rules.standing(told)] == ["one", "two"]


def test_only_the_last_line_can_be_corrected() -> None:
    told = [line(1, "one"), line(2, "two"), line(3, "", 2)]
    rules.check_last(told, Spoken("x", "eins", AT, replaces=1))
    for wrong in (2, 3, 9):
        with pytest.raises(Conflict) as refused:
            rules.check_last(told, Spoken("x", "zwei", AT, replaces=wrong))
        assert refused.value.code == "caption_not_last"


@pytest.mark.parametrize(("seconds", "taken"), [(0, True), (119, True), (121, False), (-59, True), (-61, False)])
def test_a_line_typed_long_ago_or_in_the_future_is_not_what_is_being_said(seconds: int, taken: bool) -> None:
    spoken = Spoken("x", "hello", AT)
    if taken:
        return rules.check_time(spoken, now=AT + timedelta(seconds=seconds))
    with pytest.raises(Conflict) as refused:
        rules.check_time(spoken, now=AT + timedelta(seconds=seconds))
    return None if refused.value.code == "caption_late" else pytest.fail(refused.value.code)


def test_a_script_in_two_languages_offers_the_sentences_of_one() -> None:
    script = "各位来宾，大家好！欢迎出席。\n\nGood morning, all. The U.S. team joins us from L.A. today! Welcome."
    assert rules.prepared([script], "zh-CN") == ["各位来宾，大家好！", "欢迎出席。"]
    english = ["Good morning, all.", "The U.S. team joins us from L.A. today!", "Welcome."]
    assert rules.prepared([script, "Welcome."], "en") == english
    assert rules.prepared([script], "ja") == []


def test_a_sentence_that_is_too_long_is_parted_where_one_breathes() -> None:
    parts = rules.prepared(["第一部分，" + "甲" * 80 + "，" + "乙" * 200 + "。"], "zh-CN")
    assert parts[0].endswith("甲，")
    assert "".join(parts).startswith("第一部分，甲")
    assert all(0 < rules.units(each) <= rules.LONGEST for each in parts)
    assert all(rules.units(each) <= rules.LONGEST for each in rules.prepared(["word " * 200 + "end."], "en"))


GOOD = {"id": "client-0001", "text": "hello", "typed_at": "2026-11-23T02:00:00.000Z", "replaces": None}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "short"}, "bad_caption_id"),
        ({"id": "with space 1"}, "bad_caption_id"),
        ({"id": "x" * 41}, "bad_caption_id"),
        ({"id": 7}, "bad_caption_id"),
        ({"text": None}, "not_a_text"),
        ({"text": " \u200b "}, "empty_text"),
        ({"text": ""}, "empty_text"),
        ({"text": "a" * 181}, "caption_too_long"),
        ({"typed_at": "2026-11-23T02:00:00"}, "bad_instant"),
        ({"typed_at": "0001-01-01T00:00:00+14:00"}, "bad_instant"),
        ({"typed_at": 3}, "bad_instant"),
        ({"replaces": True}, "bad_caption_number"),
        ({"replaces": 0}, "bad_caption_number"),
        ({"replaces": 2**31}, "bad_caption_number"),
        ({"html": "x"}, "unknown_key"),
    ],
)
def test_what_no_page_of_ours_sends_is_refused_by_name(change: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        forms.read_line({**GOOD, **change})
    assert refused.value.problems[0].code == code


def test_an_empty_text_withdraws_what_it_replaces() -> None:
    assert forms.read_line({**GOOD, "text": "", "replaces": 3}) == Spoken("client-0001", "", AT, 3)
