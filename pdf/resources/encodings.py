"""Which letter a code of a simple font is (ISO 32000-2 9.6.5), by the names that the file gives to glyphs."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from fontTools import agl
from fontTools.encodings.MacRoman import MacRoman
from fontTools.encodings.StandardEncoding import StandardEncoding
from pikepdf import Array, Dictionary, Name, Object

from pdf.resources import values
from pdf.resources.values import unclear

_BASES = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac-roman"}
_PRINTED = range(32, 256)
_NAMED = frozenset({*_BASES, "/StandardEncoding", "/MacExpertEncoding"})
_WINDOWS = frozenset(bytes(range(32, 256)).decode("cp1252", errors="ignore"))
_WINDOWS_ALONE = {
    0x7F: "bullet", 0xA0: "space", 0xAD: "hyphen", 0xB2: "twosuperior", 0xB3: "threesuperior", 0xB9: "onesuperior",
}  # fmt: skip
# What the 14 standard fonts have in every reader; the rest of their letters each substitute draws or leaves out.
_LATIN = frozenset(f"/{name}" for name, letter in agl.AGL2UV.items() if chr(letter) in _WINDOWS) | {
    *(f"/{name}" for name in StandardEncoding),
    *("/onesuperior", "/twosuperior", "/threesuperior", "/minus"),
    *("/nbspace", "/nonbreakingspace", "/sfthyphen", "/softhyphen", "/.notdef"),
}

_BLANK_BRAILLE = "\u2800"
# Signs that programs name one for the other, and that nobody tells apart by eye.
_ALIKE = {
    ord(sign): alike[0]
    for alike in (
        "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\u2043\uff0d",
        "'\u2018\u2019\u201b\u2032\u00b4`\u02b9\u02bc",
        '"\u201c\u201d\u201f\u2033\u3003',
        "\u00b7\u2022\u2219\u2027\u22c5\u30fb\u25cf\u25cb\u25aa\u25a0\uf0b7",
        "/\u2044\u2215",
        "\u0394\u2206",
        "\u03a9\u2126",
        "\u03bc\u00b5",
        "\u00af\u02c9\u203e",
        "|\u00a6\u2223",
        "~\u02dc\u223c",
        "^\u02c6",
        "\u2026\u22ef",
        "\u0110\u00d0",
    )
    for sign in alike
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
        entries["/Differences"] = written(names)
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


def base(encoding: Object | None) -> str:
    """The encoding by name on which one stands; empty where it is the font's own."""
    if isinstance(encoding, Name):
        return values.text(encoding)
    return values.name(encoding, "/BaseEncoding") if isinstance(encoding, Dictionary) else ""


def names(base: str) -> dict[int, str]:
    """The names of the codes of an encoding of Latin letters (ISO 32000-2 D.2); none of the font's own."""
    if base == "/WinAnsiEncoding":
        found = {code: agl.UV2AGL.get(ord(bytes([code]).decode("cp1252", "replace")), "bullet") for code in _PRINTED}
        return found | _WINDOWS_ALONE
    if base == "/MacRomanEncoding":
        return {code: MacRoman[code] for code in _PRINTED if code != 0x7F} | {0xCA: "space"}
    if base == "/StandardEncoding":
        return {code: StandardEncoding[code] for code in _PRINTED if StandardEncoding[code] != ".notdef"}
    return {}


def written(names: Mapping[int, Name]) -> Array:
    """Names of codes as /Differences."""
    out, before = Array(), -2
    for code, name in sorted(names.items()):
        if code != before + 1:
            out.append(code)
        out.append(name)
        before = code
    return out


def letters(encoding: Object | None) -> dict[int, str]:
    """What the encoding says that codes are, where it says so."""
    below = base(encoding)
    named = differences(encoding) if isinstance(encoding, Dictionary) else {}
    found: dict[int, str] = {}
    if below in _BASES:
        for code in _PRINTED:
            if letter := bytes([code]).decode(_BASES[below], errors="ignore"):
                found[code] = letter
    for code, name in named.items():
        found.pop(code, None)
        if letter := agl.toUnicode(values.text(name)[1:]):
            found[code] = letter
    return found


def contradicts(said: str, own: str) -> bool:
    """Whether two letters are different ones for people who read: neither forms of one, nor its capital."""
    return _read_as(said) != _read_as(own)


def _read_as(said: str) -> str:
    """What is left for a reader: no blanks, marks over letters and steering signs; signs that look alike are one."""
    folded = unicodedata.normalize("NFKC", said.translate(_ALIKE)).casefold().translate(_ALIKE)
    return "".join(sign for sign in folded if unicodedata.category(sign)[0] not in "ZCM" and sign != _BLANK_BRAILLE)


def has_letters(said: str) -> bool:
    """Whether letters or digits are among these signs."""
    return any(_is_letter(sign) for sign in said)


def _is_letter(sign: str) -> bool:
    """Letters and digits; radicals look like the characters that they are parts of."""
    return unicodedata.category(sign)[0] in "LN" and not 0x2E80 <= ord(sign) < 0x3000
