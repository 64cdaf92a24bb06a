"""Colour profiles (ISO 15076-1) in foreign files: kept where a reader that ignores them shows about the same."""

from __future__ import annotations

import io
import itertools
import struct

from PIL import Image, ImageCms

_HEADER, _TAG = 128, 12
_SPACES = {1: (b"GRAY", "L"), 3: (b"RGB ", "RGB"), 4: (b"CMYK", "CMYK")}
_CLASSES = frozenset({b"mntr", b"scnr", b"prtr", b"spac"})
_MOST = 8 * 1024 * 1024  # bytes
_FARTHEST = {1: 70, 3: 80, 4: 100}  # of 255 in lightness; between inks of paper and plain ones lie up to 65
_EXACT = ImageCms.Flags.NOOPTIMIZE  # else every eighth step of a curve is looked at, as some readers do
_CORNERS = (0, 128, 255)
_STEPS = 256
_WOBBLE = 8  # of 255: how far real curves go back by rounding, and inks where they are nearly black


def is_plain(profile: bytes, components: int) -> bool:
    """Whether it is a profile of so many components, complete, and neither hides nor invents anything."""
    return _is_whole(profile, components) and _is_near(profile, components)


def _is_whole(profile: bytes, components: int) -> bool:
    if not _HEADER + 4 <= len(profile) <= _MOST or profile[36:40] != b"acsp":
        return False
    size, count = struct.unpack_from(">I", profile)[0], struct.unpack_from(">I", profile, _HEADER)[0]
    if size != len(profile) or not 0 < count <= 100 or _HEADER + 4 + _TAG * count > size:
        return False
    if profile[16:20] != _SPACES[components][0] or profile[12:16] not in _CLASSES:
        return False
    tags = (struct.unpack_from(">4sII", profile, _HEADER + 4 + _TAG * index) for index in range(count))
    return all(start + length <= size for _, start, length in tags)


def _is_near(profile: bytes, components: int) -> bool:
    """Compare colours of all corners, and each step from light to dark, with what they are without the profile."""
    corners = [bytes(colour) for colour in itertools.product(_CORNERS, repeat=components)]
    scales = _scales(components)
    shown = _lightness(profile, components, corners + [colour for scale in scales for colour in scale])
    if shown is None or not all(abs(one - other) <= _FARTHEST[components] for one, other in shown):
        return False
    through = [one for one, _ in shown[len(corners) :]]
    return all(_is_even(through[at : at + _STEPS]) for at in range(0, len(through), _STEPS))


def _is_even(lightness: list[int]) -> bool:
    """Whether it goes one way: a curve that is near at the corners may leap between them."""
    rises = lightness[-1] >= lightness[0]
    highest = 0
    for value in lightness if rises else reversed(lightness):
        highest = max(highest, value)
        if highest - value > _WOBBLE:
            return False
    return True


def _scales(components: int) -> list[list[bytes]]:
    """All steps of each component alone, over nothing and over full others, and of all together."""
    axes = [tuple(at == axis for at in range(components)) for axis in range(components)]
    chosen = [*axes, (True,) * components] if components > 1 else axes
    return [
        [bytes(step if moves else rest for moves in moving) for step in range(_STEPS)]
        for moving in chosen
        for rest in (0, 255)[: 1 if all(moving) else 2]
    ]


def _lightness(profile: bytes, components: int, colours: list[bytes]) -> list[tuple[int, int]] | None:
    """How light each colour is through the profile and without it, to 255; None where it cannot be used."""
    mode = _SPACES[components][1]
    strip = Image.frombytes(mode, (len(colours), 1), b"".join(colours))
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turn = ImageCms.buildTransform(opened, ImageCms.createProfile("sRGB"), mode, "RGB", flags=_EXACT)
        through = ImageCms.applyTransform(strip, turn)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
    if through is None:
        return None
    shown, plain = through.convert("L").tobytes(), strip.convert("RGB").convert("L").tobytes()
    return list(zip(shown, plain, strict=True))
