"""The child's side of pdf.intake: text in fonts that a file does not carry, which each reader draws with what it has.

Resources are walked for all pages; contents are read only where a font without a program lies ready for them. What a
page's resources reach counts as drawn. A form begins with no font, as in pdfium, which draws what is signed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from pdf.errors import PdfError
from pdf.refusing import name_of

# ISO 32000-1 9.6.2.2: every reader has these, or one of the same measures.
_STANDARD = frozenset(
    {
        "/Times-Roman", "/Times-Bold", "/Times-Italic", "/Times-BoldItalic", "/Helvetica", "/Helvetica-Bold",
        "/Helvetica-Oblique", "/Helvetica-BoldOblique", "/Courier", "/Courier-Bold", "/Courier-Oblique",
        "/Courier-BoldOblique", "/Symbol", "/ZapfDingbats",
    }
)  # fmt: skip
_PROGRAMS = {"/Type0": ("/FontFile2", "/FontFile3")}  # ISO 32000-1 Table 126
_SIMPLE_PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")
_SUBSET = re.compile(r"[A-Z]{6}\+")
_READ = "q Q gs Tr Tf Tj TJ ' \""
_SHOWS = frozenset({"Tj", "TJ", "'", '"'})
_INVISIBLE = 3  # ISO 32000-2 Table 104; pdf.silencing and pdf.unseen deal with it
_MOST_STEPS = 200_000
_MOST_NAMED, _LONGEST_NAME = 5, 60


@dataclass(frozen=True)
class _Missing:
    """A font without a program; `has_blank`: whether its code 32 is a space, which nobody misses."""

    name: str
    has_blank: bool


# By operator and operand: what chooses a font, and what is missing of it.
_Choices = dict[tuple[str, str], _Missing | None]


def refuse_missing_fonts(pages: Iterable[pikepdf.Page]) -> None:
    """Raises PdfError `pdf_font_missing` (params `page`, `fonts`) for the first page with visible text in such fonts.

    The 14 standard fonts are no such fonts, nor is Type 3, whose letters are drawings in the file.
    """
    walk = _Walk()
    for number, page in enumerate(pages, start=1):
        if names := sorted(walk.missing_on(page.obj)):
            said = ", ".join(names[:_MOST_NAMED])
            raise PdfError(f"page {number}: {said}", code="pdf_font_missing", page=number, fonts=said)


class _Walk:
    """Through pages and the drawings that they reach; what was learnt of a font is kept for the next page."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], _Missing | None] = {}
        self._steps = 0

    def missing_on(self, page: Object) -> set[str]:
        """The names of fonts without a program that draw something on this page."""
        found: set[str] = set()
        at_hand = self._choices(page.get(Name.Resources))  # readers look here for what a drawing's own do not have
        seen: set[tuple[tuple[int, int], tuple[int, int]]] = set()
        waiting = [(page, page)]
        while waiting:
            drawing, holder = waiting.pop()
            has_own = isinstance(drawing.get(Name.Resources), Dictionary)
            owner = drawing if has_own else holder
            if drawing.is_indirect and (drawing.objgen, owner.objgen) in seen:
                continue
            seen.add((drawing.objgen, owner.objgen))
            self._count_step()
            resources = owner.get(Name.Resources)
            choices = at_hand | self._choices(resources)
            if any(choices.values()):
                for content in _contents_of(drawing):
                    found |= set(_shown_in(content, choices))
            if has_own:
                waiting += [(each, owner) for each in _drawings_in(resources)]
        return found

    def _count_step(self) -> None:
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise PdfError("too many drawings in drawings", code="pdf_too_complex")

    def _choices(self, resources: Object | None) -> _Choices:
        choices: _Choices = {("Tf", name): self._missing(font) for name, font in _entries(resources, "/Font")}
        for name, state in _entries(resources, "/ExtGState"):
            chosen = state.get(Name.Font) if isinstance(state, Dictionary) else None
            if isinstance(chosen, Array) and len(chosen):
                choices["gs", name] = self._missing(chosen[0])
        return choices

    def _missing(self, font: object) -> _Missing | None:
        if not isinstance(font, Dictionary):
            return None
        if not font.is_indirect:
            return _missing(font)
        if font.objgen not in self._known:
            self._known[font.objgen] = _missing(font)
        return self._known[font.objgen]


def _entries(resources: Object | None, kind: str) -> list[tuple[str, Object]]:
    named = resources.get(kind) if isinstance(resources, Dictionary) else None
    return list(named.items()) if isinstance(named, Dictionary) else []


def _drawings_in(resources: Object | None) -> Iterator[Object]:
    """Forms, patterns, masks and fonts of drawn letters: what has content of its own."""
    for kind in ("/XObject", "/Pattern"):
        for _, each in _entries(resources, kind):
            if isinstance(each, Stream) and name_of(each, "/Subtype") != "/Image":
                yield each
    for _, state in _entries(resources, "/ExtGState"):
        mask = state.get(Name.SMask) if isinstance(state, Dictionary) else None
        group = mask.get(Name.G) if isinstance(mask, Dictionary) else None
        if isinstance(group, Stream):
            yield group
    for _, font in _entries(resources, "/Font"):
        if isinstance(font, Dictionary) and name_of(font, "/Subtype") == "/Type3":
            yield font


def _contents_of(drawing: Object) -> list[Object]:
    """The drawing itself, or each letter of a font of drawn ones."""
    if name_of(drawing, "/Subtype") != "/Type3":
        return [drawing]
    letters = drawing.get(Name.CharProcs)
    return [each for each in letters.values() if isinstance(each, Stream)] if isinstance(letters, Dictionary) else []


def _shown_in(content: Object, choices: _Choices) -> Iterator[str]:
    """The names of missing fonts in which this content shows letters."""
    font: _Missing | None = None
    mode = 0
    saved: list[tuple[_Missing | None, int]] = []
    for each in pikepdf.parse_content_stream(content, _READ):
        operator, operands = str(each.operator), list(each.operands)
        if operator == "q":
            saved.append((font, mode))
        elif operator == "Q" and saved:
            font, mode = saved.pop()
        elif operator == "Tr":
            mode = int(operands[0])
        elif operator in ("Tf", "gs"):
            font = choices.get((operator, str(operands[0])), font if operator == "gs" else None)
        elif operator in _SHOWS and font is not None and mode != _INVISIBLE and _has_letters(operands[-1], font):
            yield font.name


def _has_letters(shown: object, font: _Missing) -> bool:
    parts = list(shown) if isinstance(shown, Array) else [shown]
    codes = b"".join(bytes(part) for part in parts if isinstance(part, String))
    return bool(codes.strip(b" ") if font.has_blank else codes)


def _missing(font: Object) -> _Missing | None:
    kind = name_of(font, "/Subtype")
    if kind == "/Type3" or _has_program(font, kind):
        return None
    base = _base_name(font)
    if kind in ("/Type1", "/TrueType") and f"/{base}" in _STANDARD:
        return None
    # A code of two bytes, or one that is named anew, may be anything.
    has_blank = kind in ("/Type1", "/TrueType", "/MMType1") and not isinstance(font.get(Name.Encoding), Dictionary)
    name = "".join(char for char in _SUBSET.sub("", base, count=1) if char.isprintable())
    return _Missing(name[:_LONGEST_NAME].strip() or "?", has_blank)


def _has_program(font: Object, kind: str) -> bool:
    carrier: object = font
    if kind == "/Type0":
        descendants = font.get(Name.DescendantFonts)
        carrier = descendants[0] if isinstance(descendants, Array) and len(descendants) else None
    descriptor = carrier.get(Name.FontDescriptor) if isinstance(carrier, Dictionary) else None
    if not isinstance(descriptor, Dictionary):
        return False
    return any(isinstance(descriptor.get(key), Stream) for key in _PROGRAMS.get(kind, _SIMPLE_PROGRAMS))


def _base_name(font: Object) -> str:
    """What the font is called, without the slash; Chinese programs write names in GBK as well as in UTF-8."""
    base = font.get(Name.BaseFont)
    written = bytes(base)[1:] if isinstance(base, Name) else b""
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return written.decode("latin-1")
