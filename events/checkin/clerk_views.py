"""Where a clerk begins: the conferences at whose doors they stand."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Role, current_account, needs
from core import i18n
from events.checkin import board
from events.conferences import queries as conferences
from events.conferences.access import rights_in

bp = Blueprint("clerk", __name__, url_prefix="/check-in")


@bp.get("")
@needs(Role.CLERK)
def list_own() -> ResponseReturnValue:
    """Of one conference straight to its doors; of several a list, the latest first."""
    account = current_account()
    page = conferences.list_page(account.organisation_id, number=1, team_of=account.id)
    found = [(head, doors) for head in page.conferences if (doors := rights_in(head.id).doors) is None or doors]
    if len(found) == 1 and "list" not in request.args:
        return redirect(url_for("checkin.show", conference_id=found[0][0].id), 303)
    rows = [
        {
            "href": url_for("checkin.show", conference_id=head.id),
            "title": i18n.pick(head.title),
            "day": i18n.format_date(head.starts_on),
            "doors": _doors(head.id, doors),
        }
        for head, doors in found
    ]
    return render_template("checkin/own.html", rows=rows)


def _doors(conference_id: str, kept: frozenset[str] | None) -> list[str]:
    where = board.doors_of(conferences.get_conference(conference_id))
    return [each.name for door_id, each in where.items() if kept is None or door_id in kept]
