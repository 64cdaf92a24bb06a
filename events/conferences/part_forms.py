"""The form of each part of a plan, by the part's name in addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from events.conferences.forms import Known, read_audience, read_speaker, read_venue
from events.conferences.item_forms import read_item

READERS: Mapping[str, Callable[[Mapping[str, Any], str, Known], Any]] = {
    "venues": read_venue,
    "audiences": read_audience,
    "speakers": read_speaker,
    "agenda": read_item,
}
LISTS: Mapping[str, tuple[str, ...]] = {"agenda": ("venues", "speakers")}
