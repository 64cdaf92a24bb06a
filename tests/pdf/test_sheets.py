"""Spreadsheets from outside are read in a child, ours hold nothing that runs."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from pdf import sheet_reading
from pdf.errors import PdfError
from pdf.sheets import SheetRow, read_sheet, write_sheet

WANTED = [("姓名", "name"), ("邮箱", "email")]


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_sheet_with_the_columns_is_found_and_doubtful_rows_are_marked() -> None:
    book = Workbook()
    book.active.append(["notes"])
    people = book.create_sheet("People")
    for row in (
        ["E-Mail", "Name", "Email"],
        [1, "=A1&B1", "a@example.com"],
        [None, "甲", "b@example.com"],
        [],
        ["", "乙", 7],
    ):
        people.append(row)
    people.merge_cells("A3:A4")
    sheet = read_sheet(saved(book), wanted=WANTED, most_rows=10)
    assert (sheet.name, sheet.header, sheet.more) == ("People", ("E-Mail", "Name", "Email"), 0)
    assert sheet.rows == (
        SheetRow(2, ("1", "=A1&B1", "a@example.com"), ("formula",)),
        SheetRow(3, ("", "甲", "b@example.com"), ("merged",)),
        SheetRow(5, ("", "乙", "7"), ()),
    )


def test_more_rows_than_wanted_are_counted_and_not_read() -> None:
    rows = "\n".join(f"n{number},n{number}@example.com" for number in range(100_000))
    sheet = read_sheet(f"name,email\n{rows}\n".encode(), wanted=WANTED, most_rows=50)
    assert (len(sheet.rows), sheet.more) == (50, 99_950)


def test_text_in_the_encoding_of_chinese_windows_is_read() -> None:
    sheet = read_sheet("姓名;邮箱\n样例甲;a@example.com\n".encode("gb18030"), wanted=WANTED, most_rows=5)
    assert sheet.rows[0].cells == ("样例甲", "a@example.com")


def bomb() -> bytes:
    file = io.BytesIO(saved(Workbook()))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>" + b"<row>" * 10)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 no archive", "sheet_broken"),
        (b"\0\1\2", "sheet_broken"),
        (bomb(), "sheet_broken"),
        (b"first,second\n1,2\n", "sheet_without_columns"),
    ],
)
def test_what_is_no_such_list_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(PdfError) as refusal:
        read_sheet(data, wanted=WANTED, most_rows=5)
    assert refusal.value.code == code


def test_what_is_written_is_never_calculated() -> None:
    hostile = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\tx", "bell\x07"]
    book = load_workbook(io.BytesIO(write_sheet("Sheet", ["=header", "n"], [hostile, [3, 2.5]])))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [cell.value for cell in cells][:4] == ["=header", "n", "=1+1", "+cmd|' /C calc'!A0"]
    assert book.active["A3"].value == 3


def test_a_title_above_the_columns_is_passed_over_and_rows_keep_their_numbers() -> None:
    book = Workbook()
    for row in (["双城大会邀请名单", None], [], ["姓名", "邮箱"], ["甲", "a@example.com"]):
        book.active.append(row)
    book.active.merge_cells("A1:B1")
    sheet = read_sheet(saved(book), wanted=WANTED, most_rows=10)
    assert sheet.header == ("姓名", "邮箱")
    assert sheet.rows == (SheetRow(4, ("甲", "a@example.com"), ()),)


def test_columns_that_are_named_too_far_down_are_not_found() -> None:
    book = Workbook()
    for _ in range(10):
        book.active.append(["说明"])
    book.active.append(["姓名", "邮箱"])
    with pytest.raises(PdfError) as refused:
        read_sheet(saved(book), wanted=WANTED, most_rows=10)
    assert refused.value.code == "sheet_without_columns"


def test_of_a_hundred_thousand_rows_no_more_are_read_than_wanted() -> None:
    rows = ([f"样例{number}", f"p{number}@example.com"] for number in range(100_000))
    read: list[int] = []
    whole = sheet_reading._text
    data = write_sheet("名单", ["姓名", "邮箱"], rows)
    head = json.dumps({"wanted": [sorted(group) for group in WANTED], "most_rows": 3}).encode()
    try:
        sheet_reading._text = lambda value: read.append(1) or whole(value)  # type: ignore[func-returns-value]
        found = json.loads(sheet_reading.rows_here(head + b"\n" + data))
    finally:
        sheet_reading._text = whole
    assert (len(found["rows"]), found["more"], len(read)) == (3, 99_997, 10)
