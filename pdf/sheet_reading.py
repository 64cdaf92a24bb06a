"""The child's side of pdf.sheets: the rows of a spreadsheet that somebody sent, as texts; nothing is calculated."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from pdf.errors import PdfError

_ROW = re.compile(rb"<(?:\w+:)?row(?:\s[^>]*[^>/]|\s*)>")  # of a sheet's XML, with something in it
_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z0-9:$]+)"')
_LONGEST_CELL = 4000
_MOST_COLUMNS = 100
_MOST_EMPTY = 5000  # rows in a row: a sheet may say that it has a million
_CHUNK = 1 << 20
_DEEPEST_HEADER = 10  # rows: a title and an explanation often stand above the columns' names
Row = dict[str, Any]


def rows_here(payload: bytes) -> bytes:
    """JSON {"sheet", "header", "rows": [{"number", "cells", "marks"}], "more"} of a file that stands behind a line of
    JSON {"wanted", "most_rows"}: the first sheet of whose first rows one has a name of each group of `wanted`.

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
    for name, rows, count_all in sheets:
        seen.append(name)
        for row in islice(rows, _DEEPEST_HEADER):
            header = [str(cell).strip() for cell in row["cells"]]
            if all(any(_plain(cell) in group for cell in header) for group in asked["wanted"]):
                found = _bounded(rows, asked["most_rows"], count_all)
                return json.dumps({"sheet": name, "header": header, **found}).encode()
    raise PdfError("no sheet has the columns", code="sheet_without_columns", sheets=", ".join(seen)[:200])


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _bounded(rows: Iterator[Row], most: int, count_all: Callable[[], int]) -> dict[str, Any]:
    """The rows behind the header without empty ones; of what is too much, only how many rows there are is looked at."""
    kept: list[Row] = []
    empty = 0
    for row in rows:
        if not any(row["cells"]):
            empty += 1
            if empty >= _MOST_EMPTY:
                break
            continue
        empty = 0
        if len(kept) == most:
            return {"rows": kept, "more": max(1, count_all() - 1 - most)}
        kept.append(row)
    return {"rows": kept, "more": 0}


Sheets = Iterator[tuple[str, Iterator[Row], Callable[[], int]]]  # name, rows, how many rows have something in them


def _csv(data: bytes) -> Sheets:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        first = text.partition("\n")[0]
        mark = max((",", ";", "\t"), key=first.count)
        rows = _csv_rows(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
        yield "CSV", rows, partial(_count_lines, text)
        return
    raise PdfError("neither a workbook nor text", code="sheet_broken")


def _count_lines(text: str) -> int:
    return sum(bool(line.strip()) for line in text.splitlines())


def _csv_rows(reader: Iterable[list[str]]) -> Iterator[Row]:
    try:
        for number, cells in enumerate(reader, start=1):
            yield {"number": number, "cells": [cell[:_LONGEST_CELL] for cell in cells[:_MOST_COLUMNS]], "marks": []}
    except csv.Error as error:
        raise PdfError(str(error), code="sheet_broken") from error


def _xlsx(data: bytes) -> Sheets:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    for sheet in book.worksheets:
        # Nothing public names the part of the file.
        part = sheet._worksheet_path
        yield sheet.title, _xlsx_rows(sheet, _merged_rows(data, part)), partial(_count_rows, data, part)


def _count_rows(data: bytes, part: str) -> int:
    """How many rows of a sheet's file have something in them, without reading what it is."""
    found, rest = 0, b""
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(part) as file:
        while chunk := file.read(_CHUNK):
            rest += chunk
            cut = max(rest.rfind(b"<"), 0)  # a tag may go on in the next piece
            found += len(_ROW.findall(rest[:cut]))
            rest = rest[cut:][-_CHUNK:]
    return found + len(_ROW.findall(rest))


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
