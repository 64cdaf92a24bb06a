"""Use cases of printed reports: ask for one, print it in the background, remove it a day later."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from core import audit, clock, i18n, jobs, live, storage
from core.audit import Actor, Subject
from core.claims import Claim, finish
from core.db import db, transaction
from core.errors import Conflict
from pdf import render
from signing.ceremonies import queries as ceremonies
from signing.reports import board, figures, paper, queries
from signing.reports.models import CeremonyReport
from signing.reports.queries import ReportView

PRINT, REMOVE = "reports.print", "reports.remove"
KEPT = timedelta(hours=24)  # a file with names and places is kept no longer than somebody needs to fetch it


def ask(ceremony_id: str, *, locale: str, key: str, by: Actor) -> str:
    """Have the report printed in this language; returns its id. Sent again with the same `key`, it is the same one.

    Raises NotFound.
    """
    report_id = "rep_" + hashlib.sha256(f"{ceremony_id}\n{locale}\n{key}".encode()).hexdigest()[:26]
    with transaction():
        ceremonies.take_ceremony(ceremony_id)
        if queries.find_report(report_id) is not None:
            return report_id
        db.session.add(
            CeremonyReport(
                id=report_id, ceremony_id=ceremony_id, locale=locale, asked_at=clock.now(), asked_by=by.id, made_at=None
            )
        )
        jobs.add(PRINT, report_id, chain=ceremony_id, report=report_id)
        _tell(ceremony_id)
    return report_id


def make(claim: Claim, report_id: str) -> None:
    """Print the report, keep it for a day, and write down who took it along; finishes the claim."""
    found = queries.find_report(report_id)
    if found is None or found.made_at is not None:
        with transaction():
            finish(claim)
        return
    with i18n.use_locale(found.locale):
        ceremony = ceremonies.get_ceremony(found.ceremony_id)
        read = figures.read(ceremony)
        html = paper.report_html(board.page(read), made_at=read.at)
    db.session.rollback()  # no snapshot is held while it is printed
    printed = render.render(html)
    digest = storage.put(printed.pdf)
    with transaction():
        row = queries.take_report(report_id)
        row.made_at, row.file_digest = read.at, digest
        row.pages, row.is_interim = printed.page_count, read.is_interim
        jobs.add(REMOVE, report_id, chain=row.ceremony_id, due_at=clock.now() + KEPT, report=report_id)
        audit.record(
            row.ceremony_id,
            "report.printed",
            actor=Actor("account", row.asked_by),
            subject=Subject("ceremony", row.ceremony_id),
            language=row.locale,
            pages=row.pages,
            interim=row.is_interim,
        )
        _tell(row.ceremony_id)
        finish(claim)


def file_of(found: ReportView) -> bytes:
    """The PDF. Raises Conflict `report_making`, `report_gone`: also once personal values were deleted."""
    if found.made_at is None:
        raise Conflict("report_making")
    if not found.file_digest or figures.deleted_since(found.ceremony_id, found.made_at):
        raise Conflict("report_gone")
    return storage.read(found.file_digest)


def remove(claim: Claim, report_id: str) -> None:
    """Forget the file of a report and delete it, where no other has the same; finishes the claim."""
    with transaction():
        row = queries.take_report(report_id)
        digest, row.file_digest = row.file_digest, ""
        db.session.flush()
        is_used = bool(digest) and queries.is_kept(digest)
        _tell(row.ceremony_id)
    if digest and not is_used:
        storage.remove(digest)
    with transaction():
        finish(claim)


def _tell(ceremony_id: str) -> None:
    db.session.flush()
    live.publish(f"ceremony:{ceremony_id}", "reports.changed")
