"""The host's forms of a draft: the ceremony itself, a party, an agreement; adding and removing these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, needs
from core import i18n, ids
from core.errors import Conflict, Invalid
from core.form_errors import by_field
from core.i18n import t
from core.reader import CURRENCIES
from signing.agreements import queries as agreements
from signing.ceremonies import arranging, editing, plan_form, plan_now, queries, seen
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.forms import read_agreement, read_ceremony, read_key, read_party, zone_names
from signing.ceremonies.plan_now import Rows
from signing.ceremonies.seen import PlanChanged
from signing.uploads import queries as uploads

bp = Blueprint("plan", __name__, url_prefix="/ceremonies/<ceremony_id>")
_CURRENCIES = [(code, code) for code in CURRENCIES]


@bp.get("/plan")
@needs(*HOSTS)
def show_ceremony(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    suggested = plan_form.suggested_start(request.args)
    typed = {**plan_form.ceremony_values(ceremony), "seen": seen.of_ceremony(ceremony), **suggested}
    return _ceremony_page(ceremony, typed, {}, suggested=bool(suggested))


@bp.post("/plan")
@needs(*HOSTS)
def change_ceremony(ceremony_id: str) -> ResponseReturnValue:
    ceremony, typed = own_ceremony(ceremony_id), _typed()
    try:
        editing.change_ceremony(ceremony_id, read_ceremony(typed), by=current_actor(), looked_at=typed["seen"])
    except Invalid as invalid:
        return _ceremony_page(ceremony, typed, by_field(invalid)), invalid.status
    except PlanChanged as refusal:
        ceremony = own_ceremony(ceremony_id)
        rows = plan_now.ceremony_rows(ceremony, typed)
        return _ceremony_page(ceremony, {**typed, "seen": seen.of_ceremony(ceremony)}, {}, rows), refusal.status
    return _to_plan(ceremony_id)


def _typed() -> dict[str, Any]:
    """What was sent; a page always says what it was made from."""
    return {"seen": "", **request.form.to_dict()}


def _ceremony_page(
    ceremony: queries.CeremonyView,
    typed: Mapping[str, Any],
    errors: dict[str, list[str]],
    now: Rows | None = None,
    *,
    suggested: bool = False,
) -> str:
    return render_template(
        "ceremonies/facts.html",
        ceremony=ceremony,
        suggested=suggested,
        typed=typed,
        errors=errors,
        now=now,
        time_policies=plan_form.time_policies() if plan_form.asks_time_policy(ceremony, errors) else None,
        zones=zone_names(),
        zone=i18n.zone_name(ceremony.host_timezone),
        place=i18n.pick(ceremony.host.place),
        currencies=_CURRENCIES,
        demo=ceremony.mark,
    )


# Not below /parties and /agreements: "new" is a key that a party may have.
@bp.get("/new-party")
@needs(*HOSTS)
def show_new_party(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    return _party_page(ceremony, None, plan_form.new_party_values(ceremony, ids.new("party")), {})


@bp.post("/parties")
@needs(*HOSTS)
def add_party(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    try:
        editing.add_party(ceremony_id, read_key(request.form), read_party(request.form), by=current_actor())
    except Invalid as invalid:
        return _party_page(ceremony, None, request.form.to_dict(), by_field(invalid)), invalid.status
    return _to_plan(ceremony_id)


@bp.get("/parties/<party_key>")
@needs(*HOSTS)
def show_party(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    typed = {**plan_form.party_values(ceremony, party_key), "seen": seen.of_party(ceremony, party_key)}
    return _party_page(ceremony, ceremony.party(party_key), typed, {})


@bp.post("/parties/<party_key>")
@needs(*HOSTS)
def change_party(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    ceremony, typed = own_ceremony(ceremony_id), _typed()
    party = ceremony.party(party_key)
    try:
        editing.change_party(ceremony_id, party_key, read_party(typed), by=current_actor(), looked_at=typed["seen"])
    except Invalid as invalid:
        return _party_page(ceremony, party, typed, by_field(invalid)), invalid.status
    except PlanChanged as refusal:
        ceremony = own_ceremony(ceremony_id)
        party, rows = ceremony.party(party_key), plan_now.party_rows(ceremony, party_key, typed)
        typed["seen"] = seen.of_party(ceremony, party_key)
        return _party_page(ceremony, party, typed, {}, rows), refusal.status
    return _to_plan(ceremony_id)


def _party_page(
    ceremony: queries.CeremonyView,
    party: queries.PartyView | None,
    typed: Mapping[str, Any],
    errors: dict[str, list[str]],
    now: Rows | None = None,
) -> str:
    return render_template(
        "ceremonies/party.html",
        ceremony=ceremony,
        party=party,
        now=now,
        hosts=party is not None and party.key == ceremony.host.key,
        typed=typed,
        errors=errors,
        zones=zone_names(),
        demo=ceremony.mark,
    )


@bp.get("/parties/<party_key>/remove")
@needs(*HOSTS)
def show_party_removal(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    who = i18n.pick(ceremony.party(party_key).organisation)
    try:
        editing.check_removable(ceremony, party_key)
    except Conflict as refusal:
        named = plan_form.list_named(ceremony_id, party_key, needed=True) if refusal.code == "party_needed" else []
        return _removal_page(ceremony, who, named=named, refusal=refusal)
    return _removal_page(
        ceremony,
        who,
        named=plan_form.list_named(ceremony_id, party_key, needed=False),
        action=url_for(".remove_party", ceremony_id=ceremony_id, party_key=party_key),
    )


@bp.post("/parties/<party_key>/remove")
@needs(*HOSTS)
def remove_party(ceremony_id: str, party_key: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    editing.remove_party(ceremony_id, party_key, by=current_actor())
    return _to_plan(ceremony_id)


@bp.get("/new-agreement")
@needs(*HOSTS)
def show_new_agreement(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    return _agreement_page(ceremony, None, plan_form.new_agreement_values(ceremony, ids.new("agreement")), {})


@bp.post("/agreements")
@needs(*HOSTS)
def add_agreement(ceremony_id: str) -> ResponseReturnValue:
    ceremony, typed = own_ceremony(ceremony_id), _typed_agreement()
    try:
        arranging.add_agreement(ceremony_id, read_key(typed), read_agreement(typed), by=current_actor())
    except Invalid as invalid:
        return _agreement_page(ceremony, None, typed, by_field(invalid)), invalid.status
    return _to_plan(ceremony_id)


@bp.get("/agreements/<agreement_id>")
@needs(*HOSTS)
def show_agreement(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    agreement = agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    typed = {**plan_form.agreement_values(agreement), "seen": seen.of_agreement(agreement)}
    return _agreement_page(ceremony, agreement, typed, {})


@bp.post("/agreements/<agreement_id>")
@needs(*HOSTS)
def change_agreement(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    ceremony, typed = own_ceremony(ceremony_id), _typed_agreement()
    agreement = agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    typed["between"] = plan_form.in_order(typed["between"], plan_form.agreement_values(agreement)["between"])
    try:
        arranging.change_agreement(
            ceremony_id, agreement_id, read_agreement(typed), by=current_actor(), looked_at=typed["seen"]
        )
    except Invalid as invalid:
        return _agreement_page(ceremony, agreement, typed, by_field(invalid)), invalid.status
    except PlanChanged as refusal:
        ceremony = own_ceremony(ceremony_id)
        agreement = agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
        rows = plan_now.agreement_rows(ceremony, agreement, typed)
        typed["seen"] = seen.of_agreement(agreement)
        return _agreement_page(ceremony, agreement, typed, {}, rows), refusal.status
    return _to_plan(ceremony_id)


def _typed_agreement() -> dict[str, Any]:
    lists = {name: request.form.getlist(name) for name in ("between", "after")}
    return {**_typed(), **lists}


def _agreement_page(
    ceremony: queries.CeremonyView,
    agreement: agreements.AgreementView | None,
    typed: Mapping[str, Any],
    errors: dict[str, list[str]],
    now: Rows | None = None,
) -> str:
    return render_template(
        "ceremonies/agreement.html",
        now=now,
        ceremony=ceremony,
        agreement=agreement,
        typed=typed,
        parties=plan_form.party_choices(ceremony),
        others=plan_form.agreement_choices(ceremony.id, but=agreement.id if agreement else ""),
        own_paper=uploads.find_upload(agreement.id) if agreement else None,
        arrival=uploads.find_arrival(agreement.id) if agreement else None,
        errors=errors,
        currencies=_CURRENCIES,
        demo=ceremony.mark,
    )


@bp.get("/agreements/<agreement_id>/remove")
@needs(*HOSTS)
def show_agreement_removal(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    agreement = agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    title = i18n.pick(agreement.title)
    try:
        arranging.check_not_last(agreements.list_agreements(ceremony_id))
    except Conflict as refusal:
        return _removal_page(ceremony, title, refusal=refusal)
    return _removal_page(
        ceremony,
        title,
        consequences=plan_form.consequences_of_removal(agreement),
        action=url_for(".remove_agreement", ceremony_id=ceremony_id, agreement_id=agreement_id),
    )


@bp.post("/agreements/<agreement_id>/remove")
@needs(*HOSTS)
def remove_agreement(ceremony_id: str, agreement_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
    arranging.remove_agreement(ceremony_id, agreement_id, by=current_actor())
    return _to_plan(ceremony_id)


def _removal_page(
    ceremony: queries.CeremonyView,
    what: str,
    *,
    named: list[tuple[str, str]] | None = None,
    consequences: list[str] | None = None,
    action: str = "",
    refusal: Conflict | None = None,
) -> str:
    return render_template(
        "ceremonies/remove.html",
        ceremony=ceremony,
        what=what,
        named=named or [],
        consequences=consequences or [],
        action=action,
        why_not=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
        demo=ceremony.mark,
    )


def _to_plan(ceremony_id: str) -> ResponseReturnValue:
    return redirect(url_for("ceremonies.show", ceremony_id=ceremony_id), 303)
