"""Reads of attendance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core.db import db
from events.attendance.models import AttendanceCertificate, AttendanceRule, OnlineHour
from events.attendance.rules import THRESHOLD


def get_threshold(conference_id: str) -> int:
    """How much of the agenda counts as having been there, in percent."""
    row = db.session.get(AttendanceRule, conference_id)
    return row.threshold if row else THRESHOLD


@dataclass(frozen=True)
class OnlineHourView:
    """The minutes of one hour in which somebody was in one online room, as `rules.hour_of` marks them."""

    venue_id: str
    hour: datetime
    marks: int


def list_online(conference_id: str, registration_id: str | None = None) -> dict[str, list[OnlineHourView]]:
    """The marked minutes of online rooms by registration; of one where it is given."""
    columns = OnlineHour.registration_id, OnlineHour.venue_id, OnlineHour.hour, OnlineHour.marks
    query = select(*columns).filter_by(conference_id=conference_id)
    if registration_id is not None:
        query = query.filter_by(registration_id=registration_id)
    found: dict[str, list[OnlineHourView]] = defaultdict(list)
    for row in db.session.execute(query.order_by(OnlineHour.hour)):
        found[row.registration_id].append(OnlineHourView(row.venue_id, row.hour, row.marks))
    return found


@dataclass(frozen=True)
class CertificateView:
    """That somebody was there, as it was said when it was issued."""

    registration_id: str
    conference_id: str
    code: str
    facts: dict[str, Any]
    issued_at: datetime
    file_digest: str
    withdrawn_at: datetime | None
    withdrawn_reason: str


def _certificate(row: AttendanceCertificate | None) -> CertificateView | None:
    if row is None:
        return None
    return CertificateView(**{name: getattr(row, name) for name in CertificateView.__dataclass_fields__})


def find_certificate(registration_id: str) -> CertificateView | None:
    """Somebody's certificate."""
    return _certificate(db.session.get(AttendanceCertificate, registration_id, populate_existing=True))


def find_by_code(code: str) -> CertificateView | None:
    """The certificate with this cleaned code (rules.clean_code)."""
    return _certificate(db.session.scalar(select(AttendanceCertificate).filter_by(code=code))) if code else None


def list_certificates(conference_id: str) -> dict[str, CertificateView]:
    """All certificates of a conference by registration, in the order of their ids."""
    query = select(AttendanceCertificate).filter_by(conference_id=conference_id)
    rows = db.session.scalars(query.order_by(AttendanceCertificate.registration_id))
    return {row.registration_id: view for row in rows if (view := _certificate(row))}


def list_certified(conference_id: str) -> set[str]:
    """The registrations that have a certificate, withdrawn or not."""
    return set(db.session.scalars(select(AttendanceCertificate.registration_id).filter_by(conference_id=conference_id)))


def take_certificate(registration_id: str) -> AttendanceCertificate | None:
    """One certificate in order to change it."""
    query = select(AttendanceCertificate).filter_by(registration_id=registration_id)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
