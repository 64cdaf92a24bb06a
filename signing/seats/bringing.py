"""Use case: a signer signs with a certificate of their own (custody `external`); its key stays in their browser."""

from __future__ import annotations

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from core import audit, clock, ids, limits
from core.db import db, transaction
from core.errors import Conflict, Forbidden, Refusal
from pdf import external, pki
from pdf.pki import holding
from signing.ceremonies import queries as ceremonies
from signing.seats import queries, rules
from signing.seats.models import Seat, SeatCertificate
from signing.seats.service import actor
from signing.trust import service as trust

_STATEMENT = "Yunqian: I sign for seat {seat} with my own certificate {digest}"


def statement(seat_id: str, certificate_digest: str) -> bytes:
    """What the signer's key signs to show that it is at hand: plain words, for this seat and this certificate alone."""
    return _STATEMENT.format(seat=seat_id, digest=certificate_digest).encode()


def bring(
    seat_id: str, certificate: bytes, above: tuple[bytes, ...], *, proof: bytes, address: str
) -> queries.CertificateView:
    """Keep a signer's own certificate for their signatures, checked as of now; a second time gives the same.

    Raises the refusals of signing.trust.external.check, `external_possession`, `external_other_name`, Forbidden before
    identity and consent, Conflict `certificate_revoked` where the host took it back, TooMany.
    """
    limits.hit("seat-certificate", seat_id, limit=60, per=timedelta(hours=1))
    db.session.rollback()  # issuers may be asked over the network
    found = trust.check_own_certificate(certificate, above)
    digest = found.leaf.fingerprint(hashes.SHA256()).hex()
    trust.check_possession(found.leaf, statement(seat_id, digest), proof)
    with transaction():
        seat = queries.take_seat(seat_id)
        rules.check_identity(proved=seat.identity_proved_at is not None)
        if seat.consented_at is None:
            raise Forbidden("consent_missing")
        holder = _holder(seat, found.leaf)
        before = queries.find_own_certificate(seat_id, digest)
        if before is not None and before.revoked_at is not None:
            raise Conflict("certificate_revoked")
        return before or _keep(seat, found, digest, holder, address)


def _keep(
    seat: Seat, found: external.OwnCertificate, digest: str, holder: holding.Holder, address: str
) -> queries.CertificateView:
    row = SeatCertificate(
        id=ids.new("crt"),
        seat_id=seat.id,
        key_custody=queries.OWN,
        serial=f"{found.leaf.serial_number:x}",
        der=found.leaf.public_bytes(Encoding.DER),
        digest=digest,
        chain=pki.dump_certificates(found.above),
        holder=str(holder),
        revocation="good" if found.is_revocation_known else "unknown",
        issued_at=clock.now(),
        expires_at=found.expires_at,
    )
    db.session.add(row)
    audit.record(
        seat.ceremony_id,
        "certificate.brought",
        actor=actor(seat, address),
        subject=audit.Subject("seat", seat.id),
        certificate=digest,
        key_custody=queries.OWN,
        anchor=(found.above or (found.leaf,))[-1].fingerprint(hashes.SHA256()).hex(),
        holder=row.holder,
        revocation=row.revocation,
    )
    db.session.flush()
    return queries.get_certificate(row.id)


def _holder(seat: Seat, leaf: x509.Certificate) -> holding.Holder:
    found = holding.named(leaf)
    party = ceremonies.get_ceremony(seat.ceremony_id).party(seat.party_key)
    known = holding.holder(found, name=seat.name, organisations=[seat.organisation, *party.organisation.values()])
    if known is None:  # anybody else's would say that somebody else signed (decision 0017)
        raise Refusal("external_other_name", status=422, named=found.shown, name=seat.name)
    return known
