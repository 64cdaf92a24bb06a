"""Spreadsheets: foreign ones are read as texts in a limited child, our own are written so that nothing in them runs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pdf import books
from pdf.child import Limits, run_limited

LIMITS = Limits(wall_seconds=40.0, cpu_seconds=30, memory_bytes=1024**3, output_bytes=64 * 1024 * 1024)
_FILE_WIDTH = 24
_ANY_TIME = datetime(1980, 1, 1, tzinfo=UTC)  # the earliest that an archive knows: equal sheets are equal bytes


@dataclass(frozen=True)
class SheetRow:
    """One row, by its number in the file; `marks` names what makes it doubtful: `formula`, `merged`."""

    number: int
    cells: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """The rows behind the header, without empty ones; `more` counts those beyond the most that was asked for, as the
    file's rows that have something in them: their cells are not read."""

    name: str
    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]
    more: int


def read_sheet(data: bytes, *, wanted: Sequence[Collection[str]], most_rows: int) -> Sheet:
    """The first sheet of an .xlsx (or the one of a .csv in UTF-8 or GB 18030) of whose first ten rows one has a name of
    each group, small letters; that is its header. Raises PdfError
    `sheet_broken`, `sheet_without_columns`, or a ChildFailure."""
    head = json.dumps({"wanted": [sorted(group) for group in wanted], "most_rows": most_rows}).encode()
    found = json.loads(run_limited("pdf.sheet_reading:rows_here", head + b"\n" + data, limits=LIMITS))
    rows = tuple(SheetRow(row["number"], tuple(row["cells"]), tuple(row["marks"])) for row in found["rows"])
    return Sheet(found["sheet"], tuple(found["header"]), rows, found["more"])


def write_sheet(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """An .xlsx with one sheet. Every text is written as a text, so that none that begins with = + - @ is ever
    calculated; numbers stay numbers."""
    columns = [books.Column(text, _FILE_WIDTH) for text in header]
    values = ([each if isinstance(each, str | int | float | None) else str(each) for each in row] for row in rows)
    return books.write_book([books.BookSheet(title, columns, values)], made_at=_ANY_TIME).data
