"""Use cases: take a host's own paper for one agreement of a draft, remove it again, carry it into a copy."""

from __future__ import annotations

from pathlib import Path
from threading import BoundedSemaphore

from core import audit, clock, config, live, storage
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound, Refusal
from pdf import intake
from pdf.errors import PdfError
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.uploads import queries
from signing.uploads.models import AgreementUpload

# A child may take a gigabyte and a quarter of a minute: hosts get two of them, and never all threads of the pages.
_CHILDREN = BoundedSemaphore(2)
_PATIENCE_SECONDS = 15.0


class UploadBusy(Refusal):
    """All places for taking files in are taken."""

    code = "upload_busy"
    status = 503


def take_upload(ceremony_id: str, agreement_id: str, data: bytes, *, name: str, by: Actor) -> queries.UploadView:
    """Rebuild the file and keep it as this agreement's text, in place of one that was there.

    Raises NotFound, Conflict `ceremony_…` outside a draft, UploadBusy, and a Refusal for each reason of pdf.intake.
    """
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    _check_draft(ceremonies.get_ceremony(ceremony_id).state)
    db.session.rollback()  # no snapshot is held while the child works
    taken = _take_in(data)
    original, rebuilt = storage.put(data), storage.put(taken.pdf)
    pages = [
        {
            "image": storage.put(page.png),
            "width": page.width,
            "height": page.height,
            "silenced": number in taken.silenced,
            "is_picture": page.is_picture,
            "text": page.text if page.is_picture else "",
        }
        for number, page in enumerate(taken.pages, start=1)
    ]
    with transaction():
        _take_draft(ceremony_id, agreement_id)
        row = db.session.get(AgreementUpload, agreement_id) or AgreementUpload(agreement_id=agreement_id)
        row.name, row.kind = name, str(taken.kind)
        row.original_digest, row.original_bytes, row.rebuilt_digest = original, len(data), rebuilt
        row.pages, row.uploaded_at, row.uploaded_by = pages, clock.now(), by.id
        db.session.add(row)
        _record(ceremony_id, row, by=by)
        live.publish(f"ceremony:{ceremony_id}", "agreement.changed", agreement=agreement_id)
        return queries.view(row)


def remove_upload(ceremony_id: str, agreement_id: str, *, by: Actor) -> None:
    """Print the agreement from its template again; raises NotFound, Conflict `ceremony_…` outside a draft."""
    with transaction():
        _take_draft(ceremony_id, agreement_id)
        row = db.session.get(AgreementUpload, agreement_id)
        if row is None:
            raise NotFound("upload_not_found")
        db.session.delete(row)
        audit.record(
            ceremony_id,
            "agreement.paper_removed",
            actor=by,
            subject=Subject("agreement", agreement_id),
            original=row.original_digest,
        )
        live.publish(f"ceremony:{ceremony_id}", "agreement.changed", agreement=agreement_id)


def drop_upload(agreement_id: str) -> None:
    """Forget the paper of an agreement that is taken out of its plan, inside the caller's transaction."""
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
        _record(ceremony_id, copy, by=by, copied_from=from_agreement_id)


def _record(ceremony_id: str, row: AgreementUpload, *, by: Actor, **more: str) -> None:
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


def _take_draft(ceremony_id: str, agreement_id: str) -> None:
    """Hold the ceremony, so that nothing is printed meanwhile."""
    state = ceremonies.take_ceremony(ceremony_id).state
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    _check_draft(state)


def _check_draft(state: str) -> None:
    if state != "draft":
        raise Conflict(f"ceremony_{state}")


def _take_in(data: bytes) -> intake.TakenIn:
    settings = config.settings()
    office = Path(settings.office_path) if settings.office_path else None
    if not _CHILDREN.acquire(timeout=_PATIENCE_SECONDS):
        raise UploadBusy
    try:
        return intake.take_in(
            data,
            most_pages=settings.max_upload_pages,
            office=office,
            second_reader=intake.SecondReader(settings.second_reader),
            foreign_pages=intake.ForeignPages(settings.foreign_pages),
        )
    except PdfError as error:
        raise Refusal(_named(error.code), status=422, **error.params) from error
    finally:
        _CHILDREN.release()


def _named(code: str) -> str:
    """The refusal for a code of pdf.intake: its own, or one for all that stopped the child."""
    known = {
        "not_a_pdf", "pdf_encrypted", "pdf_signed", "pdf_script", "pdf_xfa", "pdf_attachment", "pdf_layers",
        "pdf_undrawn", "pdf_hidden", "pdf_covered", "pdf_unclear", "pdf_no_page", "pdf_too_complex",
        "too_many_pages", "page_too_large", "page_broken", "pdf_font_missing", "office_missing", "office_broken",
        "picture_broken", "picture_size", "pdf_read_differently", "second_reader_missing",
    }  # fmt: skip
    return code if code in known else "upload_too_heavy"
