"""Use cases of evidence: keep what was made for an agreement, and for a ceremony, and tell the signers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core import audit, claims, clock, config, outbox, storage, tokens
from core.claims import Claim
from core.db import insert_missing, transaction
from core.errors import NotFound
from core.outbox import Attachment
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import service as ceremony_service
from signing.evidence import codes, files, kit, queries
from signing.evidence.files import EvidenceFile
from signing.evidence.models import KitContent
from signing.evidence.queries import TrailSnapshot
from signing.seats import queries as seats
from signing.seats import service as seat_service

MAKE = agreement_service.EVIDENCE
MAKE_WHOLE = ceremony_service.KIT
MAIL = "agreement_sealed"
_ENCODED = 1.37  # base64 with its line ends (RFC 2045 §6.8)
_WORDS = 100_000  # what text, HTML and headers of a mail take at most


def verification_code(digest: str) -> str:
    """The short code by which anybody finds what a final file is, from its SHA-256 (hex)."""
    return codes.code_of(digest)


def fix_content(kit_of: str, files: Mapping[str, bytes], *, trail: TrailSnapshot, chain: str) -> dict[str, str]:
    """Keep what a kit is packed from (path → digest), once: of two makings, however close, the first one counts.

    Personal values that were deleted from beside the trail (`chain`) while it was printed are left out.
    """
    digests = {path: storage.put(data) for path, data in files.items() if path != kit.PRIVATE}
    with transaction():
        left = {(row.seq, row.field) for row in audit.list_private(chain, hold=True)}
        # A small file, written in here: outside, it could be a deleted value that is kept after all.
        if private := kit.values_left(files.get(kit.PRIVATE, b""), left):
            digests[kit.PRIVATE] = storage.put(private)
        insert_missing(KitContent, kit=kit_of, files=digests, trail_seq=trail.seq, trail_head=trail.head)
    return queries.get_content(kit_of).files


def keep_for_agreement(agreement_id: str, *, certificate_digest: str, kit_digest: str, claim: Claim) -> None:
    """Remember an agreement's certificate and kit, tell its signers, and end the job; what was kept earlier stays.

    That is the end of the agreement, and may be the end of its ceremony. Raises ClaimLost.
    """
    with transaction():
        agreement = agreements.get_agreement(agreement_id)
        kept = agreement_service.keep_evidence(
            agreement_id, certificate_digest=certificate_digest, kit_digest=kit_digest
        )
        if kept:
            content = queries.get_content(agreement_id)
            for signer in agreement.signers:
                _tell(signer, agreement)
            audit.record(
                agreement.ceremony_id,
                "evidence.made",
                actor=audit.SYSTEM,
                subject=audit.Subject("agreement", agreement_id),
                agreement=agreement.number,
                certificate=certificate_digest,
                kit=kit_digest,
                trail_seq=content.trail_seq,
                trail_head=content.trail_head,
            )
            agreement_service.end_for_good(agreement)
            agreement_service.tell_changed(agreement_id)
        claims.finish(claim)


def _tell(signer: agreements.SignerView, agreement: agreements.AgreementView) -> None:
    """Mail who signed, with a personal link of its own: links that were handed out before stay good.

    Who signed and was replaced since has the files alone: the seat's links are somebody else's now.
    """
    seat, signed_at = seats.get_seat(signer.seat_id), signer.signed_at or clock.now()
    person = seat.as_at(signed_at)
    link: dict[str, Any] = {}
    if person is seat:
        token = tokens.issue(seat_service.LINK, seat.id, expires_in=seat_service.LINK_LIFE)
        link = {"link": tokens.decode(token, seat_service.LINK).token_id}
    outbox.add(
        MAIL,
        to=person.email,
        locale=person.locale,
        chain=agreement.ceremony_id,
        seat=seat.id,
        as_at=clock.iso(signed_at),
        agreement=agreement.id,
        **link,
    )


def files_that_fit(wanted: Sequence[EvidenceFile]) -> tuple[Attachment, ...]:
    """These files in this order, as far as `max_mail_bytes` carries them in one mail; raises NotFound before all
    are made."""
    room = config.settings().max_mail_bytes - _WORDS
    along = []
    for file in wanted:
        if file.digest is None:
            raise NotFound("evidence_not_ready")
        room -= int(storage.path(file.digest).stat().st_size * _ENCODED)
        if room < 0:
            break
        along.append(Attachment(file.name, file.content_type, storage.read(file.digest)))
    return tuple(along)


def sealed_files_that_fit(found: Sequence[agreements.AgreementView]) -> tuple[Attachment, ...]:
    """The sealed files of these agreements, as far as one mail carries them."""
    return files_that_fit([files.final(each) for each in found])


def keep_for_ceremony(ceremony_id: str, *, kit_digest: str, claim: Claim) -> None:
    """Remember the kit of all that was signed, and end the job; doing it again changes nothing. Raises ClaimLost."""
    ceremony_service.keep_kit(ceremony_id, kit_digest=kit_digest, claim=claim)
