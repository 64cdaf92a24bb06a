"""How many numbers make a colour in a colour space of the file (ISO 32000-2 8.6), and within which bounds."""

from __future__ import annotations

from pikepdf import Array, Name, Object, Stream

from pdf.contents.graphics import Space
from pdf.contents.tokens import unclear

_DEVICES = {"/DeviceGray": 1, "/DeviceRGB": 3, "/DeviceCMYK": 4, "/G": 1, "/RGB": 3, "/CMYK": 4}
_FIXED = {"/CalGray": 1, "/CalRGB": 3} | _DEVICES
_MOST_INKS, _PALETTE = 32, 255


def space_of(said: Object, written: bytes) -> Space:
    """Raises `pdf_unclear` for a family that ISO 32000-2 does not know; the rest of it is looked at elsewhere."""
    parts = list(said) if isinstance(said, Array) else [said]
    family = str(parts[0]) if parts and isinstance(parts[0], Name) else ""
    if family in _FIXED:
        return Space(written, _FIXED[family])
    if family == "/Separation":
        return Space(written, 1, is_ink=True)
    if family == "/Lab":
        return Space(written, 3, most=None)
    if family == "/Pattern":
        below = space_of(parts[1], b"") if len(parts) > 1 else None
        return Space(written, below.components if below else 0, below.most if below else 1, is_pattern=True)
    if len(parts) > 1 and family == "/ICCBased" and isinstance(parts[1], Stream):
        return Space(written, _within(parts[1].get(Name.N), 4), 1 if Name.Range not in parts[1] else None)
    if len(parts) > 2 and family == "/Indexed":
        return Space(written, 1, _within(parts[2], _PALETTE, least=0))
    if len(parts) > 1 and family == "/DeviceN" and isinstance(parts[1], Array):
        return Space(written, _within(len(parts[1]), _MOST_INKS), is_ink=True)
    raise unclear(f"colour space {family[1:20]}")


def _within(value: object, most: int, *, least: int = 1) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise unclear("a colour space of odd numbers")
    return value
