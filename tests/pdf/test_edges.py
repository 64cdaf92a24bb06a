"""Slices on pages whose edges carry text: what is seen there, where the slices go, what stays readable."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise

import pikepdf
import pytest
from PIL import Image, ImageChops

from pdf import edges, edging
from pdf.errors import PdfError
from pdf.sign import seams
from pdf.sign.sheets import POINTS_A_MM, Sheet, read_sheet
from tests.pdf import seal_world as seals
from tests.pdf.seal_world import Page
from tests.pdf.test_sign_seals import A4, LYING, MIXED, drawn

BAR = (140.0, 165.0)  # millimetres from the foot: in the way of a mark in the middle of an A4 sheet


def inked(page: Page, *bars: tuple[float, float]) -> Page:
    return replace(page, inked=bars)


def sheet_of(page: Page) -> Sheet:
    with pikepdf.open(io.BytesIO(seals.paper([page]))) as document:
        return read_sheet(document.pages[0])


def red(picture: Image.Image) -> tuple[int, int]:
    """From and to how many dots above the foot a mark stands at the right edge."""
    bands = picture.crop((picture.width - 100, 0, picture.width, picture.height)).split()
    _, top, _, bottom = ImageChops.subtract(bands[0], bands[1]).point(lambda v: 255 * (v > 60)).getbbox() or (0,) * 4
    return picture.height - bottom, picture.height - top


def slices(pdf: bytes) -> list[list[float]]:
    """The places of the marks that end at the right edge of A4 pages, page by page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found = [[float(each) for each in one.Rect] for page in document.pages for one in page.get("/Annots", [])]
    return [box for box in found if box[2] > A4[0] - 1]


@pytest.mark.parametrize("number", range(len(MIXED)))
def test_ink_is_seen_where_it_stands_on_every_kind_of_page(number: int) -> None:
    pages = [inked(MIXED[number], (30.0, 42.0)), MIXED[number]]

    first, second = seals.looked_at(seals.paper(pages))

    assert [at for at, much in enumerate(first) if much > 1000] == list(range(30, 42))
    assert sum(first) == pytest.approx(100 * 12 * (20 + 3), rel=0.03)  # half a mark wide, and its words
    assert not any(second)


def test_dark_paper_is_paper_and_a_slip_is_not_looked_at() -> None:
    dark = inked(Page(A4), (0.0, 297.0))

    found = seals.looked_at(seals.paper([dark, Page((200, 100)), Page(A4)]))

    assert [sum(each) for each in found] == [0, 0, 0]
    assert [len(each) for each in found] == [297, 0, 297]


def test_the_child_sees_the_same() -> None:
    pdf = seals.paper([inked(Page(A4), BAR), Page(LYING)])

    assert edges.read_ink(pdf) == seals.looked_at(pdf)


def test_a_page_that_cannot_be_drawn_is_refused_by_name() -> None:
    with pytest.raises(PdfError) as refused:
        edging.ink_of_edges(edges.question([(0.1, 297.0)], b"%PDF-1.7 and no more"))

    assert refused.value.code == "page_broken"


@pytest.mark.parametrize("number", range(len(MIXED)))
def test_a_slice_stands_beside_the_words_on_every_kind_of_page(number: int) -> None:
    page = MIXED[number]
    middle = sheet_of(page).height / POINTS_A_MM / 2
    words = (middle - 4, middle + 10)

    pdf = seals.signed(seals.frozen([Page(A4), inked(page, words), page, Page(A4)]))
    [(low, high), (_, other)] = [red(drawn(pdf, at, unit=page.unit)) for at in (1, 2)]

    assert 300 < high - low <= 402
    assert high / 10 <= words[0] + 0.2
    assert high == pytest.approx(other, abs=4)


def test_pages_fanned_out_show_one_mark_though_one_of_them_is_in_the_way() -> None:
    pages = [Page(A4), inked(Page(A4), BAR), Page(A4), inked(Page(A4), (180.0, 297.0))]

    places = slices(seals.frozen(pages))

    assert len(places) == 4
    assert len({(low, high) for _, low, _, high in places}) == 1
    assert places[0][3] <= BAR[0] * POINTS_A_MM


def test_words_below_a_mark_that_has_no_other_place_stay_black() -> None:
    lines = [(float(at), at + 2.0) for at in range(2, 290, 6)]
    head = seals.frozen([inked(Page(A4), *lines), Page(A4)])

    before, after = drawn(head, 0), drawn(seals.signed(head), 0)

    black = before.convert("L").point(lambda value: 255 * (value < 20))
    still = after.convert("L").point(lambda value: 255 * (value < 60))
    assert red(after)[1] > red(after)[0]
    assert ImageChops.subtract(black, still).getbbox() is None


def test_a_slice_keeps_clear_of_what_will_be_signed_and_all_pages_go_with_it() -> None:
    boxes = [(A4[0] - 150, 20.0 + 190 * n, A4[0] - 10, 130.0 + 190 * n) for n in range(4)]

    [[first, second]] = seams.over_edges([sheet_of(Page(A4))] * 2, taken={0: boxes[1:3]})

    assert all(first.box[3] <= box[1] or first.box[1] >= box[3] for box in boxes[1:3])
    assert first.box[1] == second.box[1]


def test_the_same_paper_gives_the_same_places() -> None:
    pages = [inked(page, BAR) for page in MIXED]
    one, other = seals.frozen(pages), seals.frozen(pages)

    start = one.index(b"/ByteRange")
    assert one[:start] == other[:start]


def test_five_parties_share_an_edge_with_words() -> None:
    pages = [inked(Page(A4), (60.0, 70.0), (200.0, 215.0)), Page(A4)]
    ink = seals.looked_at(seals.paper(pages))

    rows = seams.over_edges([sheet_of(Page(A4))] * 2, rows=5, ink=ink)

    boxes = [marks[0].box for marks in rows]
    assert all(upper[1] >= lower[3] for upper, lower in pairwise(boxes))
    assert boxes != [marks[0].box for marks in seams.over_edges([sheet_of(Page(A4))] * 2, rows=5)]
