"""What a seat's page tells about itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import Headers

from signing.presence import rules
from signing.presence.rules import Beat


def read_beat(data: Mapping[str, Any], headers: Headers, *, device_id: str, is_proved: bool) -> Beat:
    """A beat of a seat's page: `delay_ms`, `clock_offset_ms`, `visible`, `leaving`, `touch`. What is no figure is
    left out: a device that cannot measure is there all the same."""
    delay = _figure(data.get("delay_ms"))
    return Beat(
        device_id=device_id,
        device=rules.device(
            headers.get("User-Agent", "")[:400],
            hinted_mobile=headers.get("Sec-CH-UA-Mobile") == "?1",
            touches=data.get("touch") is True,
        ),
        is_proved=is_proved,
        is_visible=data.get("visible") is not False,
        is_leaving=data.get("leaving") is True,
        delay_ms=None if delay is None else max(0, delay),
        clock_offset_ms=_figure(data.get("clock_offset_ms")),
    )


def _figure(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # A JSON number may have any number of digits: what is whole is bounded before it is a float.
    return rules.bounded(value) if isinstance(value, int) or math.isfinite(value) else None
