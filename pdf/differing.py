"""The measure of pdf.second_reading: whether two grey pictures of a page, drawn by two programs, show the same.

A pixel is explained where the other picture has something as dark and something as light beside it: programs round
edges otherwise. What stays unexplained is a **blot** where it lies close enough together to be a sign of small print,
or a plain area whose tint differs by far more than two ways of mixing printers' colours do. Measured in decision 0023.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PIL import Image, ImageChops, ImageFilter

from pdf.placing import Box

_TOLERANCE = 16  # of 255
_RIM = 2  # pixels: the last ones of a page are drawn whole by one program and not at all by another
_WINDOW = (7, 4)  # to each side: two digits of small print
_BLOT = 48  # of 255, on average over the window: a text of one program alone has 60 to 230
_PLAIN_REACH = 7  # pixels: what is wider than this on all sides is no stroke of a letter
_PLAIN_BLOT = 96  # of 255: printers' colours that are mixed differently are 73 apart
_LEAST_INK, _MOST_OF_OTHER, _SPARE = 2.0, 4.0, 3.0  # of 255, on average over a box of letters; a ratio


def differ(one: Image.Image, other: Image.Image, *, reach: int = 1, substituted: Iterable[Box] = ()) -> bool:
    """Whether one picture shows what the other does not; both of mode L and one size, at 144 dpi.

    `reach` is how many pixels apart the same edge may lie. `substituted` are boxes of letters in fonts that each
    program has its own of: there as much ink is enough.
    """
    rest = ImageChops.lighter(_unexplained(one, other, reach), _unexplained(other, one, reach))
    for box in substituted:
        here, there = _inks(one.crop(box), other.crop(box))
        if max(here, there) > _SPARE + _MOST_OF_OTHER * min(here, there):
            return True
        if here >= _LEAST_INK:
            rest.paste(0, box)
    rest = rest.crop((_RIM, _RIM, rest.width - _RIM, rest.height - _RIM))
    if not rest.getbbox():
        return False
    plain = _nearby(_nearby(rest, _PLAIN_REACH, ImageChops.darker), _PLAIN_REACH, ImageChops.lighter)
    strokes = ImageChops.subtract(rest, plain).filter(ImageFilter.BoxBlur(_WINDOW))
    return _most(plain) > _PLAIN_BLOT or _most(strokes) > _BLOT


def _unexplained(one: Image.Image, other: Image.Image, reach: int) -> Image.Image:
    """How much darker or lighter each pixel is than all that the other picture has nearby, less the tolerance."""
    above = ImageChops.subtract(one, _nearby(other, reach, ImageChops.lighter), offset=-_TOLERANCE)
    below = ImageChops.subtract(_nearby(other, reach, ImageChops.darker), one, offset=-_TOLERANCE)
    return ImageChops.lighter(above, below)


def _nearby(picture: Image.Image, reach: int, pick: Callable[[Image.Image, Image.Image], Image.Image]) -> Image.Image:
    """The lightest or darkest value within `reach`: by steps that double, for rank filters take fifty times as long."""
    for across, down in ((1, 0), (0, 1)):
        wide, wanted = 1, 2 * reach + 1
        while wide < wanted:
            step = min(wide, wanted - wide)
            picture = pick(picture, ImageChops.offset(picture, step * across, step * down))
            wide += step
    return ImageChops.offset(picture, -reach, -reach)


def _most(picture: Image.Image) -> int:
    return int(picture.getextrema()[1])  # type: ignore[arg-type]


def _inks(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """How far the pixels of each are from their common ground, which is the value that most have; on average."""
    counts = [one.histogram(), other.histogram()]
    both = [here + there for here, there in zip(*counts, strict=True)]
    ground, whole = both.index(max(both)), max(1, one.width * one.height)
    here, there = (sum(count * abs(value - ground) for value, count in enumerate(each)) / whole for each in counts)
    return here, there
