"""The next revision with an empty signature in it, kept under the signer's idempotency key until it is finished.

Slow work (hashing, pictures) stands outside the transaction; the transaction looks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from core import clock, ids, storage
from core.db import db, transaction
from core.errors import Conflict, Refusal
from core.i18n import format_zoned, t, use_locale
from pdf import fonts
from pdf import sign as pdf_sign
from pdf.errors import AppearanceRefused
from signing.agreements import queries, rules
from signing.agreements.models import Signing
from signing.agreements.rules import DrawnOrTyped, KeyCustody
from signing.agreements.service import facts, is_going_on, led
from signing.seals import queries as seals
from signing.seats import queries as seats
from signing.trust import service as trust


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


def prepare(
    seat_id: str, agreement_id: str, *, idempotency_key: str, appearance: DrawnOrTyped, own_certificate: str = ""
) -> Preparation | Signed:
    """The next revision with an empty signature in it, for a key that the signer's own device holds.

    `own_certificate` is the SHA-256 (hex) of the certificate that the signer brought, where that one is to be used.
    Under a key that was signed with before, the signature that there is. Raises the refusals of `rules.why_not_sign`,
    Conflict `certificate_missing`, Refusal `appearance_refused`, `typed_other_name`, `typed_unprintable`, and those of
    trust.check_own_certificate.
    """
    agreement = queries.get_agreement(agreement_id)
    signer = agreement.signer_of(seat_id)
    before = queries.find_signing(signer.id, idempotency_key)
    if before is not None and before.finished_at is not None:
        return signed_now(seat_id, agreement_id)
    seat = seats.get_seat(seat_id)
    rules.check_sign(facts(agreement, signer, seat, **led(agreement, seat_id, before)))
    certificate = _certificate(seat_id, own_certificate)
    if before is not None and _still_fits(before, agreement, certificate, appearance):
        # Asked again, out of order perhaps: what an earlier answer said must stay true.
        return _preparation(before.id, before.revision, prepared_of(before))
    prepared = prepare_file(agreement, signer, seat, certificate, appearance)
    return keep_prepared(agreement, signer, certificate, idempotency_key, prepared, appearance)


def _certificate(seat_id: str, own: str) -> seats.CertificateView:
    found = (
        seats.find_own_certificate(seat_id, own)
        if own
        else seats.find_certificate(seat_id, custody=KeyCustody.CLIENT, now=clock.now())
    )
    if found is None or found.revoked_at is not None:
        raise Conflict("certificate_missing")
    check_own(found)
    return found


def check_own(certificate: seats.CertificateView) -> None:
    """That a certificate of the signer's own may still sign: anchors, time and lists may have changed meanwhile.

    Outside transactions. Raises the refusals of trust.check_own_certificate; nothing for one that is ours.
    """
    if certificate.is_own:
        db.session.rollback()  # its issuers may be asked over the network: no snapshot is held while waiting
        leaf, *above = (each.public_bytes(Encoding.DER) for each in certificate.path)
        trust.check_own_certificate(leaf, above)


def _still_fits(
    signing: Signing,
    agreement: queries.AgreementView,
    certificate: seats.CertificateView,
    appearance: DrawnOrTyped,
) -> bool:
    return (
        rules.is_fresh(signing.created_at, now=clock.now())
        and signing.base_digest == agreement.head_digest
        and signing.certificate_id == certificate.id
        and signing.prepared.get("appearance") == appearance.digest
    )


def prepared_of(signing: Signing) -> pdf_sign.Prepared:
    return pdf_sign.Prepared.from_dict(signing.prepared)


def _preparation(signing_id: str, revision: int, prepared: pdf_sign.Prepared) -> Preparation:
    return Preparation(
        signing_id=signing_id,
        revision=revision,
        signed_attributes=prepared.attributes,
        byte_range=prepared.byte_range,
        digest=prepared.digest,
    )


def prepare_file(
    agreement: queries.AgreementView,
    signer: queries.SignerView,
    seat: seats.SeatView,
    certificate: seats.CertificateView,
    appearance: DrawnOrTyped,
) -> pdf_sign.Prepared:
    if agreement.head_digest is None:
        raise Conflict("agreement_not_ready")
    if appearance.seal and seals.find_frozen(agreement.id, signer.field) is None:
        raise Refusal("seal_not_frozen", status=422)
    db.session.rollback()  # nothing is read any more: let go of the snapshot while the file is worked on
    at = clock.now()
    if appearance.drawing is None:
        missing = fonts.missing_glyphs(appearance.typed)
        if missing:
            raise Refusal("typed_unprintable", status=422, characters=" ".join(missing))
        rules.check_typed(appearance.typed, name=seat.name)
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
            draws_seal=appearance.seal,
            location=seat.declared_place or seat.place,
            # A chain of RSA certificates is longer than ours; both stand in the signature.
            reserve=pdf_sign.RESERVE + len(certificate.der) + len(certificate.chain or b""),
        )
    except AppearanceRefused as error:
        raise Refusal("appearance_refused", status=422, reason=error.code) from None


def _captions(seat: seats.SeatView, custody: str, at: datetime) -> tuple[str, ...]:
    """What stands below a signature. It is drawn before the signature is made, so the time is called that of the
    preparation, to the minute, and the reader is sent to the timestamp for the time of signing."""
    with use_locale(seat.locale):
        zone = seat.declared_timezone or seat.timezone
        return (
            f"{seat.name} · {seat.title}",
            t("signature-caption-prepared", time=format_zoned(at, zone)),
            t(f"signature-caption-{custody}"),
        )


def _bilingual(message_id: str) -> str:
    texts = []
    for locale in ("zh-CN", "en"):
        with use_locale(locale):
            texts.append(t(message_id))
    return " / ".join(texts)


def keep_prepared(
    agreement: queries.AgreementView,
    signer: queries.SignerView,
    certificate: seats.CertificateView,
    idempotency_key: str,
    prepared: pdf_sign.Prepared,
    appearance: DrawnOrTyped,
) -> Preparation | Signed:
    values: dict[str, Any] = {
        "certificate_id": certificate.id,
        "revision": agreement.head_revision,
        "base_digest": agreement.head_digest,
        "created_at": clock.now(),
        "prepared": {
            **prepared.to_dict(),
            "begun": clock.iso(clock.now()),
            "appearance": appearance.digest,
            "mark": appearance.mark,
            "seal": appearance.seal,
        },
    }
    with transaction():
        taken = queries.take_agreement(agreement.id)
        signing = queries.find_signing(signer.id, idempotency_key)
        if signing is None:
            signing = Signing(id=ids.new("sig"), signer_id=signer.id, idempotency_key=idempotency_key)
            db.session.add(signing)
        elif signing.finished_at is not None:  # while this was prepared, the same act arrived by another way
            return signed(next(each for each in queries.view(taken).signers if each.id == signer.id))
        elif _still_fits(signing, agreement, certificate, appearance):  # asked twice at once: both hear the same
            return _preparation(signing.id, signing.revision, prepared_of(signing))
        else:  # prepared once more it is still the act that was let begin then: what is refreshed goes on no longer
            values["prepared"] |= {"begun": signing.prepared["begun"]} if is_going_on(signing) else {}
        for name, value in values.items():
            setattr(signing, name, value)
        signing_id = signing.id
    return _preparation(signing_id, agreement.head_revision, prepared)


def read_content(seat_id: str, signing_id: str) -> bytes:
    """The prepared file, whole, for the signer's device to hash for itself; raises NotFound."""
    signing, _ = queries.get_signing(signing_id, seat_id=seat_id)
    return storage.read(signing.base_digest) + prepared_of(signing).increment


def signed_now(seat_id: str, agreement_id: str) -> Signed:
    db.session.rollback()  # what was read before may be older than the signature
    return signed(queries.get_agreement(agreement_id).signer_of(seat_id))


def signed(signer: queries.SignerView) -> Signed:
    if signer.shown_at is None or signer.signed_revision is None:
        raise Conflict("agreement_closed")
    return Signed(
        revision=signer.signed_revision,
        signed_at=signer.shown_at,
        digest=signer.signed_digest or "",
        level=signer.level or "",
        key_custody=signer.key_custody or "",
    )
