"""Reads of printed reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.db import db
from core.errors import NotFound
from signing.reports.models import CeremonyReport


@dataclass(frozen=True)
class ReportView:
    """A report that somebody asked for."""

    id: str
    ceremony_id: str
    locale: str
    asked_at: datetime
    asked_by: str
    made_at: datetime | None
    file_digest: str
    pages: int
    is_interim: bool


def view(row: CeremonyReport) -> ReportView:
    return ReportView(**{name: getattr(row, name) for name in ReportView.__dataclass_fields__})


def find_report(report_id: str) -> ReportView | None:
    row = db.session.get(CeremonyReport, report_id)
    return view(row) if row else None


def get_report(report_id: str, *, ceremony_id: str) -> ReportView:
    """One report of this ceremony; raises NotFound."""
    found = find_report(report_id)
    if found is None or found.ceremony_id != ceremony_id:
        raise NotFound("report_not_found")
    return found


def take_report(report_id: str) -> CeremonyReport:
    """One report in order to change it; raises NotFound."""
    row = db.session.scalar(
        select(CeremonyReport).filter_by(id=report_id).with_for_update().execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("report_not_found")
    return row


def list_reports(ceremony_id: str, *, most: int) -> list[ReportView]:
    """The newest reports of a ceremony, the newest first."""
    query = select(CeremonyReport).filter_by(ceremony_id=ceremony_id)
    newest = query.order_by(CeremonyReport.asked_at.desc(), CeremonyReport.id.desc()).limit(most)
    return [view(row) for row in db.session.scalars(newest)]


def is_kept(digest: str) -> bool:
    """Whether a report still has the file with this digest."""
    return bool(db.session.scalar(select(func.count()).select_from(CeremonyReport).filter_by(file_digest=digest)))
