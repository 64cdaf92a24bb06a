"""The host's pages of witnesses: who looks on, the link of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from accounts.access import current_actor, limited, needs
from core import config, i18n, live, tokens
from core.errors import Conflict, Invalid
from core.form_errors import by_field
from signing.ceremonies.access import HOSTS, READERS, is_host, own_ceremony
from signing.ceremonies.queries import CeremonyView
from signing.witnesses import forms, queries, service
from signing.witnesses.queries import LINK

bp = Blueprint("witnesses", __name__, url_prefix="/ceremonies/<ceremony_id>/witnesses")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    return _page(own_ceremony(ceremony_id), {}, {})


@bp.post("")
@needs(*HOSTS)
@limited("witness", times=30, per=timedelta(minutes=10))
def add(ceremony_id: str) -> ResponseReturnValue:
    ceremony, typed = own_ceremony(ceremony_id), request.form.to_dict()
    try:
        made = service.name_witness(ceremony_id, forms.read_witness(typed), by=current_actor())
    except Invalid as invalid:
        return _page(ceremony, typed, by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _page(ceremony, typed, {}, refusal), refusal.status
    return redirect(url_for(".show_link", ceremony_id=ceremony_id, witness_id=made), 303)


@bp.get("/<witness_id>")
@needs(*HOSTS)
def show_link(ceremony_id: str, witness_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    witness = queries.get_witness(witness_id, ceremony_id=ceremony_id)
    return render_template(
        "witnesses/link.html",
        ceremony=ceremony,
        witness=witness,
        link=_link(witness, ceremony.host_timezone) if witness.is_named else None,
        demo=ceremony.mark,
    )


@bp.post("/<witness_id>/take-back")
@needs(*HOSTS)
def take_back(ceremony_id: str, witness_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.take_back(ceremony_id, witness_id, by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


def _page(
    ceremony: CeremonyView, typed: Mapping[str, str], errors: dict[str, list[str]], refusal: Conflict | None = None
) -> str:
    channel = f"ceremony:{ceremony.id}"
    seq = live.find_seq(channel)
    return render_template(
        "witnesses/show.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        rows=[_row(each, ceremony.host_timezone) for each in queries.list_witnesses(ceremony.id)],
        typed=typed,
        errors=errors,
        refusal=refusal,
        can_host=is_host(),
        can_add=is_host() and not ceremony.is_over,
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=seq,
        demo=ceremony.mark,
    )


def _row(witness: queries.WitnessView, zone: str) -> dict[str, str]:
    state = "taken_back" if not witness.is_named else "here" if witness.declared_at else "named"
    at = witness.taken_back_at or witness.declared_at
    return {
        "id": witness.id,
        "name": witness.name,
        "organisation": witness.organisation,
        "email": witness.email,
        "state": state,
        "at": i18n.format_datetime(at, zone) if at else "",
    }


def _link(witness: queries.WitnessView, zone: str) -> dict[str, object] | None:
    token = tokens.find_newest(LINK, witness.id)
    if token is None:
        return None
    url = f"{config.settings().base_url}/witness/open/{token}"
    drawn = segno.make_qr(url, error="l").svg_inline(border=4, omitsize=True, light="#fff")
    until = i18n.format_named(tokens.decode(token, LINK).expires_at, zone)
    return {"url": url, "qr": Markup(drawn), "until": until}  # noqa: S704  drawn by segno from our own address
