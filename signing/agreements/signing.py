"""One person's signature: finished with what the signer's key made, appended by compare-and-set.

Slow work (hashing, timestamps) stands outside the transaction; the transaction asks the rules again.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from core import audit, clock, jobs, live, storage
from core.db import db, transaction
from core.errors import Conflict, Refusal
from pdf import sign as pdf_sign
from pdf.errors import HeadMismatch, SignatureMismatch, TimestampUnavailable
from pdf.tsa import Stamp, WitnessedTimestamper
from signing.agreements import preparing, queries, rules
from signing.agreements.models import Agreement, AgreementSigner
from signing.agreements.preparing import Signed, prepared_of, signed, signed_now
from signing.agreements.rules import AgreementAction, DrawnOrTyped, KeyCustody, Mark, SignerState
from signing.agreements.service import SEAL, facts, led, open_ready, signer_row, tell
from signing.agreements.stamping import ask_for_time, keep_time
from signing.ceremonies import queries as ceremonies
from signing.seals import service as seal_service
from signing.seats import queries as seats
from signing.seats import service as seat_service
from signing.trust import service as trust

_TRIES = 50  # how often the server tries again by itself when others sign the same file at the same moment


def finish(seat_id: str, signing_id: str, *, signature: bytes, address: str) -> Signed:
    """Check the signature value, add the timestamp, append the revision. Sent twice, it is one signature.

    Raises Conflict `revision_moved` when another signer was faster, `preparation_expired` when it was prepared too long
    ago (for both: prepare again under the same idempotency key), Refusal `signature_mismatch`, `timestamp_unavailable`,
    the refusals of `rules.why_not_sign` and, for a certificate of the signer's own, of trust.check_own_certificate.
    """
    signing, row = queries.get_signing(signing_id, seat_id=seat_id)
    if signing.finished_at is not None:
        return signed_now(seat_id, row.agreement_id)
    agreement = queries.get_agreement(row.agreement_id)
    rules.check_head(now_at=agreement.head_digest, prepared_on=signing.base_digest)
    certificate = seats.get_certificate(signing.certificate_id)
    if certificate.expires_at <= clock.now() or certificate.revoked_at is not None:
        raise Conflict("certificate_missing")  # its timestamp would tell every verifier that it came too late
    if not rules.is_fresh(signing.created_at, now=clock.now()):
        raise Conflict("preparation_expired")
    prepared, base_digest = prepared_of(signing), signing.base_digest
    mark, seal = Mark(signing.prepared["mark"]), bool(signing.prepared.get("seal"))
    ceremony = ceremonies.get_ceremony(agreement.ceremony_id)
    db.session.rollback()  # the timestamp may come over the network: no snapshot is held while waiting for it
    preparing.check_own(certificate)
    finished, stamp = _finish_file(base_digest, prepared, certificate, signature, ceremony)
    digest = storage.put(finished)
    made = Made(digest=digest, base=base_digest, certificate=certificate, stamp=stamp, mark=mark, seal=seal)
    return _append(seat_id, signing_id, agreement.id, made, address=address)


@dataclass(frozen=True)
class Made:
    """A finished file that is not kept yet: what it was built on is what the compare-and-set compares.

    `stamp` is None for a signature that waits for its timestamp.
    """

    digest: str
    base: str
    certificate: seats.CertificateView
    stamp: Stamp | None
    mark: Mark
    seal: bool

    @property
    def level(self) -> str:
        return "B-T" if self.stamp else "B-B"


def _finish_file(
    base_digest: str,
    prepared: pdf_sign.Prepared,
    certificate: seats.CertificateView,
    signature: bytes,
    ceremony: ceremonies.CeremonyView,
) -> tuple[bytes, Stamp | None]:
    leaf = x509.load_der_x509_certificate(certificate.der)
    policy, rehearsal = ceremony.time_policy, ceremony.is_rehearsal
    witness = WitnessedTimestamper(trust.timestamper(policy, rehearsal=rehearsal))
    finish_with = partial(
        pdf_sign.finish,
        storage.read(base_digest),
        prepared,
        signature=signature,
        leaf=leaf,
        chain=certificate.path[1:] if certificate.is_own else trust.trust(rehearsal=rehearsal).above(leaf),
    )
    try:
        return finish_with(timestamper=witness), witness.last
    except SignatureMismatch:
        raise Refusal("signature_mismatch", status=422) from None
    except HeadMismatch:
        raise Conflict("revision_moved") from None
    except TimestampUnavailable:
        if trust.waits_for_time(policy):
            return finish_with(timestamper=None), None
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
            return signed(queries.view(agreement).signer_of(seat_id))
        seat = seats.get_seat(seat_id)
        rules.check_sign(facts(agreement, signer, seat))
        if seats.get_certificate(certificate.id).revoked_at is not None:
            raise Conflict("certificate_missing")
        # Not `signing.base_digest`: the same act may have been prepared anew while this file was made.
        rules.check_head(now_at=agreement.head_digest, prepared_on=made.base)
        now = clock.now()
        agreement.head_digest = made.digest
        agreement.head_revision += 1
        signer.state = SignerState.SIGNED
        signer.signed_at, signer.signed_revision, signer.signed_digest = now, agreement.head_revision, made.digest
        signer.certificate_id, signer.key_custody, signer.level = certificate.id, certificate.key_custody, made.level
        signer.mark = made.mark
        keep_time(signer, made.stamp)
        signing.finished_at = now
        actor = seat_service.actor(seat, address)
        _record(agreement, signer, actor, made)
        if made.seal:
            seal_service.note_used(queries.view(agreement), signer.field, by=actor)
        if rules.is_complete([SignerState(each.state) for each in agreement.signers]):
            _complete(agreement.id, now)
        if made.stamp is None:
            ask_for_time(agreement)
        tell(agreement)
        # The small panels beside the stage follow the ink alone: it becomes a signature with the signature.
        live.publish(f"ink:{agreement.ceremony_id}", "ink.signed", seat=seat_id, agreement=agreement.id)
        db.session.flush()
        return signed(queries.view(agreement).signer_of(seat_id))


def _record(agreement: Agreement, signer: AgreementSigner, actor: audit.Actor, made: Made) -> None:
    audit.record(
        agreement.ceremony_id,
        "agreement.signed",
        actor=actor,
        subject=audit.Subject("agreement", agreement.id),
        number=agreement.number,
        revision=agreement.head_revision,
        field=signer.field,
        before=made.base,
        after=made.digest,
        certificate=made.certificate.digest,
        key_custody=made.certificate.key_custody,
        level=made.level,
        mark=made.mark,
        timestamp=signer.timestamp_by,
        timestamped_at=clock.iso(signer.timestamped_at) if signer.timestamped_at else None,
        third_party_time=signer.third_party_time,
    )


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
    jobs.add(SEAL, agreement.id, chain=agreement.ceremony_id, agreement=agreement.id)


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
        return signed_now(seat_id, agreement_id)
    seat = seats.get_seat(seat_id)
    rules.check_sign(facts(agreement, signer, seat, **led(agreement, seat_id, before)))
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
        return signed_now(seat_id, agreement_id)
    seat = seats.get_seat(seat_id)
    rules.check_sign(facts(agreement, signer, seat))
    prepared = preparing.prepare_file(agreement, signer, seat, certificate, appearance)
    found = preparing.keep_prepared(agreement, signer, certificate, idempotency_key, prepared, appearance)
    if isinstance(found, Signed):
        return found
    signature = pdf_sign.sign_attributes(key, found.signed_attributes)
    return finish(seat_id, found.signing_id, signature=signature, address=address)


def decode_signature(text: str) -> bytes:
    """What WebCrypto gave (raw r‖s, or RSA), from base64; raises Refusal `signature_mismatch`."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("signature_mismatch", status=422) from None
    if not pdf_sign.SHORTEST_SIGNATURE <= len(raw) <= pdf_sign.LONGEST_SIGNATURE:
        raise Refusal("signature_mismatch", status=422)
    return raw
