"""The child's side of pdf.intake: words that readers leave undrawn (text rendering mode 3) are taken out of pages.

Scanners lay the words that they recognised over or under the picture of a page. Nobody sees them, so nobody vouches
that they are the words of the picture; read aloud, searched and copied they would be taken for what was signed.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Object, Operator, Pdf, Stream

_Instructions = list[ContentStreamInstruction | pikepdf.ContentStreamInlineImage]
_INVISIBLE = 3  # ISO 32000-2 Table 104
# What says it in other ways ("03 Tr") stays, and pdf.unseen refuses it.
_SAYS_INVISIBLE = re.compile(rb"\b3(?:\.0*)?\s+Tr\b")
_SHOWS = frozenset({"Tj", "TJ", "'", '"'})
_PLACES = frozenset({"BT", "Td", "TD", "Tm", "T*"})  # letters after these do not stand where earlier ones ended


def silence(source: Pdf) -> list[int]:
    """The pages (from 1) that carried such words, which are gone from `source` now.

    Words that cannot be taken out without moving others stay where they are.
    """
    heard: dict[tuple[int, int], bool] = {}
    silenced = []
    for number, page in enumerate(source.pages, start=1):
        content = _silent(page.obj, _content_of(page.obj), page.obj.get(Name.Resources))
        if content is not None:
            page.obj.Contents = source.make_stream(zlib.compress(content), Filter=Name.FlateDecode)
        forms = [_silence_form(form, heard) for form in _forms_of(page.obj)]
        if content is not None or any(forms):
            silenced.append(number)
    return silenced


def _content_of(page: Object) -> bytes:
    content = page.get(Name.Contents)
    parts = list(content) if isinstance(content, Array) else [content]
    return b"\n".join(part.read_bytes() for part in parts if isinstance(part, Stream))


def _forms_of(page: Object) -> Iterator[Stream]:
    """The drawings that a page's resources reach, each once."""
    seen: set[tuple[int, int]] = set()
    waiting = [page.get(Name.Resources)]
    while waiting:
        resources = waiting.pop()
        drawings = resources.get(Name.XObject) if isinstance(resources, Dictionary) else None
        for drawing in drawings.values() if isinstance(drawings, Dictionary) else ():
            if isinstance(drawing, Stream) and drawing.get(Name.Subtype) == Name.Form and drawing.objgen not in seen:
                seen.add(drawing.objgen)
                waiting.append(drawing.get(Name.Resources))
                yield drawing


def _silence_form(form: Stream, heard: dict[tuple[int, int], bool]) -> bool:
    """Whether there were such words in it; `heard` keeps the answers for pages to come."""
    if form.objgen not in heard:
        try:
            written = form.read_bytes()
        except pikepdf.PdfError as error:
            if "bad_alloc" in str(error):
                raise MemoryError from error
            written = b""  # what cannot be read to its end is not written anew: drawing it shows what is in it
        content = _silent(form, written, form.get(Name.Resources))
        if content is not None:
            form.write(zlib.compress(content), filter=Name.FlateDecode)
        heard[form.objgen] = content is not None
    return heard[form.objgen]


def _silent(holder: Object, written: bytes, resources: Object | None) -> bytes | None:
    """The content of a page or drawing without its invisible words; None where there are none to be taken out."""
    if _SAYS_INVISIBLE.search(written) is None:
        return None
    kept = _without_invisible(pikepdf.parse_content_stream(holder), _fonts_in(resources))
    return None if kept is None else pikepdf.unparse_content_stream(kept)


def _fonts_in(resources: Object | None) -> set[str]:
    """Names of the fonts whose letters mode 3 hides: on Type 3 it should not (ISO 32000-2 9.3.6); readers differ."""
    if not isinstance(resources, Dictionary):
        return set()
    states, fonts = resources.get(Name.ExtGState), resources.get(Name.Font)
    for state in states.values() if isinstance(states, Dictionary) else ():
        if isinstance(state, Dictionary) and Name.Font in state:
            return set()  # a font may be chosen without being named
    return {
        name
        for name, font in (fonts.items() if isinstance(fonts, Dictionary) else ())
        if isinstance(font, Dictionary) and font.get(Name.Subtype) != Name.Type3
    }


def _without_invisible(instructions: _Instructions, fonts: set[str]) -> _Instructions | None:
    """The instructions that are left; None where nothing can be left out, or what stays would move."""
    mode, font, saved = 0, "", list[tuple[int, str]]()
    kept: _Instructions = []
    is_less, is_moved = False, False  # moved: letters were left out, and the next ones begin where these ended
    for each in instructions:
        operator, operands = str(each.operator), each.operands
        if operator == "q":
            saved.append((mode, font))
        elif operator == "Q" and saved:
            mode, font = saved.pop()
        elif operator == "Tr":
            mode = int(operands[0])
        elif operator == "Tf":
            font = str(operands[0])
        elif operator in _PLACES:
            is_moved = False
        if operator not in _SHOWS:
            kept.append(each)
        elif mode == _INVISIBLE and font in fonts:
            kept += _moves_of(operator, list(operands))
            is_less = is_moved = True
        elif is_moved and operator in ("Tj", "TJ"):
            return None
        else:
            is_moved = False
            kept.append(each)
    return kept if is_less else None


def _moves_of(operator: str, operands: Sequence[Any]) -> _Instructions:
    """What showing letters does besides (ISO 32000-2 Table 107)."""
    moves: _Instructions = []
    if operator == '"':
        moves += [ContentStreamInstruction([operands[0]], Operator("Tw"))]
        moves += [ContentStreamInstruction([operands[1]], Operator("Tc"))]
    if operator in ("'", '"'):
        moves.append(ContentStreamInstruction([], Operator("T*")))
    return moves
