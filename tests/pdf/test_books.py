"""Workbooks as other programs read them: openpyxl here, LibreOffice where one is at hand."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook

from pdf.books import BookSheet, Column, Value, write_book

AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "＝1+1",
    '=HYPERLINK("https://example.com","x")',
    "#N/A",
    "<f>1+1</f>",
    "]]></t><f>1</f>",
    "{=1}",
]


def read(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def book(*rows: Sequence[Value], columns: int = 3) -> bytes:
    sheet = BookSheet("Sheet", [Column(f"Column {number}") for number in range(columns)], rows)
    return write_book([sheet], made_at=AT).data


def cells(data: bytes) -> Iterator[Cell]:
    yield from (cell for row in read(data).active.iter_rows(min_row=2) for cell in row if cell.value is not None)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_ever_a_formula_wherever_it_stands(text: str) -> None:
    data = write_book([BookSheet(text, [Column(text)], [[text]])], made_at=AT).data
    sheet = read(data).active
    for cell in (sheet["A1"], sheet["A2"]):
        assert cell.data_type == "s"
        assert cell.value == text.replace("\r", "\n")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            assert not re.search(rb"<(\w+:)?f[ >/]", archive.read(name)), name


def test_a_program_that_enters_a_dangerous_text_anew_is_told_that_it_is_a_text() -> None:
    marked = {cell.value: cell.quotePrefix for cell in cells(book(["=1+1", " @x", "plain"]))}
    assert marked == {"=1+1": True, " @x": True, "plain": False}


def test_numbers_times_and_days_are_what_they_are() -> None:
    moment = AT.replace(tzinfo=None)
    row: list[Value] = [3, 2.5, True, moment, date(2026, 7, 1)]
    found = [(cell.data_type, cell.value) for cell in cells(book(row, columns=5))]
    assert found == [
        ("n", 3),
        ("n", 2.5),
        ("b", True),
        ("d", moment),
        ("d", moment.replace(hour=0)),
    ]


def test_a_time_with_a_zone_is_refused_as_a_sheet_knows_none() -> None:
    with pytest.raises(ValueError, match="zones"):
        book([AT])


def test_characters_that_a_file_cannot_hold_are_left_out_and_all_others_stay() -> None:
    [cell] = cells(book(['a\x00b\x0b\ud800\ufffec 𠮷 \u0301 ‮ <&">'], columns=1))
    assert cell.value == 'abc 𠮷 \u0301 ‮ <&">'


def test_a_number_too_large_for_a_sheet_stays_as_it_was_written() -> None:
    [cell] = cells(book([10**20], columns=1))
    assert cell.value == "100000000000000000000"


def test_what_looks_like_an_escape_is_kept_from_being_one() -> None:
    with zipfile.ZipFile(io.BytesIO(book(["_x0041_"], columns=1))) as archive:
        assert b"_x005F_x0041_" in archive.read("xl/worksheets/sheet1.xml")


def test_headers_stay_in_sight_columns_have_widths_and_sheets_names_of_their_own() -> None:
    sheets = [BookSheet("a/b:[c]" + "长" * 40, [Column("One", 30), Column("Two", 8)], [["x", 1]])] * 2
    made = write_book(sheets, made_at=AT)
    found = read(made.data)
    assert made.rows == (1, 1)
    assert len({*found.sheetnames}) == 2
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in found.sheetnames)
    assert found.active.freeze_panes == "A2"
    assert found.active.column_dimensions["A"].width == 30
    assert found.active["A1"].font.b


def test_equal_sheets_are_equal_bytes() -> None:
    assert book(["x"]) == book(["x"])
