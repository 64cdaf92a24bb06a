"""Texts that a person wrote, as they are kept."""

from __future__ import annotations

import pytest

from core.reader import Reader


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  张样例 ", "张样例"),
        ("\u3000张\u3000样例\u00a0", "张 样例"),
        ("a\u2009b", "a b"),
        ("\t张样例\n", "张样例"),
    ],
)
def test_every_space_of_a_text_is_a_plain_one_and_none_is_outside(typed: str, kept: str) -> None:
    reader = Reader()
    assert reader.text(typed, "$.name", limit=120) == kept
    assert not reader.problems


@pytest.mark.parametrize("typed", ["张\u202e样例", "张\t样例", "张\u3000\u0007样例", "a\u200bb", "a\u2028b", "\ud800"])
def test_what_cannot_be_seen_in_a_text_is_refused(typed: str) -> None:
    reader = Reader()
    reader.text(typed, "$.name", limit=120)
    assert [each.code for each in reader.problems] == ["control_character"]


def test_lines_are_allowed_where_they_are_asked_for() -> None:
    reader = Reader()
    assert reader.text("one\r\n\ttwo", "$.note", limit=120, lines=True) == "one\r\n\ttwo"
    assert not reader.problems
