"""Glyphs of printed papers bear the numbers of their places, so that readers who look them up find the same ones."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from pikepdf import Dictionary

from pdf import fonts
from pdf.cff import with_plain_numbers
from pdf.render import render


@pytest.fixture(scope="module")
def serif() -> bytes:
    """A font as it is built here: a subset of Noto CJK, whose numbers have gaps."""
    return (fonts.configuration().parent / "YunqianSerif-Regular.otf").read_bytes()


def numbers(program: bytes) -> list[str]:
    return list(TTFont(io.BytesIO(program), lazy=True)["CFF "].cff[0].charset)


def plain(count: int) -> list[str]:
    return [".notdef", *(f"cid{number:05d}" for number in range(1, count))]


def programs(pdf: bytes) -> Iterator[bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for thing in opened.objects:
            if isinstance(thing, Dictionary) and "/FontFile3" in thing:
                yield thing.FontFile3.read_bytes()


def test_numbers_become_places_and_nothing_else_changes(serif: bytes) -> None:
    changed = with_plain_numbers(serif)
    assert numbers(serif) != plain(len(numbers(serif)))
    assert numbers(changed) == plain(len(numbers(serif)))
    assert len(changed) == len(serif)
    assert sum(one != other for one, other in zip(serif, changed, strict=True)) <= 5
    assert with_plain_numbers(changed) == changed


@pytest.mark.parametrize("cut", [0, 4, 12, 400, 5000])
def test_what_is_no_such_font_stays_as_it_is(serif: bytes, cut: int) -> None:
    assert with_plain_numbers(serif[:cut]) == serif[:cut]
    assert with_plain_numbers(b"\0\1\0\0" + serif[4:]) == b"\0\1\0\0" + serif[4:]


def test_papers_are_printed_with_such_fonts() -> None:
    style = "<style>p { font-family: 'Yunqian Serif' } b { font-family: 'Yunqian Sans' }</style>"
    found = list(programs(render(style + "<p>合作意向书 2026 <b>甲方</b></p>").pdf))
    assert len(found) >= 2
    for program in found:
        assert numbers(program) == plain(len(numbers(program)))
