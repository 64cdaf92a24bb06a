from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core import i18n, paths
from core.errors import Conflict, Invalid, NotFound, Problem, Refusal, TooMany
from core.i18n import MissingText

AT = datetime(2026, 7, 1, 2, 5, 9, tzinfo=UTC)


@pytest.fixture
def _texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for locale, text in (("zh-CN", "hello = 你好，{ $name }\nonly-zh = 有"), ("en", "hello = Hello { $name }")):
        (tmp_path / locale).mkdir()
        (tmp_path / locale / "test.ftl").write_text(text)
    monkeypatch.setattr(paths, "locales", lambda: tmp_path)
    i18n._bundle.cache_clear()
    yield
    i18n._bundle.cache_clear()


@pytest.mark.usefixtures("_texts")
class TestTexts:
    def test_a_text_is_made_in_the_current_language(self) -> None:
        with i18n.use_locale("zh-CN"):
            assert i18n.t("hello", name="双流") == "你好，双流"
            with i18n.use_locale("en"):
                assert i18n.t("hello", name="Shuangliu") == "Hello Shuangliu"
            assert i18n.current() == "zh-CN"

    def test_no_invisible_marks_stand_around_what_is_filled_in(self) -> None:
        with i18n.use_locale("en"):
            assert i18n.t("hello", name="x").isascii()

    def test_a_text_that_one_language_lacks_is_a_fault(self) -> None:
        with i18n.use_locale("en"):
            assert not i18n.has("only-zh")
            with pytest.raises(MissingText, match="only-zh"):
                i18n.t("only-zh")

    def test_a_text_that_is_not_filled_is_a_fault(self) -> None:
        with i18n.use_locale("en"), pytest.raises(MissingText, match="hello"):
            i18n.t("hello")

    def test_an_unknown_language_is_the_default_one(self) -> None:
        with i18n.use_locale("xx"):
            assert i18n.current() == "zh-CN"


@pytest.mark.parametrize(
    ("accepted", "locale"),
    [
        (["en-US", "en"], "en"),
        (["zh-TW", "zh", "en"], "zh-CN"),
        (["zh-Hans-CN"], "zh-CN"),
        (["de", "en"], "en"),
        (["de"], "zh-CN"),
        ([], "zh-CN"),
        (["", "*", "x;;q"], "zh-CN"),
    ],
)
def test_the_browser_gets_the_best_of_our_languages(accepted: list[str], locale: str) -> None:
    assert i18n.best_locale(accepted) == locale


def test_instants_show_in_the_zone_of_the_reader() -> None:
    with i18n.use_locale("zh-CN"):
        assert i18n.format_datetime(AT, "Asia/Shanghai") == "2026年7月1日 10:05"
        assert i18n.format_time(AT, "America/New_York", seconds=True) == "22:05:09"
    with i18n.use_locale("en"):
        assert i18n.format_datetime(AT, "America/New_York") == "30 June 2026, 22:05"


def test_a_zone_is_found_by_its_city_and_country() -> None:
    with i18n.use_locale("zh-CN"):
        assert i18n.zone_place("Asia/Shanghai") == "中国（上海）时间"
        assert i18n.zone_place("Europe/London") == "英国时间（伦敦）"
    with i18n.use_locale("en"):
        assert i18n.zone_place("Europe/London") == "United Kingdom Time (London)"


def test_the_day_of_a_gathering_has_its_weekday() -> None:
    with i18n.use_locale("zh-CN"):
        assert i18n.format_day(AT, "Asia/Shanghai") == "2026年7月1日星期三 10:05"
    with i18n.use_locale("en"):
        assert i18n.format_day(AT, "America/New_York") == "Tuesday, 30 June 2026, 22:05"


def test_days_and_money_are_written_as_the_language_writes_them() -> None:
    with i18n.use_locale("zh-CN"):
        assert i18n.format_date(date(2020, 2, 11)) == "2020年2月11日"
        assert i18n.format_money(Decimal("500000000"), "CNY") == "人民币500,000,000.00元"
    with i18n.use_locale("en"):
        assert i18n.format_date(date(2020, 2, 11)) == "11 February 2020"


def test_a_list_has_a_space_behind_each_comma_in_english() -> None:
    with i18n.use_locale("en"):
        assert i18n.t("list-separator").join(["place", "time"]) == "place, time"
    with i18n.use_locale("zh-CN"):
        assert i18n.t("list-separator").join(["地点", "时间"]) == "地点、时间"


def test_a_time_for_papers_says_how_far_it_is_from_utc() -> None:
    with i18n.use_locale("zh-CN"):
        assert i18n.format_zoned(AT, "Asia/Shanghai") == "2026年7月1日 10:05（UTC+08:00）"
    with i18n.use_locale("en"):
        assert i18n.format_zoned(AT, "America/New_York", seconds=True) == "30 June 2026, 22:05:09 (UTC-04:00)"


def test_what_is_said_beside_something_stands_in_the_brackets_of_the_language() -> None:
    with i18n.use_locale("zh-CN"):
        assert i18n.format_named(AT, "Asia/Shanghai") == "2026年7月1日 10:05（中国标准时间）"
        assert f"样例甲{i18n.aside('样例公司')}" == "样例甲（样例公司）"
    with i18n.use_locale("en"):
        assert i18n.format_named(AT, "America/Los_Angeles") == "30 June 2026, 19:05 (Pacific Time)"
        assert f"A{i18n.aside('B')}" == "A (B)"


def test_a_value_in_two_languages_falls_back_to_the_other() -> None:
    with i18n.use_locale("en"):
        assert i18n.pick({"zh-CN": "甲", "en": "A"}) == "A"
        assert i18n.pick({"zh-CN": "甲"}) == "甲"
        assert i18n.pick({}) == ""


def test_what_is_stored_is_said_in_every_locale_whatever_the_reader_speaks() -> None:
    with i18n.use_locale("en"):
        assert i18n.in_every_locale("common-state-open").keys() == {"zh-CN", "en"}
        assert i18n.in_every_locale("common-state-open")["zh-CN"] != i18n.t("common-state-open")


def test_a_refusal_has_a_name_a_status_and_two_sentences() -> None:
    refusal = Refusal("revision_moved", status=409, number=3)
    assert (refusal.code, refusal.status, refusal.params) == ("revision_moved", 409, {"number": 3})
    assert (refusal.message_id, refusal.next_id) == ("error-revision_moved", "error-revision_moved-next")
    assert [kind().status for kind in (Refusal, NotFound, Conflict)] == [400, 404, 409]
    assert TooMany(retry_after=7).params["retry_after"] == 7
    problems = [Problem("$.a", "missing"), Problem("$.b", "unknown")]
    assert Invalid(problems).problems == tuple(problems)
    assert Invalid(problems).params == {"count": 2}
