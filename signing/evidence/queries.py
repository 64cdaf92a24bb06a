"""Reads for evidence: everything that a certificate and a kit are made from, at one point of the trail; the trail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from accounts import queries as accounts
from core import audit
from core.audit import AuditEntry
from core.db import db
from core.errors import NotFound
from signing.agreements import file_queries as agreement_files
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.queries import CeremonyView
from signing.evidence import rules
from signing.evidence.models import ArchivedFile, KitContent
from signing.evidence.rules import Entry, TrailFilter
from signing.seats import queries as seats
from signing.seats.queries import CertificateView, SeatView

PAGE_SIZE = 100


@dataclass(frozen=True)
class PrivateValue:
    """A value beside the trail; `field` says where in the entry it belongs, as `data.place`."""

    seq: int
    field: str
    salt: str
    value: str

    @property
    def line(self) -> bytes:
        """As it stands in private.jsonl: canonical JSON."""
        return rfc8785.dumps({"seq": self.seq, "field": self.field, "salt": self.salt, "value": self.value}) + b"\n"


@dataclass(frozen=True)
class TrailSnapshot:
    """The chain of a ceremony up to one entry: its number, its digest, the lines, the private values still there."""

    seq: int
    head: str
    lines: tuple[str, ...]
    private: tuple[PrivateValue, ...] = ()

    @property
    def jsonl(self) -> bytes:
        """trail.jsonl: one line each, with a line feed after every one."""
        return "".join(f"{line}\n" for line in self.lines).encode()


@dataclass(frozen=True)
class Material:
    """What a certificate or a kit is made from, read in one go."""

    ceremony: CeremonyView
    agreements: tuple[AgreementView, ...]
    seats: dict[str, SeatView]
    certificates: dict[str, CertificateView]
    trail: TrailSnapshot
    staff: dict[str, str]  # names by account
    # Of the values beside the trail those that concern these agreements and the people who sign them.
    private: tuple[PrivateValue, ...]


def snapshot(ceremony_id: str) -> TrailSnapshot:
    """The chain as it stands now; what is added meanwhile is left out."""
    seq, head = audit.find_head(ceremony_id)
    lines = tuple(audit.list_lines(ceremony_id, up_to=seq))
    return TrailSnapshot(seq, head, lines, tuple(each for each in list_private(ceremony_id) if each.seq <= seq))


def list_private(ceremony_id: str, seqs: Collection[int] | None = None) -> list[PrivateValue]:
    """The private values of a chain that were not deleted; with `seqs`, those of these entries."""
    rows = audit.list_private(ceremony_id, seqs)
    return [PrivateValue(row.seq, row.field, row.salt, row.value) for row in rows]


def list_forgotten(ceremony_id: str) -> frozenset[str]:
    """Ids of the seats, or of the ceremony itself, whose personal values were deleted as retention asks."""
    deleted = select(AuditEntry.subject_id).filter_by(chain=ceremony_id, action="private.deleted")
    return frozenset(db.session.scalars(deleted))


def read_material(ceremony_id: str, *, only: str | None = None) -> Material:
    """The sealed agreements of a ceremony, or the one with the id `only`, with all that evidence needs of them."""
    ceremony = ceremonies.get_ceremony(ceremony_id)
    found = tuple(
        agreement
        for agreement in agreements.list_agreements(ceremony_id)
        if agreement.sealed_at is not None and only in (None, agreement.id)
    )
    used = {signer.certificate_id for agreement in found for signer in agreement.signers if signer.certificate_id}
    trail = snapshot(ceremony_id)
    involved = {signer.seat_id for agreement in found for signer in agreement.signers}
    concerned = rules.entries_about(trail.lines, {each.id for each in found} | involved)
    return Material(
        ceremony=ceremony,
        agreements=found,
        seats={seat.id: seat for seat in seats.list_seats(ceremony_id)},
        certificates={each: seats.get_certificate(each) for each in sorted(used)},
        trail=trail,
        private=tuple(each for each in trail.private if each.seq in concerned),
        staff={each.id: each.name for each in accounts.list_accounts(ceremony.organisation_id)},
    )


def find_content(kit: str) -> KitContent | None:
    """What the kit of an agreement or a ceremony (id) is packed from, once that is fixed."""
    return db.session.get(KitContent, kit, populate_existing=True)


def get_content(kit: str) -> KitContent:
    """As `find_content`; raises NotFound before it is fixed."""
    found = find_content(kit)
    if found is None:
        raise NotFound("evidence_not_ready")
    return found


@dataclass(frozen=True)
class TrailPage:
    """One page of entries, newest last; `number` and `pages` count from 1."""

    entries: tuple[Entry, ...]
    number: int
    pages: int
    total: int


def list_entries(
    ceremony_id: str, wanted: TrailFilter, *, page: int, seat: str = "", own: tuple[str, ...] = ()
) -> TrailPage:
    """A page of a chain. With `seat`, only what concerns the ceremony, that seat and the agreements `own` (ids)."""
    conditions: list[ColumnElement[bool]] = [AuditEntry.chain == ceremony_id]
    if seat:
        conditions.append(_concerns(seat, own))
    if wanted.actor:
        conditions.append(AuditEntry.actor_id == wanted.actor)
    if wanted.action:
        conditions.append(AuditEntry.action == wanted.action)
    if wanted.agreement:
        conditions.append(AuditEntry.subject_id == wanted.agreement)
    total = db.session.scalar(select(func.count()).select_from(AuditEntry).where(*conditions)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(page, 1), pages)
    rows = db.session.execute(
        select(AuditEntry.seq, AuditEntry.line)
        .where(*conditions)
        .order_by(AuditEntry.seq)
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    ).all()
    private = {(each.seq, each.field): each.value for each in list_private(ceremony_id, [seq for seq, _ in rows])}
    return TrailPage(tuple(Entry.read(line, private) for _, line in rows), number, pages, total)


def _concerns(seat: str, own: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(
        AuditEntry.subject_kind == "ceremony",
        AuditEntry.subject_id == seat,
        AuditEntry.actor_id == seat,
        and_(AuditEntry.subject_kind == "agreement", AuditEntry.subject_id.in_(own)),
    )


def list_actions(ceremony_id: str) -> list[str]:
    """The actions that occur in a chain."""
    query = select(AuditEntry.action).filter_by(chain=ceremony_id).distinct().order_by(AuditEntry.action)
    return list(db.session.scalars(query))


def find_break(ceremony_id: str) -> int | None:
    """The number of the first entry of a chain that does not fit; None where all is whole."""
    found = snapshot(ceremony_id)
    return rules.find_break(found.lines, found.head)


@dataclass(frozen=True)
class Known:
    """What the file with a digest is to this installation.

    `what`: final, frozen, revision, certificate, kit or ceremony_kit; `number` is the agreement's, empty for the kit
    of a whole ceremony. What is of a rehearsal counts for nothing.
    """

    what: str
    number: str
    title: dict[str, Any]
    is_rehearsal: bool


def newest_form(digest: str) -> str:
    """The digest of a file of ours as it was renewed last; the same where it was not."""
    newest = find_newest(digest)
    return newest.digest if newest else digest


def find_newest(original: str) -> ArchivedFile | None:
    """The newest form of a file that was issued under this digest."""
    query = select(ArchivedFile).filter_by(original=original).order_by(ArchivedFile.number.desc()).limit(1)
    return db.session.scalars(query).first()


def original_of(digest: str) -> str:
    """Under which digest a file was issued that was renewed since."""
    form = db.session.get(ArchivedFile, digest)
    return form.original if form else digest


def list_due(now: datetime) -> list[ArchivedFile]:
    """The newest forms whose archive timestamp must be covered by another by now."""
    later = aliased(ArchivedFile)
    newer = select(later.digest).where(later.original == ArchivedFile.original, later.number > ArchivedFile.number)
    query = select(ArchivedFile).where(ArchivedFile.renew_by <= now, ~newer.exists())
    return list(db.session.scalars(query.order_by(ArchivedFile.renew_by)))


def list_unregistered() -> list[tuple[str, str, str]]:
    """(agreement, what, digest) of sealed files whose archive timestamp nobody watches yet."""
    known = set(db.session.scalars(select(ArchivedFile.original)))
    return [
        (agreement_id, what, digest)
        for agreement_id, final, certificate in agreement_files.list_archives()
        for what, digest in (("final", final), ("certificate", certificate))
        if digest not in known
    ]


def find_known(digest: str) -> Known | None:
    """What this installation knows of a file by its SHA-256 (hex), if it made it."""
    found = agreement_files.find_by_digest(original_of(digest))
    if found is not None:
        agreement, what = found
        of = ceremonies.get_ceremony(agreement.ceremony_id)
        return Known(what, agreement.number, agreement.title, of.is_rehearsal)
    ceremony = ceremonies.find_by_kit(digest)
    return Known("ceremony_kit", "", ceremony.title, ceremony.is_rehearsal) if ceremony else None
