"""All that is drawn in a file (pages, forms, patterns, drawn letters, soft masks) written anew with its resources.

Everything gets resources of its own with what it names and nothing else; names that are not plain are replaced.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from pdf.contents import plane, thin
from pdf.contents.graphics import Done, Identity, Kind
from pdf.contents.scope import Scope
from pdf.contents.tokens import unclear
from pdf.contents.writer import Writer
from pdf.errors import PdfError

_MOST_DEEP = 12  # drawings in drawings: pdfium stops at 40, and other readers go on
_MOST_CONTENTS = 20_000
_PAGE, _LETTER = 500.0, 20.0  # points: how large a drawing and a letter are taken to be, whose places are not known yet
# Of a stream's dictionary: how it was packed, and what it gets anew.
_PACKING = frozenset({"/Length", "/Filter", "/DecodeParms", "/DL", "/Resources"})


def write_anew(source: Pdf) -> None:
    """Write the contents of all pages anew; raises PdfError `pdf_unclear` (`page`, `reason`), `pdf_too_complex`."""
    walk = _Walk(source)
    for number, page in enumerate(source.pages, start=1):
        try:
            walk.write_page(page.obj)
        except PdfError as error:
            if error.code not in ("pdf_unclear", "page_broken"):
                raise
            error.params["page"] = number
            raise


class _Walk:
    """Through everything that is drawn; what is used in several places is written once."""

    def __init__(self, source: Pdf) -> None:
        self.source = source
        self._done: dict[Identity, Done] = {}
        self._fonts: dict[Identity, tuple[Object, int]] = {}
        self._open: list[tuple[int, int]] = []
        self._heights = [0]
        self._written = 0

    def write_page(self, page: Object) -> None:
        scope = Scope(self, page.get(Name.Resources), (page.objgen,))
        writer = Writer(Kind.PAGE, scope)
        content = page.get(Name.Contents)
        for part in list(content) if isinstance(content, Array) else [content]:
            if isinstance(part, Stream):
                writer.read(self.octets(part))
        page.Contents = self._stream(writer.finished(), Dictionary())
        page.Resources = scope.used()

    def form(self, form: Stream, around: Scope, kind: Kind) -> Done:
        """A form, pattern or mask's group; without resources of its own it gets what it names of those around it."""
        own = form.get(Name.Resources)
        is_own = isinstance(own, Dictionary)
        key = (form.objgen, kind, None if is_own else around.identity)
        if key in self._done:
            self._grow(self._done[key].height)
            return self._done[key]
        with self._inside(form.objgen) as heights:
            scope = Scope(self, own, (form.objgen,)) if is_own else around.again()
            writer = Writer(kind, scope, _unit_of(form))
            writer.read(self.octets(form))
            entries = Dictionary({name: value for name, value in form.stream_dict.items() if name not in _PACKING})
            stream = self._stream(writer.finished(), entries)
            stream.Resources = scope.used()
            height = heights[-1] + 1
        self._done[key] = Done(stream, writer.reach.through(matrix_in(form)), height)
        self._grow(height)
        return self._done[key]

    def drawn_font(self, font: Object, around: Scope) -> Object:
        """A Type 3 font: its letters are drawings that share their resources."""
        own = font.get(Name.Resources)
        is_own = isinstance(own, Dictionary)
        key = (font.objgen, None if is_own else around.identity)
        if font.is_indirect and key in self._fonts:
            self._grow(self._fonts[key][1])
            return self._fonts[key][0]
        letters = font.get(Name.CharProcs)
        if not isinstance(letters, Dictionary):
            raise unclear("a font of drawings without any")
        with self._inside(font.objgen) as heights:
            scope = Scope(self, own, (font.objgen,)) if is_own else around.again()
            written, unit = Dictionary(), _LETTER * thin.scale_of(matrix_in(font, "/FontMatrix"))
            for name, letter in letters.items():
                if not isinstance(letter, Stream):
                    raise unclear("a letter that is no drawing")
                writer = Writer(Kind.GLYPH, scope, unit)
                writer.read(self.octets(letter))
                written[name] = self._stream(writer.finished(), Dictionary())
            anew = Dictionary({name: value for name, value in font.items() if name != "/Resources"})
            anew.CharProcs = written
            anew.Resources = scope.used()
            height = heights[-1] + 1
        self._fonts[key] = (self.source.make_indirect(anew), height)
        self._grow(height)
        return self._fonts[key][0]

    def octets(self, stream: Stream) -> bytes:
        """All of a content; raises PdfError `page_broken` where it cannot be unpacked to its end."""
        self._written += 1
        if self._written > _MOST_CONTENTS:
            raise PdfError("too many drawings", code="pdf_too_complex")
        self.source.get_warnings()
        try:
            data: bytes = stream.read_bytes()
        except pikepdf.PdfError as error:
            if "bad_alloc" in str(error):
                raise MemoryError from error
            raise PdfError(f"{error}"[:200], code="page_broken") from error
        if said := self.source.get_warnings():
            raise PdfError(f"{said[0]}"[:200], code="page_broken")
        return data

    @contextmanager
    def _inside(self, drawing: tuple[int, int]) -> Iterator[list[int]]:
        if drawing in self._open and drawing != (0, 0):
            raise PdfError("drawings in circles", code="pdf_too_complex")
        self._open.append(drawing)
        self._heights.append(0)
        self._grow(0)
        yield self._heights
        self._heights.pop()
        self._open.pop()

    def _grow(self, height: int) -> None:
        """Note that so many drawings lie one in the other below where we are."""
        if len(self._open) + height > _MOST_DEEP:
            raise PdfError("drawings nested too deep", code="pdf_too_complex")
        self._heights[-1] = max(self._heights[-1], height)

    def _stream(self, content: bytes, entries: Dictionary) -> Stream:
        stream = self.source.make_stream(zlib.compress(content), entries)
        stream.Filter = Name.FlateDecode
        return stream


def _unit_of(form: Stream) -> float:
    """How many points its unit may be: as if its bounds were drawn as large as a page, where they are smaller."""
    box = form.get(Name.BBox)
    if not isinstance(box, Array) or len(box) != 4:
        return 1
    left, bottom, right, top = (float(each) for each in box)
    return max(1, _PAGE / (max(abs(right - left), abs(top - bottom)) or _PAGE))


def matrix_in(form: Object, key: str = "/Matrix") -> tuple[float, float, float, float, float, float]:
    """A form's own matrix; what is none is refused with the form's other entries."""
    matrix = form.get(key)
    if not isinstance(matrix, Array) or len(matrix) != 6:
        return plane.PLAIN
    return plane.matrix_of(list(matrix))
