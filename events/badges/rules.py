"""Badges: their sizes and places in millimetres, how a role looks, and what makes a print old: pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DIRECT = 20  # so many badges are printed while somebody waits; more are work for later
MOST_AT_ONCE = 5000
LONGEST_REASON = 200
CONFIRMED = "confirmed"  # the state of a registration that gets a badge
# White on each of them has a contrast of 5.4 or more (WCAG 2.2, 1.4.3); the role also stands there in words.
COLOURS = ("#1f4e79", "#9d2a22", "#2d6a3e", "#5b3a82", "#855000", "#0f6464", "#9b2c5e", "#4a4a4a")


class BadgeLayout(StrEnum):
    """What badges are printed on: two by five on A4, or one on each label."""

    SHEET_90 = "a4-90x54"
    SHEET_85 = "a4-85x54"
    LABEL_62 = "62x100"
    LABEL_100 = "100x70"


class BadgeState(StrEnum):
    """Where somebody's badge stands."""

    UNPRINTED = "unprinted"
    CHANGED = "changed"  # what is printed is no longer what would be
    PRINTED = "printed"


@dataclass(frozen=True)
class Box:
    """A place on a card: millimetres from its top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Card:
    """A badge and how many stand where on a page; all in millimetres. `is_centred`: words in the middle, not left."""

    page: tuple[float, float]
    columns: int
    rows: int
    width: float
    height: float
    band: float
    title: Box
    name: Box
    words: Box
    code: Box
    qr: Box
    is_centred: bool = False

    @property
    def per_page(self) -> int:
        """How many badges stand on one page."""
        return self.columns * self.rows

    @property
    def margin(self) -> tuple[float, float]:
        """Left of the first column and above the first row; 0 on labels."""
        return (self.page[0] - self.columns * self.width) / 2, (self.page[1] - self.rows * self.height) / 2

    def corner(self, number: int) -> tuple[float, float]:
        """The top left corner of the badge with this number (from 0) on its page."""
        left, top = self.margin
        row, column = divmod(number % self.per_page, self.columns)
        return left + column * self.width, top + row * self.height


def _sheet(width: float) -> Card:
    return Card(
        page=(210, 297),
        columns=2,
        rows=5,
        width=width,
        height=54,
        band=9,
        title=Box(4, 10.2, width - 8, 3.8),
        name=Box(4, 14.2, width - 8, 14.4),
        words=Box(4, 29.2, width - 30, 18.6),
        code=Box(4, 48, width - 30, 4),
        qr=Box(width - 25.2, 28.6, 24.7, 24.7),
    )


CARDS = {
    BadgeLayout.SHEET_90: _sheet(90),
    BadgeLayout.SHEET_85: _sheet(85),
    BadgeLayout.LABEL_62: Card(
        page=(62, 100),
        columns=1,
        rows=1,
        width=62,
        height=100,
        band=10,
        title=Box(3, 11.4, 56, 7),
        name=Box(3, 19, 56, 20),
        words=Box(3, 40, 56, 23.5),
        code=Box(3, 94.6, 56, 4),
        qr=Box(16, 64.2, 30, 30),
        is_centred=True,
    ),
    BadgeLayout.LABEL_100: Card(
        page=(100, 70),
        columns=1,
        rows=1,
        width=100,
        height=70,
        band=11,
        title=Box(5, 12.6, 90, 4.4),
        name=Box(5, 17.6, 90, 20),
        words=Box(5, 38.6, 61, 24),
        code=Box(5, 63.4, 61, 4.4),
        qr=Box(67.5, 38.2, 31, 31),
    ),
}


@dataclass(frozen=True)
class Face:
    """What stands on a badge, in words; `audience` in both languages where there are both, `colour` one of COLOURS."""

    name: str
    organisation: str
    job_title: str
    audience: str
    colour: str
    venue: str
    conference: str
    code: str
    is_demo: bool = False


TODO, ALL = "todo", "all"  # not printed or changed; everybody
SHOWN = (TODO, *map(str, BadgeState), ALL)


@dataclass(frozen=True)
class Filter:
    """Whose badges: `shown` is one of SHOWN, the others are ids (empty for all), `text` stands in a name or code."""

    shown: str = TODO
    venue: str = ""
    audience: str = ""
    company: str = ""
    text: str = ""

    @property
    def states(self) -> frozenset[BadgeState]:
        """The states that it shows."""
        if self.shown == TODO:
            return frozenset({BadgeState.UNPRINTED, BadgeState.CHANGED})
        return frozenset(BadgeState) if self.shown == ALL else frozenset({BadgeState(self.shown)})


@dataclass(frozen=True)
class Order:
    """Badges to be printed: these registrations, or everybody whom the filter shows."""

    filter: Filter
    registrations: tuple[str, ...]
    is_all: bool
    layout: BadgeLayout
    reason: str
    request_key: str | None


def colour_of(position: int) -> str:
    """The colour of the audience at this place of the plan, from 0."""
    return COLOURS[position % len(COLOURS)]


def state_of(printed: str | None, now: str) -> BadgeState:
    """From the digests of what was printed last (None before the first) and of what would be."""
    if printed is None:
        return BadgeState.UNPRINTED
    return BadgeState.PRINTED if printed == now else BadgeState.CHANGED
