"""Where a specimen seal stands and how it looks: rendered, measured, put together again."""

from __future__ import annotations

import io
import math
import subprocess
from itertools import pairwise
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from pdf import sign
from pdf.errors import FieldProblem
from pdf.sign import seams
from pdf.sign.sheets import Sheet
from tests.pdf import seal_world as seals
from tests.pdf import signing_world as w
from tests.pdf.seal_world import Page

DOTS = 254 / 72  # ten dots a millimetre
MARK = 400  # dots: 40 mm
MM = 72 / 25.4


def points(millimetres: float) -> float:
    """A hair less, so that a page is drawn with the dots that it has and not one more."""
    return math.floor(millimetres * MM * 1000) / 1000 - 0.002


A4 = (points(210), points(297))
LYING = (points(297), points(210))
CUT = (57.0, 85.0, 57.0 + A4[0], 85.0 + A4[1])
MIXED = [
    Page(A4),
    Page(LYING),
    Page(A4, turn=90),
    Page(A4, turn=180),
    Page(LYING, turn=270),
    Page((850, 1100), crop=CUT),
    Page((850, 1100), crop=CUT, turn=90),
    Page((points(105), points(148.5)), unit=2.0),
    Page((points(420), points(297))),
    # A crop box that reaches beyond its paper: 180 × 190 mm are seen.
    Page((points(180), points(190)), crop=(-50, -50, 900, 900), turn=270),
]


def drawn(pdf: bytes, number: int, *, unit: float = 1.0) -> Image.Image:
    """A page as it is read, ten dots a millimetre."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    # pdfium leaves /UserUnit to whoever asks it to draw.
    drawn_page: Image.Image = document[number].render(scale=DOTS * unit, may_draw_forms=True).to_pil()
    return drawn_page.convert("RGB")


def slice_of(picture: Image.Image, parts: int, middle: float = 0.5) -> Image.Image:
    """What stands at the right edge of a page, 40 mm high around the middle."""
    wide, top = MARK // parts, round(picture.height * middle) - MARK // 2
    return picture.crop((picture.width - wide, top, picture.width, top + MARK))


def whole() -> Image.Image:
    """The mark itself on white paper at the same dots."""
    with Image.open(io.BytesIO(seals.specimen())) as opened:
        mark = opened.convert("RGBA").resize((MARK, MARK), Image.Resampling.LANCZOS)
    paper = Image.new("RGBA", mark.size, "white")
    return Image.alpha_composite(paper, mark).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of all pixels, of 255."""
    counts = ImageChops.difference(one, other).convert("L").histogram()
    return sum(value * count for value, count in enumerate(counts)) / (one.width * one.height)


def put_together(pdf: bytes, pages: range) -> Image.Image:
    joined = Image.new("RGB", (MARK, MARK), "white")
    for part, number in enumerate(pages):
        piece = slice_of(drawn(pdf, number, unit=MIXED[number].unit), len(pages))
        joined.paste(piece, (part * MARK // len(pages), 0))
    return joined


def test_ten_pages_of_every_kind_laid_side_by_side_show_the_whole_mark() -> None:
    pdf = seals.signed(seals.frozen(MIXED))

    joined = put_together(pdf, range(10))

    exact = difference(joined, whole())
    assert exact < 3
    # The measure tells a page that is out of its place: two slices exchanged, or one turned.
    pieces = [joined.crop((at, 0, at + 40, MARK)) for at in range(0, MARK, 40)]
    joined.paste(pieces[3], (160, 0))
    joined.paste(pieces[4].rotate(180), (120, 0))
    assert difference(joined, whole()) > 2 * exact


def test_a_long_paper_repeats_the_mark_in_even_groups_of_slices_not_thinner_than_four_millimetres() -> None:
    sheets = [Sheet((0, 0, *A4), 0, 1.0)] * 23

    [marks] = seams.over_edges(sheets)

    assert [mark.page for mark in marks] == list(range(23))
    assert [mark.parts for mark in marks if mark.part == 0] == [8, 7, 8]
    assert min(mark.box[2] - mark.box[0] - seams.LABEL_BESIDE for mark in marks) >= 4 * MM


def test_a_paper_of_one_page_has_no_seam_and_a_slip_takes_no_slice() -> None:
    page, slip = Sheet((0, 0, *A4), 0, 1.0), Sheet((0, 0, 200, 100), 0, 1.0)

    assert seams.over_edges([page]) == [[]]
    [marks] = seams.over_edges([page, slip, page])
    assert [mark.page for mark in marks] == [0, 2]


def test_the_marks_of_five_parties_stand_one_below_the_other() -> None:
    sheets = [Sheet((0, 0, *A4), 0, 1.0)] * 2

    boxes = [marks[0].box for marks in seams.over_edges(sheets, rows=5)]

    assert all(upper[1] >= lower[3] for upper, lower in pairwise(boxes))
    assert boxes[0][3] <= A4[1]
    assert boxes[4][1] >= 0


def test_a_paper_to_look_at_shows_each_seal_where_signing_will_draw_it_and_cannot_be_signed() -> None:
    pages = [*MIXED[:4], Page(A4, inked=((100.0, 160.0),)), MIXED[6]]
    text = seals.paper(pages)
    both = [seals.spec(1, row=0, rows=2), seals.spec(2, row=1, rows=2)]

    shown = sign.draw_seals(text, fields=w.FIELDS, seals=both, ink=seals.looked_at(text))

    used = seals.signed(seals.signed(seals.frozen(pages, *both)), 2)
    for number, page in enumerate(pages):
        looked, signed = (drawn(pdf, number, unit=page.unit) for pdf in (shown, used))
        assert difference(looked, signed) < 0.01
        assert difference(looked, drawn(text, number, unit=page.unit)) > 0.1
    with pikepdf.open(io.BytesIO(shown)) as document:
        assert "/AcroForm" not in document.Root
        assert not any("/Annots" in page for page in document.pages)


@pytest.mark.parametrize("number", [0, 5, 7])
def test_nothing_is_seen_before_its_signer_signs(number: int) -> None:
    head = seals.frozen(MIXED)
    blank = Image.new("RGB", (1, 1), "white")

    unsigned = drawn(head, number)
    without = drawn(seals.signed(head, draws_seal=False), number)

    for page in (unsigned, without):
        assert page.getextrema() == blank.getextrema()


def test_the_whole_mark_stands_forty_millimetres_round_beside_the_signature_with_its_words_below() -> None:
    pdf = seals.signed(seals.frozen([Page(), Page()], seals.spec(edges=False)))
    bands = drawn(pdf, 0).split()
    left, top, right, bottom = ImageChops.subtract(bands[0], bands[1]).point(lambda v: v > 100).getbbox() or (0,) * 4
    words = drawn(pdf, 0).crop((left, bottom + 2, right, bottom + 35)).convert("L")

    assert abs(right - left - MARK) < 8
    assert abs(bottom - top - MARK) < 8
    assert words.point(lambda value: value < 150).getbbox() is not None
    assert drawn(pdf, 1).getextrema() == ((255, 255),) * 3


CAPTIONS = (
    "林晓云 · 成都市双流区人民政府授权代表",
    "2026年12月31日 07:31（UTC+08:00）起签，以时间戳为准",
    "Key made on the signer's device; the server never had it",
)


BELOW_LINE = 31.0  # points: three lines of captions


def columns(picture: Image.Image) -> list[int]:
    """Where anything but black stands, seen from above."""
    return [at for at in range(picture.width) if picture.crop((at, 0, at + 1, picture.height)).getbbox()]


def in_box(pdf: bytes, *, high: float) -> Image.Image:
    """The first signature's box up to `high` points above its foot."""
    left, bottom, right, _ = w.FIELDS[0].box
    edges = (left, A4[1] - bottom - high, right, A4[1] - bottom)
    return drawn(pdf, 0).crop(tuple(round(each * DOTS) for each in edges))


def caption_columns(pdf: bytes) -> list[int]:
    """The columns with grey text, alone or under red ink."""
    captions = in_box(pdf, high=BELOW_LINE)
    return columns(captions.getchannel("R").point(lambda value: 255 * (value < 150)))


def red_columns(pdf: bytes) -> list[int]:
    """The columns of the box that the mark's ink reaches."""
    bands = in_box(pdf, high=80).split()
    return columns(ImageChops.subtract(bands[0], bands[1]).point(lambda value: 255 * (value > 60)))


def test_the_mark_reaches_into_the_signature_s_box_and_over_none_of_its_captions() -> None:
    look = sign.Appearance(drawing=w.drawn_png(), captions=CAPTIONS, font=w.FONT)
    head = seals.frozen([Page()], seals.spec(edges=False))

    sealed = seals.signed(head, appearance=look)
    text, red = caption_columns(sealed), red_columns(sealed)

    assert red[-1] > 5 * 10  # dots: the mark stands over the signature, not beside it
    assert text[0] > red[-1] + 5


def test_captions_begin_at_the_left_where_no_mark_is_drawn() -> None:
    look = sign.Appearance(drawing=w.drawn_png(), captions=CAPTIONS, font=w.FONT)
    head = seals.frozen([Page()], seals.spec(edges=False))

    assert caption_columns(seals.signed(head, draws_seal=False, appearance=look))[0] < 3 * 10


def test_freezing_with_a_seal_gives_the_same_bytes_for_the_same_input_up_to_the_signature() -> None:
    one, other = seals.frozen(MIXED), seals.frozen(MIXED)

    start = one.index(b"/ByteRange")
    assert one[:start] == other[:start]


def test_a_seal_is_in_the_file_once_however_many_pages_show_it() -> None:
    two, ten = seals.frozen([Page()] * 2), seals.frozen([Page()] * 10)

    assert len(ten) - len(two) < 20_000
    assert len(seals.specimen()) > 20_000


def test_a_seal_needs_its_signature_field() -> None:
    with pytest.raises(FieldProblem, match="Signer-9"):
        seals.frozen([Page()], seals.spec(9))


def test_a_field_that_was_frozen_without_a_seal_draws_none() -> None:
    with pytest.raises(FieldProblem) as refused:
        seals.signed(seals.frozen([Page(), Page()]), 2)

    assert refused.value.code == "seal_missing"


def test_no_signature_field_may_take_the_name_of_anothers_seals() -> None:
    fields = [*w.FIELDS, sign.FieldSpec("Signer-1-seal", 0, (10, 10, 60, 60))]
    here = w.world()

    with pytest.raises(FieldProblem) as refused:
        sign.freeze(seals.paper([Page()]), fields=fields, seals=[seals.spec()], platform=here.platform,
                    timestamper=None, at=w.NOW)  # fmt: skip

    assert refused.value.code == "field_doubled"


def test_public_programs_accept_a_file_in_which_two_signers_drew_their_seals(tmp_path: Path) -> None:
    head = seals.frozen(MIXED[:3], seals.spec(1, row=0, rows=2), seals.spec(2, row=1, rows=2))
    file = tmp_path / "sealed.pdf"
    file.write_bytes(w.sealed(seals.signed(seals.signed(head, 2), 1)))

    signatures = subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False)
    structure = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)

    assert signatures.stdout.count("Signature is Valid.") == 3
    assert "Signer-1-seal" not in signatures.stdout
    assert structure.returncode == 0, structure.stdout + structure.stderr


def test_the_upper_of_two_rows_stands_above_on_every_kind_of_page() -> None:
    pdf = seals.signed(seals.frozen(MIXED, seals.spec(1, row=0, rows=2)))

    for number, page in enumerate(MIXED[1:9], start=1):
        picture = drawn(pdf, number, unit=page.unit)
        edge = picture.crop((picture.width - 60, 0, picture.width, picture.height)).convert("L")
        _, top, _, bottom = edge.point(lambda value: value < 200).getbbox() or (0,) * 4
        assert abs((top + bottom) / 2 - picture.height / 3) < 30, f"page {number}"
