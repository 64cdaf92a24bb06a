"""Bytes that come as a ceremony file: what is wrong is told with its place, whatever they are."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import i18n
from core.errors import Invalid
from signing.ceremonies import plan_file
from signing.ceremonies.plan_file import CeremonyFile
from tests.signing.ceremonies.plan_changes import in_bytes
from tests.support import quick


def _nested(depth: int) -> bytes:
    return b'{"title": ' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [("$", "empty_file")]),
        (b" \r\n\t", [("$", "empty_file")]),
        (b"\xef\xbb\xbf\n", [("$", "empty_file")]),
        (b"{", [("$", "not_json")]),
        (b'{"title": "\xe6\xa0"}', [("$", "not_utf8")]),
        ('{"title": "双流"}'.encode("gb18030"), [("$", "not_utf8")]),
        (b"\xff\xfe{", [("$", "not_utf8")]),
        (b'{"title": "\\ud800"}', [("$", "half_character")]),
        (b'{"\\udfff": 1}', [("$", "half_character")]),
        (b'{"limit_minutes": ' + b"9" * 5000 + b"}", [("$", "number_too_long")]),
        (_nested(100_000), [("$", "too_deep")]),
        (_nested(32), [("$", "too_deep")]),
        (b"[]", [("$", "not_a_plan")]),
        (b"null", [("$", "not_a_plan")]),
        (b"true", [("$", "not_a_plan")]),
        (b"NaN", [("$", "not_a_plan")]),
        (b'"text"', [("$", "not_a_plan")]),
        (b'{"title": "a", "title": "b"}', [("$", "key_twice")]),
        (b'{"parties": [{"key": "a", "key": "a"}]}', [("$", "key_twice")]),
        (b" " * 10_000_000, [("$", "file_too_large")]),
        (b'{"title": "' + b"x" * plan_file.MAX_FILE_BYTES + b'"}', [("$", "file_too_large")]),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_bytes_that_are_no_such_file(content: bytes, expected: list[tuple[str, str]]) -> None:
    assert in_bytes(content) == expected


@pytest.mark.parametrize("depth", [*range(850, 1010, 5)])
def test_no_depth_of_nesting_slips_between_parser_and_reader(depth: int) -> None:
    assert in_bytes(_nested(depth))[0] in [("$", "too_deep"), ("$.title", "not_an_object"), ("$.date", "missing_key")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_byte_order_marks_and_wide_encodings_are_borne_and_spaces_are_tidied(encoding: str) -> None:
    data = quick.plan()
    data["parties"][0]["representative_name"] = "　样例　甲 "
    plan = CeremonyFile.loads(json.dumps(data, ensure_ascii=False).encode(encoding))
    assert plan.parties[0].representative_name == "样例 甲"


def said_of(content: bytes, locale: str = "en") -> str:
    with pytest.raises(Invalid) as invalid:
        CeremonyFile.loads(content)
    [problem] = invalid.value.problems
    with i18n.use_locale(locale):
        return i18n.t(problem.message_id, **problem.params)


@pytest.mark.parametrize(
    ("text", "place", "what", "shown"),
    [
        ('{"title": "双流"', (1, 15), "ends before it is complete", '{"title": "双流"▶'),
        ('{\n  "title": “双流”\n}', (2, 12), "comes from Chinese typing", '"title": ▶“双流”'),
        ('{\n  "title"："双流"\n}', (2, 10), "comes from Chinese typing", '"title"▶："双流"'),
        ("{\n  'title': 1\n}", (2, 3), "double quotation marks", "▶'title': 1"),
        ('{"a": 1 // one\n}', (1, 9), "has no comments", '{"a": 1 ▶// one'),
        ('{"a": [1, 2,]}', (1, 13), "a comma too many", '{"a": [1, 2,▶]}'),
        ('{"a": 1,\n}', (2, 1), "a comma too many", "▶}"),
        ('{"a": 1\n "b": 2}', (2, 2), "a comma is missing", '▶"b": 2}'),
        ('{"a" 1}', (1, 6), "a colon is missing", '{"a" ▶1}'),
        ("{a: 1}", (1, 2), "a key between", "{▶a: 1}"),
        ('{"a": yes}', (1, 7), "a value belongs here", '{"a": ▶yes}'),
        ('{"a": "one\n}', (1, 11), "not closed on its own line", '{"a": "one▶'),
        ('{"a": "C:\\dir"}', (1, 10), "a backslash begins", '{"a": "C:▶\\dir"}'),
        ('{} {"a": 1}', (1, 4), "complete before this place", '{} ▶{"a": 1}'),
        ("[" * 50 + "x" + "]" * 50, (1, 51), "a value belongs here", "…" + "[" * 40 + "▶x" + "]" * 39 + "…"),
    ],
)  # fmt: skip
def test_a_slip_of_the_pen_is_told_with_its_place_and_its_line(
    text: str, place: tuple[int, int], what: str, shown: str
) -> None:
    said = said_of(text.encode())
    assert said.startswith(f"Line {place[0]}, character {place[1]}: ")
    assert what in said
    assert said.endswith(f"place): {shown}")


def test_a_file_from_chinese_windows_is_told_its_encoding_and_what_to_do() -> None:
    content = '{\n"title": "双流电商直播产业园项目"}'.encode("gbk")
    assert "（第 2 行），看起来是 GBK 编码" in said_of(content, "zh-CN")
    assert "“另存为”，编码选 UTF-8" in said_of(content, "zh-CN")
    assert "GBK" not in said_of(b'{"title": "\xff\xff"}')


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_what_is_no_amount_is_told_back_with_one_that_is(locale: str) -> None:
    data = quick.plan() | {"planned_investment": {"amount": "5亿元", "currency": "CNY"}}
    said = said_of(json.dumps(data).encode(), locale)
    assert "“5亿元”" in said
    [example] = re.findall(r'"(.+)"', said)
    assert CeremonyFile.read(data | {"planned_investment": {"amount": example, "currency": "CNY"}}).money


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_arbitrary_bytes_are_a_list_of_problems(content: bytes) -> None:
    with pytest.raises(Invalid) as invalid:
        CeremonyFile.loads(content)
    assert invalid.value.problems
