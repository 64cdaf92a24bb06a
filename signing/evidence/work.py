"""Background work: certificate and kit of each sealed agreement, then the kit of the whole ceremony.

Each may be done again after a kill at any point: files are kept under their digests before the one transaction that
names them, and what a first try kept stays.
"""

from __future__ import annotations

from typing import Any

from core import clock, jobs, storage
from core.claims import Claim
from core.db import db
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.evidence import making, queries, service
from signing.seats import queries as seats


@jobs.handles(service.MAKE)
def make_for_agreement(claim: Claim, payload: dict[str, Any]) -> None:
    """Completion certificate and evidence kit of one sealed agreement."""
    agreement = agreements.get_agreement(payload["agreement"])
    certificate_digest, kit_digest = agreement.certificate_digest or "", agreement.kit_digest or ""
    material = queries.read_material(agreement.ceremony_id, only=agreement.id)
    revoked = seats.list_revoked()
    db.session.rollback()  # no snapshot is held while the papers are printed
    if not kit_digest:
        at, lists = clock.now(), making.validation(revoked)
        certificate = making.completion_certificate(material, material.agreements[0], lists=lists, at=at)
        kit = making.agreement_kit(material, certificate, lists=lists, at=at)
        certificate_digest, kit_digest = storage.put(certificate), storage.put(kit)
    service.keep_for_agreement(
        agreement.id,
        certificate_digest=certificate_digest,
        kit_digest=kit_digest,
        trail=material.trail,
        claim=claim,
    )


@jobs.handles(service.MAKE_WHOLE)
def make_for_ceremony(claim: Claim, payload: dict[str, Any]) -> None:
    """The kit of all that was signed in a ceremony that is over."""
    ceremony_id = payload["ceremony"]
    kit_digest = ceremonies.get_ceremony(ceremony_id).kit_digest
    if kit_digest is None:
        material = queries.read_material(ceremony_id)
        revoked = seats.list_revoked()
        db.session.rollback()
        kit = making.ceremony_kit(material, lists=making.validation(revoked), at=clock.now())
        kit_digest = storage.put(kit)
    service.keep_for_ceremony(ceremony_id, kit_digest=kit_digest, claim=claim)
