"""The host's pages of the ceremony file: import it, and begin with the example."""

from __future__ import annotations

from threading import BoundedSemaphore

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, current_account, current_actor, needs
from core import config
from core.db import db
from core.errors import Invalid, Refusal
from core.upload import find_content
from signing.agreements import preview_service
from signing.ceremonies import plan_book, plan_words, planning
from signing.ceremonies.access import HOSTS
from signing.ceremonies.plan_file import CeremonyFile

bp = Blueprint("imports", __name__, url_prefix="/ceremonies/import")


_ZIP = b"PK\x03\x04"
_CHILD = BoundedSemaphore(1)
_PATIENCE_SECONDS = 20.0


def _read_book(content: bytes) -> plan_book.Plan:
    """Raises BadBook, and Refusal `upload_busy` where others are being read."""
    db.session.rollback()  # no snapshot is held while the child works
    if not _CHILD.acquire(timeout=_PATIENCE_SECONDS):
        raise Refusal("upload_busy", status=503)
    try:
        return plan_book.read_plan(content)
    finally:
        _CHILD.release()


@bp.get("")
@needs(*HOSTS)
def show_import() -> ResponseReturnValue:
    return _page([])


@bp.post("")
@needs(*HOSTS)
@accepts_upload
def import_file() -> ResponseReturnValue:
    try:
        sent = plan_words.example() if request.form.get("example") else find_content(request.files.get("file"))
        plan = _read_book(sent) if sent and sent.startswith(_ZIP) else CeremonyFile.loads(sent)
    except plan_book.BadBook as bad:
        return _page(plan_words.told_in_rows(bad.invalid.problems, bad.rows)), bad.invalid.status
    except Invalid as invalid:
        return _page(plan_words.told(invalid.problems)), invalid.status
    ceremony_id = planning.import_ceremony(
        plan,
        organisation_id=current_account().organisation_id,
        by=current_actor(),
        demo=config.settings().demo,
    )
    preview_service.be_ready()
    return redirect(url_for("ceremonies.show", ceremony_id=ceremony_id), 303)


@bp.get("/example.json")
@needs(*HOSTS)
def download_example() -> ResponseReturnValue:
    response = Response(plan_words.example(), mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=plan_words.EXAMPLE)
    return response


def _page(problems: list[plan_words.Told]) -> str:
    return render_template("ceremonies/import.html", problems=problems, objects=plan_words.describe())
