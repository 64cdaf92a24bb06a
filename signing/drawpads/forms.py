"""What a phone sends: a picture."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from core.errors import Invalid, Problem
from signing.drawpads import rules


def read_shown_on(data: Mapping[str, Any]) -> str | None:
    """`agreement` on which strokes are shown while they are drawn, None for none; raises Invalid."""
    value = data.get("agreement")
    if value is not None and (not isinstance(value, str) or not rules.is_id(value)):
        raise Invalid([Problem("$.agreement", "bad_stroke")])
    return value


def read_drawing(data: Mapping[str, Any]) -> bytes:
    """`png` in base64; raises Invalid."""
    value = data.get("png")
    if not isinstance(value, str) or not value:
        raise Invalid([Problem("$.png", "empty_drawing")])
    if len(value) > rules.LONGEST_DRAWING * 4 // 3 + 4:
        raise Invalid([Problem("$.png", "drawing_too_large", {"limit": rules.LONGEST_DRAWING // 1000})])
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid([Problem("$.png", "not_base64")]) from None
