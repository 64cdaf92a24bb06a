"""How wide the glyphs of composite fonts are (ISO 32000-2 9.7.4.3), in one table that says each thing once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pikepdf import Array

from pdf.resources import values
from pdf.resources.values import Number, unclear

_HIGHEST = 65_535
_MOST = 4 * (_HIGHEST + 1)
_RUN = 4  # glyphs of the same measures from which on a span is shorter than a list

# One number for widths, three for heights, in thousandths.
Measures = tuple[int, ...]


def anew(said: object, count: int) -> Array:
    """A /W (`count` 1) or /W2 (3) in order; raises `pdf_unclear` where a glyph has two different measures."""
    found: dict[int, Measures] = {}
    steps = 0
    for first, last, measures in _entries(said, count):
        steps += last - first + 1
        if not 0 <= first <= last <= _HIGHEST or steps > _MOST:
            raise unclear("measures of glyphs")
        for glyph in range(first, last + 1):
            if found.setdefault(glyph, measures) != measures:
                raise unclear("a glyph of two measures")
    return _written(found)


def whole(value: Number) -> int:
    """Without what stands behind the point: pdfium leaves it out, others do not, and a line of blanks adds it up."""
    return int(value)


def _entries(said: object, count: int) -> Iterator[tuple[int, int, Measures]]:
    """Spans of glyphs: `first [w …]` and `first last w`."""
    parts = values.items(said) if isinstance(said, Array) else [None]
    at = 0
    while at < len(parts):
        first = values.whole(parts[at], "measures of glyphs", most=_HIGHEST)
        following = parts[at + 1] if at + 1 < len(parts) else None
        if isinstance(following, Array):
            found = values.numbers(following, None, "measures of glyphs")
            if len(found) % count:
                raise unclear("measures of glyphs")
            for step in range(len(found) // count):
                glyph = first + step
                yield glyph, glyph, tuple(map(whole, found[count * step : count * (step + 1)]))
            at += 2
            continue
        rest = [values.number(each, "measures of glyphs") for each in parts[at + 1 : at + 2 + count]]
        if len(rest) != 1 + count:
            raise unclear("measures of glyphs")
        yield first, values.whole(rest[0], "measures of glyphs", most=_HIGHEST), tuple(map(whole, rest[1:]))
        at += 2 + count


def _written(found: Mapping[int, Measures]) -> Array:
    out, listed, following = Array(), Array(), -1
    for first, last, measures in _runs(found):
        if last - first + 1 >= _RUN:
            for number in (first, last, *measures):
                out.append(number)
            continue
        if first != following:
            listed = Array()
            out.append(first)
            out.append(listed)
        for number in measures * (last - first + 1):
            listed.append(number)
        following = last + 1
    return out


def _runs(found: Mapping[int, Measures]) -> Iterator[tuple[int, int, Measures]]:
    """Glyphs in a row that have the same measures."""
    first, last, same = -1, -2, None
    for glyph, measures in sorted(found.items()):
        if glyph == last + 1 and measures == same:
            last = glyph
            continue
        if same is not None:
            yield first, last, same
        first, last, same = glyph, glyph, measures
    if same is not None:
        yield first, last, same
