"""Printed badges: their codes are read by another program from a picture, and every word stands in its place."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest
import segno
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import ImageOps

from core import ids
from events.badges import paper, qr
from events.badges.paper import Badge
from events.badges.qr import BadgePrint
from events.badges.rules import CARDS, COLOURS, BadgeLayout, Box, Card, Face, colour_of
from tests.pdf.test_scripts import NAMES
from tests.support.outside import ACCESSIBLE, ARCHIVE, unmet

KEY = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
KEY_ID = "34750f98bd59fcfc"
CONFERENCE = ids.new("cnf")
AT = datetime(2026, 7, 1, 1, 0, tzinfo=UTC)
MM = 72 / 25.4
FACE = Face(
    name="样例甲",
    organisation="演示云帆智能制造有限公司",
    job_title="总经理",
    audience="企业 Companies",
    colour=COLOURS[0],
    venue="成都会场",
    conference="样例双城大会",
    code="K7Q2M9XA",
)
LONG = (
    "样例" * 15,
    "Maximiliana O’Samplington-Xyz",
    "W" * 30,
    "阿卜杜拉·样例·买买提江·样例",
    "Nguyễn Thị Mẫu Phương",
    "사무엘 샘플",
    "さんぷる花子",
)


def badge(**changed: str) -> Badge:
    made = BadgePrint(CONFERENCE, ids.new("reg"), 1)
    return Badge(replace(FACE, **changed), qr.make(made, key_id=KEY_ID, sign=KEY.sign))


def printed(badges: list[Badge], layout: BadgeLayout = BadgeLayout.SHEET_90) -> bytes:
    return paper.print_badges(badges, layout, title="胸卡", made_at=AT)


def decoded(page: pypdfium2.PdfPage, dpi: int) -> set[str]:
    picture = page.render(scale=dpi / 72).to_pil()
    return {each.text for each in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)}


@pytest.mark.parametrize("layout", list(BadgeLayout))
def test_every_code_is_read_from_the_picture_of_its_page_and_is_ours(layout: BadgeLayout) -> None:
    badges = [badge() for _ in range(min(CARDS[layout].per_page, 10))]
    document = pypdfium2.PdfDocument(printed(badges, layout))
    found = decoded(document[0], dpi=150)
    assert found == {each.text for each in badges}
    keys = {KEY_ID: KEY.public_key().public_bytes_raw()}
    assert {qr.check(text, keys=keys, conference_id=CONFERENCE).number for text in found} == {1}


@pytest.mark.parametrize("layout", list(BadgeLayout))
def test_names_of_thirty_characters_and_all_other_words_stand_in_their_boxes(layout: BadgeLayout) -> None:
    card = CARDS[layout]
    orgs = ["演示中国西部国际工业互联网与智能制造产业发展（集团）股份有限公司成渝分公司", "Demo " * 20]
    badges = [badge(name=name, organisation=orgs[n % 2], job_title="Chief " * 12) for n, name in enumerate(LONG)]
    document = pypdfium2.PdfDocument(printed(badges, layout))
    seen = ""
    for number, name in enumerate(LONG):
        page = document[number // card.per_page]
        text = _inside(page, card, number, card.name)
        assert text == name.replace(" ", ""), layout
        seen += text
    assert "…" not in seen
    for page in document:
        _nothing_outside(page, card)


def _inside(page: pypdfium2.PdfPage, card: Card, number: int, box: Box) -> str:
    """The letters whose drawn shapes lie in a box of a card, half a millimetre allowed."""
    left, top = card.corner(number)
    words = ""
    textpage = page.get_textpage()
    for index in range(textpage.count_chars()):
        char = textpage.get_text_range(index, 1)
        x1, y1, x2, y2 = (value / MM for value in textpage.get_charbox(index))
        y1, y2 = card.page[1] - y2, card.page[1] - y1
        if not char.strip():
            continue
        centre = (x1 + x2) / 2 - left - box.left, (y1 + y2) / 2 - top - box.top
        if -1 < centre[0] < box.width + 1 and -1 < centre[1] < box.height + 1:
            assert x1 >= left + box.left - 0.5, (char, number)
            assert x2 <= left + box.left + box.width + 0.5, (char, number)
            assert y1 >= top + box.top - 0.5, (char, number)
            assert y2 <= top + box.top + box.height + 0.5, (char, number)
            words += char
    return words


def _nothing_outside(page: pypdfium2.PdfPage, card: Card) -> None:
    """No letter on the code with its quiet zone, none off the cards."""
    textpage = page.get_textpage()
    for index in range(textpage.count_chars()):
        if not textpage.get_text_range(index, 1).strip():
            continue
        x1, y1, x2, y2 = (value / MM for value in textpage.get_charbox(index))
        y1, y2 = card.page[1] - y2, card.page[1] - y1
        x, y = ((x1 + x2) / 2 - card.margin[0]) % card.width, ((y1 + y2) / 2 - card.margin[1]) % card.height
        on_code = card.qr.left < x < card.qr.left + card.qr.width and card.qr.top < y < card.qr.top + card.qr.height
        assert not on_code, textpage.get_text_range(index, 1)
        assert x1 > card.margin[0]
        assert x2 < card.page[0] - card.margin[0]


@pytest.mark.parametrize("layout", [BadgeLayout.SHEET_90, BadgeLayout.LABEL_62])
def test_names_in_every_script_are_drawn_inside_their_boxes(layout: BadgeLayout) -> None:
    card = CARDS[layout]
    names = [(" ".join([name] * 4))[:30].strip() for name in NAMES.values()]
    alone = {"organisation": "", "job_title": "", "venue": "", "conference": "", "code": ""}
    pdf = printed([badge(name=name, **alone) for name in names], layout)
    document = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(scale=4 / MM).to_pil().convert("L") for page in document]  # four dots to the millimetre
    for number, name in enumerate(names):
        left, top = card.corner(number)
        under = (left + 0.6, top + card.band + 0.6, left + card.width - 0.6, top + card.qr.top)
        box = [round(4 * value) for value in under]
        ink = ImageOps.invert(pictures[number // card.per_page]).crop(box).point(lambda dot: 255 * (dot > 60)).getbbox()
        assert ink, name
        inside = [value / 4 + (under[0] - left, under[1] - top)[at % 2] for at, value in enumerate(ink)]
        assert inside[0] >= card.name.left - 1, name
        assert inside[1] >= card.name.top - 1, name
        assert inside[2] <= card.name.left + card.name.width + 1, name
        assert inside[3] <= card.name.top + card.name.height + 1, name
    assert unmet(pdf, ARCHIVE) == []


def test_lines_from_right_to_left_begin_one_below_the_other() -> None:
    name = "דוד בן־גוריון לדוגמה ישראל כהן"
    card = CARDS[BadgeLayout.LABEL_100]
    alone = {"organisation": "", "job_title": "", "venue": "", "conference": "", "code": ""}
    page = pypdfium2.PdfDocument(printed([badge(name=name, **alone)], BadgeLayout.LABEL_100))[0]
    picture = ImageOps.invert(page.render(scale=8 / MM).to_pil().convert("L"))
    middle = card.name.top + card.name.height / 2
    left, right = card.name.left * 8, (card.name.left + card.name.width) * 8
    halves = [(card.name.top, middle - 0.5), (middle + 0.5, card.name.top + card.name.height)]
    first, second = (picture.crop(tuple(map(round, (left, up * 8, right, low * 8)))).getbbox() for up, low in halves)
    assert first
    assert second
    assert abs(first[2] - second[2]) < 8  # a millimetre
    assert abs(first[0] - second[0]) > 8


def test_the_quiet_zone_is_white() -> None:
    card = CARDS[BadgeLayout.LABEL_100]
    page = pypdfium2.PdfDocument(printed([badge()], BadgeLayout.LABEL_100))[0]
    picture = page.render(scale=4).to_pil().convert("L")
    at = picture.width / card.page[0]
    modules = 49 + 8
    quiet = 4 / modules * card.qr.width * 0.9
    left, top, right, bottom = card.qr.left, card.qr.top, card.qr.left + card.qr.width, card.qr.top + card.qr.height
    for box in (
        (left, top, right, top + quiet),
        (left, bottom - quiet, right, bottom),
        (left, top, left + quiet, bottom),
        (right - quiet, top, right, bottom),
    ):
        assert picture.crop([round(value * at) for value in box]).getextrema() == (255, 255)  # type: ignore[arg-type]


def test_the_same_badges_are_the_same_bytes() -> None:
    badges = [badge(), badge(name="Sample B")]
    assert printed(badges) == printed(badges)
    assert printed(badges) != printed(badges[::-1])


def test_many_are_printed_in_pieces_and_are_one_file_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    badges = [badge(name=f"样例{number}") for number in range(3)]
    monkeypatch.setattr(paper, "_PIECE", 2)
    pdf = printed(badges, BadgeLayout.LABEL_62)
    document = pypdfium2.PdfDocument(pdf)
    assert [decoded(page, dpi=150) for page in document] == [{each.text} for each in badges]
    assert pdf == printed(badges, BadgeLayout.LABEL_62)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked


def test_a_reprint_a_proof_and_a_demonstration_say_so() -> None:
    again = replace(badge(), number=2)
    shown = replace(again, face=replace(again.face, is_demo=True))
    pdf = paper.print_badges([shown], BadgeLayout.LABEL_62, title="胸卡", made_at=AT, mark="预览")
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert "演示样本" in text
    assert "预览" in text
    assert "K7Q2 M9XA · 2" in text


def test_the_drawing_below_is_passed_over_by_who_reads_aloud_and_the_words_are_tagged() -> None:
    with pikepdf.open(io.BytesIO(printed([badge()]))) as document:
        first, _words = document.pages[0].Contents  # type: ignore[misc]
        assert first.read_bytes().startswith(b"/Artifact BMC")
        assert first.read_bytes().rstrip().endswith(b"EMC")
        assert document.Root.MarkInfo.Marked


def test_a_sheet_can_be_archived_and_heard_badge_by_badge() -> None:
    pdf = printed([badge(), badge(name="Sample B")])
    assert (unmet(pdf, ARCHIVE), unmet(pdf, ACCESSIBLE)) == ([], [])
    with pikepdf.open(io.BytesIO(pdf)) as document:
        sections = [each for each in document.Root.StructTreeRoot.K[0].K if each.S == "/Sect"]  # type: ignore[misc]
        assert [[str(each.S) for each in section.K] for section in sections] == [["/P"] * 7] * 2


def test_a_code_is_as_large_as_the_document_says_and_as_another_program_makes_it() -> None:
    text = badge().text
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M").to_image(add_quiet_zones=False)
    side = 49
    assert memoryview(made).shape == (side, side)  # version 8, as docs/badges.md says
    assert len(segno.make_qr(text, error="m", boost_error=False).matrix) == side


def test_roles_are_told_apart_by_colour_and_white_words_are_read_on_each() -> None:
    assert len({colour_of(position) for position in range(len(COLOURS))}) == len(COLOURS)
    assert min(_contrast_with_white(each) for each in COLOURS) >= 4.5  # WCAG 2.2, 1.4.3


def _contrast_with_white(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
