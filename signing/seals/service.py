"""Use cases: take a party's specimen seal, approve it, say where it goes, note where it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import BoundedSemaphore

from core import audit, clock, i18n, live, seen, storage
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound, Refusal
from pdf import specimen
from pdf.errors import PdfError
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.seals import queries, rules
from signing.seals.models import AgreementSeal, PartySeal
from signing.seals.queries import SealToFreeze, SealView
from signing.seals.rules import SealUse

# Two children at most, as where papers are taken in: pages go on being served.
_CHILDREN = BoundedSemaphore(2)
_PATIENCE_SECONDS = 10.0


class SealBusy(Refusal):
    """All places for looking at pictures are taken."""

    code = "seal_busy"
    status = 503


def upload_seal(ceremony_id: str, party_key: str, data: bytes, *, by: Actor, looked_at: str | None = None) -> SealView:
    """Take the ink of a picture as the party's specimen seal, in place of one that was there; approved by nobody yet.

    `looked_at`: what `queries.seen_seal` said of the form, if it is to be held to that. Raises NotFound, Conflict
    `ceremony_…` outside a draft, `plan_changed`, SealBusy, and a Refusal for each reason of pdf.specimen.
    """
    rules.check_draft(ceremonies.get_ceremony(ceremony_id).state)
    db.session.rollback()  # no snapshot is held while the child works
    return keep_seal(ceremony_id, party_key, storage.put(_ink(data)), original=data, by=by, looked_at=looked_at)


def keep_seal(
    ceremony_id: str, party_key: str, digest: str, *, original: bytes, by: Actor, looked_at: str | None = None
) -> SealView:
    """Keep the ink with this digest, taken from `original`; sent twice by a form, it is one change.

    Raises NotFound, Conflict `ceremony_…` outside a draft, `plan_changed`.
    """
    source = storage.put(original)
    with transaction():
        party = take_draft(ceremony_id).party(party_key)
        now, there = queries.seen_seal(party.id), queries.find_seal(party.id)
        if there is not None and looked_at not in (None, now) and there.original_digest == source:
            return there
        seen.check(looked_at, now)
        return put_seal(ceremony_id, party, digest, original=source, size=len(original), by=by)


def put_seal(
    ceremony_id: str, party: ceremonies.PartyView, digest: str, *, original: str, size: int, by: Actor
) -> SealView:
    """As `keep_seal`, inside the caller's transaction; `original` is the digest of what was uploaded, `size` bytes."""
    made = _put(ceremony_id, party, digest, original=original, size=size, by=by)
    _tell(ceremony_id, party.key)
    return made


def _put(
    ceremony_id: str, party: ceremonies.PartyView, digest: str, *, original: str, size: int, by: Actor, **more: str
) -> SealView:
    row = db.session.get(PartySeal, party.id) or PartySeal(party_id=party.id)
    row.digest, row.original_digest, row.original_bytes = digest, original, size
    row.uploaded_at, row.uploaded_by, row.approved_at, row.approved_by = clock.now(), by.id, None, None
    db.session.add(row)
    audit.record(
        ceremony_id,
        "seal.uploaded",
        actor=by,
        subject=Subject("party", party.id),
        key=party.key,
        seal=digest,
        original=original,
        bytes=size,
        **more,
    )
    return queries.view(row)


def approve_seal(ceremony_id: str, party_key: str, digest: str, *, by: Actor) -> None:
    """Say that the party lets the picture with this digest be used in this ceremony; said again, nothing changes.

    Raises NotFound, Conflict `ceremony_…`, `seal_replaced`.
    """
    with transaction():
        allow_seal(ceremony_id, take_draft(ceremony_id).party(party_key), digest, by=by)


def allow_seal(ceremony_id: str, party: ceremonies.PartyView, digest: str, *, by: Actor) -> None:
    """As `approve_seal`, inside the caller's transaction."""
    row = _row(party)
    rules.check_same(row.digest, digest)
    if row.approved_at is None:
        row.approved_at, row.approved_by = clock.now(), by.id
        subject = Subject("party", party.id)
        audit.record(ceremony_id, "seal.approved", actor=by, subject=subject, key=party.key, seal=digest)
        _tell(ceremony_id, party.key)


def remove_seal(ceremony_id: str, party_key: str, *, by: Actor, looked_at: str | None = None) -> None:
    """Use no seal for this party; `looked_at` as in `upload_seal`.

    Raises NotFound, Conflict `ceremony_…` outside a draft, `plan_changed`.
    """
    with transaction():
        party = take_draft(ceremony_id).party(party_key)
        row = _row(party)
        seen.check(looked_at, queries.seen_seal(party.id))
        db.session.delete(row)
        subject = Subject("party", party.id)
        audit.record(ceremony_id, "seal.removed", actor=by, subject=subject, key=party_key, seal=row.digest)
        _tell(ceremony_id, party_key)


def choose_use(
    ceremony_id: str, agreement_id: str, party_key: str, use: SealUse, *, by: Actor, looked_at: str | None = None
) -> None:
    """Say where the party's seal goes in one agreement; raises as `choose_uses` does."""
    choose_uses(ceremony_id, [(agreement_id, party_key, use)], by=by, looked_at=looked_at)


def choose_uses(
    ceremony_id: str, wishes: Sequence[tuple[str, str, SealUse]], *, by: Actor, looked_at: str | None = None
) -> None:
    """Say where seals go, as (agreement id, party key, where): all of it is kept, or nothing.

    `looked_at`: what `queries.seen_uses` said of the table, if it is to be held to that; sent twice, it is one change.
    Raises NotFound, Conflict `ceremony_…` outside a draft, `seal_party_not_bound`, `plan_changed`.
    """
    with transaction():
        ceremony = take_draft(ceremony_id)
        now = queries.seen_uses(ceremony)
        placed = [_place_wished(ceremony, *wish, by=by) for wish in wishes]
        if any(placed):
            seen.check(looked_at, now)


def _place_wished(
    ceremony: ceremonies.CeremonyView, agreement_id: str, party_key: str, use: SealUse, *, by: Actor
) -> bool:
    party = ceremony.party(party_key)
    agreement = agreements.get_agreement(agreement_id, ceremony_id=ceremony.id)
    if party_key not in queries.uses_by_party(agreement, ceremony):
        who, title = i18n.pick(party.organisation), i18n.pick(agreement.title)
        raise Conflict("seal_party_not_bound", who=who, title=title)
    return place_seal(agreement, party, use, by=by)


def place_seal(agreement: agreements.AgreementView, party: ceremonies.PartyView, use: SealUse, *, by: Actor) -> bool:
    """Say where the seal of a bound party goes, inside the caller's transaction; False where it went there before."""
    if queries.find_use(agreement.id, party.id) is use:
        return False
    row = db.session.get(AgreementSeal, (agreement.id, party.id))
    if row is None:
        row = AgreementSeal(agreement_id=agreement.id, party_id=party.id)
        db.session.add(row)
    row.use = use
    audit.record(
        agreement.ceremony_id,
        "seal.placed",
        actor=by,
        subject=Subject("agreement", agreement.id),
        party=party.key,
        use=str(use),
    )
    live.publish(f"ceremony:{agreement.ceremony_id}", "agreement.changed", agreement=agreement.id)
    return True


def copy_seals(from_ceremony_id: str, to_ceremony_id: str, *, by: Actor) -> None:
    """Give the parties of a copied ceremony their pictures, to be approved anew; inside the caller's transaction."""
    before = {party.key: party.id for party in ceremonies.get_ceremony(from_ceremony_id).parties}
    for party in ceremonies.get_ceremony(to_ceremony_id).parties:
        seal = queries.find_seal(before[party.key]) if party.key in before else None
        if seal is not None:
            source, size = seal.original_digest, seal.original_bytes
            _put(to_ceremony_id, party, seal.digest, original=source, size=size, by=by, copied_from=from_ceremony_id)


def rehearse_seals(from_ceremony_id: str, to_ceremony_id: str, agreement_ids: Mapping[str, str], *, by: Actor) -> None:
    """Give the parties of a rehearsal their pictures, approved where they are, in the same places of the papers.

    `agreement_ids`: the copy of each agreement by its id. Inside the caller's transaction.
    """
    copy_seals(from_ceremony_id, to_ceremony_id, by=by)
    copies = {party.key: party for party in ceremonies.get_ceremony(to_ceremony_id).parties}
    for party in ceremonies.get_ceremony(from_ceremony_id).parties:
        copy, seal = copies[party.key], queries.find_seal(party.id)
        if seal is not None and seal.approved_at is not None:
            row = _row(copy)
            row.approved_at, row.approved_by = clock.now(), by.id
            subject = Subject("party", copy.id)
            audit.record(to_ceremony_id, "seal.approved", actor=by, subject=subject, key=copy.key, seal=row.digest)
        for from_id, to_id in agreement_ids.items():
            chosen = db.session.get(AgreementSeal, (from_id, party.id))
            if chosen is not None:  # where nobody chose, nobody is to be warned that a choice comes to nothing
                db.session.add(AgreementSeal(agreement_id=to_id, party_id=copy.id, use=chosen.use))


def note_frozen(agreement: agreements.AgreementView, seals: Sequence[SealToFreeze]) -> None:
    """Remember which seals a frozen text holds, inside the caller's transaction."""
    for seal in seals:
        row = db.session.get(AgreementSeal, (agreement.id, seal.party_id))
        if row is None:
            row = AgreementSeal(agreement_id=agreement.id, party_id=seal.party_id)
            db.session.add(row)
        row.use = SealUse.EDGES if seal.edges else SealUse.SIGNATURE
        row.digest, row.field = seal.digest, seal.field
        audit.record(
            agreement.ceremony_id,
            "seal.frozen",
            actor=audit.SYSTEM,
            subject=Subject("agreement", agreement.id),
            number=agreement.number,
            field=seal.field,
            seal=seal.digest,
            edges=seal.edges,
        )


def forget_frozen(agreement: agreements.AgreementView) -> None:
    """A text that is printed anew holds no seals yet, inside the caller's transaction; where they go stays planned."""
    for row in db.session.query(AgreementSeal).filter_by(agreement_id=agreement.id):
        row.digest, row.field, row.used_at = None, None, None


def note_used(agreement: agreements.AgreementView, field: str, *, by: Actor) -> None:
    """Remember that its signer drew the seal, inside the transaction of the signature; raises NotFound."""
    found = queries.find_frozen(agreement.id, field)
    row = db.session.get(AgreementSeal, (agreement.id, found.party_id)) if found else None
    if row is None or found is None:
        raise NotFound("seal_not_found")
    row.used_at = clock.now()
    audit.record(
        agreement.ceremony_id,
        "seal.used",
        actor=by,
        subject=Subject("agreement", agreement.id),
        number=agreement.number,
        field=field,
        seal=found.digest,
        edges=found.edges,
        confirmed_by_signer=True,
    )


def take_draft(ceremony_id: str) -> ceremonies.CeremonyView:
    """Hold the ceremony inside the caller's transaction, so that nothing is printed meanwhile.

    Raises NotFound, Conflict `ceremony_…` outside a draft.
    """
    ceremony = ceremonies.view(ceremonies.take_ceremony(ceremony_id))
    rules.check_draft(ceremony.state)
    return ceremony


def _row(party: ceremonies.PartyView) -> PartySeal:
    row = db.session.get(PartySeal, party.id)
    if row is None:
        raise NotFound("seal_not_found")
    return row


def _tell(ceremony_id: str, party_key: str) -> None:
    live.publish(f"ceremony:{ceremony_id}", "seal.changed", party=party_key)


def _ink(data: bytes) -> bytes:
    if not _CHILDREN.acquire(timeout=_PATIENCE_SECONDS):
        raise SealBusy
    try:
        return specimen.take_specimen(data)
    except PdfError as error:
        raise Refusal(_named(error.code), status=422, **error.params) from error
    finally:
        _CHILDREN.release()


def _named(code: str) -> str:
    """The refusal for a code of pdf.specimen: its own, or one for all that stopped the child."""
    known = {"seal_kind", "seal_too_large", "seal_broken", "seal_size", "seal_background", "seal_empty", "seal_shape"}
    return code if code in known else "seal_too_heavy"
