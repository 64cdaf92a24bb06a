"""What contents name and what holds while they are drawn: values between the writer and the walk through the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from pikepdf import Stream

from pdf.contents import plane
from pdf.contents.plane import Reach
from pdf.contents.tokens import Pairs, Tokens

_UNIT, _NOWHERE = Reach(1.0), Reach()  # the square of a picture; what draws nothing


class Kind(StrEnum):
    """What a content is of; stencils take the colour of who uses them."""

    PAGE = "page"
    FORM = "form"
    PATTERN = "pattern"
    STENCIL = "uncoloured pattern"
    GLYPH = "letter"


@dataclass(frozen=True, slots=True)
class Space:
    """A colour space as contents write it: `components` numbers, each from 0 to `most` where that is known."""

    written: bytes
    components: int
    most: float | None = 1
    is_pattern: bool = False
    is_ink: bool = False  # of separations, where 1 is all of it

    @property
    def first_colour(self) -> list[bytes]:
        """What is in force when the space is chosen (ISO 32000-2 8.6.8)."""
        if self.written == b"/DeviceCMYK":
            return [b"0", b"0", b"0", b"1"]
        return [b"1" if self.is_ink else b"0"] * self.components


GRAY = Space(b"/DeviceGray", 1)


@dataclass(frozen=True, slots=True)
class Font:
    """A font as contents write it; `is_drawn` where its letters are drawings of the file (Type 3)."""

    written: bytes
    is_drawn: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture or form as contents write it, and how far it reaches; a stencil is a picture without colours."""

    written: bytes
    is_form: bool
    is_stencil: bool = False
    reach: Reach = _UNIT


@dataclass(frozen=True, slots=True)
class Named:
    """A graphics state as contents write it; `font`, `width` and `is_round` (ends of lines) where it chooses them."""

    written: bytes
    font: Font | None
    reach: Reach = _NOWHERE
    width: float | None = None
    is_round: bool | None = None
    has_dashes: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as contents write it; a stencil takes its colour from who uses it."""

    written: bytes
    is_stencil: bool


# Under what a thing of the file is known that was written anew.
Identity = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """A drawing written anew, how far it reaches, and how many drawings lie one in the other there."""

    stream: Stream
    reach: Reach
    height: int


class Things(Protocol):
    """The resources of a content. Each method takes the name in it, and raises `pdf_unclear` for what is not there."""

    def font(self, name: bytes) -> Font: ...
    def drawing(self, name: bytes) -> Drawing: ...
    def state(self, name: bytes) -> Named: ...
    def space(self, name: bytes) -> Space: ...
    def pattern(self, name: bytes) -> Pattern: ...
    def shading(self, name: bytes) -> bytes: ...
    def inline(self, said: Pairs, tokens: Tokens) -> Drawing:
        """A picture whose data begins at `tokens.at`, which is behind its end afterwards."""
        ...


@dataclass(slots=True)
class State:
    """What q keeps and Q brings back, as far as it matters here."""

    fill: Space = GRAY
    stroke: Space = GRAY
    font: Font | None = None
    # Spacing, width and rise of letters, by operator, where they are not what they begin with.
    letters: dict[bytes, bytes] = field(default_factory=dict)
    matrix: tuple[float, float, float, float, float, float] = plane.PLAIN
    fills_chosen: bool = False
    strokes_chosen: bool = False
    width: float = 1  # of lines, in units of the matrix
    written_width: float | None = None  # as the content last said it; None where it comes from around
    is_round: bool = False
    mode: int = 0
    dashes: tuple[bytes, bytes] | None = None  # for round ends and for others
    written_dashes: bytes = b""

    def kept(self) -> State:
        """A copy of its own."""
        return State(
            self.fill,
            self.stroke,
            self.font,
            dict(self.letters),
            self.matrix,
            self.fills_chosen,
            self.strokes_chosen,
            self.width,
            self.written_width,
            self.is_round,
            self.mode,
            self.dashes,
            self.written_dashes,
        )
