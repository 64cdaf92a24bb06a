"""Which letter a code of a simple font is (ISO 32000-2 9.6.5), by the names that the file gives to glyphs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from fontTools import agl
from fontTools.encodings.StandardEncoding import StandardEncoding
from pikepdf import Array, Dictionary, Name, Object

from pdf.resources import values
from pdf.resources.values import unclear

_BASES = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac-roman"}
_NAMED = frozenset({*_BASES, "/StandardEncoding", "/MacExpertEncoding"})


_WINDOWS = frozenset(bytes(range(32, 256)).decode("cp1252", errors="ignore"))
# What the 14 standard fonts have in every reader; the rest of their letters each substitute draws or leaves out.
_LATIN = frozenset(f"/{name}" for name, letter in agl.AGL2UV.items() if chr(letter) in _WINDOWS) | {
    *(f"/{name}" for name in StandardEncoding),
    *("/onesuperior", "/twosuperior", "/threesuperior", "/minus"),
    *("/nbspace", "/nonbreakingspace", "/sfthyphen", "/softhyphen", "/.notdef"),
}


def read(font: Object, *, known_only: bool) -> Object | None:
    """The encoding of a simple font anew; None where it is the font's own.

    With `known_only`, raises `pdf_unclear` for letters that readers' own Latin fonts may not have.
    """
    said = values.entry(font, "/Encoding")
    if isinstance(said, Name):
        return said if values.text(said) in _NAMED else None
    if not isinstance(said, Dictionary):
        return None
    entries: dict[str, object] = {"/Type": Name.Encoding}
    if values.name(said, "/BaseEncoding") in _NAMED:
        entries["/BaseEncoding"] = said.BaseEncoding
    names = differences(said)
    if known_only and (odd := {values.text(name) for name in names.values()} - _LATIN):
        raise unclear(f"a letter {min(odd)[:40]} in a font that is not in the file")
    if names:
        entries["/Differences"] = _written(names)
    return Dictionary(entries) if len(entries) > 1 else None


def differences(encoding: Object) -> dict[int, Name]:
    """The name of each code that is named anew; of one named twice, the last."""
    said = values.entry(encoding, "/Differences")
    if said is None:
        return {}
    if not isinstance(said, Array):
        raise unclear("names of letters")
    names, code = dict[int, Name](), 0
    for each in values.items(said):
        if isinstance(each, Name):
            if code > 255:
                raise unclear("names of more than 256 letters")
            names[code] = each
            code += 1
        else:
            code = values.whole(each, "names of letters", most=255)
    return names


def _written(names: Mapping[int, Name]) -> Array:
    out, before = Array(), -2
    for code, name in sorted(names.items()):
        if code != before + 1:
            out.append(code)
        out.append(name)
        before = code
    return out


def letters(encoding: Object | None) -> dict[int, str]:
    """What the encoding says that codes are, where it says so."""
    base = values.text(encoding) if isinstance(encoding, Name) else ""
    named: dict[int, Name] = {}
    if isinstance(encoding, Dictionary):
        base, named = values.name(encoding, "/BaseEncoding"), differences(encoding)
    found: dict[int, str] = {}
    if base in _BASES:
        for code in range(32, 256):
            if letter := bytes([code]).decode(_BASES[base], errors="ignore"):
                found[code] = letter
    for code, name in named.items():
        found.pop(code, None)
        if letter := agl.toUnicode(values.text(name)[1:]):
            found[code] = letter
    return found


def contradicts(said: str, own: str) -> bool:
    """Whether two letters are different ones for people who read: neither forms of one, nor its capital."""
    one, other = (unicodedata.normalize("NFKC", each).casefold() for each in (said, own))
    return one != other and all(_is_letter(sign) for sign in one + other)


def _is_letter(sign: str) -> bool:
    """Letters and digits; radicals look like the characters that they are parts of."""
    return unicodedata.category(sign)[0] in "LN" and not 0x2E80 <= ord(sign) < 0x3000
