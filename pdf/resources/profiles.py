"""Colour profiles (ISO 15076-1) in foreign files: kept where a reader that ignores them shows about the same."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms

_HEADER, _TAG = 128, 12
_SPACES = {1: (b"GRAY", "L"), 3: (b"RGB ", "RGB"), 4: (b"CMYK", "CMYK")}
_CLASSES = frozenset({b"mntr", b"scnr", b"prtr", b"spac"})
_MOST = 8 * 1024 * 1024  # bytes
_FARTHEST = {1: 70, 3: 80, 4: 100}  # of 255 in lightness; between inks of paper and plain ones lie up to 65
_STEPS = (0, 128, 255)


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
    """Compare colours of all corners through the profile with what they are without it."""
    mode = _SPACES[components][1]
    colours = [[step] for step in range(0, 256, 15)] if components == 1 else [[]]
    for _ in range(components if components > 1 else 0):
        colours = [[*colour, step] for colour in colours for step in _STEPS]
    strip = Image.frombytes(mode, (len(colours), 1), bytes(value for colour in colours for value in colour))
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turn = ImageCms.buildTransform(opened, ImageCms.createProfile("sRGB"), mode, "RGB")
        through = ImageCms.applyTransform(strip, turn)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return False
    if through is None:
        return False
    shown, plain = through.convert("L").tobytes(), strip.convert("RGB").convert("L").tobytes()
    return all(abs(one - other) <= _FARTHEST[components] for one, other in zip(shown, plain, strict=True))
