"""One person's signature: prepared for the signer's key, finished with what the key made, appended by compare-and-set.

Slow work (hashing, pictures, timestamps) stands outside the transaction; the transaction asks the rules again.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from core import audit, clock, ids, jobs, storage
from core.db import db, transaction
from core.errors import Conflict, Refusal
from core.i18n import format_datetime, t, use_locale
from pdf import fonts
from pdf import sign as pdf_sign
from pdf.errors import AppearanceRefused, HeadMismatch, SignatureMismatch, TimestampUnavailable
from signing.agreements import queries, rules
from signing.agreements.models import Signing
from signing.agreements.rules import AgreementAction, DrawnOrTyped, KeyCustody, SignerState
from signing.agreements.service import SEAL, facts, open_ready, signer_row, tell
from signing.seats import queries as seats
from signing.seats import service as seat_service
from signing.trust import service as trust

COMPLETED = "ceremony.agreement_completed"
_TRIES = 50  # how often the server tries again by itself when others sign the same file at the same moment


@dataclass(frozen=True)
class Preparation:
    """What the signer's device is asked to check and to sign."""

    signing_id: str
    revision: int
    signed_attributes: bytes
    byte_range: tuple[int, int, int, int]
    digest: str


@dataclass(frozen=True)
class Signed:
    """A signature that is kept."""

    revision: int
    signed_at: datetime
    digest: str
    level: str
    key_custody: str


def prepare(seat_id: str, agreement_id: str, *, idempotency_key: str, appearance: DrawnOrTyped) -> Preparation | Signed:
    """The next revision with an empty signature in it, for a key that the signer's own device holds.

    Under a key that was signed with before, the signature that there is. Raises the refusals of `rules.why_not_sign`,
    Conflict `certificate_missing`, Refusal `appearance_refused`.
    """
    agreement = queries.get_agreement(agreement_id)
    signer = agreement.signer_of(seat_id)
    before = queries.find_signing(signer.id, idempotency_key)
    if before is not None and before.finished_at is not None:
        return _signed_now(seat_id, agreement_id)
    seat = seats.get_seat(seat_id)
    rules.check_sign(facts(agreement, signer, seat))
    certificate = seats.find_certificate(seat_id, custody=KeyCustody.CLIENT, now=clock.now())
    if certificate is None:
        raise Conflict("certificate_missing")
    if before is not None and _still_fits(before, agreement, certificate, appearance):
        # Asked again, out of order perhaps: what an earlier answer said must stay true.
        return _preparation(before.id, before.revision, _prepared(before))
    prepared = _prepare_file(agreement, signer, seat, certificate, appearance)
    return _keep_prepared(agreement, signer, certificate, idempotency_key, prepared, appearance)


def _still_fits(
    signing: Signing,
    agreement: queries.AgreementView,
    certificate: seats.CertificateView,
    appearance: DrawnOrTyped,
) -> bool:
    return (
        signing.base_digest == agreement.head_digest
        and signing.certificate_id == certificate.id
        and signing.prepared.get("appearance") == appearance.digest
    )


def _prepared(signing: Signing) -> pdf_sign.Prepared:
    return pdf_sign.Prepared.from_dict(signing.prepared)


def _preparation(signing_id: str, revision: int, prepared: pdf_sign.Prepared) -> Preparation:
    return Preparation(
        signing_id=signing_id,
        revision=revision,
        signed_attributes=prepared.attributes,
        byte_range=prepared.byte_range,
        digest=prepared.digest,
    )


def _prepare_file(
    agreement: queries.AgreementView,
    signer: queries.SignerView,
    seat: seats.SeatView,
    certificate: seats.CertificateView,
    appearance: DrawnOrTyped,
) -> pdf_sign.Prepared:
    if agreement.head_digest is None:
        raise Conflict("agreement_not_ready")
    db.session.rollback()  # nothing is read any more: let go of the snapshot while the file is worked on
    at = clock.now()
    if fonts.missing_glyphs(appearance.typed):
        raise Refusal("appearance_refused", status=422, reason="glyph_missing")
    captions = _captions(seat, certificate.key_custody, at)
    font, face = fonts.face_for("".join((appearance.typed, *captions)))
    try:
        return pdf_sign.prepare(
            storage.read(agreement.head_digest),
            field=signer.field,
            leaf=x509.load_der_x509_certificate(certificate.der),
            at=at,
            appearance=pdf_sign.Appearance(
                drawing=appearance.drawing,
                typed=appearance.typed,
                captions=captions,
                font=font,
                font_index=face,
            ),
            name=seat.name,
            reason=_bilingual("signature-reason"),
            location=seat.declared_place or seat.place,
        )
    except AppearanceRefused as error:
        raise Refusal("appearance_refused", status=422, reason=error.code) from None


def _captions(seat: seats.SeatView, custody: str, at: datetime) -> tuple[str, ...]:
    with use_locale(seat.locale):
        zone = seat.declared_timezone or seat.timezone
        return (
            f"{seat.name} · {seat.title}",
            f"{format_datetime(at, zone, seconds=True)} ({zone})",
            t(f"signature-caption-{custody}"),
        )


def _bilingual(message_id: str) -> str:
    texts = []
    for locale in ("zh-CN", "en"):
        with use_locale(locale):
            texts.append(t(message_id))
    return " / ".join(texts)


def _keep_prepared(
    agreement: queries.AgreementView,
    signer: queries.SignerView,
    certificate: seats.CertificateView,
    idempotency_key: str,
    prepared: pdf_sign.Prepared,
    appearance: DrawnOrTyped,
) -> Preparation | Signed:
    values = {
        "certificate_id": certificate.id,
        "revision": agreement.head_revision,
        "base_digest": agreement.head_digest,
        "prepared": {**prepared.to_dict(), "appearance": appearance.digest},
    }
    with transaction():
        taken = queries.take_agreement(agreement.id)
        signing = queries.find_signing(signer.id, idempotency_key)
        if signing is None:
            signing = Signing(
                id=ids.new("sig"), signer_id=signer.id, idempotency_key=idempotency_key, created_at=clock.now()
            )
            db.session.add(signing)
        elif signing.finished_at is not None:  # while this was prepared, the same act arrived by another way
            return _signed(next(each for each in queries.view(taken).signers if each.id == signer.id))
        elif _still_fits(signing, agreement, certificate, appearance):  # asked twice at once: both hear the same
            return _preparation(signing.id, signing.revision, _prepared(signing))
        for name, value in values.items():
            setattr(signing, name, value)
        signing_id = signing.id
    return _preparation(signing_id, agreement.head_revision, prepared)


def read_content(seat_id: str, signing_id: str) -> bytes:
    """The prepared file, whole, for the signer's device to hash for itself; raises NotFound."""
    signing, _ = queries.get_signing(signing_id, seat_id=seat_id)
    return storage.read(signing.base_digest) + _prepared(signing).increment


def finish(seat_id: str, signing_id: str, *, signature: bytes, address: str) -> Signed:
    """Check the signature value, add the timestamp, append the revision. Sent twice, it is one signature.

    Raises Conflict `revision_moved` when another signer was faster (prepare again under the same idempotency key),
    Refusal `signature_mismatch`, `timestamp_unavailable`, and the refusals of `rules.why_not_sign`.
    """
    signing, row = queries.get_signing(signing_id, seat_id=seat_id)
    if signing.finished_at is not None:
        return _signed_now(seat_id, row.agreement_id)
    agreement = queries.get_agreement(row.agreement_id)
    rules.check_head(now_at=agreement.head_revision, prepared_on=signing.revision)
    certificate = seats.get_certificate(signing.certificate_id)
    if certificate.expires_at <= clock.now():
        raise Conflict("certificate_missing")  # its timestamp would tell every verifier that it came too late
    prepared, base_digest, revision = _prepared(signing), signing.base_digest, signing.revision
    db.session.rollback()  # the timestamp may come over the network: no snapshot is held while waiting for it
    finished = _finish_file(base_digest, prepared, certificate, signature)
    digest = storage.put(finished)
    made = Made(digest=digest, base=base_digest, revision=revision, certificate=certificate)
    return _append(seat_id, signing_id, agreement.id, made, address=address)


@dataclass(frozen=True)
class Made:
    """A finished file that is not kept yet: what it was built on is what the compare-and-set compares."""

    digest: str
    base: str
    revision: int
    certificate: seats.CertificateView


def _finish_file(
    base_digest: str, prepared: pdf_sign.Prepared, certificate: seats.CertificateView, signature: bytes
) -> bytes:
    try:
        return pdf_sign.finish(
            storage.read(base_digest),
            prepared,
            signature=signature,
            leaf=x509.load_der_x509_certificate(certificate.der),
            chain=trust.trust().chain,
            timestamper=trust.timestamper(),
        )
    except SignatureMismatch:
        raise Refusal("signature_mismatch", status=422) from None
    except HeadMismatch:
        raise Conflict("revision_moved") from None
    except TimestampUnavailable:
        raise Refusal("timestamp_unavailable", status=503) from None


def _append(seat_id: str, signing_id: str, agreement_id: str, made: Made, *, address: str) -> Signed:
    certificate = made.certificate
    with transaction():
        # All in the order of the plan and before the trail's head: who holds one may be waiting for another or for it.
        taken = {each: queries.take_agreement(each) for each in queries.list_with_following(agreement_id)}
        agreement = taken[agreement_id]
        signing, _ = queries.get_signing(signing_id, seat_id=seat_id)
        db.session.refresh(signing)
        signer = signer_row(agreement, seat_id)
        if signing.finished_at is not None:
            return _signed(queries.view(agreement).signer_of(seat_id))
        seat = seats.get_seat(seat_id)
        rules.check_sign(facts(agreement, signer, seat))
        # Not `signing.revision`: the same act may have been prepared anew while this file was made.
        rules.check_head(now_at=agreement.head_revision, prepared_on=made.revision)
        now = clock.now()
        agreement.head_digest = made.digest
        agreement.head_revision += 1
        signer.state = SignerState.SIGNED
        signer.signed_at, signer.signed_revision, signer.signed_digest = now, agreement.head_revision, made.digest
        signer.certificate_id, signer.key_custody, signer.level = certificate.id, certificate.key_custody, "B-T"
        signing.finished_at = now
        audit.record(
            agreement.ceremony_id,
            "agreement.signed",
            actor=seat_service.actor(seat, address),
            subject=audit.Subject("agreement", agreement.id),
            number=agreement.number,
            revision=agreement.head_revision,
            field=signer.field,
            before=made.base,
            after=made.digest,
            certificate=certificate.digest,
            key_custody=certificate.key_custody,
            level="B-T",
            timestamp=trust.timestamper().name,
            third_party_time=trust.timestamper().third_party,
        )
        if rules.is_complete([SignerState(each.state) for each in agreement.signers]):
            _complete(agreement.id, now)
        tell(agreement)
        db.session.flush()
        return _signed(queries.view(agreement).signer_of(seat_id))


def _complete(agreement_id: str, now: datetime) -> None:
    """Everybody has signed: what comes after opens in the same transaction."""
    agreement = queries.take_agreement(agreement_id)
    agreement.state = rules.change(agreement.state, AgreementAction.COMPLETE)
    agreement.completed_at = now
    audit.record(
        agreement.ceremony_id,
        "agreement.completed",
        actor=audit.SYSTEM,
        subject=audit.Subject("agreement", agreement.id),
        number=agreement.number,
        digest=agreement.head_digest,
        signatures=len(agreement.signers),
    )
    db.session.flush()
    open_ready(agreement.ceremony_id)
    jobs.add(SEAL, agreement.id, agreement=agreement.id)


def _signed_now(seat_id: str, agreement_id: str) -> Signed:
    db.session.rollback()  # what was read before may be older than the signature
    return _signed(queries.get_agreement(agreement_id).signer_of(seat_id))


def _signed(signer: queries.SignerView) -> Signed:
    if signer.signed_at is None or signer.signed_revision is None:
        raise Conflict("agreement_closed")
    return Signed(
        revision=signer.signed_revision,
        signed_at=signer.signed_at,
        digest=signer.signed_digest or "",
        level=signer.level or "",
        key_custody=signer.key_custody or "",
    )


def sign_with_server_key(
    seat_id: str, agreement_id: str, *, idempotency_key: str, appearance: DrawnOrTyped, address: str
) -> Signed:
    """For a device without WebCrypto: a key made here for this one signature and dropped after it (custody `server`).

    Raises what `prepare` and `finish` raise, but `revision_moved` only after trying again many times.
    """
    agreement = queries.get_agreement(agreement_id)
    signer = agreement.signer_of(seat_id)
    before = queries.find_signing(signer.id, idempotency_key)
    if before is not None and before.finished_at is not None:
        return _signed_now(seat_id, agreement_id)
    rules.check_sign(facts(agreement, signer, seats.get_seat(seat_id)))
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = seat_service.certify(seat_id, key.public_key(), custody=KeyCustody.SERVER, address=address)
    attempt = partial(_server_attempt, seat_id, agreement_id, idempotency_key, appearance, key, certificate, address)
    for _ in range(_TRIES - 1):
        try:
            return attempt()
        except Refusal as moved:
            # Our own key never mismatches: the same act came twice at once, and the other's certificate is kept.
            if moved.code not in {"revision_moved", "signature_mismatch"}:
                raise
            db.session.rollback()
    return attempt()


def _server_attempt(
    seat_id: str,
    agreement_id: str,
    idempotency_key: str,
    appearance: DrawnOrTyped,
    key: ec.EllipticCurvePrivateKey,
    certificate: seats.CertificateView,
    address: str,
) -> Signed:
    agreement = queries.get_agreement(agreement_id)
    signer = agreement.signer_of(seat_id)
    before = queries.find_signing(signer.id, idempotency_key)
    if before is not None and before.finished_at is not None:
        return _signed_now(seat_id, agreement_id)
    seat = seats.get_seat(seat_id)
    rules.check_sign(facts(agreement, signer, seat))
    prepared = _prepare_file(agreement, signer, seat, certificate, appearance)
    found = _keep_prepared(agreement, signer, certificate, idempotency_key, prepared, appearance)
    if isinstance(found, Signed):
        return found
    signature = pdf_sign.sign_attributes(key, found.signed_attributes)
    return finish(seat_id, found.signing_id, signature=signature, address=address)


def decode_signature(text: str) -> bytes:
    """Raw r‖s from base64; raises Refusal `signature_mismatch`."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("signature_mismatch", status=422) from None
    if len(raw) != 64:
        raise Refusal("signature_mismatch", status=422)
    return raw
