"""Plots as SVG, drawn here: bars below each other and columns over time, each with a title and its meaning in words.

No style attributes (a strict CSP drops them), no scripts, no outside fonts. The same values give the same text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pdf import measuring

WIDE = 640  # user units; the drawing is scaled to the width that it is given
_INK, _SOFT, _TRACK, _LINE = "#14211f", "#4c5a58", "#e4eeec", "#868f8c"
# Told apart by lightness too: for who sees no colours, and on grey paper.
SHADES = ("#0b4a50", "#c9a227", "#6fa3a0", "#5b4a8a", "#b4b9b3", "#9f4a2c")
_SIZE = 15
_LEADING = 20
_BAR = 16
_WIDEST_COLUMN = 56  # one alone is a column too, and no wall
_VALUES = 110  # at the right of bars, for the number and the share


@dataclass(frozen=True)
class Bar:
    """One bar: what it is, how long, and what stands behind it."""

    label: str
    value: float
    text: str


@dataclass(frozen=True)
class Column:
    """One column: when it was (empty: not written), and the height of each part from below."""

    label: str
    values: tuple[int, ...]


def bars(bars_: Sequence[Bar], *, name: str, title: str, words: str, font: str = "", of: float = 0) -> str:
    """Bars below each other; the whole width stands for `of`, or without it for the longest. `name` makes ids that are
    unique on the page."""
    most = of or max((each.value for each in bars_), default=0) or 1
    parts, y = [], 0.0
    for each in bars_:
        for line in _lines(each.label):
            y += _LEADING
            parts.append(_text(0, y - 5, line))
        y += 2
        length = round((WIDE - _VALUES) * each.value / most, 1)
        parts.append(_box(0, y, WIDE - _VALUES, _BAR, _TRACK))
        if length:
            parts.append(_box(0, y, length, _BAR, SHADES[0]))
        parts.append(_text(WIDE, y + _BAR - 3, each.text, anchor="end"))
        y += _BAR + 14
    return _svg("".join(parts), round(max(y, 1)), name=name, title=title, words=words, font=font)


def _lines(label: str) -> tuple[str, ...]:
    return measuring.fit(label, wide=WIDE, high=400, sizes=(_SIZE,), leading=_LEADING / _SIZE).lines


def columns(
    columns_: Sequence[Column], parts_: Sequence[str], *, name: str, title: str, words: str, font: str = ""
) -> str:
    """Columns beside each other, each of one or several parts, with a scale at the left and a legend below where there
    are several."""
    high, left, top = 220, 46, 12
    most = _round_up(max((sum(each.values) for each in columns_), default=0))
    step = (WIDE - left) / max(len(columns_), 1)
    column = min(step * 0.76, _WIDEST_COLUMN)
    drawn = []
    for share in (0, 0.5, 1):
        y = round(top + high * (1 - share), 1)
        drawn.append(f'<path d="M{left} {y}H{WIDE}" stroke="{_LINE}" stroke-width="{1 if share == 0 else 0.4}"/>')
        drawn.append(_text(left - 8, y + 5, f"{most * share:g}", anchor="end", fill=_SOFT))
    for number, each in enumerate(columns_):
        x, y = left + step * number, float(top + high)
        for part, value in enumerate(each.values):
            if value:
                tall = high * value / most
                y -= tall
                drawn.append(_box(x + (step - column) / 2, y, column, tall, SHADES[part % len(SHADES)]))
        if each.label:
            drawn.append(_text(x + step / 2, top + high + 20, each.label, anchor="middle", fill=_SOFT))
    bottom = top + high + 32.0
    if len(parts_) > 1:
        legend, bottom = _legend(parts_, left, bottom)
        drawn.append(legend)
    return _svg("".join(drawn), round(bottom), name=name, title=title, words=words, font=font)


def _legend(parts_: Sequence[str], left: float, top: float) -> tuple[str, float]:
    drawn, x, y = [], left, top + 14
    for number, each in enumerate(parts_):
        wide = 22 + measuring.width(each) * _SIZE + 24
        if x > left and x + wide > WIDE:
            x, y = left, y + _LEADING + 4
        drawn.append(_box(x, y - 11, 12, 12, SHADES[number % len(SHADES)]))
        drawn.append(_text(x + 20, y, each))
        x += wide
    return "".join(drawn), y + 12


def _round_up(value: int) -> int:
    """The next even number of one digit and noughts, so that the half is whole too."""
    if value <= 2:
        return 2
    unit = int("1" + "0" * (len(str(value)) - 1))
    step = next(each for each in (unit, 2 * unit, 4 * unit, 5 * unit, 6 * unit, 8 * unit, 10 * unit) if value <= each)
    return step if step % 2 == 0 else step + unit


def _text(x: float, y: float, text: str, *, anchor: str = "start", fill: str = _INK) -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{_SIZE}" text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'


def _box(x: float, y: float, wide: float, high: float, fill: str) -> str:
    return f'<rect x="{x:.4g}" y="{y:.4g}" width="{wide:.4g}" height="{high:.4g}" fill="{fill}"/>'


def _svg(drawn: str, high: int, *, name: str, title: str, words: str, font: str) -> str:
    family = f' font-family="{escape(font)}"' if font else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 {WIDE} {high}" width="{WIDE}" '
        f'height="{high}" role="img" aria-labelledby="{name}-title {name}-words"{family}>'
        f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-words">{escape(words)}</desc>{drawn}</svg>'
    )
