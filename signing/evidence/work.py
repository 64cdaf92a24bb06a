"""Background work: certificate and kit of each sealed agreement, then the kit of the whole ceremony.

Each may be done again after a kill at any point: files are kept under their digests before the one transaction that
names them, and what a first try kept stays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from core import clock, jobs, storage
from core.claims import Claim
from core.db import db
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.evidence import kit, making, queries, service
from signing.evidence.queries import TrailSnapshot
from signing.seats import queries as seats

# The files of a kit by path, and the trail that stands in it.
Made = tuple[dict[str, bytes], TrailSnapshot]


@jobs.handles(service.MAKE)
def make_for_agreement(claim: Claim, payload: dict[str, Any]) -> None:
    """Completion certificate and evidence kit of one sealed agreement."""
    agreement = agreements.get_agreement(payload["agreement"])
    files = fixed_files(
        agreement.id, agreement.ceremony_id, partial(agreement_files, agreement.id, agreement.ceremony_id)
    )
    kit_digest = agreement.kit_digest or storage.put(making.packed(files))
    service.keep_for_agreement(
        agreement.id, certificate_digest=files[kit.CERTIFICATE], kit_digest=kit_digest, claim=claim
    )


def fixed_files(kit_of: str, chain: str, make: Callable[[], Made]) -> dict[str, str]:
    """What a kit is packed from, path → digest; made where it was not yet, and never twice."""
    content = queries.find_content(kit_of)
    if content is not None:
        files = content.files
        db.session.rollback()
        return files
    made, trail = make()
    return service.fix_content(kit_of, made, trail=trail, chain=chain)


def agreement_files(agreement_id: str, ceremony_id: str) -> Made:
    """Certificate and kit of one sealed agreement, made anew: with signatures and tokens of their own."""
    material = queries.read_material(ceremony_id, only=agreement_id)
    revoked = seats.list_revoked()
    db.session.rollback()  # no snapshot is held while the papers are printed
    at, lists = clock.now(), making.validation(revoked, rehearsal=material.ceremony.is_rehearsal)
    certificate = making.completion_certificate(material, material.agreements[0], lists=lists, at=at)
    return making.agreement_kit(material, certificate, lists=lists, at=at), material.trail


def ceremony_files(ceremony_id: str) -> Made:
    """The kit of all that was sealed in a ceremony, made anew."""
    material = queries.read_material(ceremony_id)
    revoked = seats.list_revoked()
    db.session.rollback()
    lists = making.validation(revoked, rehearsal=material.ceremony.is_rehearsal)
    return making.ceremony_kit(material, lists=lists, at=clock.now()), material.trail


@jobs.handles(service.MAKE_WHOLE)
def make_for_ceremony(claim: Claim, payload: dict[str, Any]) -> None:
    """The kit of all that was signed in a ceremony that is over."""
    ceremony_id = payload["ceremony"]
    kit_digest = ceremonies.get_ceremony(ceremony_id).kit_digest
    if kit_digest is None:
        files = fixed_files(ceremony_id, ceremony_id, partial(ceremony_files, ceremony_id))
        kit_digest = storage.put(making.packed(files))
    service.keep_for_ceremony(ceremony_id, kit_digest=kit_digest, claim=claim)
