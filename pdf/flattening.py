"""The child's side of pdf.intake: what lies upon the pages (form values, marks, stamps) becomes part of them."""

from __future__ import annotations

from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from pdf.errors import PdfError
from pdf.refusing import name_of

# ISO 32000-2 Table 167
_HIDDEN, _PRINTED, _NOT_VIEWED = 2, 4, 32
# What draws nothing: places to click, and windows of notes.
_INVISIBLE = {"/Link", "/Popup"}


def flatten(source: Pdf) -> None:
    """Draw what every reader draws the same; raises PdfError `pdf_undrawn` for what they would not.

    A value that differs from its drawing is dropped: what people saw is what stays.
    """
    form = source.Root.get(Name.AcroForm)
    draws_anew = isinstance(form, Dictionary) and bool(form.get(Name.NeedAppearances, False))
    for number, page in enumerate(source.pages, start=1):
        kept = [mark for mark in _marks(page.obj) if _is_drawn(mark, number, draws_anew=draws_anew)]
        page.obj.Annots = Array(kept)
    if draws_anew:
        source.generate_appearance_streams()
    source.flatten_annotations("all")


def _marks(page: Object) -> Iterator[Dictionary]:
    marks = page.get(Name.Annots)
    for mark in marks if isinstance(marks, Array) else ():
        if isinstance(mark, Dictionary):
            yield mark


def _is_drawn(mark: Dictionary, page: int, *, draws_anew: bool) -> bool:
    kind, flags = name_of(mark, "/Subtype"), mark.get(Name.F, 0)
    if not isinstance(flags, int):
        flags = 0
    if kind in _INVISIBLE or flags & _HIDDEN:
        return False
    if kind == "/Text":
        raise PdfError(f"a note on page {page}", code="pdf_undrawn", page=page)
    if flags & _NOT_VIEWED:
        raise PdfError(f"a mark that is printed and not shown on page {page}", code="pdf_undrawn", page=page)
    is_field = kind == "/Widget"
    if is_field and (draws_anew or not _has_drawing(mark)):
        return _is_plain_field(mark, page, draws_anew=draws_anew)
    if not _has_drawing(mark):
        raise PdfError(f"a mark without a drawing on page {page}", code="pdf_undrawn", page=page)
    return True


def _has_drawing(mark: Dictionary) -> bool:
    looks = mark.get(Name.AP)
    drawing = looks.get(Name.N) if isinstance(looks, Dictionary) else None
    return isinstance(drawing, Dictionary | Stream)


def _is_plain_field(mark: Dictionary, page: int, *, draws_anew: bool) -> bool:
    """Whether a field that every reader draws by itself has a value, and only one that all of them draw alike."""
    value, kind = _inherited(mark, "/V"), _inherited(mark, "/FT")
    if value is None or (isinstance(value, String) and not str(value).strip()) or kind == Name.Btn:
        return _has_drawing(mark)
    # The drawing made here has Latin letters only.
    if not draws_anew or not isinstance(value, String) or not str(value).isascii() or kind != Name.Tx:
        raise PdfError(f"a value without a drawing on page {page}", code="pdf_undrawn", page=page)
    return True


def _inherited(field: Dictionary, key: str) -> Object | None:
    """A value of the field or of those above it."""
    for _ in range(32):
        if key in field:
            return field.get(key)
        above = field.get(Name.Parent)
        if not isinstance(above, Dictionary):
            return None
        field = above
    return None
