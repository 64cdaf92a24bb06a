"""Which letters of a font may stand for which: a table of letters must not say what the glyphs do not show."""

from __future__ import annotations

import pytest
from pikepdf import Pdf

from pdf.resources import cmaps
from pdf.resources.encodings import contradicts
from pdf.resources.fonts import _all_told


@pytest.mark.parametrize(
    ("said", "own"),
    [
        ("9", "1"), ("9\u00ad", "1"), ("9\u200b", "1"), ("9\u2800", "1"), ("9.", "1"), ("9\u0301", "1"), ("0", ","),
        (" not ", "."), ("€", "$"), ("9", "$"), ("-", "+"), (",", "."), ("00", " "), ("00", ""), ("", "1"), (" ", "1"),
        ("人民", "人"), ("×", "+"), ("%", "‰"),
    ],
)  # fmt: skip
def test_another_sign_contradicts_whatever_stands_beside_it(said: str, own: str) -> None:
    assert contradicts(said, own)


@pytest.mark.parametrize(
    ("said", "own"),
    [
        ("A", "a"), ("ﬁ", "fi"), ("\u00ad", "-"), ("–", "-"), ("−", "-"), ("’", "'"), ("”", '"'), ("•", "·"),
        ("∆", "Δ"),
        ("µ", "μ"), ("Ω", "Ω"), ("\u00a0", " "), (" ", ""), ("⁄", "/"), ("１", "1"), ("é", "e\u0301"), ("…", "..."),
    ],
)  # fmt: skip
def test_forms_of_one_sign_do_not(said: str, own: str) -> None:
    assert not contradicts(said, own)


def test_codes_of_a_font_without_a_table_are_told_as_its_program_says_or_as_missing() -> None:
    """Readers take such a code for a letter: the 57th glyph for a 9."""
    with Pdf.new() as pdf:
        told = cmaps.letters(_all_told(pdf, {0x39: {"1"}}).read_bytes())
    assert told[0x39, 2] == "1"
    assert {letter for code, letter in told.items() if code != (0x39, 2)} == {"\ufffd"}
    assert len(told) == 1 << 16
