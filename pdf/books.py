"""Workbooks (.xlsx, ECMA-376) of texts, numbers and times. No formula can be in one: nothing here writes that element.

Rows go straight into the archive, so that tens of thousands take a second and no memory to speak of.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import IO
from xml.sax.saxutils import escape

Value = str | int | float | bool | datetime | date | None
MOST_ROWS = 1_048_576  # ECMA-376 has no more, and programs cut the rest off without a word
_LONGEST = 32_767  # characters in a cell
_TITLE = 31
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  day 0 of a sheet, which knows no zones
_PLAIN, _HEAD, _MOMENT, _DAY, _GUARDED = range(5)  # the styles below, by their number
# A program that is asked to enter such a text anew would take it for a formula: the apostrophe (quotePrefix) keeps it.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# ST_Xstring (22.9.2.19): `_x0041_` would be read as A.
_LIKE_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# Nearly all texts: nothing in them is to be looked at twice.
_ORDINARY = re.compile("[^\\W_](?:[^&<>_\x00-\x20\x7f\ud800-\udfff\ufffe\uffff]| (?! |$))*")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE4EEEC"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="5"><xf/>'
    '<xf fontId="1" fillId="2" applyFont="1" applyFill="1" applyAlignment="1">'
    '<alignment wrapText="1" vertical="top"/></xf>'
    '<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/>'
    '<xf numFmtId="49" applyNumberFormat="1" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(frozen=True)
class Column:
    """What stands above a column, and how wide it is in characters."""

    title: str
    width: float = 18


@dataclass(frozen=True)
class BookSheet:
    """One sheet: its header stays in sight. Times are written as they are read there: give the local ones, without a
    zone, and say the zone in the column's title."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]


@dataclass(frozen=True)
class Book:
    """The file, and how many rows each sheet has below its header."""

    data: bytes
    rows: tuple[int, ...]


def write_book(sheets: Sequence[BookSheet], *, made_at: datetime) -> Book:
    """The same sheets and `made_at` give the same bytes. Raises ValueError for more than MOST_ROWS rows, and for a time
    with a zone."""
    file, names, counts = io.BytesIO(), _names(sheets), []
    stamp = made_at.astimezone(UTC).timetuple()[:6]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:

        def put(name: str, pieces: Iterable[str]) -> None:
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as part:
                _pour(part, pieces)

        put("[Content_Types].xml", [_content_types(len(names))])
        put("_rels/.rels", [_relations([("officeDocument", "xl/workbook.xml")])])
        put("xl/workbook.xml", [_workbook(names)])
        parts = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(names) + 1)]
        put("xl/_rels/workbook.xml.rels", [_relations([*parts, ("styles", "styles.xml")])])
        put("xl/styles.xml", [_STYLES])
        for number, sheet in enumerate(sheets, 1):
            counter = _Counter(sheet.rows)
            put(f"xl/worksheets/sheet{number}.xml", _sheet(sheet, counter))
            counts.append(counter.count)
    return Book(file.getvalue(), tuple(counts))


class _Counter:
    """Rows on their way, counted."""

    def __init__(self, rows: Iterable[Sequence[Value]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Sequence[Value]]:
        for row in self._rows:
            self.count += 1
            if self.count >= MOST_ROWS:
                raise ValueError(f"a sheet has {MOST_ROWS} rows at most")
            yield row


def _pour(part: IO[bytes], pieces: Iterable[str]) -> None:
    buffer: list[str] = []
    for piece in pieces:
        buffer.append(piece)
        if len(buffer) >= 500:
            part.write("".join(buffer).encode())
            buffer.clear()
    part.write("".join(buffer).encode())


def _names(sheets: Sequence[BookSheet]) -> list[str]:
    """What programs take as a sheet's name: short, without signs that are special there, each once."""
    found: list[str] = []
    for number, sheet in enumerate(sheets, 1):
        name = re.sub(r"[\[\]:*?/\\']", " ", _clean(sheet.title)).strip()[:_TITLE] or f"Sheet{number}"
        known = {each.lower() for each in found}
        found.append(name if name.lower() not in known else f"{name[: _TITLE - 4]} {number}")
    return found


def _content_types(count: int) -> str:
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in range(1, count + 1)
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{parts}</Types>'
    )


def _relations(parts: Sequence[tuple[str, str]]) -> str:
    made = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(parts, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{made}</Relationships>'


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name, {chr(34): "&quot;"})}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    return f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'


def _sheet(sheet: BookSheet, rows: Iterable[Sequence[Value]]) -> Iterator[str]:
    yield (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
    )
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width:g}" customWidth="1"/>'
        for number, column in enumerate(sheet.columns, 1)
    )
    yield f"<cols>{widths}</cols>" if widths else ""
    yield "<sheetData><row>" + "".join(_text(column.title, _HEAD) for column in sheet.columns) + "</row>"
    for row in rows:
        yield "<row>" + "".join(map(_cell, row)) + "</row>"
    yield "</sheetData></worksheet>"


def _cell(value: Value) -> str:
    if isinstance(value, str):
        return _text(value) if value else "<c/>"
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value!r}</v></c>" if abs(value) < 1e15 else _text(str(value))
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise ValueError("a sheet knows no zones: give the local time")
        return f'<c s="{_MOMENT}"><v>{(value - _EPOCH).total_seconds() / 86400!r}</v></c>'
    return f'<c s="{_DAY}"><v>{(value - _EPOCH.date()).days}</v></c>'


def _text(text: str, style: int = _PLAIN) -> str:
    if style == _PLAIN and _ORDINARY.fullmatch(text) and len(text) <= _LONGEST:
        return f'<c t="inlineStr"><is><t>{text}</t></is></c>'
    # Looked at before anything is taken away: what a program strips at the front would uncover the rest.
    if style == _PLAIN and text.lstrip(" \u00a0\u3000").startswith(_DANGEROUS):
        style = _GUARDED
    said = escape(_LIKE_ESCAPE.sub("_x005F_", _clean(text)[:_LONGEST]))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{said}</t></is></c>'


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
