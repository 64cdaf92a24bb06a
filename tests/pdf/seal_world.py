"""Specimen seals for tests: a mark, and files frozen with it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pikepdf
from PIL import Image, ImageDraw

from pdf import edges, edging, inking, sign
from pdf.sign import seams
from pdf.sign.sheets import POINTS_A_MM, read_sheet
from tests.pdf import signing_world as w

LABEL = "示意印模 · 非公章  specimen seal"
RED = (196, 24, 32)
A4 = (595.2756, 841.8898)


@dataclass(frozen=True)
class Page:
    """A page to be made: `size` and `crop` in its own units.

    `inked` are black bars at the right edge as it is read, 30 mm wide, each from and to millimetres above the foot.
    """

    size: tuple[float, float] = A4
    crop: tuple[float, float, float, float] | None = None
    turn: int = 0
    unit: float = 1.0
    inked: tuple[tuple[float, float], ...] = ()


def mark(size: int = 640, *, paper: tuple[int, int, int] = (255, 255, 255)) -> Image.Image:
    """A round mark on paper that looks different at every place."""
    image = Image.new("RGB", (size, size), paper)
    pen = ImageDraw.Draw(image)
    pen.ellipse((8, 8, size - 8, size - 8), outline=RED, width=size // 24)
    for number in range(7):
        at = size * (2 + number) / 11
        pen.line((at, size * 0.25, size - at, size * (0.5 + number / 30)), fill=RED, width=3 + number)
    return image


def encoded(image: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


@lru_cache(maxsize=1)
def specimen() -> bytes:
    """The mark as pdf.specimen gives it."""
    return inking.ink_of_picture(encoded(mark()))


def paper(pages: Sequence[Page]) -> bytes:
    with pikepdf.new() as document:
        for page in pages:
            document.add_blank_page(page_size=page.size)
            made = document.pages[-1].obj
            if page.crop:
                made.CropBox = pikepdf.Array(page.crop)
            if page.turn:
                made.Rotate = page.turn
            if page.unit != 1:
                made.UserUnit = page.unit
            made.Contents = document.make_stream(_bars(document.pages[-1], page.inked))
        file = io.BytesIO()
        document.save(file, deterministic_id=True)
        return file.getvalue()


def _bars(page: pikepdf.Page, inked: Sequence[tuple[float, float]]) -> bytes:
    sheet = read_sheet(page)
    edge = sheet.width - 30 * POINTS_A_MM
    boxes = [sheet.on_page((edge, low * POINTS_A_MM, sheet.width, high * POINTS_A_MM)) for low, high in inked]
    return b"".join(
        b"%.3f %.3f %.3f %.3f re f\n" % (left, bottom, right - left, top - bottom) for left, bottom, right, top in boxes
    )


def looked_at(pdf: bytes) -> list[list[int]]:
    """As pdf.edges.read_ink, without a child."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        strips = seams.strips([read_sheet(page) for page in document.pages])
    found: list[list[int]] = json.loads(edging.ink_of_edges(edges.question(strips, pdf)))
    return found


def spec(slot: int = 1, *, edges: bool = True, row: int = 0, rows: int = 1) -> sign.SealSpec:
    return sign.SealSpec(f"Signer-{slot}", specimen(), LABEL, w.FONT, edges=edges, row=row, rows=rows)


def frozen(pages: Sequence[Page], *seals: sign.SealSpec) -> bytes:
    here, text = w.world(), paper(pages)
    return sign.freeze(
        text,
        fields=w.FIELDS,
        seals=seals or (spec(),),
        ink=looked_at(text) if any(page.inked for page in pages) else (),
        platform=here.platform,
        timestamper=here.timestamper,
        at=w.NOW,
    )


def signed(head: bytes, slot: int = 1, *, draws_seal: bool = True, appearance: sign.Appearance | None = None) -> bytes:
    here, who = w.world(), w.world().signer()
    waiting = sign.prepare(
        head,
        field=f"Signer-{slot}",
        leaf=who.leaf,
        at=w.NOW,
        appearance=appearance,
        name="林晓云",
        draws_seal=draws_seal,
    )
    raw = sign.sign_attributes(who.key, waiting.attributes)
    return sign.finish(head, waiting, signature=raw, leaf=who.leaf, chain=here.ca.path, timestamper=here.timestamper)
