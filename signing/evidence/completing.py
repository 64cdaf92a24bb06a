"""The values that stand on a completion certificate, from what was read."""

from __future__ import annotations

from core import config
from core.errors import Conflict
from pdf import pki
from signing.agreements.queries import AgreementView, SignerView
from signing.evidence import codes
from signing.evidence.paper import CompletionPaper, DrawnSeal, Proof, SignatureLine, TimestampSource
from signing.evidence.queries import Material
from signing.papers import Bilingual
from signing.seals import queries as seals
from signing.seats.queries import SeatView
from signing.trust import service as trust
from signing.uploads import queries as uploads


def completion_paper(material: Material, agreement: AgreementView) -> CompletionPaper:
    """Everything on the certificate of a sealed agreement; raises Conflict `agreement_not_ready` before."""
    completed_at = agreement.counts_from
    if agreement.head_digest is None or agreement.frozen_digest is None or completed_at is None:
        raise Conflict("agreement_not_ready")
    upload, code = uploads.find_upload(agreement.id), codes.code_of(agreement.head_digest)
    return CompletionPaper(
        agreement_number=agreement.number,
        agreement_version=agreement.version,
        agreement_title=bilingual(agreement.title),
        ceremony_title=bilingual(material.ceremony.title),
        page_count=agreement.page_count,
        uploaded_digest=upload.original_digest if upload else None,
        frozen_digest=agreement.frozen_digest,
        final_digest=agreement.head_digest,
        record_code=agreement.record_code,
        signatures=tuple(_line(material, agreement, signer) for signer in agreement.signers),
        completed_at=completed_at,
        trail_head=material.trail.head,
        trail_length=material.trail.seq,
        anchors_fingerprint=trust.trust(rehearsal=material.ceremony.is_rehearsal).fingerprint,
        timestamps=_clocks(agreement),
        verify_url=f"{config.settings().base_url}/verify/{code}",
        code=code,
        demo=material.ceremony.mark == "demo",
        rehearsal=material.ceremony.is_rehearsal,
    )


def bilingual(texts: dict[str, str]) -> Bilingual:
    """A stored text for a paper."""
    return Bilingual(texts.get("zh-CN") or texts.get("en") or "", texts.get("en") or "")


def _clocks(agreement: AgreementView) -> TimestampSource:
    """Whose times stand on the signatures: a third party's only if all are."""
    names = dict.fromkeys(signer.timestamp_by for signer in agreement.signers if signer.timestamp_by)
    return TimestampSource(", ".join(names), all(signer.third_party_time for signer in agreement.signers))


def _line(material: Material, agreement: AgreementView, signer: SignerView) -> SignatureLine:
    if signer.shown_at is None or signer.certificate_id is None:
        raise Conflict("agreement_not_ready")
    seat = material.seats[signer.seat_id].as_at(signer.signed_at or signer.shown_at)
    party = material.ceremony.party(seat.party_key)
    certificate = material.certificates[signer.certificate_id]
    leaf = certificate.path[0]
    return SignatureLine(
        field=signer.field,
        name=seat.name,
        organisation=bilingual(party.organisation),
        title=bilingual(seat.title_texts or party.representative_title),
        acting_as=seat.capacity,
        identified_by=_proofs(seat),
        place=seat.declared_place or seat.place,
        timezone=seat.declared_timezone or seat.timezone,
        signed_at=signer.shown_at,
        mark=signer.mark or "",
        custody=signer.key_custody or "",
        level=signer.level or "",
        certificate=certificate.digest,
        names=pki.readable(leaf.subject),
        issuer=pki.readable(leaf.issuer),
        is_revocation_known=certificate.revocation != "unknown",
        seal=_drawn_seal(agreement, signer),
        letter=seat.letter_digest or "",
    )


def _drawn_seal(agreement: AgreementView, signer: SignerView) -> DrawnSeal | None:
    seal = seals.find_frozen(agreement.id, signer.field)
    return DrawnSeal(seal.digest, seal.edges) if seal and seal.used_at else None


def _proofs(seat: SeatView) -> tuple[Proof, ...]:
    if seat.identity_method is None or seat.identity_proved_at is None:
        return ()
    return (Proof(seat.identity_method, seat.identity_proved_at),)
