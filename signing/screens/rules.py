"""How a ceremony looks: one colour of the organiser's, corrected until it is legible (WCAG 2.1, 1.4.3). Pure."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from enum import StrEnum

from core.errors import Invalid, Problem

LEAST_CONTRAST = 4.5
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 200


class Theme(StrEnum):
    DARK = "dark"
    LIGHT = "light"


@dataclass(frozen=True)
class Tones:
    """Custom properties of web/assets/css/stage.css, without `--st-`; `corrected`: as it was it could not be read."""

    values: dict[str, str]
    accent: str
    corrected: bool


def read_colour(text: str) -> str:
    """`#rrggbb`, or empty for the product's own colours; raises Invalid `bad_colour`."""
    told = text.strip().lower()
    if told and not _HEX.fullmatch(told):
        raise Invalid([Problem("$.colour", "bad_colour")])
    return told


def tones(colour: str, theme: Theme) -> Tones:
    """The stage's colours made from one: grounds of its hue, and itself where it is legible on all."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    grey = min(saturation, 0.6)
    made = _dark(hue, grey) if theme is Theme.DARK else _light(hue, grey)
    grounds = [made[name] for name in ("ground", "glow", "card", "card-on")]
    step = 1 / _STEPS if theme is Theme.DARK else -1 / _STEPS
    accent, at = colour, lightness
    while min(contrast(accent, each) for each in grounds) < LEAST_CONTRAST and 0 <= at + step <= 1:
        at += step
        accent = _hex(hue, at, saturation)
    on = max(("#ffffff", "#0c1211"), key=lambda each: contrast(each, accent))
    made |= {"gold": accent, "gold-deep": accent, "on-gold": on}
    return Tones(made, accent, accent != colour)


def _dark(hue: float, grey: float) -> dict[str, str]:
    lights = {
        "ground": 0.055,
        "glow": 0.15,
        "card": 0.1,
        "card-on": 0.135,
        "line": 0.29,
        "path": 0.48,
        "guilloche": 0.5,
    }
    made = {name: _hex(hue, light, grey * 0.75) for name, light in lights.items()}
    return {**made, "soft": _hex(hue, 0.77, grey * 0.3), "faint": _hex(hue, 0.55, grey * 0.3)}


def _light(hue: float, grey: float) -> dict[str, str]:
    return {
        "ground": _hex(hue, 0.975, grey * 0.4),
        "glow": "#ffffff",
        "card": "#ffffff",
        "card-on": _hex(hue, 0.955, grey * 0.5),
        "line": _hex(hue, 0.76, grey * 0.25),
        "path": _hex(hue, 0.6, grey * 0.3),
        "soft": _hex(hue, 0.28, grey * 0.3),
        "faint": _hex(hue, 0.42, grey * 0.2),
        "guilloche": _hex(hue, 0.3, grey),
    }


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(hue: float, lightness: float, saturation: float) -> str:
    rgb = colorsys.hls_to_rgb(hue, min(1.0, max(0.0, lightness)), saturation)
    return "#" + "".join(f"{round(each * 255):02x}" for each in rgb)
