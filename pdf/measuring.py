"""How wide text is in the sans of the papers, and how it is broken so that it fits a box: by the fonts' own widths.

Kerning and ligatures are not reckoned with but in scripts that cannot do without: who prints by these figures turns
them off elsewhere (`font-kerning: none`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from fontTools.ttLib import TTFont

from pdf import fonts, scripts

_NOT_FIRST = frozenset("、。，．：；！？）】》〉」』”’·…—-)],.;:!?%")
_NOT_LAST = frozenset("（【《〈「『“‘([")
_ENDS_WORD = frozenset("-/·&,")
_ASCENT, _DESCENT = 1.16, 0.288  # of the bundled faces, in em (hhea)
_AS_HIGH = (scripts.MORE, scripts.LETTERS)  # families whose letters stand in the lines of the bundled faces
_HALVINGS = 6
_SMALLEST_WHOLE = 0.6


@dataclass(frozen=True)
class Fitted:
    """Lines of text and the size (points) at which they fit; `is_cut` where words had to be left out.

    `others`: the families of pdf.scripts that it needs. A line is `leading` em high, its baseline `above` em below its
    top. `is_shaped`: it was measured with kerning and ligatures.
    """

    size: float
    lines: tuple[str, ...]
    has_han: bool
    leading: float
    above: float
    others: tuple[str, ...] = ()
    is_shaped: bool = False
    is_rtl: bool = False
    is_cut: bool = False


def has_han(text: str) -> bool:
    """Whether it is set in the Chinese face; any other text has Latin quotation marks."""
    return any("\u3400" <= char <= "\u9fff" or char in "\u3005\u3007" or char >= "\U00020000" for char in text)


def width(text: str, *, bold: bool = False, han: bool | None = None, others: tuple[str, ...] | None = None) -> float:
    """In em, as a piece of a text with (or without) `han`, which needs these `others`. Raises FontsMissing."""
    is_han = has_han(text) if han is None else han
    names = scripts.wanted_by(text) if others is None else others
    if not names:
        return sum(_advance(ord(char), bold, is_han) for char in text)
    shaped = _is_shaped(names)
    return sum(
        scripts.width(piece, name, bold=bold, shaped=shaped)
        if name
        else sum(_advance(ord(char), bold, is_han) for char in piece)
        for piece, name in scripts.runs(text, names)
    )


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
    takes. `leading` (em) is more for scripts whose letters are higher. Raises FontsMissing.
    """
    text = " ".join(scripts.shown(text).split())
    setter = _setter(text, bold, wide, high, leading)
    whole = setter.largest(text, sizes, tearing=False)
    # A word is torn where it would otherwise be much smaller: Wolfeschlegelsteinhausen stays whole, thirty W do not.
    largest = next((size for size, _ in setter.roomy(text, sizes)), 0.0)
    is_small = whole is None or whole[0] < largest * _SMALLEST_WHOLE
    torn = setter.largest(text, sizes, tearing=True) if is_small else None
    if torn and (whole is None or whole[0] < torn[0] * _SMALLEST_WHOLE):
        return setter.fitted(text, torn[0], setter.evened(text, torn, tearing=True))
    if whole:
        return setter.fitted(text, whole[0], setter.evened(text, whole, tearing=False))
    size = sizes[-1]
    lines = setter.broken(text, wide / size, tearing=True)
    most = max(1, int(high / (size * setter.leading)))
    if not cut or len(lines) <= most:
        return setter.fitted(text, size, tuple(lines))
    return setter.fitted(text, size, (*lines[: most - 1], setter.shortened(lines[most - 1], wide / size)), is_cut=True)


def _is_shaped(others: Iterable[str]) -> bool:
    return any(name != scripts.MORE for name in others)


def _setter(text: str, bold: bool, wide: float, high: float, leading: float) -> _Setter:
    others = scripts.wanted_by(text)
    above = leading / 2 + (_ASCENT - _DESCENT) / 2
    below = leading - above
    for name in others:
        if name not in _AS_HIGH:
            rises, falls = scripts.height(name, bold=bold)
            above, below = max(above, rises), max(below, falls)
    return _Setter(bold, has_han(text), wide, high, above + below, above, others)


@dataclass(frozen=True)
class _Setter:
    """Breaks one text for one box (points)."""

    bold: bool
    han: bool
    wide: float
    high: float
    leading: float
    above: float
    others: tuple[str, ...]

    def width(self, text: str) -> float:
        return width(text, bold=self.bold, han=self.han, others=self.others)

    def fitted(self, text: str, size: float, lines: tuple[str, ...], *, is_cut: bool = False) -> Fitted:
        shaped, rtl = _is_shaped(self.others), scripts.is_rtl(text)
        return Fitted(size, lines, self.han, self.leading, self.above, self.others, shaped, rtl, is_cut)

    def shortened(self, line: str, most: float) -> str:
        """With an ellipsis, as long as it may be."""
        while line and self.width(line + "…") > most:
            line = line[: self.parting(line, len(line) - 1)] if len(line) > 1 else ""
        return line.rstrip() + "…"

    def parting(self, line: str, at: int) -> int:
        """The last place from here back at which it may be torn, behind the first letter at least."""
        return next((n for n in range(at, 0, -1) if scripts.may_part(line, n)), 1)

    def largest(self, text: str, sizes: Sequence[float], *, tearing: bool) -> tuple[float, list[str]] | None:
        """The first size at which it fits, and the lines."""
        for size, most in self.roomy(text, sizes):
            lines = self.broken(text, self.wide / size, tearing=tearing)
            if lines and len(lines) <= most:
                return size, lines
        return None

    def roomy(self, text: str, sizes: Sequence[float]) -> Iterator[tuple[float, int]]:
        """The sizes that its letters' width does not rule out, with how many lines there is room for."""
        total = self.width(text.replace(" ", ""))
        for size in sizes:
            most = int(self.high / (size * self.leading))
            if total * size <= self.wide * most:
                yield size, most

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
                torn = self._torn(line, most)
                if torn >= len(line):
                    break
                lines.append(line[:torn])
                line = line[torn:]
        return [*lines, line.rstrip()] if line.strip() or not lines else lines

    def _torn(self, line: str, most: float) -> int:
        """How many characters of a word stand in so many em: one letter with its marks at least."""
        places = [n for n in range(1, len(line)) if scripts.may_part(line, n)]
        fitting = [n for n in places if self.width(line[:n]) <= most]
        return fitting[-1] if fitting else next(iter(places), len(line))


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
    if following == " " or following in _NOT_FIRST or char in _NOT_LAST or not scripts.may_part(char + following, 1):
        return False
    return char == " " or char in _ENDS_WORD or _is_wide(char) or _is_wide(following)


def _is_wide(char: str) -> bool:
    """Whether lines end on either side of it; Korean has spaces between its words and ends lines there."""
    return unicodedata.east_asian_width(char) in ("W", "F") and not "\uac00" <= char <= "\ud7a3"


@cache
def _advance(code: int, bold: bool, han: bool) -> float:
    """As printing finds a glyph: for a text without Chinese characters in the Latin face first."""
    if not han and code in _bundled(bold, "Latin"):
        return _bundled(bold, "Latin")[code]
    return _bundled(bold, "").get(code, 0.0)  # 0: a joiner; what nothing draws is refused before printing


@cache
def _bundled(bold: bool, kind: str) -> dict[int, float]:
    return _widths(TTFont(str(fonts.file(f"YunqianSans{kind}-{'Bold' if bold else 'Regular'}")), lazy=True))


def _widths(face: TTFont) -> dict[int, float]:
    per_em, advances = face["head"].unitsPerEm, face["hmtx"].metrics
    return {code: advances[glyph][0] / per_em for code, glyph in face.getBestCmap().items()}
