"""Views that go wrong in every way, for tests of what stands around views."""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import abort

from accounts import access
from core import audit, clock
from core.audit import Subject
from core.db import db, transaction
from core.errors import Conflict, Forbidden, Invalid, Problem, Refusal, TooMany
from core.tokens import LinkToken

bp = Blueprint("planted", __name__)
SECRET = "hunter2 of the traceback"


@bp.get("/planted/boom")
@bp.get("/api/planted/boom", endpoint="api_boom")
@access.public("planted")
def boom() -> NoReturn:
    raise RuntimeError("the planted view fell over")


@bp.get("/planted/statement")
@access.public("planted")
def bad_statement() -> NoReturn:
    """A database error whose parameters are a secret."""
    now = clock.now()
    with transaction():
        for _ in range(2):
            db.session.add(
                LinkToken(id="same", purpose=SECRET, subject="x", created_at=now, expires_at=now, revoked_at=None)
            )
            db.session.flush()
            db.session.expunge_all()
    raise AssertionError("the second row must be refused")


@bp.get("/planted/half")
@access.public("planted")
def half_done() -> NoReturn:
    """Writes, then falls over: nothing may stay."""
    with transaction():
        audit.record(audit.INSTALLATION, "planted.half", actor=audit.SYSTEM, subject=Subject("planted", "x"))
        raise RuntimeError("half way")


@bp.get("/planted/abort/<int:status>")
@bp.get("/api/planted/abort/<int:status>", endpoint="api_abort")
@access.public("planted")
def abort_with(status: int) -> NoReturn:
    abort(status)


@bp.get("/planted/refuse/<kind>")
@bp.get("/api/planted/refuse/<kind>", endpoint="api_refuse")
@access.public("planted")
def refuse(kind: str) -> NoReturn:
    raise {
        "conflict": Conflict(),
        "too_many": TooMany(retry_after=61),
        "invalid": Invalid([Problem("$.parties[1].name", "too_long", {"most": 5}), Problem("$.title", "required")]),
        "wordless": Refusal("code_that_nobody_wrote_words_for", status=409),
    }[kind]


def _only_key_7(key: str) -> None:
    if key != "7":
        raise Forbidden


@bp.get("/planted/door/<key>")
@access.by(_only_key_7, "the right key")
def door(key: str) -> str:
    return f"door {key}"


@bp.post("/planted/limited")
@access.public("planted")
@access.limited("planted", times=2, per=timedelta(minutes=5))
def limited() -> str:
    return request.remote_addr or ""


@bp.post("/planted/upload")
@access.public("planted")
@access.limited("planted-upload", times=100, per=timedelta(minutes=5))
@access.accepts_upload
def upload() -> str:
    return str(sum(len(file.read()) for file in request.files.values()))


@bp.post("/planted/machine")
@access.public("planted")
@access.limited("planted-machine", times=100, per=timedelta(minutes=5))
@access.without_csrf("planted: a program without cookies")
def machine() -> str:
    return str(len(request.get_data()))


@bp.post("/api/planted/echo")
@access.public("planted")
@access.limited("planted-echo", times=100, per=timedelta(minutes=5))
def echo() -> ResponseReturnValue:
    found: ResponseReturnValue = request.get_json()
    return found


@bp.get("/planted/cached")
@access.public("planted")
def cached() -> ResponseReturnValue:
    return "the same for everybody", {"Cache-Control": "public, max-age=60"}
