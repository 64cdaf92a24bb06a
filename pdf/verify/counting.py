"""How many rows the cross-reference streams of a file say they have, seen before the library reads them.

It reads all sections when it opens a file: rows that unpack a thousandfold, lie in one another, or take no octet.
"""

from __future__ import annotations

import io
import mmap
import os
from typing import TypeAlias

from pyhanko.pdf_utils.generic import Reference, StreamObject
from pyhanko.pdf_utils.reader import process_data_at_eof
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.pdf_utils.xref import XRefBuilder

from pdf.verify.limits import VerifyLimits, within
from pdf.verify.verdict import Finding, failed

_Stream: TypeAlias = io.BytesIO | mmap.mmap
_WIDEST = 24  # three numbers of eight octets
# The library looks for each row that frees an object in every later section.
_MOST_COMPARED, _TIMES_COMPARED = 5_000_000, 50


class _Sections(XRefBuilder):
    """Goes from section to section as the library does, and past the rows of streams."""

    def __init__(self, stream: _Stream, limits: VerifyLimits, octets: int) -> None:
        stream.seek(-1, os.SEEK_END)
        # Not strict: whether sections agree is told by the library itself, which sees all rows.
        super().__init__(PdfHandler(), stream, strict=False, last_startxref=process_data_at_eof(stream))
        self._limits, self._most = limits, limits.objects_of(octets)
        self._most_compared = min(_MOST_COMPARED + octets, _TIMES_COMPARED * self._most)
        self._rows = self._count = self._compared = 0

    def _read_xref_stream(self, _declared_startxref: int) -> int | None:
        self._another()
        _, stream = self._read_xref_stream_object()
        return _prev(stream)

    def _read_xref_table(self, declared_startxref: int) -> int | None:
        self._another()
        before: int | None = super()._read_xref_table(declared_startxref)
        found = self.sections[-1].xref_data
        self._compare(len(found.freed) + sum(generation > 0 for generation, _ in found.standard_xrefs.values()))
        return before

    def _read_xref_stream_object(self) -> tuple[Reference, StreamObject]:
        ref, stream = super()._read_xref_stream_object()  # type: ignore[no-untyped-call]
        rows = _rows_of(stream)
        self._rows += rows
        within("objects", self._rows, self._most)
        self._compare(rows)
        return ref, stream

    def _compare(self, rows: int) -> None:
        self._compared += rows * self._count
        within("compared-rows", self._compared, self._most_compared)

    def _another(self) -> None:
        self._count += 1
        within("revisions", self._count, self._limits.revisions)


def _rows_of(stream: StreamObject) -> int:
    widths, index = list(stream.get("/W", [])), list(stream.get("/Index", [0, stream.get("/Size")]))
    numbers = [*widths, *index]
    if any(not isinstance(each, int) or each < 0 for each in numbers) or not 0 < sum(widths[:3]) <= _WIDEST:
        raise Finding(failed("broken-file", detail="a malformed cross-reference stream"))
    return sum(index[1::2])


def _prev(stream: StreamObject) -> int | None:
    found = stream.get("/Prev")
    return int(found) if isinstance(found, int) else None


def check_sections(stream: _Stream, limits: VerifyLimits, octets: int) -> None:
    """Go through the sections of a file of so many octets. Raises Finding `limits`, and what the library raises."""
    _Sections(stream, limits, octets).read_xrefs()  # type: ignore[no-untyped-call]
