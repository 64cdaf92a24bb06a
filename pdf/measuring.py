"""How wide text is in the sans of the papers, and how it is broken so that it fits a box: by the fonts' own widths.

Kerning and ligatures are not reckoned with: who prints by these figures turns them off (`font-kerning: none`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from pdf import fonts

_NOT_FIRST = frozenset("、。，．：；！？）】》〉」』”’·…—-)],.;:!?%")
_NOT_LAST = frozenset("（【《〈「『“‘([")
_ENDS_WORD = frozenset("-/·&,")
_FALLBACK = "Noto Sans CJK SC"
_HALVINGS = 6
_SMALLEST_WHOLE = 0.6


@dataclass(frozen=True)
class Fitted:
    """Lines of text and the size (points) at which they fit; `is_cut` where words had to be left out."""

    size: float
    lines: tuple[str, ...]
    has_han: bool = True
    is_cut: bool = False


def has_han(text: str) -> bool:
    """Whether it is set in the Chinese face; any other text has Latin quotation marks."""
    return any("\u3400" <= char <= "\u9fff" or char in "\u3005\u3007" or char >= "\U00020000" for char in text)


def width(text: str, *, bold: bool = False, han: bool | None = None) -> float:
    """In em, as a piece of a text with (or without) `han`. Raises FontsMissing."""
    is_han = has_han(text) if han is None else han
    return sum(_advance(ord(char), bold, is_han) for char in text)


def fit(
    text: str,
    *,
    wide: float,
    high: float,
    sizes: Sequence[float],
    leading: float,
    bold: bool = False,
    cut: bool = False,
) -> Fitted:
    """The largest of `sizes` (falling, points) at which the text stands in a box of these points, if possible by words.

    Where it does not fit at the smallest size it is cut with an ellipsis if `cut`, and else set in as many lines as it
    takes. Raises FontsMissing.
    """
    setter = _Setter(bold, has_han(text), wide, high, leading)
    text = " ".join(text.split())
    whole = setter.largest(text, sizes, tearing=False)
    # A word is torn where it would otherwise be much smaller: Wolfeschlegelsteinhausen stays whole, thirty W do not.
    torn = setter.largest(text, sizes, tearing=True)
    if torn and (whole is None or whole[0] < torn[0] * _SMALLEST_WHOLE):
        return Fitted(torn[0], setter.evened(text, torn, tearing=True), setter.han)
    if whole:
        return Fitted(whole[0], setter.evened(text, whole, tearing=False), setter.han)
    size = sizes[-1]
    lines = setter.broken(text, wide / size, tearing=True)
    most = max(1, int(high / (size * leading)))
    if not cut or len(lines) <= most:
        return Fitted(size, tuple(lines), setter.han)
    last = lines[most - 1]
    while last and setter.width(last + "…") > wide / size:
        last = last[:-1]
    return Fitted(size, (*lines[: most - 1], last.rstrip() + "…"), setter.han, is_cut=True)


@dataclass(frozen=True)
class _Setter:
    """Breaks one text for one box (points)."""

    bold: bool
    han: bool
    wide: float
    high: float
    leading: float

    def width(self, text: str) -> float:
        return width(text, bold=self.bold, han=self.han)

    def largest(self, text: str, sizes: Sequence[float], *, tearing: bool) -> tuple[float, list[str]] | None:
        """The first size at which it fits, and the lines; sizes that its letters' width rules out are passed over."""
        total = self.width(text.replace(" ", ""))
        for size in sizes:
            most = int(self.high / (size * self.leading))
            if total * size > self.wide * most:
                continue
            lines = self.broken(text, self.wide / size, tearing=tearing)
            if lines and len(lines) <= most:
                return size, lines
        return None

    def evened(self, text: str, found: tuple[float, list[str]], *, tearing: bool) -> tuple[str, ...]:
        """As many lines, none much longer than another."""
        size, lines = found
        if len(lines) == 1:
            return tuple(lines)
        most = self.wide / size
        least, best = most / len(lines), lines
        for _ in range(_HALVINGS):
            middle = (least + most) / 2
            tried = self.broken(text, middle, tearing=tearing)
            if tried and len(tried) <= len(lines):
                most, best = middle, tried
            else:
                least = middle
        return tuple(best)

    def broken(self, text: str, most: float, *, tearing: bool) -> list[str]:
        """Lines of at most so many em; none where a word is wider and may not be torn."""
        lines: list[str] = []
        line = ""
        for piece in _pieces(text):
            if self.width((line + piece).rstrip()) <= most:
                line += piece
                continue
            if line.strip():
                lines.append(line.rstrip())
            line = piece
            while self.width(line.rstrip()) > most:
                if not tearing:
                    return []
                torn = next(n for n in range(len(line), 0, -1) if n == 1 or self.width(line[:n]) <= most)
                lines.append(line[:torn])
                line = line[torn:]
        return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _pieces(text: str) -> list[str]:
    """What a line may end behind: a space, a hyphen, either side of a wide character but for its punctuation."""
    pieces, piece = [], ""
    for char, following in zip(text, [*text[1:], ""], strict=True):
        piece += char
        if not following or _may_break(char, following):
            pieces.append(piece)
            piece = ""
    return pieces


def _may_break(char: str, following: str) -> bool:
    if following == " " or following in _NOT_FIRST or char in _NOT_LAST or unicodedata.combining(following):
        return False
    return char == " " or char in _ENDS_WORD or _is_wide(char) or _is_wide(following)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in ("W", "F")


@cache
def _advance(code: int, bold: bool, han: bool) -> float:
    """As printing finds a glyph: for a text without Chinese characters in the Latin face first."""
    if not han and code in _bundled(bold, "Latin"):
        return _bundled(bold, "Latin")[code]
    if code in _bundled(bold, ""):
        return _bundled(bold, "")[code]
    return _installed(bold).get(code, 0.0)  # 0: a joiner; what nothing draws is refused before (fonts.missing_glyphs)


@cache
def _bundled(bold: bool, kind: str) -> dict[int, float]:
    return _widths(TTFont(str(fonts.file(f"YunqianSans{kind}-{'Bold' if bold else 'Regular'}")), lazy=True))


@cache
def _installed(bold: bool) -> dict[int, float]:
    """The faces that stand in for rare characters, as fonts.conf finds them; read at the first of those (0.2 s)."""
    found: dict[int, float] = {}
    for path in _installed_files(bold):
        for face in fonts.faces(path):
            if face["name"].getDebugName(1) == _FALLBACK:
                found = {**_widths(face), **found}
    return found


def _installed_files(bold: bool) -> list[Path]:
    name = f"NotoSansCJK*-{'Bold' if bold else 'Regular'}.*"
    return sorted(path for folder in fonts.FALLBACK_FOLDERS for path in folder.glob(name))


def _widths(face: TTFont) -> dict[int, float]:
    per_em, advances = face["head"].unitsPerEm, face["hmtx"].metrics
    return {code: advances[glyph][0] / per_em for code, glyph in face.getBestCmap().items()}
