"""The host's question before a draft that is not wanted goes out of the list."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, needs
from core import i18n
from signing.agreements import queries as agreements
from signing.ceremonies import editing, plan_now, queries, seen
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.seen import PlanChanged

bp = Blueprint("discard", __name__, url_prefix="/ceremonies/<ceremony_id>/discard")


@bp.get("")
@needs(*HOSTS)
def ask(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    editing.check_discardable(ceremony)
    return _page(ceremony)


@bp.post("")
@needs(*HOSTS)
def discard(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    confirmed = request.form.get("seen", "")
    try:
        editing.discard(ceremony_id, by=current_actor(), looked_at=confirmed)
    except PlanChanged as refusal:
        return _page(own_ceremony(ceremony_id), confirmed), refusal.status
    return redirect(url_for("ceremonies.list_ceremonies", removed=ceremony_id), 303)


def _page(ceremony: queries.CeremonyView, confirmed: str | None = None) -> str:
    """`confirmed`: what another page showed, if that is no longer the plan."""
    return render_template(
        "ceremonies/discard.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        agreements=[i18n.pick(each.title) for each in agreements.list_agreements(ceremony.id)],
        seen=seen.of_plan(ceremony),
        changed=plan_now.told_changes(confirmed, ceremony),
        demo=ceremony.mark,
    )
