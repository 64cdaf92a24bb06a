"""Use case: a signer signs with a certificate of their own (custody `external`); its key stays in their browser."""

from __future__ import annotations

from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from core import limits
from core.db import db, transaction
from core.errors import Conflict, Refusal
from pdf import external, pki
from pdf.pki import holding
from signing.ceremonies import queries as ceremonies
from signing.seats import queries, service
from signing.seats.models import Seat
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
    identity and consent, Conflict `certificate_revoked` where the host took it back, `rehearsal_own_certificate`,
    TooMany.
    """
    limits.hit("seat-certificate", seat_id, limit=60, per=timedelta(hours=1))
    if ceremonies.get_ceremony(queries.get_seat(seat_id).ceremony_id).is_rehearsal:
        # It would sign for good what is played.
        raise Conflict("rehearsal_own_certificate")
    db.session.rollback()  # issuers may be asked over the network
    found = trust.check_own_certificate(certificate, above)
    digest = found.leaf.fingerprint(hashes.SHA256()).hex()
    trust.check_possession(found.leaf, statement(seat_id, digest), proof)
    with transaction():
        seat = service.take_consented_seat(seat_id)
        holder = _holder(seat, found.leaf)
        before = queries.find_own_certificate(seat_id, digest)
        if before is not None and before.revoked_at is not None:
            raise Conflict("certificate_revoked")
        return before or _keep(seat, found, holder, address)


def _keep(seat: Seat, found: external.OwnCertificate, holder: holding.Holder, address: str) -> queries.CertificateView:
    row = service.certificate_row(seat, found.leaf, custody=queries.OWN, expires_at=found.expires_at)
    row.chain = pki.dump_certificates(found.above)
    row.holder = str(holder)
    row.revocation = "good" if found.is_revocation_known else "unknown"
    anchor = (found.above or (found.leaf,))[-1].fingerprint(hashes.SHA256()).hex()
    told = {"anchor": anchor, "holder": row.holder, "revocation": row.revocation}
    return service.keep_certificate(seat, row, action="certificate.brought", address=address, **told)


def _holder(seat: Seat, leaf: x509.Certificate) -> holding.Holder:
    found = holding.named(leaf)
    party = ceremonies.get_ceremony(seat.ceremony_id).party(seat.party_key)
    known = holding.holder(found, name=seat.name, organisations=[seat.organisation, *party.organisation.values()])
    if known is None:  # anybody else's would say that somebody else signed (decision 0017)
        raise Refusal("external_other_name", status=422, named=found.shown, name=seat.name)
    return known
