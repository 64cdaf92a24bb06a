"""A test signature: a key made in the signer's browser signs a specimen paper, by the ways of a real one.

Certificate, platform and clock come from the specimen root of rehearsals: the outcome counts for nothing anywhere.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from core import clock, storage
from core.db import db, transaction
from core.errors import Conflict, Refusal
from pdf import pki
from pdf import sign as pdf_sign
from pdf.errors import HeadMismatch, SignatureMismatch
from pdf.verify import Indication, verify_pdf
from signing.preflight import queries
from signing.preflight.models import SeatTrial
from signing.preflight.service import Looker
from signing.seats import queries as seats
from signing.trust import service as trust

_TRIAL_LIFE = timedelta(hours=1)
_FIELD = pdf_sign.FieldSpec("Check", 0, (60.0, 600.0, 260.0, 680.0))


@dataclass(frozen=True)
class TrialPaper:
    """What the browser checks and signs."""

    attributes: bytes
    byte_range: tuple[int, int, int, int]
    digest: str
    frozen_digest: str
    frozen_length: int


def certify(seat_id: str, request: bytes, *, by: Looker) -> x509.Certificate:
    """A specimen certificate for the browser's test key. Raises Refusal `bad_certificate_request`, TooMany."""
    by.count("trial", is_new=queries.find_trial(seat_id, by.device_id) is None)
    public_key, seat = trust.read_certificate_request(request), seats.get_seat(seat_id)
    subject = pki.SubjectName(seat.name or "样例 Sample", seat.organisation)
    certificate = trust.issue_seat_certificate(public_key, subject, "client", rehearsal=True)
    db.session.rollback()
    with transaction():
        seats.take_seat(seat_id)  # of two requests at once, one makes the row
        now = clock.now()
        queries.forget_trials(seat_id, before=now - _TRIAL_LIFE)
        row = queries.find_trial(seat_id, by.device_id) or SeatTrial(seat_id=seat_id, device_id=by.device_id)
        row.certificate, row.frozen_digest, row.prepared = certificate.public_bytes(Encoding.DER), None, None
        row.at = now
        db.session.add(row)
    return certificate


def prepare(seat_id: str, *, by: Looker) -> TrialPaper:
    """The specimen paper with an empty signature. Raises Conflict `trial_not_begun`, TooMany."""
    by.count("trial", is_new=False)
    certificate = _trial(seat_id, by).certificate
    leaf = x509.load_der_x509_certificate(certificate)
    db.session.rollback()
    frozen = _frozen(str(trust.trust(rehearsal=True).fingerprint))
    prepared = pdf_sign.prepare(frozen, field=_FIELD.name, leaf=leaf, at=clock.now(), appearance=None, name="Check")
    digest = storage.put(frozen)
    with transaction():
        row = queries.take_trial(seat_id, by.device_id)
        if row is None or row.certificate != certificate:
            raise Conflict("trial_not_begun")  # signed, or begun anew with another key, in the meantime
        row.frozen_digest, row.prepared = digest, prepared.to_dict()
    return TrialPaper(prepared.attributes, prepared.byte_range, prepared.digest, digest, len(frozen))


def read_content(seat_id: str, *, by: Looker) -> bytes:
    """The prepared paper, whole, for the browser to hash. Raises Conflict `trial_not_begun`."""
    frozen, prepared, _ = _prepared(seat_id, by)
    return frozen + prepared.increment


def finish(seat_id: str, signature: bytes, *, by: Looker) -> None:
    """That the signature is good, and that nothing but the mark of a specimen speaks against the file.

    Raises Conflict `trial_not_begun`, Refusal `signature_mismatch`, TooMany.
    """
    by.count("trial", is_new=False)
    frozen, prepared, leaf = _prepared(seat_id, by)
    db.session.rollback()
    found = trust.trust(rehearsal=True)
    try:
        signed = pdf_sign.finish(
            frozen, prepared, signature=signature, leaf=leaf, chain=found.above(leaf), timestamper=found.responder
        )
    except (SignatureMismatch, HeadMismatch):
        raise Refusal("signature_mismatch", status=422) from None
    verdict = verify_pdf(signed, name="check.pdf", anchors=trust.anchors_of(rehearsal=True), at=clock.now())
    said = {each.code for each in verdict.reasons} - {"unsealed"}  # a test is not sealed
    if verdict.verdict is not Indication.INDETERMINATE or said != {"specimen"}:
        raise Refusal("signature_mismatch", status=422)
    with transaction():
        row = queries.take_trial(seat_id, by.device_id)
        if row is not None and row.prepared == prepared.to_dict():
            db.session.delete(row)


def _trial(seat_id: str, by: Looker) -> SeatTrial:
    row = queries.find_trial(seat_id, by.device_id)
    if row is None:
        raise Conflict("trial_not_begun")
    return row


def _prepared(seat_id: str, by: Looker) -> tuple[bytes, pdf_sign.Prepared, x509.Certificate]:
    row = _trial(seat_id, by)
    if row.frozen_digest is None or row.prepared is None:
        raise Conflict("trial_not_begun")
    leaf = x509.load_der_x509_certificate(row.certificate)
    return storage.read(row.frozen_digest), pdf_sign.Prepared.from_dict(row.prepared), leaf


@lru_cache(maxsize=1)
def _frozen(_fingerprint: str) -> bytes:
    """One blank specimen page with a field, made once by each process."""
    found = trust.trust(rehearsal=True)
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        out = io.BytesIO()
        document.save(out, deterministic_id=True)
    return pdf_sign.freeze(
        out.getvalue(),
        fields=[_FIELD],
        platform=found.platform,
        timestamper=found.responder,
        at=clock.now(),
    )
