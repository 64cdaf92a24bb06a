"""One's own ticket for the wallet of one's phone."""

from __future__ import annotations

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

from events.badges import apple_pass, service
from events.registration.signup_access import own_only

bp = Blueprint("badge_wallets", __name__, url_prefix="/registration/<registration_id>/wallet")


@bp.get("/apple")
@own_only
def download_apple(registration_id: str) -> ResponseReturnValue:
    response = Response(service.apple_package(registration_id), mimetype=apple_pass.MIMETYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="ticket.pkpass"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/google")
@own_only
def save_google(registration_id: str) -> ResponseReturnValue:
    response = redirect(service.google_link(registration_id), 303)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
