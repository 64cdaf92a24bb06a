"""A code of a foreign font is one glyph for every reader: that which pdfium shows, by whose pictures people sign."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont
from pikepdf import Array, Name, Object, Pdf
from PIL import Image

from pdf.errors import PdfError
from pdf.preview import page_images
from pdf.resources import fonts
from tests.pdf.lettering import CODE, HEIGHTS, cff, font, named, truetype

LETTERS, MAC, SYMBOLS, LOW, UNICODE = (3, 1, 0), (1, 0, 0), (3, 0, 0xF000), (3, 0, 0), (0, 3, 0)
MEANS = {LETTERS: "one", MAC: "eight", SYMBOLS: "nine", LOW: "seven", UNICODE: "six"}
# The glyph that pdfium 7811 draws for each: flags 4, 32 and 36, each with no encoding, WinAnsi and a name that is not
# in the program. A dash: none, for which it would look in other fonts.
SHOWN = {
    (LETTERS,): "111 11- 11-", (MAC,): "888 88- 88-", (SYMBOLS,): "999 999 -99", (UNICODE,): "666 66- 66-",
    (LETTERS, MAC): "818 11- 11-", (LETTERS, SYMBOLS): "919 11- 11-", (LETTERS, UNICODE): "111 11- 11-",
    (MAC, SYMBOLS): "999 88- 88-", (MAC, UNICODE): "868 66- 66-", (SYMBOLS, UNICODE): "999 999 -99",
    (LETTERS, MAC, SYMBOLS): "919 11- 11-", (LETTERS, MAC, UNICODE): "818 11- 11-",
    (LETTERS, SYMBOLS, UNICODE): "919 11- 11-", (MAC, SYMBOLS, UNICODE): "999 88- 88-", (LOW,): "777 777 777",
    (LOW, LETTERS): "717 11- 11-", (LOW, MAC): "777 88- 88-",
}  # fmt: skip
FLAGS = (4, 32, 36)
DIGITS = {"1": "one", "5": "five", "6": "six", "7": "seven", "8": "eight", "9": "nine", "-": ".notdef"}


@pytest.fixture
def pdf() -> Iterator[Pdf]:
    with pikepdf.new() as made:
        yield made


def spellings() -> list[object]:
    return [None, Name.WinAnsiEncoding, named("five")]


def program_of(settled: Object) -> TTFont:
    return TTFont(io.BytesIO(settled.FontDescriptor.FontFile2.read_bytes()))


def height(program: TTFont, glyph: str) -> int:
    drawn = program["glyf"][glyph]
    return int(drawn.yMax) if drawn.numberOfContours else 0


def told(settled: Object) -> str:
    return str(settled.ToUnicode.read_bytes().decode()).partition(f"<{CODE:02X}> <")[2].partition(">")[0]


@pytest.mark.parametrize(("keys", "shown"), SHOWN.items(), ids=[str(at) for at in range(len(SHOWN))])
def test_tables_that_disagree_give_way_to_one(pdf: Pdf, keys: tuple[tuple[int, int, int], ...], shown: str) -> None:
    program = truetype({key: MEANS[key] for key in keys})
    cases = [(flags, spelt) for flags in FLAGS for spelt in spellings()]
    for (flags, spelt), digit in zip(cases, shown.replace(" ", ""), strict=True):
        made = font(pdf, program, flags=flags, spelt=spelt)
        fonts.settle(pdf, made)
        settled = program_of(made)
        tables = {(table.platformID, table.platEncID): table.cmap for table in settled["cmap"].tables}
        assert set(tables) == {(1, 0), (3, 0)}
        assert tables[1, 0][CODE] == tables[3, 0][0xF000 + CODE] != ".notdef"
        assert height(settled, tables[1, 0][CODE]) == HEIGHTS[DIGITS[digit]], (flags, spelt)
        assert made.FontDescriptor.Flags == 4
        assert "/Encoding" not in made
        assert settled["post"].formatType == 3


def test_a_name_counts_by_which_pdfium_finds_the_glyph(pdf: Pdf) -> None:
    made = font(pdf, truetype({MAC: "eight"}, names=True), flags=32, spelt=named("five"))
    fonts.settle(pdf, made)
    settled = program_of(made)
    assert height(settled, settled["cmap"].getcmap(1, 0).cmap[CODE]) == HEIGHTS["five"]


def test_a_font_settled_once_stays_as_it_is(pdf: Pdf) -> None:
    made = font(pdf, truetype({MAC: "eight"}))
    fonts.settle(pdf, made)
    once = made.FontDescriptor.FontFile2.read_bytes()
    fonts.settle(pdf, made)
    assert made.FontDescriptor.FontFile2.read_bytes() == once


def test_two_fonts_of_one_program_keep_their_own_glyphs(pdf: Pdf) -> None:
    one = font(pdf, truetype({LETTERS: "one", MAC: "eight"}), flags=32, spelt=Name.WinAnsiEncoding)
    other = pdf.make_indirect(pikepdf.Dictionary(dict(one.items())))
    other.FontDescriptor = pdf.make_indirect(pikepdf.Dictionary(dict(one.FontDescriptor.items())))
    other.FontDescriptor.Flags = 4
    del other.Encoding
    for each in (one, other):
        fonts.settle(pdf, each)
    heights = [height(found, found["cmap"].getcmap(1, 0).cmap[CODE]) for found in map(program_of, (one, other))]
    assert heights == [HEIGHTS["one"], HEIGHTS["eight"]]


@pytest.mark.parametrize("flags", [4, 32])
@pytest.mark.parametrize(
    ("spelt", "shown"),
    [(None, ("nine", "one")), (Name.WinAnsiEncoding, ("one", "one")), (named("five"), ("five", "five")),
     (named("g3"), (".notdef", ".notdef"))],
    ids=["own", "windows", "named", "unknown"],
)  # fmt: skip
def test_codes_of_outlines_are_named_one_by_one(pdf: Pdf, flags: int, spelt: object, shown: tuple[str, str]) -> None:
    made = font(pdf, cff({CODE: "nine"}), kind="Type1", key="/FontFile3", flags=flags, spelt=spelt)
    fonts.settle(pdf, made)
    glyph = shown[flags == 32]
    assert made.Encoding.Differences[0] == 0
    assert made.Encoding.Differences[1 + CODE] == Name(f"/{glyph}")
    outlines = CFFFontSet()
    outlines.decompile(io.BytesIO(made.FontDescriptor.FontFile3.read_bytes()), None)
    assert outlines.topDictIndex[0].Encoding[CODE] == glyph
    assert len(outlines.topDictIndex[0].CharStrings["nine"].bytecode) > 0


@pytest.mark.parametrize(
    ("kind", "key"), [("TrueType", "/FontFile3"), ("Type1", "/FontFile2"), ("MMType1", "/FontFile2")]
)
def test_a_program_of_another_kind_is_refused(pdf: Pdf, kind: str, key: str) -> None:
    program = truetype({MAC: "eight"}) if key == "/FontFile2" else cff({CODE: "nine"})
    with pytest.raises(PdfError, match="another kind"):
        fonts.settle(pdf, font(pdf, program, kind=kind, key=key))


def test_letters_are_told_that_the_program_says(pdf: Pdf) -> None:
    made = font(pdf, cff({CODE: "nine"}), kind="Type1", key="/FontFile3", flags=4)
    made.ToUnicode = pdf.make_stream(b"1 beginbfchar <31> <0031> endbfchar")
    fonts.settle(pdf, made)
    assert told(made) == "0039"


def test_a_code_without_a_glyph_is_told_as_missing(pdf: Pdf) -> None:
    made = font(pdf, truetype({LETTERS: "one"}), flags=32, spelt=named("five"))
    fonts.settle(pdf, made)
    assert told(made) == "FFFD"


def test_a_space_without_a_glyph_stays_empty(pdf: Pdf) -> None:
    made = font(pdf, truetype({LETTERS: "one"}), flags=32, spelt=Name.WinAnsiEncoding)
    fonts.settle(pdf, made)
    settled = program_of(made)
    assert height(settled, settled["cmap"].getcmap(1, 0).cmap[0x20]) == 0


def test_a_font_of_spaces_alone_passes(pdf: Pdf) -> None:
    program = TTFont(io.BytesIO(truetype({LETTERS: "one"})))
    for name in program.getGlyphOrder():
        program["glyf"][name] = type(program["glyf"][name])()
    file = io.BytesIO()
    program.save(file)
    made = font(pdf, file.getvalue())
    fonts.settle(pdf, made)
    assert program_of(made)["maxp"].numGlyphs == 9


def test_a_table_of_a_rare_kind_that_nobody_asks_does_no_harm(pdf: Pdf) -> None:
    program = bytearray(truetype({LETTERS: "one", (1, 1, 0): "eight"}))
    cmap = TTFont(io.BytesIO(program)).reader.tables["cmap"].offset
    rare = cmap + int.from_bytes(program[cmap + 8 : cmap + 12])
    assert program[rare : rare + 2] == b"\0\0"
    program[rare + 1] = 2
    made = font(pdf, bytes(program), flags=32, spelt=Name.WinAnsiEncoding)
    fonts.settle(pdf, made)
    settled = program_of(made)
    assert height(settled, settled["cmap"].getcmap(1, 0).cmap[CODE]) == HEIGHTS["one"]


def test_a_map_that_ends_early_has_no_glyphs_beyond(pdf: Pdf) -> None:
    inner = font(pdf, truetype({LETTERS: "one"}), kind="CIDFontType2")
    inner.CIDSystemInfo = pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0)
    inner.CIDToGIDMap = pdf.make_stream(b"\0\0\0\1")
    made = pikepdf.Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Bars, Encoding=Name("/Identity-H"),
        DescendantFonts=Array([inner]),
    )  # fmt: skip
    fonts.settle(pdf, pdf.make_indirect(made))
    assert inner.CIDToGIDMap.read_bytes() == (b"\0\0\0\1").ljust(2 * 65_536, b"\0")


@pytest.mark.parametrize("table", [b"1 beginbfchar <0041> <0041> endbfchar", b"1 beginbfchar <0039> <200B> endbfchar"])
def test_a_glyph_of_which_nobody_says_what_it_is_is_told_as_missing(pdf: Pdf, table: bytes) -> None:
    """pdfium takes the number of a glyph for a letter: "9" for the 57th, whatever it draws."""
    inner = font(pdf, truetype({}), kind="CIDFontType2")
    inner.CIDSystemInfo = pikepdf.Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0)
    inner.CIDToGIDMap = pdf.make_stream(bytes(2 * 0x39) + b"\0\1")
    made = pikepdf.Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Bars, Encoding=Name("/Identity-H"),
        DescendantFonts=Array([inner]), ToUnicode=pdf.make_stream(table),
    )  # fmt: skip
    fonts.settle(pdf, pdf.make_indirect(made))
    page_of(pdf, made)
    pdf.pages[0].obj.Contents = pdf.make_stream(b"BT /F1 20 Tf 20 10 Td <0039> Tj ET")
    file = io.BytesIO()
    pdf.save(file)
    assert page_images(file.getvalue())[0].text == "\ufffd"


def page_of(pdf: Pdf, made: Object) -> None:
    pdf.add_blank_page(page_size=(100, 100))
    page = pdf.pages[-1].obj
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=made))
    page.Contents = pdf.make_stream(b"BT /F1 100 Tf 20 10 Td (1) Tj ET")


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler is not installed")
def test_poppler_shows_what_pdfium_shows(pdf: Pdf, tmp_path: Path) -> None:
    programs = [truetype({LETTERS: "one", MAC: "eight", SYMBOLS: "nine"}), truetype({MAC: "eight", UNICODE: "six"})]
    made = [
        font(pdf, each, flags=flags, spelt=spelt) for each in programs for flags in (4, 32) for spelt in spellings()
    ]
    made += [
        font(pdf, cff({CODE: "nine"}), kind="Type1", key="/FontFile3", flags=flags, spelt=spelt)
        for flags in (4, 32)
        for spelt in spellings()
    ]
    for each in made:
        fonts.settle(pdf, each)
        page_of(pdf, each)
    pdf.save(tmp_path / "fonts.pdf")
    subprocess.run(["pdftoppm", "-r", "72", "-gray", tmp_path / "fonts.pdf", tmp_path / "shown"], check=True)
    others = [Image.open(path) for path in sorted(tmp_path.glob("shown-*"))]
    with pypdfium2.PdfDocument(tmp_path / "fonts.pdf") as opened:
        ours = [page.render().to_pil().convert("L") for page in opened]
    assert [top_of(picture) for picture in ours] == pytest.approx([top_of(picture) for picture in others], abs=2)


def top_of(picture: Image.Image) -> int:
    """Where the ink of a page begins."""
    box = picture.point([255 if value < 128 else 0 for value in range(256)]).getbbox()
    assert box is not None
    return box[1]
