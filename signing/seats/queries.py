"""Reads of seats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from sqlalchemy import select

from core.db import db
from core.errors import NotFound
from pdf import pki
from signing.seats.models import Seat, SeatCertificate, SeatCode, SeatProof
from signing.trust import service as trust


@dataclass(frozen=True)
class SeatView:
    """A seat as other features and pages see it."""

    id: str
    ceremony_id: str
    party_key: str
    organisation: str
    name: str
    title: str
    capacity: str
    email: str
    locale: str
    place: str
    timezone: str
    invited_at: datetime | None
    opened_at: datetime | None
    last_seen_at: datetime | None
    identity_proved_at: datetime | None
    identity_method: str | None
    consented_at: datetime | None
    declared_place: str | None
    declared_timezone: str | None


@dataclass(frozen=True)
class CertificateView:
    """A signer's certificate."""

    id: str
    seat_id: str
    key_custody: str
    der: bytes
    digest: str
    issued_at: datetime
    expires_at: datetime


def view(seat: Seat) -> SeatView:
    return SeatView(**{name: getattr(seat, name) for name in SeatView.__dataclass_fields__})


def get_seat(seat_id: str) -> SeatView:
    """One seat; raises NotFound."""
    return view(_get(seat_id))


def _get(seat_id: str) -> Seat:
    seat = db.session.get(Seat, seat_id)
    if seat is None:
        raise NotFound("seat_not_found")
    return seat


def take_seat(seat_id: str) -> Seat:
    """One seat in order to change it; raises NotFound."""
    seat = db.session.execute(
        select(Seat).filter_by(id=seat_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if seat is None:
        raise NotFound("seat_not_found")
    return seat


def list_seats(ceremony_id: str) -> list[SeatView]:
    """The seats of a ceremony, in the order in which they were made."""
    return [
        view(seat) for seat in db.session.scalars(select(Seat).filter_by(ceremony_id=ceremony_id).order_by(Seat.id))
    ]


def take_seats(ceremony_id: str) -> list[Seat]:
    """All seats of a ceremony in order to change them."""
    return list(db.session.scalars(select(Seat).filter_by(ceremony_id=ceremony_id).order_by(Seat.id).with_for_update()))


def find_code(seat_id: str) -> SeatCode | None:
    """The newest one-time code of a seat."""
    return db.session.get(SeatCode, seat_id, populate_existing=True)


def take_code(seat_id: str) -> SeatCode | None:
    """The newest one-time code in order to count a try."""
    return db.session.execute(
        select(SeatCode).filter_by(seat_id=seat_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()


def holds_proof(seat_id: str, proof_id: str, *, now: datetime) -> bool:
    """Whether this proof belongs to the seat and still holds."""
    proof = db.session.get(SeatProof, proof_id)
    return proof is not None and proof.seat_id == seat_id and proof.revoked_at is None and proof.expires_at > now


def find_certificate(seat_id: str, *, custody: str, now: datetime) -> CertificateView | None:
    """The newest certificate of a seat that is valid now."""
    row = db.session.scalars(
        select(SeatCertificate)
        .filter_by(seat_id=seat_id, key_custody=custody, revoked_at=None)
        .where(SeatCertificate.expires_at > now)
        .order_by(SeatCertificate.issued_at.desc(), SeatCertificate.id.desc())
        .limit(1)
    ).first()
    return _certificate(row) if row else None


def get_certificate(certificate_id: str) -> CertificateView:
    """One certificate; raises NotFound."""
    row = db.session.get(SeatCertificate, certificate_id)
    if row is None:
        raise NotFound("certificate_not_found")
    return _certificate(row)


def _certificate(row: SeatCertificate) -> CertificateView:
    return CertificateView(**{name: getattr(row, name) for name in CertificateView.__dataclass_fields__})


def list_revoked() -> list[trust.RevokedLeaf]:
    """All revoked certificates of signers."""
    rows = db.session.scalars(select(SeatCertificate).where(SeatCertificate.revoked_at.is_not(None)))
    return [_revoked(row, row.revoked_at) for row in rows if row.revoked_at is not None]


def _revoked(row: SeatCertificate, at: datetime) -> trust.RevokedLeaf:
    issuer = trust.authority_id(x509.load_der_x509_certificate(row.der))
    return trust.RevokedLeaf(issuer, pki.Revoked(int(row.serial, 16), at))
