"""The child's side of pdf.intake for forms: a field's value must be among the words where it is drawn. Loads pdfium.

Firefox shows the value in a box of its own; other programs show the drawing, which is what is kept.
"""

from __future__ import annotations

import json
import unicodedata

import pypdfium2

from pdf.errors import PdfError

_SPARE = 2.0  # points around the field


def check_values(payload: bytes) -> bytes:
    """A line of JSON {values: [[page from 1, [left, bottom, right, top], value]…]}, then the rebuilt file.

    Raises PdfError `pdf_undrawn` (param `page`) for a value that is not drawn. Answers nothing.
    """
    head, _, rebuilt = payload.partition(b"\n")
    document = pypdfium2.PdfDocument(rebuilt)
    for page, (left, bottom, right, top), value in json.loads(head)["values"]:
        text_page = document[page - 1].get_textpage()
        drawn = text_page.get_text_bounded(left - _SPARE, bottom - _SPARE, right + _SPARE, top + _SPARE)
        text_page.close()
        if _letters(value) not in _letters(drawn):
            raise PdfError(f"a value that is not its drawing on page {page}", code="pdf_undrawn", page=page)
    return b""


def _letters(text: str) -> str:
    """Without what drawings may do to a text: blanks, lines, forms of letters."""
    return "".join(unicodedata.normalize("NFKC", text).split())
