"""Reads of exports that were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import select

from core.db import db
from core.errors import NotFound
from events.attendance.models import ConferenceExport
from events.attendance.rules import Part
from events.registration import queries as registrations

_SHOWN = 10


@dataclass(frozen=True)
class ExportView:
    """A workbook that was asked for."""

    id: str
    conference_id: str
    parts: tuple[str, ...]
    locale: str
    asked_at: datetime
    asked_by: str
    made_at: datetime | None
    rows: int
    bytes: int
    file_digest: str


def _view(row: ConferenceExport) -> ExportView:
    values = {name: getattr(row, name) for name in ExportView.__dataclass_fields__}
    return ExportView(**{**values, "parts": tuple(row.parts)})


def find_export(export_id: str) -> ExportView | None:
    """One export."""
    row = db.session.get(ConferenceExport, export_id, populate_existing=True)
    return _view(row) if row else None


def get_export(export_id: str, *, conference_id: str, kind: str = "") -> ExportView:
    """A workbook of this conference, or a file of another feature's kind; raises NotFound. Who may have the one may
    not have the other."""
    found = find_export(export_id)
    known = {kind} if kind else set(Part)
    if found is None or found.conference_id != conference_id or not known.issuperset(found.parts):
        raise NotFound("export_not_found")
    return found


def list_exports(conference_id: str, kind: str = "") -> list[ExportView]:
    """The newest workbooks of a conference, or files of another feature's kind, the newest first."""
    query = select(ConferenceExport).filter_by(conference_id=conference_id)
    query = query.order_by(ConferenceExport.asked_at.desc(), ConferenceExport.id)
    rows = (_view(row) for row in db.session.scalars(query.execution_options(populate_existing=True)))
    known = {kind} if kind else set(Part)
    return list(islice((row for row in rows if known.issuperset(row.parts)), _SHOWN))


def take_export(export_id: str) -> ConferenceExport:
    """One export in order to change it; raises NotFound."""
    query = select(ConferenceExport).filter_by(id=export_id).with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound("export_not_found")
    return row


def is_kept(digest: str) -> bool:
    """Whether an export has this file."""
    return db.session.scalar(select(ConferenceExport.id).filter_by(file_digest=digest).limit(1)) is not None


def list_kept(registration_id: str) -> list[ExportView]:
    """Exports with a file of the conference of this registration."""
    person = registrations.get_registration(registration_id)
    query = select(ConferenceExport).filter_by(conference_id=person.conference_id)
    return [_view(row) for row in db.session.scalars(query.where(ConferenceExport.file_digest != ""))]
