"""The child's side of pdf.intake.look: where characters of a page stand in a picture of it. Loads pdfium."""

from __future__ import annotations

import ctypes
import math

import pypdfium2
from PIL import Image
from pypdfium2 import raw

Box = tuple[int, int, int, int]


class Place:
    """Where characters stand in the picture of their page, however that is turned."""

    def __init__(self, page: pypdfium2.PdfPage, picture: Image.Image) -> None:
        self._most = picture.size
        far = 10_000  # the library answers in whole pixels: from far away the error is small
        origin, right, up = (_pixel(page, picture, x, y) for x, y in ((0, 0), (far, 0), (0, far)))
        self._origin = origin
        self._across = ((right[0] - origin[0]) / far, (right[1] - origin[1]) / far)
        self._up = ((up[0] - origin[0]) / far, (up[1] - origin[1]) / far)

    def of(self, text_page: pypdfium2.PdfTextPage, index: int) -> Box:
        """Left, top, right, bottom in pixels, cut to the picture."""
        edges = [ctypes.c_double() for _ in range(4)]
        raw.FPDFText_GetCharBox(text_page, index, *edges)
        left, right, bottom, top = (edge.value for edge in edges)
        (x1, y1), (x2, y2) = self._pixel(left, bottom), self._pixel(right, top)
        width, height = self._most
        return (
            max(0, int(min(x1, x2))),
            max(0, int(min(y1, y2))),
            min(width, int(max(x1, x2)) + 1),
            min(height, int(max(y1, y2)) + 1),
        )

    def height(self, text_page: pypdfium2.PdfTextPage, index: int) -> float:
        """How high the line of a character is in pixels, from its font and the size at which it is drawn."""
        turn = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(text_page, index, turn)
        size = raw.FPDFText_GetFontSize(text_page, index) * math.hypot(turn.c, turn.d)
        return float(size * math.hypot(*self._up))

    def _pixel(self, x: float, y: float) -> tuple[float, float]:
        return (
            self._origin[0] + x * self._across[0] + y * self._up[0],
            self._origin[1] + x * self._across[1] + y * self._up[1],
        )


def _pixel(page: pypdfium2.PdfPage, picture: Image.Image, x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, picture.width, picture.height, 0, x, y, across, down)
    return across.value, down.value
