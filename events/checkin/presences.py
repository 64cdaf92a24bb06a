"""The rows that doors queue at: taken in the order of their keys, written once at the end. Inside the caller's
transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from core.db import table_of, written
from core.prepared import Prepared
from events.checkin.models import PresenceRow
from events.checkin.phones import Here
from events.checkin.rules import NEVER_SEEN, Presence

_TABLE = table_of(PresenceRow)
_KEPT = ("venue_id", "changed_at", *Presence.__dataclass_fields__)
_SAID = ("registration_id", *Presence.__dataclass_fields__)


class Held:
    """People's presences, held until the transaction ends; what was changed is written by `write`."""

    def __init__(self, here: Here, registration_ids: Collection[str], *, at: datetime) -> None:
        self._here = here
        self._at = at
        self._found = _take(here, registration_ids, at)
        self._before = dict(self._found)

    def of(self, registration_id: str) -> Presence:
        """As it is now, with what was put meanwhile."""
        return self._found[registration_id]

    def put(self, registration_id: str, presence: Presence) -> None:
        """Remember what a scan made of it."""
        self._found[registration_id] = presence

    def write(self) -> None:
        """Keep what differs, in one statement for all."""
        changed = [self._row(key, each) for key, each in sorted(self._found.items()) if each != self._before[key]]
        if changed:
            _upsert(changed, overwrite=_KEPT)

    def _row(self, registration_id: str, presence: Presence) -> dict[str, Any]:
        return {
            "registration_id": registration_id,
            "conference_id": self._here.conference_id,
            "venue_id": self._here.venue_id,
            "changed_at": self._at,
            **vars(presence),
        }


def _take(here: Here, registration_ids: Collection[str], at: datetime) -> dict[str, Presence]:
    """Hold these rows, made where they are missing: one statement, so that two doors never both find nobody in."""
    if not registration_ids:
        return {}
    empty = {"conference_id": here.conference_id, "venue_id": here.venue_id, "changed_at": at}
    rows = [{"registration_id": each, **empty, **vars(NEVER_SEEN)} for each in sorted(registration_ids)]
    return _upsert(rows, overwrite=("conference_id",))


def _upsert(rows: list[dict[str, Any]], *, overwrite: tuple[str, ...]) -> dict[str, Presence]:
    connection = written()
    name = connection.dialect.name
    # Mostly one person stands at a door; several come from a phone that had no network, in one statement too.
    found = (
        _for_one(name, overwrite).run(rows[0])
        if len(rows) == 1
        else connection.execute(_statement(name, overwrite), rows)
    )
    return {row[0]: Presence(*row[1:]) for row in found}


@cache
def _for_one(dialect: str, overwrite: tuple[str, ...]) -> Prepared:
    return Prepared(_statement(dialect, overwrite))


@cache
def _statement(dialect: str, overwrite: tuple[str, ...]) -> ReturningInsert[Any]:
    """Made once, so that it is compiled once too: a check-in's time is mostly its statements'."""
    insert = sqlite.insert(_TABLE) if dialect == "sqlite" else postgresql.insert(_TABLE)
    kept = insert.on_conflict_do_update(
        index_elements=["registration_id"], set_={name: insert.excluded[name] for name in overwrite}
    )
    return kept.returning(*(_TABLE.c[name] for name in _SAID))
