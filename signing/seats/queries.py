"""Reads of seats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography import x509
from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from core.db import db, table_of
from core.errors import NotFound
from core.prepared import Prepared
from pdf import pki
from signing.seats import rules
from signing.seats.models import FormerPerson, Seat, SeatCertificate, SeatCode, SeatProof
from signing.trust import service as trust

OWN = pki.KeyCustody.EXTERNAL.value
# Nobody signs with a certificate of who sat there before.
_OF_THIS_PERSON = or_(Seat.since.is_(None), SeatCertificate.issued_at >= Seat.since)
_PROOFS = table_of(SeatProof)
_PROOF = Prepared(
    select(_PROOFS.c.seat_id, _PROOFS.c.revoked_at, _PROOFS.c.expires_at).where(_PROOFS.c.id == bindparam("proof"))
)


@dataclass(frozen=True)
class Former:
    """Who sat in a seat until then; `values` are the fields of SeatView that were this person's."""

    until_at: datetime
    values: dict[str, Any]


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
    since: datetime | None
    letter_digest: str | None
    letter_kind: str | None
    # Only of who was there before somebody else came: the party has the title of who is there now.
    title_texts: dict[str, str] | None = None
    former: tuple[Former, ...] = ()

    def as_at(self, at: datetime) -> SeatView:
        """The seat with the person who sat in it at that time: what one did stays that person's."""
        for each in self.former:
            if at < each.until_at:
                return replace(self, former=(), **each.values)
        return self

    def people(self) -> list[tuple[SeatView, datetime | None, datetime | None]]:
        """Everybody who sat in it, in order, each with from when and until when; None: from the start, until now."""
        begins = [None, *(each.until_at for each in self.former)]
        found = [replace(self, former=(), **each.values) for each in self.former]
        return list(zip([*found, self], begins, [*begins[1:], None], strict=True))

    @property
    def certificate_identifier(self) -> str:
        """What the certificates of this seat and its signature fields carry."""
        return rules.certificate_identifier(self.ceremony_id, self.id)


@dataclass(frozen=True)
class CertificateView:
    """A signer's certificate."""

    id: str
    seat_id: str
    key_custody: str
    serial: str
    der: bytes
    digest: str
    chain: bytes | None
    holder: str | None
    revocation: str | None
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revocation_reason: str | None

    @property
    def is_own(self) -> bool:
        """Whether the signer brought it (custody `external`): no authority of ours made it."""
        return self.key_custody == OWN

    @property
    def path(self) -> tuple[x509.Certificate, ...]:
        """The certificate that the signer brought, and those above it, the anchor last."""
        above = pki.load_certificates(self.chain) if self.chain else ()
        return (x509.load_der_x509_certificate(self.der), *above)


def view(seat: Seat) -> SeatView:
    names = SeatView.__dataclass_fields__.keys() - {"former", "title_texts"}
    return SeatView(**{name: getattr(seat, name) for name in names}, former=_former(seat))


PERSONAL = (
    *("name", "title", "capacity", "email", "locale", "identity_proved_at", "identity_method", "consented_at"),
    *("declared_place", "declared_timezone", "letter_digest", "letter_kind"),
)


def _former(seat: Seat) -> tuple[Former, ...]:
    """Those who sat there before, the first one first; nothing is asked where nobody did."""
    if seat.since is None:
        return ()
    rows = db.session.scalars(select(FormerPerson).filter_by(seat_id=seat.id).order_by(FormerPerson.until_at))
    return tuple(
        Former(row.until_at, {name: getattr(row, name) for name in (*PERSONAL, "title_texts")}) for row in rows
    )


def get_seat(seat_id: str, *, ceremony_id: str | None = None) -> SeatView:
    """One seat, of this ceremony where one is given; raises NotFound."""
    seat = _get(seat_id)
    if ceremony_id not in (None, seat.ceremony_id):
        raise NotFound("seat_not_found")
    return view(seat)


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


def list_since(ceremony_id: str) -> dict[str, datetime]:
    """By seat in which somebody sat before: since when who sits there now."""
    rows = db.session.execute(select(Seat.id, Seat.since).filter_by(ceremony_id=ceremony_id))
    return {row.id: row.since for row in rows if row.since is not None}


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
    proof = _PROOF.read({"proof": proof_id}).one_or_none()
    return proof is not None and proof.seat_id == seat_id and proof.revoked_at is None and proof.expires_at > now


def find_certificate(seat_id: str, *, custody: str, now: datetime) -> CertificateView | None:
    """The newest certificate of a seat that is valid now."""
    row = db.session.scalars(
        select(SeatCertificate)
        .filter_by(seat_id=seat_id, key_custody=custody, revoked_at=None)
        .where(SeatCertificate.expires_at > now, _OF_THIS_PERSON)
        .join(Seat, Seat.id == SeatCertificate.seat_id)
        .order_by(SeatCertificate.issued_at.desc(), SeatCertificate.id.desc())
        .limit(1)
    ).first()
    return _certificate(row) if row else None


def find_own_certificate(seat_id: str, digest: str) -> CertificateView | None:
    """One that a signer brought, by its SHA-256 (hex)."""
    theirs = select(SeatCertificate).filter_by(seat_id=seat_id, digest=digest, key_custody=OWN)
    row = db.session.scalars(theirs.where(_OF_THIS_PERSON).join(Seat, Seat.id == SeatCertificate.seat_id)).first()
    return _certificate(row) if row else None


def get_certificate(certificate_id: str) -> CertificateView:
    """One certificate; raises NotFound."""
    row = db.session.get(SeatCertificate, certificate_id)
    if row is None:
        raise NotFound("certificate_not_found")
    return _certificate(row)


def _certificate(row: SeatCertificate) -> CertificateView:
    return CertificateView(**{name: getattr(row, name) for name in CertificateView.__dataclass_fields__})


def list_certificates(ceremony_id: str) -> list[CertificateView]:
    """The certificates of a ceremony's signers, oldest first."""
    rows = db.session.scalars(
        select(SeatCertificate)
        .join(Seat, Seat.id == SeatCertificate.seat_id)
        .where(Seat.ceremony_id == ceremony_id)
        .order_by(SeatCertificate.issued_at, SeatCertificate.id)
    )
    return [_certificate(row) for row in rows]


def take_certificate(certificate_id: str) -> SeatCertificate:
    """One certificate in order to change it; raises NotFound."""
    row = db.session.execute(
        select(SeatCertificate).filter_by(id=certificate_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound("certificate_not_found")
    return row


def find_by_serial(serial: str) -> CertificateView | None:
    """A certificate that we issued to a signer by its serial number, hex without leading zeros."""
    found = select(SeatCertificate).filter_by(serial=serial).where(SeatCertificate.key_custody != OWN)
    row = db.session.scalars(found).one_or_none()
    return _certificate(row) if row else None


def list_revoked(session: Session | None = None) -> list[trust.RevokedLeaf]:
    """All revoked certificates that we issued to signers: what a signer brought is its own issuer's to revoke."""
    ours = select(SeatCertificate).where(SeatCertificate.revoked_at.is_not(None), SeatCertificate.key_custody != OWN)
    rows = (session or db.session).scalars(ours)
    return [found for row in rows if (found := revoked_leaf(_certificate(row)))]


def revoked_leaf(certificate: CertificateView) -> trust.RevokedLeaf | None:
    """A signer's certificate as revocation lists name it; None for one that counts."""
    if certificate.revoked_at is None:
        return None
    reason = x509.ReasonFlags(certificate.revocation_reason or "unspecified")
    revoked = pki.Revoked(int(certificate.serial, 16), certificate.revoked_at, reason)
    return trust.RevokedLeaf(issuer_of(certificate), revoked)


def find_status(serial: int, issuer_id: str) -> pki.Status | None:
    """What OCSP says of a signer's certificate by serial number and issuer (key identifier); None: never issued."""
    found = find_by_serial(f"{serial:x}")
    if found is None or issuer_of(found) != issuer_id:
        return None
    leaf = revoked_leaf(found)
    return pki.Status(leaf.revoked if leaf else None)


def issuer_of(certificate: CertificateView) -> str:
    """The key identifier, hex, of the issuing CA that made it."""
    return trust.authority_id(x509.load_der_x509_certificate(certificate.der))
