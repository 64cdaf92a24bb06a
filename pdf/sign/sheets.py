"""Pages as people see them: what is cut, turned and scaled away from the page's own coordinates, and the way back.

A place on a page is given in the sheet's own points: from the lower left corner of what is visible, upright as it is
read, 1/72 inch each (ISO 32000-2 §7.7.3.3 MediaBox, CropBox, Rotate, UserUnit; §14.11.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import pikepdf

from pdf.sign.values import Box

POINTS_A_MM = 72 / 25.4
_UPRIGHT = {
    0: (1, 0, 0, 1),
    90: (0, 1, -1, 0),
    180: (-1, 0, 0, -1),
    270: (0, -1, 1, 0),
}


@dataclass(frozen=True)
class Sheet:
    """The visible part of one page: `box` in the page's own units, `turn` clockwise in degrees, `unit` in points."""

    box: Box
    turn: int
    unit: float

    @property
    def width(self) -> float:
        """In points, as it is read."""
        return (self.box[3] - self.box[1] if self.turn in (90, 270) else self.box[2] - self.box[0]) * self.unit

    @property
    def height(self) -> float:
        """In points, as it is read."""
        return (self.box[2] - self.box[0] if self.turn in (90, 270) else self.box[3] - self.box[1]) * self.unit

    @property
    def upright(self) -> tuple[int, int, int, int]:
        """The matrix (a b c d) that turns an appearance so that it stands upright before the reader."""
        return _UPRIGHT[self.turn]

    def on_page(self, box: Box) -> Box:
        """A place on the sheet in the page's own units."""
        corners = [self._to_page(box[0], box[1]), self._to_page(box[2], box[3])]
        return _ordered(corners)

    def on_sheet(self, box: Box) -> Box:
        """A place in the page's own units in points of the sheet."""
        return _ordered([self._to_sheet(box[0], box[1]), self._to_sheet(box[2], box[3])])

    def _to_page(self, right: float, up: float) -> tuple[float, float]:
        left, bottom, far, top = self.box
        right, up = right / self.unit, up / self.unit
        match self.turn:
            case 90:
                return far - up, bottom + right
            case 180:
                return far - right, top - up
            case 270:
                return left + up, top - right
        return left + right, bottom + up

    def _to_sheet(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, far, top = self.box
        match self.turn:
            case 90:
                place = y - bottom, far - x
            case 180:
                place = far - x, top - y
            case 270:
                place = top - y, x - left
            case _:
                place = x - left, y - bottom
        return place[0] * self.unit, place[1] * self.unit


def read_sheet(page: pikepdf.Page) -> Sheet:
    """What of a page is visible: the crop box inside the media box, entries inherited from above included."""
    media = _ordered_box(page.mediabox)
    crop = _ordered_box(page.cropbox)
    box = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    if box[0] >= box[2] or box[1] >= box[3]:
        box = media  # readers show the whole page where the crop box lies beside it
    turn = int(_inherited(page, "/Rotate", 0)) % 360
    unit = float(page.obj.get("/UserUnit", 1))
    return Sheet(box, turn if turn in _UPRIGHT else 0, unit if unit > 0 else 1.0)


def _inherited(page: pikepdf.Page, key: str, otherwise: int) -> int:
    node: pikepdf.Object | None = page.obj
    for _ in range(64):
        if node is None:
            break
        if key in node:
            return int(node[key])
        node = node.get("/Parent")
    return otherwise


def _ordered_box(box: pikepdf.Array) -> Box:
    left, bottom, right, top = (float(each) for each in box)
    return _ordered([(left, bottom), (right, top)])


def _ordered(corners: list[tuple[float, float]]) -> Box:
    across, up = sorted(each[0] for each in corners), sorted(each[1] for each in corners)
    return across[0], up[0], across[1], up[1]
