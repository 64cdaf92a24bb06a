"""How pdf.sheets writes a spreadsheet: loaded by whoever writes the first one."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

_FILE_WIDTH = 24
_BOLD = Font(bold=True)


def written(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """See pdf.sheets.write_sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = _FILE_WIDTH
    sheet.append([_heading(sheet, text) for text in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _heading(sheet: object, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.data_type, cell.font = "s", _BOLD
    return cell


def _cell(sheet: object, value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    text = str(value if value is not None else "")
    if text.isprintable() and text[:1] not in "=+-@":
        return text
    # Characters that XML cannot hold would make the file unreadable.
    cell = WriteOnlyCell(sheet, "".join(char for char in text if char in "\n\t" or ord(char) >= 32))
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
