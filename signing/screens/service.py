"""Use cases of a ceremony's look."""

from __future__ import annotations

from threading import BoundedSemaphore

from core import audit, live, storage
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, Refusal
from pdf import emblem
from pdf.errors import PdfError
from signing.ceremonies import queries as ceremonies
from signing.screens import queries
from signing.screens.models import CeremonyLook
from signing.screens.rules import Theme

# As where seals are taken in: pages go on being served.
_CHILDREN = BoundedSemaphore(2)
_PATIENCE_SECONDS = 10.0


def change_look(
    ceremony_id: str, *, colour: str, theme: Theme, picture: bytes | None, remove_emblem: bool, by: Actor
) -> None:
    """Give the ceremony's screens a colour, a theme and an emblem; the same again changes nothing.

    Raises NotFound, Conflict `ceremony_discarded`, and a Refusal for each reason of pdf.emblem.
    """
    digest = storage.put(_drawn_anew(picture)) if picture else None
    with transaction():
        if ceremonies.view(ceremonies.take_ceremony(ceremony_id)).is_discarded:
            raise Conflict("ceremony_discarded")
        before = queries.get_look(ceremony_id)
        kept = digest or (None if remove_emblem else before.emblem_digest)
        if (before.colour, before.theme, before.emblem_digest) == (colour, theme, kept):
            return
        row = db.session.get(CeremonyLook, ceremony_id) or CeremonyLook(ceremony_id=ceremony_id, seq=0)
        row.seq, row.colour, row.theme, row.emblem_digest = row.seq + 1, colour, theme, kept
        db.session.add(row)
        _note(ceremony_id, colour=colour, theme=theme, digest=kept, by=by)
        db.session.flush()
        live.publish(f"stage:{ceremony_id}", "stage.patch", look=queries.public_look(ceremony_id))


def copy_look(from_id: str, to_id: str, *, by: Actor) -> None:
    """Give a ceremony that was just made the look of the one that it is made of, inside the caller's transaction."""
    before = queries.get_look(from_id)
    if before.seq == 0 or db.session.get(CeremonyLook, to_id) is not None:
        return
    colour, theme, digest = before.colour, before.theme, before.emblem_digest
    db.session.add(CeremonyLook(ceremony_id=to_id, seq=1, colour=colour, theme=theme, emblem_digest=digest))
    _note(to_id, colour=colour, theme=theme, digest=digest, by=by)


def _note(ceremony_id: str, *, colour: str, theme: Theme, digest: str | None, by: Actor) -> None:
    subject = Subject("ceremony", ceremony_id)
    audit.record(
        ceremony_id, "look.changed", actor=by, subject=subject, colour=colour, theme=str(theme), emblem=digest or ""
    )


def _drawn_anew(picture: bytes) -> bytes:
    if not _CHILDREN.acquire(timeout=_PATIENCE_SECONDS):
        raise Refusal("emblem_busy", status=503)
    try:
        return emblem.take_emblem(picture)
    except PdfError as error:
        raise Refusal(_code_of(error), status=422, **error.params) from error
    finally:
        _CHILDREN.release()


def _code_of(error: PdfError) -> str:
    """The refusal's code: what has no words of its own is a broken picture."""
    return error.code if error.code in {"emblem_kind", "emblem_too_large", "emblem_size"} else "emblem_broken"
