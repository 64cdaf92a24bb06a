"""The child's side of pdf.sheets: the rows of a spreadsheet that somebody sent, as texts; nothing is calculated."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from pdf.errors import PdfError

_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z0-9:$]+)"')
_LONGEST_CELL = 4000
_MOST_COLUMNS = 100
_MOST_EMPTY = 5000  # rows in a row: a sheet may say that it has a million
_CHUNK = 1 << 20
Row = dict[str, Any]


def rows_here(payload: bytes) -> bytes:
    """JSON {"sheet", "header", "rows": [{"number", "cells", "marks"}], "more"} of a file that stands behind a line of
    JSON {"wanted", "most_rows"}: the first sheet whose first row has one of each group of `wanted` names.

    `marks` names `formula` and `merged`. Raises PdfError `sheet_broken`, `sheet_without_columns`.
    """
    try:
        return _rows(payload)
    except (PdfError, MemoryError):
        raise
    except Exception as error:  # what openpyxl raises for a broken file is not one family
        raise PdfError(f"{type(error).__name__}: {error}"[:200], code="sheet_broken") from error


def _rows(payload: bytes) -> bytes:
    head, _, data = payload.partition(b"\n")
    asked = json.loads(head)
    sheets = _csv(data) if not data.startswith(b"PK\x03\x04") else _xlsx(data)
    seen: list[str] = []
    for name, rows in sheets:
        seen.append(name)
        header = [str(cell).strip() for cell in next(iter(rows), {"cells": []})["cells"]]
        if all(any(_plain(cell) in group for cell in header) for group in asked["wanted"]):
            found = _bounded(rows, asked["most_rows"])
            return json.dumps({"sheet": name, "header": header, **found}).encode()
    raise PdfError("no sheet has the columns", code="sheet_without_columns", sheets=", ".join(seen)[:200])


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _bounded(rows: Iterator[Row], most: int) -> dict[str, Any]:
    kept: list[Row] = []
    more, empty = 0, 0
    for row in rows:
        if not any(row["cells"]):
            empty += 1
            if empty >= _MOST_EMPTY:
                break
            continue
        empty = 0
        if len(kept) < most:
            kept.append(row)
        else:
            more += 1
    return {"rows": kept, "more": more}


def _csv(data: bytes) -> Iterator[tuple[str, Iterator[Row]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        first = text.partition("\n")[0]
        mark = max((",", ";", "\t"), key=first.count)
        yield "CSV", _csv_rows(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
        return
    raise PdfError("neither a workbook nor text", code="sheet_broken")


def _csv_rows(reader: Iterable[list[str]]) -> Iterator[Row]:
    try:
        for number, cells in enumerate(reader, start=1):
            yield {"number": number, "cells": [cell[:_LONGEST_CELL] for cell in cells[:_MOST_COLUMNS]], "marks": []}
    except csv.Error as error:
        raise PdfError(str(error), code="sheet_broken") from error


def _xlsx(data: bytes) -> Iterator[tuple[str, Iterator[Row]]]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    for sheet in book.worksheets:
        # Nothing public names the part of the file.
        yield sheet.title, _xlsx_rows(sheet, _merged_rows(data, sheet._worksheet_path))


def _merged_rows(data: bytes, part: str) -> set[int]:
    """The numbers of rows that have a cell in a merged range; the read-only reader does not tell."""
    found: set[int] = set()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(part) as file:
        rest = b""
        while chunk := file.read(_CHUNK):
            rest += chunk
            for match in _MERGED.finditer(rest):
                _, first, _, last = range_boundaries(match[1].decode())
                found.update(range(first or 1, min(last or 1, (first or 1) + 20_000) + 1))
            rest = rest[-200:]
    return found


def _xlsx_rows(sheet: Any, merged: set[int]) -> Iterator[Row]:
    # Only what the file says, not a size that it claims.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), start=1):
        marks = ["merged"] if number in merged else []
        if any(cell.data_type == "f" for cell in row):
            marks.append("formula")
        yield {"number": number, "cells": [_text(cell.value) for cell in row[:_MOST_COLUMNS]], "marks": marks}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value).strip()[:_LONGEST_CELL]
