"""Tables from codes to glyphs in foreign files: one length of codes, and each means one glyph for every reader."""

from __future__ import annotations

import re

import pytest

from pdf.errors import PdfError
from pdf.resources import cmaps


def table(spaces: str, *ranges: str) -> bytes:
    return (
        f"begincmap 1 begincodespacerange {spaces} endcodespacerange "
        f"{len(ranges)} begincidrange {' '.join(ranges)} endcidrange endcmap"
    ).encode()


def meant(source: bytes) -> dict[int, int]:
    """The glyph of each code in a table written anew."""
    written = cmaps.glyphs(source, vertical=False)
    found = {}
    for first, last, glyph in re.findall(rb"^<(\w+)> <(\w+)> (\d+)$", written, re.MULTILINE):
        for code in range(int(first, 16), int(last, 16) + 1):
            assert code not in found
            found[code] = int(glyph) + code - int(first, 16)
    return found


def test_a_code_without_a_glyph_has_glyph_0_and_is_not_left_out() -> None:
    """MuPDF would pass over it, others move on by its width and by the space between words."""
    found = meant(table("<00> <FF>", "<21> <FF> 33", "<00> <1F> 0"))
    assert found == {code: code if code != 0x20 else 0 for code in range(256)}


def test_codes_outside_the_space_that_the_table_names_mean_the_same_for_all() -> None:
    found = meant(table("<2000> <20FF>", "<2030> <2039> 7"))
    assert len(found) == 1 << 16
    assert {code: glyph for code, glyph in found.items() if glyph} == {0x2030 + step: 7 + step for step in range(10)}


@pytest.mark.parametrize(
    "source",
    [
        table("<00> <1F> <2000> <FFFF>", "<00> <1F> 0", "<2000> <20FF> 0"),
        table("<00> <FF>", "<0000> <00FF> 0"),
        table("<000000> <FFFFFF>", "<000000> <0000FF> 0"),
        table("<00> <FF>", "<30> <39> 1", "<35> <40> 9"),
        table("<00> <FF>", "<30> <39> 1", "<30> <39> 1"),
        table("<00> <FF>", "<39> <30> 1"),
        table("<00> <FF>", "<30> <39> 65530"),
        table("<00> <FF>"),
    ],
    ids=["two lengths", "another length", "three bytes", "overlap", "twice", "backwards", "too high", "nothing"],
)
def test_a_table_that_readers_read_differently_is_refused(source: bytes) -> None:
    with pytest.raises(PdfError) as caught:
        cmaps.glyphs(source, vertical=False)
    assert caught.value.code == "pdf_unclear"
