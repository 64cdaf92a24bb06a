"""Profiles of foreign files: plain ones show about what a reader shows that ignores them, at every step."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from PIL import ImageCms

from pdf.resources import profiles

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
Curve = Callable[[float], float]


def fixed(*numbers: float) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65_536)) for number in numbers)


def point(*numbers: float) -> bytes:
    return b"XYZ \0\0\0\0" + fixed(*numbers)


def curved(curve: Curve) -> bytes:
    """A curve of 256 entries (ICC.1:2022 10.6)."""
    return b"curv\0\0\0\0" + struct.pack(">I256H", 256, *(round(curve(step / 255) * 65_535) for step in range(256)))


def profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"desc": b"desc" + bytes(7) + b"\2x" + bytes(79), b"wtpt": point(0.9642, 1, 0.8249), **tags}
    table, body, begins = b"", b"", 132 + 12 * len(tags)
    for tag, value in tags.items():
        table += tag + struct.pack(">II", begins + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    head = struct.pack(">I", begins + len(body)) + b"lcms\2\x10\0\0mntr" + space + b"XYZ " + bytes(12) + b"acsp"
    head += bytes(28) + fixed(0.9642, 1, 0.8249) + bytes(48)
    return head + struct.pack(">I", len(tags)) + table + body


def gray(curve: Curve) -> bytes:
    return profile(b"GRAY", {b"kTRC": curved(curve)})


def coloured(red: Curve, green: Curve, blue: Curve) -> bytes:
    primaries = {
        b"rXYZ": point(0.4361, 0.2225, 0.0139), b"gXYZ": point(0.3851, 0.7169, 0.0971),
        b"bXYZ": point(0.1431, 0.0606, 0.7141),
    }  # fmt: skip
    curves = {b"rTRC": curved(red), b"gTRC": curved(green), b"bTRC": curved(blue)}
    return profile(b"RGB ", primaries | curves)


def usual(light: float) -> float:
    return float(light**2.2)


def leaping(at: float, to: float, width: float) -> Curve:
    return lambda light: to if abs(light - at) <= width else usual(light)


@pytest.mark.parametrize(
    ("data", "components"),
    [(SRGB, 3), (gray(usual), 1), (gray(lambda light: light**1.8), 1), (coloured(usual, usual, usual), 3)],
    ids=["sRGB", "gray", "an old gray", "made here"],
)
def test_usual_profiles_are_plain(data: bytes, components: int) -> None:
    assert profiles.is_plain(data, components)


@pytest.mark.parametrize(
    ("data", "components"),
    [
        (gray(leaping(7 / 255, 1, 5 / 255)), 1),
        (gray(leaping(247 / 255, 0, 5 / 255)), 1),
        (gray(leaping(100 / 255, 0.3, 0.5 / 255)), 1),
        (coloured(*[leaping(64 / 255, 1, 30 / 255)] * 3), 3),
        (coloured(*[leaping(230 / 255, 0, 20 / 255)] * 3), 3),
        (coloured(usual, leaping(0.25, 0.6, 0.1), usual), 3),
        (coloured(leaping(0.25, 1, 0.1), usual, usual), 3),
    ],
    ids=["light in black", "dark in white", "a gray", "light in all", "dark in all", "green alone", "red alone"],
)
def test_a_curve_that_leaps_between_its_corners_is_not_plain(data: bytes, components: int) -> None:
    assert not profiles.is_plain(data, components)
