"""The host's last question before the plan is frozen and the invitations go out."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, needs
from core import outbox
from signing.ceremonies import board, inviting, obstacles, plan_now, queries, seen, todo
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.seen import PlanChanged

bp = Blueprint("invite", __name__, url_prefix="/ceremonies/<ceremony_id>/invite")


@bp.get("")
@needs(*HOSTS)
def ask(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    if not ceremony.is_draft:  # come back to by the browser's history
        return redirect(url_for("ceremonies.show", ceremony_id=ceremony_id), 303)
    return _page(ceremony)


@bp.post("")
@needs(*HOSTS)
def send(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    confirmed = request.form.get("seen", "")
    try:
        inviting.print_and_invite(ceremony_id, by=current_actor(), looked_at=confirmed)
    except PlanChanged as refusal:
        return _page(own_ceremony(ceremony_id), confirmed), refusal.status
    return redirect(url_for("ceremonies.show", ceremony_id=ceremony_id), 303)


def _page(ceremony: queries.CeremonyView, confirmed: str | None = None) -> str:
    return render_template(
        "ceremonies/invite.html",
        **board.page(ceremony),
        todo=todo.group(ceremony, obstacles.list_obstacles(ceremony.id)),
        warnings=board.warnings(ceremony.id),
        seals=board.planned_seals(ceremony),
        mail_set_up=outbox.is_set_up(),
        seen=seen.of_plan(ceremony),
        changed=plan_now.told_changes(confirmed, ceremony),
        demo=ceremony.mark,
    )
