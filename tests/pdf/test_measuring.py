"""Text is measured by its fonts, broken where people would break it, and set as large as its box allows."""

from __future__ import annotations

import pytest

from pdf import measuring

SIZES = (30, 20, 15, 12, 10, 8)


def test_a_chinese_character_is_as_wide_as_its_size_and_a_latin_word_as_its_letters() -> None:
    assert measuring.width("成都会场") == 4
    assert 0.2 < measuring.width("i") < measuring.width("W") < 1
    assert measuring.width("Sample", bold=True) > measuring.width("Sample")


def test_an_apostrophe_between_latin_letters_is_narrow_and_a_chinese_one_wide() -> None:
    assert measuring.width("O’Neil") < measuring.width("ONeil") + 0.4
    assert measuring.width("欧’") == 2


def test_the_largest_size_that_fits_is_taken() -> None:
    assert measuring.fit("成都", wide=60, high=40, sizes=SIZES, leading=1.2).size == 30
    assert measuring.fit("成都会场", wide=60, high=20, sizes=SIZES, leading=1.2).size == 15
    fitted = measuring.fit("成都会场", wide=60, high=80, sizes=SIZES, leading=1.2)
    assert (fitted.size, fitted.lines) == (30, ("成都", "会场"))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Sample Sample Sample", ("Sample", "Sample", "Sample")),
        ("Anna-Sample", ("Anna-", "Sample")),
        ("样例（集团）公司", ("样例（集", "团）公司")),
        ("样例样，样例", ("样例", "样，", "样例")),
        ("演示Demo公司", ("演示", "Demo", "公司")),
        ("사무엘 샘플", ("사무엘", "샘플")),
    ],
)
def test_lines_end_behind_words_and_never_before_a_comma(text: str, lines: tuple[str, ...]) -> None:
    wide = max(measuring.width(line, han=measuring.has_han(text)) for line in lines) * 10 + 0.01
    assert measuring.fit(text, wide=wide, high=100, sizes=(10,), leading=1).lines == lines


def test_lines_are_about_equally_long() -> None:
    assert measuring.fit("样例" * 6, wide=100, high=100, sizes=(10,), leading=1).lines == ("样例" * 3, "样例" * 3)


def test_a_word_is_torn_only_where_it_would_be_much_smaller_whole() -> None:
    whole = measuring.fit("Wolfeschlegelsteinhausen", wide=150, high=40, sizes=SIZES, leading=1.2)
    assert whole.lines == ("Wolfeschlegelsteinhausen",)
    torn = measuring.fit("W" * 30, wide=150, high=40, sizes=SIZES, leading=1.2)
    assert torn.size > 8
    assert "".join(torn.lines) == "W" * 30


def test_what_fits_at_no_size_is_cut_with_an_ellipsis_or_takes_more_lines() -> None:
    cut = measuring.fit("样例" * 20, wide=80, high=20, sizes=(10, 8), leading=1, cut=True)
    assert cut.is_cut
    assert cut.lines == ("样例" * 5, "样例" * 4 + "样…")[: len(cut.lines)]
    assert measuring.width(cut.lines[-1]) * cut.size <= 80
    whole = measuring.fit("样例" * 20, wide=80, high=20, sizes=(10, 8), leading=1)
    assert "".join(whole.lines) == "样例" * 20
