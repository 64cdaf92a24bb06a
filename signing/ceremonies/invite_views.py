"""The host's last question before the plan is frozen and the invitations go out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, needs
from core import outbox
from signing.ceremonies import board, inviting, obstacles, todo
from signing.ceremonies.access import HOSTS, own_ceremony

bp = Blueprint("invite", __name__, url_prefix="/ceremonies/<ceremony_id>/invite")


@bp.get("")
@needs(*HOSTS)
def ask(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    if not ceremony.is_draft:  # come back to by the browser's history
        return redirect(url_for("ceremonies.show", ceremony_id=ceremony_id), 303)
    return render_template(
        "ceremonies/invite.html",
        **board.page(ceremony),
        todo=todo.group(ceremony, obstacles.list_obstacles(ceremony_id)),
        warnings=board.warnings(ceremony_id),
        mail_set_up=outbox.is_set_up(),
        demo=ceremony.is_demo,
    )


@bp.post("")
@needs(*HOSTS)
def send(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    inviting.print_and_invite(ceremony_id, by=current_actor())
    return redirect(url_for("ceremonies.show", ceremony_id=ceremony_id), 303)
