"""Personal values beside a trail are deleted, and from the kits that are kept here (docs/decisions/0015).

The rows go at once; a job packs the kits anew without them, and another removes the files that nothing names any more.
"""

from __future__ import annotations

from typing import Any

from core import audit, claims, jobs, storage
from core.claims import Claim
from core.db import db, transaction
from core.errors import Conflict
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.captions import service as captions
from signing.ceremonies import queries as ceremonies
from signing.ceremonies import service as ceremony_service
from signing.evidence import kit, making, queries, rules
from signing.evidence.models import KitContent
from signing.seats import queries as seats

REPACK, REMOVE = "evidence.repack", "evidence.remove_files"


def forget(ceremony_id: str, *, seat: str = "", by: audit.Actor) -> int:
    """Delete the personal values beside a trail, or those of one signer's acts; returns how many there were.

    Raises NotFound for a ceremony or seat that is not there, Conflict `evidence_not_ready` while kits are being made.
    """
    ceremony = ceremonies.get_ceremony(ceremony_id)
    if seat and seats.get_seat(seat).ceremony_id != ceremony_id:
        raise Conflict("seat_of_another_ceremony")
    seqs = rules.entries_of(audit.list_lines(ceremony_id), seat) if seat else None
    with transaction():
        if _is_kit_due(ceremony_id):
            raise Conflict("evidence_not_ready")
        deleted = audit.delete_private(ceremony_id, seqs)
        if not seat:
            captions.forget(ceremony_id)
        subject = audit.Subject("seat", seat) if seat else audit.Subject("ceremony", ceremony.id)
        entry = audit.record(ceremony_id, "private.deleted", actor=by, subject=subject, values=deleted)
        jobs.add(REPACK, f"{ceremony_id}:{entry.seq}", chain=ceremony_id, ceremony=ceremony_id)
    return deleted


def _is_kit_due(ceremony_id: str) -> bool:
    """Whether a kit of this ceremony is being made, of an agreement or of the whole."""
    found = agreements.list_agreements(ceremony_id)
    if any(each.sealed_at and not each.kit_digest for each in found):
        return True
    is_over = all(each.is_proved or each.is_unsigned for each in found)
    is_made = ceremonies.get_ceremony(ceremony_id).kit_digest is not None
    return is_over and not is_made and any(each.is_proved for each in found)


@jobs.handles(REPACK)
def repack_kits(claim: Claim, payload: dict[str, Any]) -> None:
    """Pack each kit of a ceremony anew that still holds values which were deleted."""
    ceremony_id = payload["ceremony"]
    ids = [each.id for each in agreements.list_agreements(ceremony_id)]
    kept = {(each.seq, each.field) for each in queries.list_private(ceremony_id)}
    contents = {each: dict(found.files) for each in (*ids, ceremony_id) if (found := queries.find_content(each))}
    db.session.rollback()  # packing reads and writes whole files
    packed = {}
    for kit_of, files in contents.items():
        if kit.PRIVATE in files and (fewer := _without(files, kept)) != files:
            packed[kit_of] = (files, fewer, storage.put(making.packed(fewer)))
    _keep(ceremony_id, packed, claim)


def _without(files: dict[str, str], kept: set[tuple[int, str]]) -> dict[str, str]:
    left = kit.values_left(storage.read(files[kit.PRIVATE]), kept)
    others = {path: digest for path, digest in files.items() if path != kit.PRIVATE}
    return {**others, kit.PRIVATE: storage.put(left)} if left else others


def _keep(ceremony_id: str, packed: dict[str, tuple[dict[str, str], dict[str, str], str]], claim: Claim) -> None:
    unnamed: list[str] = []
    with transaction():
        for kit_of, (before, after, digest) in packed.items():
            db.session.get_one(KitContent, kit_of).files = after
            is_whole = kit_of == ceremony_id
            old = (ceremonies.get_ceremony if is_whole else agreements.get_agreement)(kit_of).kit_digest
            (ceremony_service if is_whole else agreement_service).replace_kit(kit_of, digest)
            unnamed += [each for each in (old, before[kit.PRIVATE]) if each]
        if unnamed:
            jobs.add(REMOVE, claim.id, chain=ceremony_id, digests=unnamed)
        claims.finish(claim)


@jobs.handles(REMOVE)
def remove_files(claim: Claim, payload: dict[str, Any]) -> None:
    """Remove files that nothing names any more."""
    db.session.rollback()
    for digest in payload["digests"]:
        storage.remove(digest)
    with transaction():
        claims.finish(claim)
