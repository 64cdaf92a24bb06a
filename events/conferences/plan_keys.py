"""The conference file's own definition: the keys of each object, which the import page lists, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.reader import Reader


@dataclass(frozen=True)
class Keys:
    """What an object must have, and what it may have."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def open(self, reader: Reader, data: object, path: str) -> Mapping[str, Any]:
        """The object's values, with a problem for each key that is lacking or not known."""
        return reader.mapping(data, path, required=self.required, optional=self.optional)


CONFERENCE = Keys(
    "conference",
    ("title", "date", "timezone", "audiences", "venues"),
    (
        *("kind", "end_date", "purpose", "travel_minutes", "travel", "partners", "speakers", "agenda", "source"),
        *("demo", "demo_companies"),
    ),
)
TRAVEL = Keys("travel", ("venues", "minutes"))
AUDIENCE = Keys("audience", ("key", "name"), ("needs_approval",))
VENUE = Keys("venue", ("key", "name"), ("kind", "city", "address", "timezone", "stage", "doors", "feeds", "places"))
DOOR = Keys("door", ("key", "name"))
FEED = Keys("feed", ("title", "url"), ("kind",))
SPEAKER = Keys("speaker", ("key", "name"), ("title", "organisation", "email", "language"))
ITEM = Keys(
    "item", ("key", "title", "venues", "starts", "ends"), ("date", "end_date", "abstract", "speakers", "materials")
)
APPEARANCE = Keys("appearance", ("speaker",), ("venue",))
MATERIAL = Keys("material", ("title", "url"))
OBJECTS = (CONFERENCE, TRAVEL, AUDIENCE, VENUE, DOOR, FEED, SPEAKER, ITEM, APPEARANCE, MATERIAL)
