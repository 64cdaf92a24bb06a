"""The child's side of pdf.intake: what lies upon the pages (form values, marks, stamps) becomes part of them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from pdf.errors import PdfError
from pdf.refusing import name_of

# ISO 32000-2 Table 167
_ODD_KINDS_ONLY, _HIDDEN, _NOT_VIEWED = 1, 2, 32
# What draws nothing: places to click, and windows of notes.
_INVISIBLE = {"/Link", "/Popup"}
_THICK, _FLAT, _LONG = 2.0, 3.0, 8.0  # points: a frame around a link is no wider, and no line
# ISO 32000-2 Tables 226 and 228: several lines, passwords, files, combs, letters of several kinds.
_NOT_PLAIN = 1 << 12 | 1 << 13 | 1 << 20 | 1 << 24 | 1 << 25


# Page from 1; left, bottom, right, top in points; what a text field of that place has for its value.
Value = tuple[int, list[float], str]


def flatten(source: Pdf) -> list[Value]:
    """Draw what every reader draws the same; raises PdfError `pdf_undrawn` for what they would not.

    Drawings are kept and values dropped: the values of fields drawn by others are answered, so that somebody can look
    whether they are the words of the drawings.
    """
    values: list[Value] = []
    form = source.Root.get(Name.AcroForm)
    draws_anew = isinstance(form, Dictionary) and bool(form.get(Name.NeedAppearances, False))
    for number, page in enumerate(source.pages, start=1):
        kept = [mark for mark in _marks(page.obj) if _is_drawn(mark, number, draws_anew=draws_anew)]
        page.obj.Annots = Array(kept)
        if not draws_anew:
            values += [(number, *value) for mark in kept if (value := _value_of(mark))]
    if draws_anew:
        source.generate_appearance_streams()
    source.flatten_annotations("all")
    return values


def _value_of(mark: Dictionary) -> tuple[list[float], str] | None:
    """Where a text field stands, and its value, if it has one."""
    value, rectangle = _inherited(mark, "/V"), mark.get(Name.Rect)
    if name_of(mark, "/Subtype") != "/Widget" or _inherited(mark, "/FT") != Name.Tx:
        return None
    if isinstance(value, Stream):  # ISO 32000-2 Table 228: a long text may be one
        value = String(value.read_bytes())
    if not isinstance(value, String) or not str(value).strip() or not isinstance(rectangle, Array):
        return None
    left, bottom, right, top = (float(side) for side in rectangle)
    return [min(left, right), min(bottom, top), max(left, right), max(bottom, top)], str(value)


def _marks(page: Object) -> Iterator[Dictionary]:
    marks = page.get(Name.Annots)
    for mark in marks if isinstance(marks, Array) else ():
        if isinstance(mark, Dictionary):
            yield mark


def _is_drawn(mark: Dictionary, page: int, *, draws_anew: bool) -> bool:
    kind, flags = name_of(mark, "/Subtype"), mark.get(Name.F, 0)
    if not isinstance(flags, int):
        flags = 0
    if flags & _HIDDEN:
        return False
    if kind == "/Link" and _is_struck_through(mark):
        raise PdfError(f"a line drawn as a link's frame on page {page}", code="pdf_undrawn", page=page)
    if kind in _INVISIBLE:
        return False
    if kind == "/Text":
        raise PdfError(f"a note on page {page}", code="pdf_undrawn", page=page)
    if flags & (_NOT_VIEWED | _ODD_KINDS_ONLY):
        raise PdfError(f"a mark that some readers do not show on page {page}", code="pdf_undrawn", page=page)
    is_field = kind == "/Widget"
    if is_field and (draws_anew or not _has_drawing(mark)):
        return _is_plain_field(mark, page, draws_anew=draws_anew)
    if not is_field and not _has_one_drawing(mark):
        raise PdfError(f"a mark without a drawing on page {page}", code="pdf_undrawn", page=page)
    return True


def _is_struck_through(link: Dictionary) -> bool:
    """Whether the frame of a link, which half of all readers draw, is a line or a bar."""
    style, border = link.get(Name.BS), link.get(Name.Border)
    said: object = style.get(Name.W, 1) if isinstance(style, Dictionary) else None
    if said is None and isinstance(border, Array) and len(border) >= 3:
        said = list(border)[2]
    width = float(said) if isinstance(said, int | Decimal) else 0.0
    rectangle = link.get(Name.Rect)
    if width <= 0 or not isinstance(rectangle, Array) or len(rectangle) != 4:
        return False
    left, bottom, right, top = (float(side) for side in rectangle)
    sides = sorted((abs(right - left), abs(top - bottom)))
    return width > _THICK or (sides[0] < _FLAT and sides[1] >= _LONG)


def _has_one_drawing(mark: Dictionary) -> bool:
    """One, or the one of several that the mark's state says; some readers draw their own in place of one left out."""
    looks = mark.get(Name.AP)
    drawing = looks.get(Name.N) if isinstance(looks, Dictionary) else None
    if isinstance(drawing, Stream):
        return True
    state = name_of(mark, "/AS")
    return isinstance(drawing, Dictionary) and bool(state) and isinstance(drawing.get(state), Stream)


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
    is_plain = isinstance(value, String) and str(value).isascii() and kind == Name.Tx and _draws_plainly(mark, value)
    if not draws_anew or not is_plain:
        raise PdfError(f"a value without a drawing on page {page}", code="pdf_undrawn", page=page)
    return True


def _draws_plainly(field: Dictionary, value: String) -> bool:
    """Whether a field has one line of letters, on no ground of its own unless that is drawn already."""
    flags: object = _inherited(field, "/Ff")
    most: object = _inherited(field, "/MaxLen")
    if isinstance(flags, int) and flags & _NOT_PLAIN:
        return False
    if isinstance(most, int) and len(str(value)) > most:
        return False
    looks = field.get(Name.MK)
    has_ground = isinstance(looks, Dictionary) and any(key in looks for key in ("/BG", "/BC", "/R"))
    return _has_drawing(field) or not has_ground


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
