"""Pages as pictures and as text, for reading in a browser; pdfium runs in a limited child, never in this process."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pdf.child import Limits
from pdf.errors import PdfError
from pdf.openers import OPENERS
from pdf.progress import Progress

# A page image is 0.03 s and 0.1 MB: a hundred pages fit several times over.
LIMITS = Limits(wall_seconds=60.0, cpu_seconds=45, memory_bytes=1024 * 1024 * 1024, output_bytes=200 * 1024 * 1024)
_HEAD = struct.Struct(">III")


class PageBroken(PdfError):
    """The file has no page, or one that cannot be drawn."""

    code = "page_broken"


@dataclass(frozen=True)
class PageImage:
    """A page as a palette PNG, with its size in pixels and the text on it for screen readers.

    `is_picture` where the file holds a picture alone, and the text was read elsewhere.
    """

    png: bytes
    width: int
    height: int
    text: str
    is_picture: bool = False


def page_images(pdf: bytes, *, limits: Limits = LIMITS, progress: Progress | None = None) -> list[PageImage]:
    """All pages at 144 dpi, in order. Raises PdfError: `page_broken`, `page_too_large`, `too_many_pages`, `child_…`."""
    counter = progress.descriptor if progress else None
    return unpacked(OPENERS.run("pdf.drawing:draw_pages", pdf, file=counter, limits=limits))


def packed(images: list[PageImage]) -> bytes:
    """The answer of the child: per page the lengths of PNG and text in one head, both bodies after it."""
    parts: list[bytes] = []
    for image in images:
        text = image.text.encode("utf-8", "replace")
        parts += [_HEAD.pack(len(image.png), len(text), image.width << 16 | image.height), image.png, text]
    return b"".join(parts)


def unpacked(answer: bytes) -> list[PageImage]:
    """What `packed` put together."""
    images, at = [], 0
    while at < len(answer):
        png_length, text_length, size = _HEAD.unpack_from(answer, at)
        at += _HEAD.size
        png = answer[at : at + png_length]
        at += png_length
        text = answer[at : at + text_length].decode("utf-8", "replace")
        at += text_length
        images.append(PageImage(png, size >> 16, size & 0xFFFF, text))
    return images
