"""The host's pages of a ceremony: list, new, the ceremony itself; plan_views.py changes a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts import queries as accounts
from accounts.access import current_account, current_actor, needs
from core import config, i18n, ids, live, outbox, tokens
from core.errors import Invalid
from core.form_errors import by_field
from signing.agreements import queries as agreements
from signing.ceremonies import (
    axis,
    board,
    copying,
    obstacles,
    plan_form,
    planning,
    queries,
    seen,
    service,
    todo,
    troubles,
)
from signing.ceremonies.access import HOSTS, READERS, is_host, own_ceremony
from signing.ceremonies.forms import read_beginning, read_copy, read_key, read_listing, read_why, zone_names
from signing.meetings import queries as meetings

bp = Blueprint("ceremonies", __name__, url_prefix="/ceremonies")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@needs(*READERS)
def list_ceremonies() -> ResponseReturnValue:
    account, wanted = current_account(), read_listing(request.args)
    page = queries.list_page(
        account.organisation_id, number=wanted.page, by_date=wanted.by_date, discarded=wanted.discarded
    )
    removed = queries.find_discarded(account.organisation_id, wanted.removed)
    return render_template(
        "ceremonies/list.html",
        removed=i18n.pick(removed.title) if removed else "",
        rows=[board.row(each, zone=account.timezone) for each in page.ceremonies],
        page=page,
        order="date" if wanted.by_date else "new",
        show="discarded" if wanted.discarded else None,
        discarded=queries.count_discarded(account.organisation_id),
        can_import=is_host(),
    )


@bp.get("/new")
@needs(*HOSTS)
def show_new() -> ResponseReturnValue:
    account = current_account()
    organisation = accounts.get_organisation_name(account.organisation_id)
    return _new_page(plan_form.beginning_values(ids.new("ceremony"), organisation, account.timezone), {})


@bp.post("/new")
@needs(*HOSTS)
def begin() -> ResponseReturnValue:
    typed = request.form.to_dict()
    try:
        ceremony_id = planning.begin_ceremony(
            read_beginning(typed),
            read_key(typed),
            organisation_id=current_account().organisation_id,
            by=current_actor(),
            demo=config.settings().demo,
        )
    except Invalid as invalid:
        return _new_page(typed, by_field(invalid)), invalid.status
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


def _new_page(typed: Mapping[str, str], errors: dict[str, list[str]]) -> str:
    return render_template(
        "ceremonies/facts.html",
        ceremony=None,
        typed=typed,
        errors=errors,
        now=None,
        zones=zone_names(),
        demo=config.settings().demo,
    )


@bp.get("/<ceremony_id>")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    channel = f"ceremony:{ceremony_id}"
    seq = live.find_seq(channel)
    token = tokens.issue_fleeting("live", channel, expires_in=_STREAM_LIFE)
    template = {"draft": "plan", "printing": "printing", "discarded": "discarded"}.get(str(ceremony.state), "board")
    return render_template(
        f"ceremonies/{template}.html",
        **board.page(ceremony),
        axis=axis.axis(ceremony, suggest=template == "plan"),
        todo=todo.group(ceremony, obstacles.list_obstacles(ceremony_id)) if template == "plan" else [],
        links=_links(ceremony_id) if template == "plan" and is_host() else {},
        warnings=board.warnings(ceremony_id) if template == "plan" else [],
        can_host=is_host(),
        mail_set_up=outbox.is_set_up(),
        troubles=troubles.list_troubles(ceremony) if template != "plan" else [],
        wish=board.copy_wish(ceremony),
        meeting=meetings.get_meeting(ceremony_id) if is_host() else None,
        live_url=f"/live/{token}",
        live_seq=seq,
        demo=ceremony.mark,
    )


def _links(ceremony_id: str) -> dict[str, dict[str, Any]]:
    """What a host can draw in the picture of the cascade, held to what is looked at."""
    found = agreements.list_agreements(ceremony_id)
    drawn = plan_form.links(found)
    return {each.id: {**drawn[each.id], "seen": seen.of_agreement(each)} for each in found}


@bp.post("/<ceremony_id>/copy")
@needs(*HOSTS)
def copy_unsigned(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    made = copying.copy_unsigned(ceremony_id, read_copy(request.form), by=current_actor())
    return redirect(url_for(".show", ceremony_id=made), 303)


@bp.post("/<ceremony_id>/cancel")
@needs(*HOSTS)
def cancel(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.cancel(ceremony_id, reason=read_why(request.form), by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)
