"""One's own entry code, as a picture in one's own page: whoever has the personal link shows it at the door."""

from __future__ import annotations

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from core.i18n import t
from events.badges import service
from events.registration.signup_access import own_only

bp = Blueprint("badge_tickets", __name__, url_prefix="/registration/<registration_id>")


@bp.get("/ticket.svg")
@own_only
def show(registration_id: str) -> ResponseReturnValue:
    svg = '<?xml version="1.0" encoding="utf-8"?>\n' + service.ticket_svg(registration_id, words=t("ticket-words"))
    return _kept_by_nobody(Response(svg, mimetype="image/svg+xml"))


@bp.get("/ticket.png")
@own_only
def download(registration_id: str) -> ResponseReturnValue:
    """To be kept on the phone, where a hall has no network."""
    response = Response(service.ticket_png(registration_id), mimetype="image/png")
    response.headers["Content-Disposition"] = 'attachment; filename="ticket.png"'
    return _kept_by_nobody(response)


def _kept_by_nobody(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    return response
