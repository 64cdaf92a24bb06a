"""The host's page of drills: cut a line for practice, see who is away and who came back, end it early."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_account, current_actor, needs
from core import i18n, live, tokens
from core.errors import Conflict, TooMany
from signing.ceremonies.access import HOSTS, READERS, is_host, own_ceremony
from signing.ceremonies.queries import CeremonyView
from signing.drills import board, forms, service

bp = Blueprint("drills", __name__, url_prefix="/ceremonies/<ceremony_id>/drills")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    if not ceremony.is_rehearsal:
        return redirect(url_for("rehearsals.show", ceremony_id=ceremony_id), 303)
    return _page(ceremony)


@bp.post("")
@needs(*HOSTS)
def begin(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    aim, seconds = forms.read_begin(request.form, account_id=current_account().id)
    try:
        service.begin(ceremony_id, aim, seconds=seconds, by=current_actor())
    except (Conflict, TooMany) as refusal:
        if not ceremony.is_rehearsal:
            raise
        return _page(ceremony, refusal), refusal.status
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


@bp.post("/<drill_id>/end")
@needs(*HOSTS)
def end(ceremony_id: str, drill_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.end(ceremony_id, drill_id, by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


def _page(ceremony: CeremonyView, refusal: Conflict | TooMany | None = None) -> str:
    channel = f"ceremony:{ceremony.id}"
    seq = live.find_seq(channel)
    return render_template(
        "drills/drills.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        board=board.page(ceremony, account_id=current_account().id),
        can_host=is_host(),
        can_begin=is_host() and ceremony.invited_at is not None and not ceremony.is_over,
        refusal=refusal,
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=seq,
        demo=ceremony.mark,
    )
