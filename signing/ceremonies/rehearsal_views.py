"""The host's pages of rehearsals: those of a ceremony, a new one, and how one is invited to and done with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, needs
from core import clock, i18n, ids
from core.errors import Invalid
from core.form_errors import by_field
from signing.ceremonies import board, queries, rehearsal_times, rehearsal_words, rehearsing
from signing.ceremonies.access import HOSTS, READERS, is_host, own_ceremony
from signing.ceremonies.forms import read_copy, read_key, read_seq
from signing.drills import queries as drill_queries
from signing.drills import service as drills

bp = Blueprint("rehearsals", __name__, url_prefix="/ceremonies/<ceremony_id>/rehearsals")
_SOON = timedelta(minutes=15)
_LONGEST_ID = 60


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    if ceremony.rehearsal_of:
        return redirect(url_for(".show", ceremony_id=ceremony.rehearsal_of), 303)
    return _page(ceremony, _soon(ceremony), {})


@bp.post("")
@needs(*HOSTS)
def make(ceremony_id: str) -> ResponseReturnValue:
    ceremony, typed = own_ceremony(ceremony_id), request.form.to_dict()
    try:
        made = rehearsing.rehearse(ceremony_id, read_copy(typed), read_key(typed), by=current_actor())
    except Invalid as invalid:
        return _page(ceremony, typed, by_field(invalid)), invalid.status
    return redirect(url_for("ceremonies.show", ceremony_id=made), 303)


@bp.post("/invitations")
@needs(*HOSTS)
def choose_invitations(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    rehearsing.choose_invitations(ceremony_id, by_mail=request.form.get("by") == "mail", by=current_actor())
    return redirect(url_for("invite.ask", ceremony_id=ceremony_id), 303)


@bp.post("/discard")
@needs(*HOSTS)
def discard(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    of = rehearsing.discard(ceremony_id, by=current_actor())
    return redirect(url_for(".show", ceremony_id=of), 303)


# The rehearsal's own page: it stands under its own id.
result_bp = Blueprint("rehearsal", __name__, url_prefix="/ceremonies/<ceremony_id>/rehearsal")


@result_bp.get("")
@needs(*READERS)
def show_result(ceremony_id: str) -> ResponseReturnValue:
    rehearsal = own_ceremony(ceremony_id)
    if rehearsal.rehearsal_of is None:
        return redirect(url_for("rehearsals.show", ceremony_id=ceremony_id), 303)
    real, result = queries.get_ceremony(rehearsal.rehearsal_of), rehearsal_times.read(ceremony_id)
    return render_template(
        "ceremonies/rehearsal.html",
        ceremony=rehearsal,
        real=real,
        title=i18n.pick(real.title),
        when=i18n.format_datetime(rehearsal.starts_at, rehearsal.host_timezone),
        result=result,
        rows=[rehearsal_words.row(each, rehearsal) for each in result.cues],
        planned=rehearsal_words.length(result.planned),
        took=rehearsal_words.length(result.took),
        has_times=any(each.took is not None for each in result.cues),
        drills=drills.show_drills(rehearsal),
        signed_once=drill_queries.has_each_signature_once(ceremony_id),
        can_host=is_host(),
        demo=rehearsal.mark,
    )


@result_bp.post("/take-over")
@needs(*HOSTS)
def take_over(ceremony_id: str) -> ResponseReturnValue:
    rehearsal = own_ceremony(ceremony_id)
    rehearsal_times.take_over(
        ceremony_id,
        cue_id=request.form.get("cue", "")[:_LONGEST_ID],
        looked_at=read_seq(request.form),
        by=current_actor(),
    )
    return redirect(url_for("cues.show", ceremony_id=rehearsal.rehearsal_of), 303)


def _page(ceremony: queries.CeremonyView, typed: dict[str, str], errors: dict[str, list[str]]) -> str:
    return render_template(
        "ceremonies/rehearsals.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        zone=i18n.zone_name(ceremony.host_timezone),
        rows=[board.row(each, zone=ceremony.host_timezone) for each in queries.list_rehearsals(ceremony.id)],
        can_make=is_host() and rehearsing.may_rehearse(ceremony),
        can_host=is_host(),
        typed=typed,
        errors=errors,
        demo=ceremony.mark,
    )


def _soon(ceremony: queries.CeremonyView) -> dict[str, Any]:
    """What first stands in the form: in a quarter of an hour, in the host's zone."""
    at = (clock.now() + _SOON).astimezone(ZoneInfo(ceremony.host_timezone))
    return {"date": at.date().isoformat(), "time": f"{at:%H:%M}", "key": ids.new("rehearsal")}
