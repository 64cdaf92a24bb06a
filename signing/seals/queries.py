"""Reads of specimen seals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.db import db
from core.errors import NotFound
from core.seen import digest
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies.queries import CeremonyView
from signing.seals import rules
from signing.seals.models import AgreementSeal, PartySeal
from signing.seals.rules import SealUse
from signing.seats import queries as seats

DEFAULT_USE = SealUse.SIGNATURE


@dataclass(frozen=True)
class SealView:
    """A party's specimen seal; `digest` names a square PNG in the storage."""

    party_id: str
    digest: str
    original_digest: str
    original_bytes: int
    uploaded_at: datetime
    uploaded_by: str
    approved_at: datetime | None
    approved_by: str | None

    @property
    def is_approved(self) -> bool:
        """Whether the host said that the party lets this picture be used."""
        return self.approved_at is not None


@dataclass(frozen=True)
class FrozenSeal:
    """A seal that a frozen text holds for the signer of `field`, and when that signer drew it, if so."""

    party_id: str
    field: str
    digest: str
    edges: bool
    used_at: datetime | None


@dataclass(frozen=True)
class SealToFreeze:
    """A seal that goes into a text; `row` of `rows` among those that go onto the edges."""

    party_id: str
    field: str
    digest: str
    edges: bool
    row: int = 0
    rows: int = 1


@dataclass(frozen=True)
class PlannedSeal:
    """One use of a party's seal in a plan's agreement; `why_not` as in rules, empty where it is printed."""

    party_key: str
    agreement: AgreementView
    use: SealUse
    why_not: str


def find_seal(party_id: str) -> SealView | None:
    """The party's seal, if one was uploaded."""
    row = db.session.get(PartySeal, party_id)
    return None if row is None else view(row)


def get_seal(party_id: str) -> SealView:
    """The party's seal; raises NotFound."""
    found = find_seal(party_id)
    if found is None:
        raise NotFound("seal_not_found")
    return found


def view(row: PartySeal) -> SealView:
    """The row as others see it."""
    return SealView(**{name: getattr(row, name) for name in SealView.__dataclass_fields__})


def find_use(agreement_id: str, party_id: str) -> SealUse:
    """Where this party's seal goes; over the signature where nobody chose."""
    row = db.session.get(AgreementSeal, (agreement_id, party_id))
    return row.use if row else DEFAULT_USE


def uses_by_party(agreement: AgreementView, ceremony: CeremonyView) -> dict[str, SealUse]:
    """Where the seal of each party that is bound goes, by the party's key, in the order of the signers."""
    keys = _fields(agreement, ceremony)
    return {key: find_use(agreement.id, ceremony.party(key).id) for key in keys}


def list_planned(found: Iterable[AgreementView], ceremony: CeremonyView) -> list[PlannedSeal]:
    """The seals that are printed if the plan stays as it is, and those that a host may wrongly count on."""
    planned = []
    for agreement in found:
        for key, use in uses_by_party(agreement, ceremony).items():
            party_id = ceremony.party(key).id
            chosen, seal = db.session.get(AgreementSeal, (agreement.id, party_id)) is not None, find_seal(party_id)
            approved = seal.is_approved if seal else None
            why_not = rules.why_not_drawn(use, chosen=chosen, approved=approved)
            if why_not or rules.is_drawn(use, approved=bool(approved)):
                planned.append(PlannedSeal(key, agreement, use, why_not))
    return planned


def seen_seal(party_id: str) -> str:
    """What a form shows of a party's seal, to be sent back with a change of it."""
    seal = find_seal(party_id)
    return digest([seal.digest, seal.original_digest, seal.is_approved] if seal else [])


def seen_uses(ceremony: CeremonyView) -> str:
    """Where all seals go, to be sent back with a change of it."""
    found = agreements.list_agreements(ceremony.id)
    return digest({each.id: {key: str(use) for key, use in uses_by_party(each, ceremony).items()} for each in found})


def _fields(agreement: AgreementView, ceremony: CeremonyView) -> dict[str, str]:
    """The field of each party's first signer, who draws its seal."""
    party_of = {seat.id: seat.party_key for seat in seats.list_seats(ceremony.id)}
    fields: dict[str, str] = {}
    for signer in agreement.signers:
        fields.setdefault(party_of[signer.seat_id], signer.field)
    return fields


def list_to_freeze(agreement: AgreementView, ceremony: CeremonyView) -> list[SealToFreeze]:
    """The approved seals that this agreement is printed with, in the order of its signers."""
    wanted = []
    for key, field in _fields(agreement, ceremony).items():
        party_id = ceremony.party(key).id
        seal, use = find_seal(party_id), find_use(agreement.id, party_id)
        if seal is not None and rules.is_drawn(use, approved=seal.is_approved):
            wanted.append((party_id, field, seal.digest, use is SealUse.EDGES))
    rows = sum(edges for *_, edges in wanted)
    return [
        SealToFreeze(*each, row=sum(edges for *_, edges in wanted[:at]), rows=max(1, rows))
        for at, each in enumerate(wanted)
    ]


def list_frozen(agreement_id: str) -> list[FrozenSeal]:
    """The seals that a frozen agreement holds, drawn or not, in the order of their fields."""
    rows = db.session.scalars(
        select(AgreementSeal)
        .where(AgreementSeal.agreement_id == agreement_id, AgreementSeal.digest.is_not(None))
        .order_by(AgreementSeal.field)
    )
    return [
        FrozenSeal(row.party_id, row.field or "", row.digest or "", row.use is SealUse.EDGES, row.used_at)
        for row in rows
    ]


def find_frozen(agreement_id: str, field: str) -> FrozenSeal | None:
    """The seal that the signer of this field may draw, if the text holds one."""
    return next((each for each in list_frozen(agreement_id) if each.field == field), None)
