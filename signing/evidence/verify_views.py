"""What strangers use: the verify page, the published anchors and revocation lists, the timestamp responder."""

from __future__ import annotations

from datetime import timedelta
from threading import BoundedSemaphore

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, limited, public, without_csrf
from core import config, i18n
from core.db import db
from core.errors import NotFound, Refusal
from core.i18n import t
from pdf import pki
from pdf.tsa.responder import LONGEST_REQUEST
from pdf.verify import verify_in_child, warm_up
from signing.evidence import forms, queries, verdicts
from signing.seats import queries as seats
from signing.trust import service as trust

bp = Blueprint("verify", __name__)
_WORDS = ("verify-hashing", "verify-asking", "verify-lookup-failed", "verify-no-hash-here", "verify-working")
_HOUR = "public, max-age=3600"
# A child may take a gigabyte and most of a minute: strangers get two of them, and never all threads of the pages.
_CHILDREN = BoundedSemaphore(2)
_PATIENCE_SECONDS = 15.0


class VerifyBusy(Refusal):
    """All places for checking files are taken."""

    code = "verify_busy"
    status = 503


@bp.get("/verify")
@public("anybody may check a file that was signed here")
def show() -> ResponseReturnValue:
    warm_up()  # who looks at the page is about to choose a file
    return _page()


@bp.post("/verify")
@public("anybody may check a file that was signed here")
@limited("verify", times=40, per=timedelta(minutes=10))
@accepts_upload
def check() -> ResponseReturnValue:
    name, stream = forms.read_upload(request.files.get("file"))
    anchors = trust.published_anchors()
    db.session.rollback()  # the child may take a while
    if not _CHILDREN.acquire(timeout=_PATIENCE_SECONDS):
        raise VerifyBusy
    try:
        verdict = verify_in_child(stream, name=name, anchors=anchors)
    finally:
        _CHILDREN.release()
    known = queries.find_known(verdict.digest) if verdict.digest else None
    return _page(verdict=verdicts.describe(verdict), known=_said(known))


def _page(**found: object) -> str:
    return render_template(
        "verify/verify.html",
        megabytes=config.settings().max_upload_bytes // 1_000_000,
        fingerprint=trust.trust().fingerprint,
        messages={name: t(name) for name in _WORDS},
        **{"verdict": None, "known": "", **found},
    )


@bp.get("/api/verify/<digest>")
@public("whoever has the file may ask whether it came from here; the digest gives nothing away to anybody else")
def look_up(digest: str) -> ResponseReturnValue:
    digest = forms.read_digest(digest)
    known = queries.find_known(digest)
    return jsonify(
        sha256=digest,
        issued=known is not None,
        what=known.what if known else None,
        number=known.number or None if known else None,
        message=_said(known) or t("verify-unknown"),
    )


def _said(known: queries.Known | None) -> str:
    if known is None:
        return ""
    return t(f"verify-known-{known.what}", number=known.number, title=i18n.pick(known.title))


@bp.get("/pki/anchors.pem")
@public("who checks a file needs the anchors")
def download_anchors() -> ResponseReturnValue:
    return _cached(pki.dump_certificates(trust.published_anchors()), "application/x-pem-file")


@bp.get("/pki/<name>.crl")
@public("who checks a file needs the revocation lists")
def download_list(name: str) -> ResponseReturnValue:
    found = trust.find_revocation_list(name, seats.list_revoked())
    if found is None:
        raise NotFound("list_not_found")
    return _cached(found, "application/pkix-crl")


@bp.post("/tsa")
@public("an RFC 3161 responder answers anybody")
@limited("tsa", times=600, per=timedelta(minutes=10))
@without_csrf("RFC 3161 clients are programs without cookies")
def answer_timestamp() -> ResponseReturnValue:
    body = request.stream.read(LONGEST_REQUEST + 1)
    return Response(trust.builtin_responder().respond(body), mimetype="application/timestamp-reply")


def _cached(data: bytes, content_type: str) -> Response:
    response = Response(data, mimetype=content_type)
    response.headers["Cache-Control"] = _HOUR
    return response
