"""What strangers use: the verify page, the published anchors and revocation lists, the timestamp responder."""

from __future__ import annotations

from datetime import timedelta
from threading import BoundedSemaphore
from typing import IO

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import accepts_upload, limited, public, without_csrf
from core import config, i18n
from core.db import db
from core.errors import NotFound, Refusal
from core.i18n import t
from pdf import pki
from pdf.errors import PdfError
from pdf.tsa.responder import LONGEST_REQUEST
from pdf.verify import FileVerdict, draw_differences, last_sound, signed_by_people, verify_in_child, warm_up
from signing.evidence import forms, queries, verdicts
from signing.papers import colons
from signing.seats import queries as seats
from signing.trust import service as trust

bp = Blueprint("verify", __name__)
_WORDS = ("verify-hashing", "verify-asking", "verify-lookup-failed", "verify-no-hash-here", "verify-working")
_HOUR = "public, max-age=3600"
# A child may take a gigabyte and most of a minute: strangers get two of them, and never all threads of the pages.
_CHILDREN = BoundedSemaphore(2)
_PATIENCE_SECONDS = 15.0
_MOST_COMPARED = 8


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
    anchors = trust.own_anchors(seats.list_revoked())
    db.session.rollback()  # the child may take a while
    if not _CHILDREN.acquire(timeout=_PATIENCE_SECONDS):
        raise VerifyBusy
    try:
        verdict = verify_in_child(stream, name=name, anchors=anchors)
        pictures = _pictures(stream, verdict, asked="pictures" in request.form)
    finally:
        _CHILDREN.release()
    known = queries.find_known(verdict.digest) if verdict.digest else None
    return _page(verdict=verdicts.describe(verdict, is_own_clock=trust.is_own_clock), known=_said(known), **pictures)


def _pictures(stream: IO[bytes], verdict: FileVerdict, *, asked: bool) -> dict[str, object]:
    """What was signed beside what is there now: where somebody changed the file, or where it was asked for."""
    sound = last_sound(verdict)
    asked = asked or any(each.code == "picture-large" for each in verdict.reasons)
    wanted = [sound] if sound else signed_by_people(verdict)[:_MOST_COMPARED] if asked else []
    if not wanted:
        return {}
    try:
        return {"differences": verdicts.compared(verdict, draw_differences(stream, wanted))}
    except PdfError:
        return {"undrawn": True}


def _page(**found: object) -> str:
    root, *older = (colons(each.fingerprint(hashes.SHA256()).hex()) for each in trust.trust().anchors)
    return render_template(
        "verify/verify.html",
        megabytes=config.settings().max_upload_bytes // 1_000_000,
        fingerprint=root,
        older_fingerprints=older,
        messages={name: t(name) for name in _WORDS},
        **{"verdict": None, "known": "", "differences": (), "undrawn": False, **found},
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
        rehearsal=known.is_rehearsal if known else False,
        message=_said(known) or t("verify-unknown"),
    )


def _said(known: queries.Known | None) -> str:
    if known is None:
        return ""
    if known.is_rehearsal:
        return t("verify-code-rehearsal")
    return t(f"verify-known-{known.what}", number=known.number, title=i18n.pick(known.title))


@bp.get("/pki/anchors.pem")
@public("who checks a file needs the anchors")
def download_anchors() -> ResponseReturnValue:
    return _cached(trust.published_anchors().dump(), "application/x-pem-file")


@bp.get("/pki/<name>.crl")
@public("who checks a file needs the revocation lists")
def download_list(name: str) -> ResponseReturnValue:
    found = trust.find_revocation_list(name, seats.list_revoked())
    if found is None:
        raise NotFound("list_not_found")
    return _cached(found, "application/pkix-crl")


@bp.get("/pki/<name>.cer")
@public("who builds a chain needs the issuer of a certificate")
def download_authority(name: str) -> ResponseReturnValue:
    found = trust.find_authority_certificate(name)
    if found is None:
        raise NotFound("certificate_not_found")
    return _cached(found.public_bytes(Encoding.DER), "application/pkix-cert")


@bp.post("/pki/ocsp")
@public("an OCSP responder answers anybody")
@limited("ocsp", times=600, per=timedelta(minutes=10))
@without_csrf("OCSP clients are programs without cookies")
def answer_ocsp() -> ResponseReturnValue:
    return _ocsp(request.stream.read(pki.ocsp.LONGEST_REQUEST + 1))


# merge_slashes: base64 may hold two in a row (RFC 6960 appendix A.1).
@bp.get("/pki/ocsp/<path:encoded>", merge_slashes=False)
@public("an OCSP responder answers anybody")
def answer_ocsp_by_get(encoded: str) -> ResponseReturnValue:
    response = _ocsp(forms.read_base64(encoded))
    # RFC 5019 §6.2: until its own next update an answer may be kept by proxies; half of that leaves room.
    response.headers["Cache-Control"] = f"public, max-age={int(trust.OCSP_LIFE.total_seconds()) // 2}"
    return response


def _ocsp(asked: bytes) -> Response:
    return Response(trust.answer_ocsp(asked, seats.find_status), mimetype="application/ocsp-response")


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
