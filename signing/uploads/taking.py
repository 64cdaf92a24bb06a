"""Taking in a file that a host brought along: in children, with progress told, and only while somebody wants it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from core import audit, claims, clock, config, held, live, storage
from core.audit import Actor, Subject
from core.claims import Claim
from core.config import Settings
from core.db import db, transaction
from core.errors import NotFound, Refusal
from pdf import intake
from pdf.errors import PdfError
from pdf.progress import Progress, Reached, Step
from signing.ceremonies import queries as ceremonies
from signing.uploads import queries, service
from signing.uploads.models import AgreementUpload
from signing.uploads.queries import ArrivalView
from signing.uploads.rules import ArrivalState

_TELL_SECONDS = 1.0
_PATIENCE = 3.0  # nobody waits for an answer: a machine that is busy with other things may take so much longer
_MOST_DEATHS = 3  # of workers without a word, with one file: then it is the file


class NotWanted(Exception):
    """The file was set aside, or another came in its place, or its plan is no draft any more."""


def take(claim: Claim, ceremony_id: str, arrival: ArrivalView) -> None:
    """Make a file the text of its agreement, or write down why not, and finish the claim.

    Raises NotWanted, and ClaimLost where another worker has it or will; its children end within a page then.
    """
    try:
        if claim.tries > _MOST_DEATHS and not claims.has_said(claim):
            raise Refusal("upload_too_heavy", status=422)
        data = _read(arrival.id)
        taken = _watched(claim, arrival, data)
    except Refusal as refusal:
        _refuse(claim, ceremony_id, arrival, refusal)
    else:
        _keep(claim, ceremony_id, arrival, data, taken)


def _read(arrival_id: str) -> bytes:
    try:
        return held.read(arrival_id)
    except NotFound:
        raise Refusal("upload_lost", status=422) from None


def _watched(claim: Claim, arrival: ArrivalView, data: bytes) -> intake.TakenIn:
    """What came of the file, taken in by a thread of its own while this one tells how far it is."""
    settings = config.settings()
    _tell(claim, arrival, Reached())
    with Progress(patience=_PATIENCE) as progress, ThreadPoolExecutor(1, thread_name_prefix="taking") as pool:
        work = pool.submit(_take_in, data, settings, progress)
        try:
            while not wait([work], timeout=_TELL_SECONDS).done:
                _tell(claim, arrival, progress.reached())
        except BaseException:
            progress.stop()
            raise
        return work.result()


def _tell(claim: Claim, arrival: ArrivalView, reached: Reached) -> None:
    """Raises NotWanted, ClaimLost."""
    with transaction():
        claims.hold(claim)
        row = queries.take_arrival(arrival.agreement_id, arrival_id=arrival.id)
        if row is None:
            raise NotWanted
        told = (str(reached.step), reached.page, reached.pages)
        if (row.step, row.page, row.pages) != told:
            row.step, row.page, row.pages = told
            live.publish(service.channel(arrival.agreement_id), "paper.progress")


def _take_in(data: bytes, settings: Settings, progress: Progress) -> intake.TakenIn:
    try:
        return intake.take_in(
            data,
            most_pages=settings.max_upload_pages,
            office=Path(settings.office_path) if settings.office_path else None,
            second_reader=intake.SecondReader(settings.second_reader),
            progress=progress,
        )
    except PdfError as error:
        raise Refusal(_named(error.code), status=422, **error.params) from error


def _named(code: str) -> str:
    """The refusal for a code of pdf.intake: its own, or one for all that stopped the child."""
    known = {
        "not_a_pdf", "pdf_encrypted", "pdf_signed", "pdf_script", "pdf_xfa", "pdf_attachment", "pdf_layers",
        "pdf_undrawn", "pdf_hidden", "pdf_covered", "pdf_unclear", "pdf_no_page", "pdf_too_complex",
        "too_many_pages", "page_too_large", "page_broken", "pdf_font_missing", "office_missing", "office_broken",
        "picture_broken", "picture_size", "picture_unclear", "text_changes", "pdf_read_differently",
        "second_reader_missing",
    }  # fmt: skip
    return code if code in known else "upload_too_heavy"


def _keep(claim: Claim, ceremony_id: str, arrival: ArrivalView, data: bytes, taken: intake.TakenIn) -> None:
    # Files are kept for good: a last look spares those of a paper that nobody wants by now.
    _tell(claim, arrival, Reached(Step.DRAWING, len(taken.pages), len(taken.pages)))
    original, rebuilt, pages = storage.put(data), storage.put(taken.pdf), _kept_pages(taken)
    with transaction():
        state = ceremonies.take_ceremony(ceremony_id).state
        arrived = queries.take_arrival(arrival.agreement_id, arrival_id=arrival.id)
        if arrived is None or state != "draft":
            raise NotWanted
        db.session.delete(arrived)
        row = db.session.get(AgreementUpload, arrival.agreement_id) or AgreementUpload(
            agreement_id=arrival.agreement_id
        )
        row.name, row.kind = arrival.name, str(taken.kind)
        row.original_digest, row.original_bytes, row.rebuilt_digest = original, len(data), rebuilt
        row.pages, row.uploaded_at, row.uploaded_by = pages, clock.now(), arrival.arrived_by
        db.session.add(row)
        service.record_taken(ceremony_id, row, by=Actor("account", arrival.arrived_by))
        service.tell_changed(ceremony_id, arrival.agreement_id)
        claims.finish(claim)


def _kept_pages(taken: intake.TakenIn) -> list[dict[str, Any]]:
    return [
        {
            "image": storage.put(page.png),
            "width": page.width,
            "height": page.height,
            "silenced": number in taken.silenced,
            "text": page.text,
        }
        for number, page in enumerate(taken.pages, start=1)
    ]


def _refuse(claim: Claim, ceremony_id: str, arrival: ArrivalView, refusal: Refusal) -> None:
    with transaction():
        row = queries.take_arrival(arrival.agreement_id, arrival_id=arrival.id)
        if row is None:
            raise NotWanted
        row.state, row.code, row.params = ArrivalState.REFUSED, refusal.code, dict(refusal.params)
        audit.record(
            ceremony_id,
            "agreement.paper_refused",
            actor=audit.SYSTEM,
            subject=Subject("agreement", arrival.agreement_id),
            original=arrival.digest,
            reason=refusal.code,
        )
        service.tell_changed(ceremony_id, arrival.agreement_id)
        claims.finish(claim)
