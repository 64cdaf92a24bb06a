"""Everything of a conference as one workbook, made in the background and kept for a day. What is taken along is written
into the trail: who, what, how many."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from datetime import timedelta

from core import audit, clock, i18n, jobs, live, storage
from core.audit import Actor, Subject
from core.claims import Claim, finish
from core.db import db, transaction
from core.errors import Conflict
from events.attendance import export_queries, export_sheets, export_source
from events.attendance.export_queries import ExportView
from events.attendance.models import ConferenceExport
from events.attendance.rules import Part
from events.conferences import queries as conferences
from events.conferences.queries import ConferenceView
from events.registration.privacy_service import forgets
from pdf import books

MAKE, REMOVE = "attendance.export", "attendance.remove_export"
Maker = Callable[[ConferenceView], tuple[bytes, int]]
_makers: dict[str, Maker] = {}
KEPT = timedelta(hours=24)  # a file full of names is kept no longer than somebody needs to fetch it


def makes(kind: str) -> Callable[[Maker], Maker]:
    """Register a function of a feature above this one that makes files of this kind: called in the reader's language,
    outside any transaction, it gives the file and how many pages it has."""

    def register(maker: Maker) -> Maker:
        _makers[kind] = maker
        return maker

    return register


def ask(conference_id: str, parts: Collection[Part], *, key: str, by: Actor) -> str:
    """Have these parts made in the reader's language; returns the id of the export. Sent again with the same `key`, it
    is the same one. Raises NotFound, Conflict `export_empty`."""
    wanted = [str(part) for part in Part if part in parts]
    if not wanted:
        raise Conflict("export_empty")
    return _ask(conference_id, wanted, locale=i18n.current(), key=key, by=by)


def ask_file(conference_id: str, kind: str, *, locale: str, key: str, by: Actor) -> str:
    """Have another feature's file made, in this language; as `ask`. Raises NotFound."""
    return _ask(conference_id, [kind], locale=locale, key=f"{kind}:{locale}:{key}", by=by)


def _ask(conference_id: str, parts: list[str], *, locale: str, key: str, by: Actor) -> str:
    export_id = "exp_" + hashlib.sha256(f"{conference_id}\n{key}".encode()).hexdigest()[:26]
    with transaction():
        conferences.take_conference(conference_id)
        if db.session.get(ConferenceExport, export_id) is not None:
            return export_id
        db.session.add(
            ConferenceExport(
                id=export_id,
                conference_id=conference_id,
                parts=parts,
                locale=locale,
                asked_at=clock.now(),
                asked_by=by.id,
                made_at=None,
            )
        )
        jobs.add(MAKE, export_id, chain=conference_id, export=export_id)
        live.publish(f"conference:{conference_id}", "conference.changed")
    return export_id


def make(claim: Claim, export_id: str) -> None:
    """Make the workbook, keep it for a day, and write down who took what along; finishes the claim."""
    found = export_queries.find_export(export_id)
    if found is None or found.made_at is not None:
        with transaction():
            finish(claim)
        return
    with i18n.use_locale(found.locale):
        data, rows = _made(found)
    db.session.rollback()
    digest = storage.put(data)
    with transaction():
        row = export_queries.take_export(export_id)
        row.made_at, row.file_digest = clock.now(), digest
        row.rows, row.bytes = sum(rows.values()), len(data)
        jobs.add(REMOVE, export_id, chain=row.conference_id, due_at=clock.now() + KEPT, export=export_id)
        audit.record(
            row.conference_id,
            "conference.exported",
            actor=Actor("account", row.asked_by),
            subject=Subject("conference", row.conference_id),
            rows=rows,
            language=row.locale,
        )
        live.publish(f"conference:{row.conference_id}", "conference.changed")
        finish(claim)


def _made(found: ExportView) -> tuple[bytes, dict[str, int]]:
    """The file, and how many rows (pages) of each part are in it."""
    conference = conferences.get_conference(found.conference_id)
    if maker := _makers.get(found.parts[0]):
        data, pages = maker(conference)
        return data, {found.parts[0]: pages}
    source = export_source.read(conference)
    book = books.write_book([export_sheets.sheet(Part(each), source) for each in found.parts], made_at=clock.now())
    return book.data, dict(zip(found.parts, book.rows, strict=True))


def file_of(found: ExportView) -> bytes:
    """The workbook. Raises Conflict `export_making`, `export_gone`."""
    if found.made_at is None:
        raise Conflict("export_making")
    if not found.file_digest:
        raise Conflict("export_gone")
    return storage.read(found.file_digest)


def remove_file(claim: Claim, export_id: str) -> None:
    """Forget the file of an export and delete it, where no other export has the same; finishes the claim."""
    with transaction():
        row = export_queries.take_export(export_id)
        digest, row.file_digest = row.file_digest, ""
        db.session.flush()
        is_used = bool(digest) and export_queries.is_kept(digest)
        live.publish(f"conference:{row.conference_id}", "conference.changed")
    if digest and not is_used:
        storage.remove(digest)
    with transaction():
        finish(claim)


@forgets
def forget(registration_id: str) -> None:
    """Files in which somebody stands who is deleted are deleted now, not at the end of their day."""
    for each in export_queries.list_kept(registration_id):
        jobs.add(REMOVE, f"{each.id}:{registration_id}", chain=each.conference_id, export=each.id)
