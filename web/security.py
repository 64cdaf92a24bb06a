"""What stands around every request: its id, limits on bodies, access, CSRF, and the headers of the answer."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from accounts import access
from core import clock, ids
from core.config import Settings
from core.errors import Refusal
from web import logging
from web.request_log import TALLY

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
_HASHED_NAME = re.compile(r"-[0-9A-Z]{8}\.[a-z0-9]+$")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
YEAR_SECONDS = 365 * 24 * 3600

log = logging.get("yunqian.web")
csrf = CSRFProtect()


class CsrfFailed(Refusal):
    """A change was asked for without the token of this browser's session."""

    code = "csrf_failed"
    status = 400


class FixedLifetime(SecureCookieSessionInterface):
    """The session's cookie lives for `session_hours` from its last change, whether or not the browser is closed."""

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> Any:  # noqa: ARG002
        return clock.now() + app.permanent_session_lifetime

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once: Flask asks for it twice a request."""
        if "yunqian_session_serializer" not in app.extensions:
            app.extensions["yunqian_session_serializer"] = super().get_signing_serializer(app)
        made: URLSafeTimedSerializer | None = app.extensions["yunqian_session_serializer"]
        return made


def trusted_hosts(settings: Settings) -> list[str]:
    """Names by which a request may address us: that of `base_url`; on loopback, and in the demo, localhost too."""
    host = urlsplit(settings.base_url).hostname or ""
    loopback = ["localhost", "127.0.0.1"] if settings.demo or host in _LOOPBACK else []
    return list(dict.fromkeys([host, *loopback]))


def init_app(app: Flask, settings: Settings) -> None:
    """Settings of cookies, bodies and hosts, and what runs before and after each request."""
    app.config.update(
        SECRET_KEY=settings.secret,
        SESSION_COOKIE_NAME="__Host-yunqian" if settings.is_tls else "yunqian",
        SESSION_COOKIE_SECURE=settings.is_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=settings.session_hours * 3600,
        PREFERRED_URL_SCHEME="https" if settings.is_tls else "http",
        TRUSTED_HOSTS=trusted_hosts(settings),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        # Werkzeug counts its read buffer of 64 KiB too, so less than that would refuse every upload.
        MAX_FORM_MEMORY_SIZE=max(settings.max_body_bytes, 256 * 1024),
        MAX_FORM_PARTS=1000,
        WTF_CSRF_CHECK_DEFAULT=False,  # `_guard` asks, at its place among the other checks
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a signer may read for hours
        # The check is of the Referer header, which Referrer-Policy: no-referrer takes away.
        WTF_CSRF_SSL_STRICT=False,
    )
    app.session_interface = FixedLifetime()
    if settings.proxy_depth:
        # Host stays as the proxy passes it on: X-Forwarded-Host of a client would come through proxies that ignore it.
        depth = settings.proxy_depth
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=depth, x_proto=depth, x_host=0)  # type: ignore[method-assign]
    else:
        app.before_request(_warn_of_proxy)
    app.before_request(_begin)
    app.after_request(_log_request)
    app.after_request(_headers)


def init_guard(app: Flask) -> None:
    """The checks themselves; called after the extensions, so that they know who is signed in."""
    csrf.init_app(app)
    app.before_request(_guard)
    app.context_processor(lambda: {"csp_nonce": nonce()})


def _warn_of_proxy() -> None:
    """Say once that a proxy stands in front of us unannounced: all visitors would share its address and its limits."""
    if "X-Forwarded-For" in request.headers and not current_app.extensions.get("yunqian_proxy_warned"):
        current_app.extensions["yunqian_proxy_warned"] = True
        log.warning("proxy_not_announced", do="set YUNQIAN_PROXY_DEPTH, or drop X-Forwarded-For")


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else ids.new("req")
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and access.is_upload(view):
        request.max_content_length = current_app.config["MAX_UPLOAD_BYTES"]
    # PostgreSQL refuses U+0000 in any text, and no id or filter of ours has one.
    if "\0" in request.path or b"%00" in request.query_string or b"\0" in request.query_string:
        raise BadRequest
    # Whether or not the view reads the body: what is too long is refused before anything else is done with it.
    length, most = request.content_length, request.max_content_length
    if length is not None and most is not None and length > most:
        raise RequestEntityTooLarge


def _guard() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.routing_exception is not None:
        return  # Flask answers 404 or 405 next
    access.enforce(view)
    _refuse_other_sites()
    if access.is_public(view):
        # A stranger pays for each try, and before the token: looking for it in a form reads the whole body.
        access.count(view)
        _check_token(view)
    else:
        # Whom the rule let in keeps the tries: a page with an old token must not use them up.
        _check_token(view)
        access.count(view)


def _refuse_other_sites() -> None:
    """What another site made a browser send is refused uncounted, or that site would use up its reader's tries."""
    if request.method not in access.SAFE and request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        raise CsrfFailed


def _check_token(view: Callable[..., Any]) -> None:
    if access.is_without_csrf(view) or request.method in access.SAFE:
        return
    # Without a token in the session none in the body can be right, so the body is not read for one.
    if current_app.config["WTF_CSRF_FIELD_NAME"] not in session:
        raise CsrfFailed
    try:
        csrf.protect()
    except CSRFError:
        raise CsrfFailed from None


def nonce() -> str:
    """This answer's CSP nonce."""
    if "csp_nonce" not in g:
        g.csp_nonce = ids.secret()
    return str(g.csp_nonce)


def content_security_policy() -> str:
    """Nothing but our own files; scripts and styles only with this answer's nonce."""
    wasm = " 'wasm-unsafe-eval'" if g.get("allows_wasm") else ""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'nonce-{nonce()}'{wasm}",
            f"style-src 'nonce-{nonce()}'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "media-src 'self' blob:",
            "worker-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


def _headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = content_security_policy()
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Permissions-Policy"] = "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Request-Id"] = g.get("request_id", "")
    if current_app.config["SESSION_COOKIE_SECURE"]:
        headers["Strict-Transport-Security"] = f"max-age={2 * YEAR_SECONDS}; includeSubDomains"
    if request.endpoint == "static" and response.status_code < 400:
        _cache_static(response)
    elif not response.cache_control:
        # Pages show names, places and terms; a view that has something public sets its own header.
        headers["Cache-Control"] = "no-store"
    return response


def _cache_static(response: Response) -> None:
    if _HASHED_NAME.search(request.path):
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    else:
        response.headers["Cache-Control"] = "public, no-cache"


def _log_request(response: Response) -> Response:
    account = g.get("account")
    ms = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1)
    if TALLY.takes(request.endpoint, response.status_code, ms):
        return response
    log.info(
        "request",
        method=request.method,
        # The rule, never the path: paths carry link tokens.
        rule=request.url_rule.rule if request.url_rule else None,
        endpoint=request.endpoint,
        status=response.status_code,
        ms=ms,
        account=account.id if account else None,
    )
    return response
