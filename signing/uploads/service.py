"""Use cases: receive a host's own paper for one agreement of a draft, set it aside again, carry it into a copy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from core import audit, clock, held, ids, jobs, live
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound, Refusal
from pdf import intake
from pdf.errors import PdfError
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.uploads import queries, rules
from signing.uploads.models import AgreementUpload, PaperArrival
from signing.uploads.rules import ArrivalState

PATIENCE_SECONDS = 1.5  # how long who sends a file waits for what becomes of it, before progress is shown


def receive(ceremony_id: str, agreement_id: str, data: bytes, *, name: str, by: Actor) -> queries.ArrivalView:
    """Keep a file until a worker has taken it in (signing.uploads.taking); one that was on its way before is dropped.

    Raises NotFound, Conflict `ceremony_…` outside a draft, Refusal `not_a_pdf` for what is told by its first bytes.
    """
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    check_draft(ceremonies.get_ceremony(ceremony_id).state)
    try:
        intake.kind_of(data)
    except PdfError as error:
        raise Refusal(error.code, status=422) from error
    db.session.rollback()  # no snapshot is held while the file is written
    arrival_id = ids.new("arr")
    held.put(arrival_id, data)
    try:
        made, before = _note_arrival(ceremony_id, agreement_id, arrival_id, data, name=name, by=by)
    except BaseException:
        held.remove(arrival_id)
        raise
    if before:
        held.remove(before)
    return made


def _note_arrival(
    ceremony_id: str, agreement_id: str, arrival_id: str, data: bytes, *, name: str, by: Actor
) -> tuple[queries.ArrivalView, str]:
    """The new arrival, and the id of the one whose place it takes or nothing."""
    with transaction():
        take_draft(ceremony_id, agreement_id)
        row = queries.take_arrival(agreement_id) or PaperArrival(agreement_id=agreement_id)
        before = row.id or ""
        row.id, row.state, row.name = arrival_id, ArrivalState.ARRIVING, name
        row.bytes, row.digest = len(data), hashlib.sha256(data).hexdigest()
        row.step, row.page, row.pages, row.code, row.params = rules.WAITING, 0, 0, "", {}
        row.arrived_at, row.arrived_by = clock.now(), by.id
        db.session.add(row)
        db.session.flush()
        made = queries.view_arrival(row)
        _record(ceremony_id, "agreement.paper_arrived", made, by=by, bytes=made.bytes)
        jobs.add(
            queries.TAKE,
            arrival_id,
            chain=ceremony_id,
            ceremony=ceremony_id,
            agreement=agreement_id,
            arrival=arrival_id,
        )
        tell_changed(ceremony_id, agreement_id)
        return made, before


def withdraw(ceremony_id: str, agreement_id: str, *, by: Actor) -> None:
    """Drop the newest file, which is being taken in or was refused; the text stays what it was before.

    Raises NotFound, Conflict `ceremony_…` outside a draft.
    """
    with transaction():
        take_draft(ceremony_id, agreement_id)
        gone = _drop_arrival(agreement_id)
        if gone is None:
            raise NotFound("upload_not_found")
        _record(ceremony_id, "agreement.paper_withdrawn", gone, by=by)
        tell_changed(ceremony_id, agreement_id)
    held.remove(gone.id)


def remove_upload(ceremony_id: str, agreement_id: str, *, by: Actor) -> None:
    """Print the agreement from its template again, whatever came for it; raises NotFound, Conflict `ceremony_…`
    outside a draft."""
    with transaction():
        take_draft(ceremony_id, agreement_id)
        row, gone = db.session.get(AgreementUpload, agreement_id), _drop_arrival(agreement_id)
        if row is None and gone is None:
            raise NotFound("upload_not_found")
        if gone is not None:
            _record(ceremony_id, "agreement.paper_withdrawn", gone, by=by)
        if row is not None:
            db.session.delete(row)
            audit.record(
                ceremony_id,
                "agreement.paper_removed",
                actor=by,
                subject=Subject("agreement", agreement_id),
                original=row.original_digest,
            )
        tell_changed(ceremony_id, agreement_id)
    if gone is not None:
        held.remove(gone.id)


def _drop_arrival(agreement_id: str) -> queries.ArrivalView | None:
    row = queries.take_arrival(agreement_id)
    if row is None:
        return None
    gone = queries.view_arrival(row)
    db.session.delete(row)
    db.session.flush()
    return gone


def drop_arrivals(agreement_ids: Iterable[str]) -> None:
    """Forget the files that are on their way for agreements that nobody will sign, inside the caller's transaction.

    Their jobs find them gone, and remove the bytes.
    """
    for each in agreement_ids:
        _drop_arrival(each)


def drop_upload(agreement_id: str) -> None:
    """Forget the paper of an agreement that is taken out of its plan, inside the caller's transaction."""
    drop_arrivals([agreement_id])
    row = db.session.get(AgreementUpload, agreement_id)
    if row is not None:
        db.session.delete(row)
        db.session.flush()


def copy_upload(from_agreement_id: str, to_agreement_id: str, *, ceremony_id: str, by: Actor) -> None:
    """Give the copy of an agreement, in `ceremony_id`, the same paper; nothing where there is none.

    Inside the caller's transaction.
    """
    row = db.session.get(AgreementUpload, from_agreement_id)
    if row is not None:
        columns = {column.key: getattr(row, column.key) for column in AgreementUpload.__table__.columns}
        copy = AgreementUpload(**{**columns, "agreement_id": to_agreement_id})
        db.session.add(copy)
        record_taken(ceremony_id, copy, by=by, copied_from=from_agreement_id)


def record_taken(ceremony_id: str, row: AgreementUpload, *, by: Actor, **more: str) -> None:
    """Say in the trail that this paper is an agreement's text from now on."""
    # The file's name stays out of the trail: people write names into it.
    audit.record(
        ceremony_id,
        "agreement.paper_uploaded",
        actor=by,
        subject=Subject("agreement", row.agreement_id),
        kind=row.kind,
        original=row.original_digest,
        bytes=row.original_bytes,
        rebuilt=row.rebuilt_digest,
        pages=len(row.pages),
        **more,
    )


def _record(ceremony_id: str, action: str, file: queries.ArrivalView, *, by: Actor, **more: object) -> None:
    subject = Subject("agreement", file.agreement_id)
    audit.record(ceremony_id, action, actor=by, subject=subject, original=file.digest, **more)


def channel(agreement_id: str) -> str:
    """Where the page of an agreement's paper listens."""
    return f"paper:{agreement_id}"


def tell_changed(ceremony_id: str, agreement_id: str) -> None:
    """Inside a transaction, behind its audit entries: the host's pages hear of another paper."""
    live.publish(f"ceremony:{ceremony_id}", "agreement.changed", agreement=agreement_id)
    live.publish(channel(agreement_id), "paper.changed")


def take_draft(ceremony_id: str, agreement_id: str) -> None:
    """Hold the ceremony, so that nothing is printed meanwhile. Raises NotFound, Conflict `ceremony_…`."""
    state = ceremonies.take_ceremony(ceremony_id).state
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    check_draft(state)


def check_draft(state: str) -> None:
    """Raises Conflict `ceremony_…` where plans can no longer be changed."""
    if state != "draft":
        raise Conflict(f"ceremony_{state}")
