"""The host's pages: list, plan, live page."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_account, current_actor, needs
from core import i18n, live, outbox, tokens
from core.errors import Invalid
from core.reader import CURRENCIES
from signing.agreements import queries as agreements
from signing.ceremonies import board, copying, inviting, planning, queries, service, todo, troubles
from signing.ceremonies.access import HOSTS, READERS, is_host, own_ceremony
from signing.ceremonies.forms import read_agreement, read_copy, read_party, read_why, zone_names
from signing.uploads import queries as uploads

bp = Blueprint("ceremonies", __name__, url_prefix="/ceremonies")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@needs(*READERS)
def list_ceremonies() -> ResponseReturnValue:
    found = queries.list_ceremonies(current_account().organisation_id)
    return render_template("ceremonies/list.html", rows=[board.row(each) for each in found], can_import=is_host())


@bp.get("/<ceremony_id>")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    channel = f"ceremony:{ceremony_id}"
    seq = live.find_seq(channel)
    token = tokens.issue_fleeting("live", channel, expires_in=_STREAM_LIFE)
    template = {"draft": "plan", "printing": "printing"}.get(str(ceremony.state), "board")
    return render_template(
        f"ceremonies/{template}.html",
        **board.page(ceremony),
        todo=todo.group(ceremony, planning.list_obstacles(ceremony_id)) if template == "plan" else [],
        can_host=is_host(),
        mail_set_up=outbox.is_set_up(),
        troubles=troubles.list_troubles(ceremony) if template != "plan" else [],
        wish=board.copy_wish(ceremony),
        live_url=f"/live/{token}",
        live_seq=seq,
        demo=ceremony.is_demo,
    )


@bp.get("/<ceremony_id>/parties/<party_key>")
@needs(*HOSTS)
def show_party(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    return _party_page(own_ceremony(ceremony_id), party_key, board.party_values(ceremony_id, party_key), {})


@bp.post("/<ceremony_id>/parties/<party_key>")
@needs(*HOSTS)
def change_party(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    try:
        change = read_party(request.form)
    except Invalid as invalid:
        return _party_page(ceremony, party_key, request.form.to_dict(), _by_field(invalid)), invalid.status
    planning.change_party(ceremony_id, party_key, change, by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


def _party_page(
    ceremony: queries.CeremonyView, party_key: str, typed: dict[str, str], errors: dict[str, list[str]]
) -> str:
    party = ceremony.party(party_key)
    return render_template(
        "ceremonies/party.html",
        ceremony=ceremony,
        party=party,
        typed=typed,
        errors=errors,
        zones=zone_names(),
        demo=ceremony.is_demo,
    )


def _by_field(invalid: Invalid) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for each in invalid.problems:
        errors.setdefault(each.path.removeprefix("$."), []).append(i18n.t(each.message_id, **each.params))
    return errors


@bp.get("/<ceremony_id>/agreements/<agreement_id>")
@needs(*HOSTS)
def show_agreement(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    return _agreement_page(own_ceremony(ceremony_id), agreement_id, None, {})


@bp.post("/<ceremony_id>/agreements/<agreement_id>")
@needs(*HOSTS)
def change_agreement(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    try:
        planning.change_agreement(ceremony_id, agreement_id, read_agreement(request.form), by=current_actor())
    except Invalid as invalid:
        return _agreement_page(ceremony, agreement_id, request.form.to_dict(), _by_field(invalid)), invalid.status
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


def _agreement_page(
    ceremony: queries.CeremonyView, agreement_id: str, typed: dict[str, str] | None, errors: dict[str, list[str]]
) -> str:
    agreement = agreements.get_agreement(agreement_id, ceremony_id=ceremony.id)
    return render_template(
        "ceremonies/agreement.html",
        ceremony=ceremony,
        agreement=agreement,
        typed=board.agreement_values(agreement) if typed is None else typed,
        own_paper=uploads.find_upload(agreement_id),
        errors=errors,
        currencies=[(code, code) for code in CURRENCIES],
        demo=ceremony.is_demo,
    )


@bp.post("/<ceremony_id>/invite")
@needs(*HOSTS)
def invite(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    inviting.print_and_invite(ceremony_id, by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


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
