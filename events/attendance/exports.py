"""Everything of a conference as one workbook. What is taken along is written into the trail: who, what, how many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core import audit, clock, i18n
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict
from events.attendance import export_sheets, export_source
from events.attendance.rules import Part
from events.conferences.queries import ConferenceView
from pdf import books


@dataclass(frozen=True)
class Export:
    """A workbook, and how many rows of each part are in it."""

    data: bytes
    rows: dict[Part, int]


def take_along(conference: ConferenceView, parts: Collection[Part], *, by: Actor) -> Export:
    """These parts in the reader's language, with one entry of the trail. Raises Conflict `export_empty`."""
    wanted = [part for part in Part if part in parts]
    if not wanted:
        raise Conflict("export_empty")
    source = export_source.read(conference)
    book = books.write_book([export_sheets.sheet(part, source) for part in wanted], made_at=clock.now())
    rows = dict(zip(wanted, book.rows, strict=True))
    db.session.rollback()
    with transaction():
        audit.record(
            conference.id,
            "conference.exported",
            actor=by,
            subject=Subject("conference", conference.id),
            rows={str(part): count for part, count in rows.items()},
            language=i18n.current(),
        )
    return Export(book.data, rows)
