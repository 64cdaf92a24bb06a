"""From what stands on badges to what pdf.render prints: the words as HTML, codes, bands and crop marks as drawing.

The words are measured before they are set, so that each stands in its box; nothing overlaps, nothing runs out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast

import zxingcpp
from jinja2 import Template

from core import paper_templates
from events.badges.rules import CARDS, BadgeLayout, Box, Card, Face
from pdf import join, measuring, render, scripts
from pdf.render import Paragraph

_POINTS = 72 / 25.4  # in a millimetre
_QUIET = 4  # modules: ISO/IEC 18004 §9.1
_DARK = re.compile(b"\0+")
_LEADING = 1.16
_LOW = 0.04  # em: so much lower than the middle the letters of these fonts stand in their lines
_INK, _WHITE = "#1f1c1a", "#ffffff"
_LATIN, _CHINESE = "Yunqian Sans Latin", "Yunqian Sans"
_NAME_SIZES = (*range(38, 11, -1), 11, 10.5, 10, 9.5, 9, 8.5, 8, 7.5, 7)
_WORD_SIZES = (12, 11, 10.5, 10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6)
_PIECE = 100  # badges in one document
_CROP = 3.0  # millimetres
_MM = 1 / _POINTS


@dataclass(frozen=True)
class Badge:
    """One badge to be printed; `text` is what its code says, `number` counts its prints."""

    face: Face
    text: str
    number: int = 1


@dataclass(frozen=True)
class Style:
    """How a paragraph looks; `free_before` as pdf.render.Paragraph says, None where the card decides."""

    colour: str = _INK
    is_bold: bool = False
    free_before: float | None = None


_STYLES = {
    "audience": Style(_WHITE, is_bold=True, free_before=0),
    "mark": Style(_WHITE, free_before=1),
    "name": Style(is_bold=True),
    "words": Style(),
}


@dataclass(frozen=True)
class Line:
    """A paragraph of a card: its style, how far below the card's top it begins (mm), and how it was fitted."""

    kind: str
    top: float
    fitted: measuring.Fitted


def print_badges(
    badges: Sequence[Badge], layout: BadgeLayout, *, title: str, made_at: datetime, mark: str = ""
) -> bytes:
    """The PDF: the same badges and `made_at` give the same bytes. `mark` stands on each badge, say that it is a proof.

    Raises RenderFailed, FontsMissing.
    """
    card = CARDS[layout]
    pages = [badges[start : start + card.per_page] for start in range(0, len(badges), card.per_page)]
    # In pieces: time and memory of one document stay those of a hundred badges, however many there are.
    step = max(1, _PIECE // card.per_page)
    pieces = [pages[start : start + step] for start in range(0, len(pages), step)]
    files = [_printed(card, piece, title, made_at, mark) for piece in pieces]
    return files[0] if len(files) == 1 else join.join(files, title=title)


def _printed(card: Card, pages: Sequence[Sequence[Badge]], title: str, made_at: datetime, mark: str) -> bytes:
    html = _template().render(
        title=title,
        made_at=made_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        card=card,
        pages=len(pages),
    )
    words = [[_section(card, number, each, mark) for number, each in enumerate(page)] for page in pages]
    return render.render(html, under=[_drawing(card, page) for page in pages], words=words).pdf


def _section(card: Card, number: int, badge: Badge, mark: str) -> list[Paragraph]:
    left, top = card.corner(number)
    return [_paragraph(card, line, left + card.title.left, top) for line in _lines(card, badge, mark)]


def _paragraph(card: Card, line: Line, left: float, top: float) -> Paragraph:
    """`left` of its lines, `top` of its card: millimetres from the page's corner."""
    size = line.fitted.size
    style = _STYLES[line.kind]
    return Paragraph(
        lines=line.fitted.lines,
        left=left * _POINTS,
        width=card.title.width * _POINTS,
        baseline=(top + line.top) * _POINTS + size * line.fitted.above,
        leading=size * line.fitted.leading,
        size=size,
        families=_families(line.fitted),
        colour=style.colour,
        is_bold=style.is_bold,
        free_before=0.5 if style.free_before is None and card.is_centred else style.free_before or 0.0,
        is_shaped=line.fitted.is_shaped,
        is_rtl=line.fitted.is_rtl,
    )


def _families(fitted: measuring.Fitted) -> tuple[str, ...]:
    """In which order printing looks for a glyph, as it was measured."""
    bundled = (_CHINESE,) if fitted.has_han else (_LATIN, _CHINESE)
    leading = [name for name in fitted.others if name == scripts.LETTERS]
    return (*leading, *bundled, *(name for name in fitted.others if name != scripts.LETTERS))


@cache
def _template() -> Template:
    return paper_templates.environment().get_template("badges.html")


def _lines(card: Card, badge: Badge, mark: str) -> Iterator[Line]:
    """The paragraphs of one card, from its top left corner."""
    face = badge.face
    marks = " · ".join(filter(None, (mark, "演示样本" if face.is_demo else "")))
    room = Box(card.title.left, 0, card.title.width - (measuring.width(marks) * 7 * _MM + 3 if marks else 0), card.band)
    yield from _set(room, "audience", face.audience, (13, 12, 11, 10, 9, 8, 7, 6.5), bold=True)
    if marks:
        yield from _set(Box(card.title.left, 0, card.title.width, card.band), "mark", marks, (7,))
    yield from _set(card.title, "words", face.conference, (8, 7.5, 7, 6.5, 6, 5.5))
    yield from _set(card.name, "name", face.name, _NAME_SIZES, bold=True, cut=False)
    yield from _words(card.words, face)
    yield from _set(card.code, "words", _grouped(face.code, badge.number), (8.5,))


def _words(box: Box, face: Face) -> Iterator[Line]:
    """Organisation, job title and venue, one under the other; what one leaves free the next begins in."""
    at = box.top
    # Beside the organisation there is less to say, and it is said smaller.
    for text, share, sizes in (
        (face.organisation, 0.54, _WORD_SIZES),
        (face.job_title, 0.27, _WORD_SIZES[3:]),
        (face.venue, 0.19, _WORD_SIZES[5:]),
    ):
        if text:
            fitted = _fitted(Box(box.left, at, box.width, box.height * share), text, sizes)
            yield Line("words", at, fitted)
            at += len(fitted.lines) * fitted.size * fitted.leading * _MM + 0.5


def _set(
    box: Box, kind: str, text: str, sizes: Sequence[float], *, bold: bool = False, cut: bool = True
) -> Iterator[Line]:
    if text:
        yield _placed(box, kind, _fitted(box, text, sizes, bold=bold, cut=cut))


def _fitted(box: Box, text: str, sizes: Sequence[float], *, bold: bool = False, cut: bool = True) -> measuring.Fitted:
    wide, high = box.width * _POINTS, box.height * _POINTS
    return measuring.fit(text, wide=wide, high=high, sizes=sizes, leading=_LEADING, bold=bold, cut=cut)


def _placed(box: Box, kind: str, fitted: measuring.Fitted) -> Line:
    """In the middle of the box's height."""
    used = len(fitted.lines) * fitted.size * fitted.leading * _MM
    return Line(kind, box.top + (box.height - used) / 2 - fitted.size * _LOW * _MM, fitted)


def _grouped(code: str, number: int) -> str:
    """In groups of four, to be read aloud; from the second print on with its number."""
    groups = " ".join(code[start : start + 4] for start in range(0, len(code), 4))
    return groups if number == 1 else f"{groups} · {number}"


def _drawing(card: Card, badges: Sequence[Badge]) -> str:
    """Bands, codes and crop marks of a page, in points from the bottom left."""
    parts = [f"{_POINTS:.5f} 0 0 {-_POINTS:.5f} 0 {card.page[1] * _POINTS:.5f} cm"]  # from here: mm from the top left
    for number, badge in enumerate(badges):
        left, top = card.corner(number)
        red, green, blue = (int(badge.face.colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        parts.append(f"{red:.4f} {green:.4f} {blue:.4f} rg {left:.3f} {top:.3f} {card.width:g} {card.band:g} re f")
        parts.append(_code(badge.text, left + card.qr.left, top + card.qr.top, card.qr.width))
    if card.per_page > 1:
        parts.append(f"0.55 G 0.08 w {' '.join(_crop_marks(card))} S")
    return "\n".join(parts)


def _code(text: str, left: float, top: float, width: float) -> str:
    """A QR code as one path, `width` with its quiet zone."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    dots = bytes(cast(Any, made.to_image(add_quiet_zones=False, scale=1)))  # a buffer, a byte a module
    side = math.isqrt(len(dots))
    module = width / (side + 2 * _QUIET)
    runs = " ".join(
        f"{dark.start()} {y} {dark.end() - dark.start()} 1 re"
        for y in range(side)
        for dark in _DARK.finditer(dots[y * side : (y + 1) * side])
    )
    at = f"{left + _QUIET * module:.4f} {top + _QUIET * module:.4f}"
    return f"q 0 g {module:.6f} 0 0 {module:.6f} {at} cm {runs} f Q"


def _crop_marks(card: Card) -> Iterator[str]:
    """Where to cut: short lines in the margin, off the badges."""
    left, top = card.margin
    right, bottom = card.page[0] - left, card.page[1] - top
    for column in range(card.columns + 1):
        x = left + column * card.width
        for y in (top - 1 - _CROP, bottom + 1):
            yield f"{x:.3f} {y:.3f} m {x:.3f} {y + _CROP:.3f} l"
    for row in range(card.rows + 1):
        y = top + row * card.height
        for x in (left - 1 - _CROP, right + 1):
            yield f"{x:.3f} {y:.3f} m {x + _CROP:.3f} {y:.3f} l"
