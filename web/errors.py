"""The one place where a no becomes an answer: a page in the reader's language, or JSON for programs."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from core.db import db
from core.errors import Invalid, Refusal, SignInNeeded, TooMany
from core.i18n import has, t
from web import logging
from web.page_threads import REFUSAL

_BY_LINK = (
    *("/s/", "/seat/", "/stage/", "/monitor/", "/observe/", "/witness/", "/interpreter/", "/draw/"),
    *("/r/", "/registration/", "/c/"),
)
log = logging.get("yunqian.web")

UNEXPECTED = "unexpected"
# What werkzeug and Flask refuse by themselves, as codes of ours.
HTTP_CODES = {
    400: "bad_request",
    401: "sign_in_needed",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    408: "too_slow",
    409: "conflict",
    410: "gone",
    411: "length_needed",
    413: "too_large",
    414: "address_too_long",
    415: "wrong_content_type",
    416: "range_not_there",
    429: "too_many_attempts",
    431: "headers_too_large",
    500: UNEXPECTED,
    503: "unavailable",
}


def init_app(app: Flask) -> None:
    """Answer every refusal, every HTTP error and everything unexpected."""
    app.register_error_handler(Refusal, _on_refusal)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_unexpected)


def say_refusal() -> None:
    """Raise what the gate refused, so that a browser shows a page for it."""
    refusal = request.environ.get(REFUSAL)
    if refusal is not None:
        raise refusal


def wants_json() -> bool:
    """Whether the caller is a program: an address below /api/, or JSON preferred to HTML."""
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted.best_match(["text/html", "application/json"], default="text/html") == "application/json"


def answer(refusal: Refusal) -> Response:
    """The finished answer for a refusal."""
    if isinstance(refusal, SignInNeeded) and request.method == "GET" and not wants_json():
        return _to_sign_in()
    response = jsonify(error=body(refusal)) if wants_json() else Response(_page(refusal), mimetype="text/html")
    response.status_code = refusal.status
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def body(refusal: Refusal) -> dict[str, Any]:
    """`{"code","message","next","problems":[{"path","code","message"}…]}` in the current locale."""
    message, following = _sentences(refusal)
    return {"code": refusal.code, "message": message, "next": following, "problems": problems(refusal)}


def problems(refusal: Refusal) -> list[dict[str, str]]:
    """The problems of an Invalid as sentences; empty for other refusals."""
    if not isinstance(refusal, Invalid):
        return []
    return [
        {"path": problem.path, "code": problem.code, "message": t(problem.message_id, **problem.params)}
        for problem in refusal.problems
    ]


def _sentences(refusal: Refusal) -> tuple[str, str]:
    if has(refusal.message_id) and has(refusal.next_id):
        return t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)
    # A code that has no words yet must not turn a plain no into a 500; tests/web/test_errors.py finds it.
    log.error("refusal_without_words", refusal=refusal.code)
    return t("error-refused"), t("error-refused-next")


def _page(refusal: Refusal) -> str:
    message, following = _sentences(refusal)
    title_id = f"errors-title-{refusal.status}"
    return render_template(
        "errors/error.html",
        status=refusal.status,
        title=t(title_id if has(title_id) else "errors-title-other"),
        message=message,
        next=following,
        problems=problems(refusal),
        actions=_ways_on(refusal.status),
        request_id=g.get("request_id"),
    )


def _ways_on(status: int) -> list[tuple[str, str]]:
    """Buttons: none for who came by a link of theirs, since our start page is the staff's and would be a dead end."""
    if request.path.startswith(_BY_LINK):
        return []
    if status == 401:
        return [(url_for("accounts.show_sign_in"), t("errors-to-sign-in"))]
    return [("/", t("common-to-start"))]


def _to_sign_in() -> Response:
    wanted = request.full_path.rstrip("?")
    where = url_for("accounts.show_sign_in", next=wanted if wanted != "/" else None)
    return Response(status=303, headers={"Location": where})


def _on_refusal(refusal: Refusal) -> ResponseReturnValue:
    _forget_changes()
    log.info("refused", refusal=refusal.code, status=refusal.status)
    return answer(refusal)


def _on_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error  # a redirect, or an answer that somebody made already
    _forget_changes()
    response = answer(_as_refusal(error.code))
    for name, value in error.get_headers(request.environ):
        if name in {"Allow", "Retry-After", "WWW-Authenticate", "Content-Range"}:
            response.headers[name] = value
    return response


def _as_refusal(status: int) -> Refusal:
    if status == 429:
        return TooMany(retry_after=60)
    return Refusal(HTTP_CODES.get(status, "refused" if status < 500 else UNEXPECTED), status=status)


def _on_unexpected(error: Exception) -> ResponseReturnValue:
    log.error("unexpected", exc_info=error, endpoint=request.endpoint)
    _forget_changes()
    # Who is signed in would be read from the database for the page, and it may be the database that failed.
    g.account = None
    return answer(Refusal(UNEXPECTED, status=500))


def _forget_changes() -> None:
    db.session.rollback()
