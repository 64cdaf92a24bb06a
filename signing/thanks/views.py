"""The host's page of thanks: own words, how each letter reads, who gets one, a test to oneself, one press for all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_account, current_actor, limited, needs
from core import live, tokens
from core.errors import Conflict, Invalid
from core.form_errors import by_field
from signing.ceremonies.access import HOSTS, READERS, is_host, own_ceremony
from signing.ceremonies.queries import CeremonyView
from signing.thanks import board, forms, queries, service

bp = Blueprint("thanks", __name__, url_prefix="/ceremonies/<ceremony_id>/thanks")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    return _page(own_ceremony(ceremony_id))


@bp.post("")
@needs(*HOSTS)
def write(ceremony_id: str) -> ResponseReturnValue:
    ceremony, typed = own_ceremony(ceremony_id), request.form.to_dict()
    thanks = queries.get_thanks(ceremony_id)
    try:
        draft = forms.read_draft(typed)
        if thanks.sent_at is not None:  # the words stay; whether the team is thanked too may still be said
            draft = replace(draft, words=thanks.draft.words)
        service.write(ceremony_id, draft, seen_before=typed.get("seen"), by=current_actor())
    except Invalid as invalid:
        return _page(ceremony, typed=typed, errors=by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _page(ceremony, typed=typed, refusal=refusal), refusal.status
    return redirect(url_for(".show", ceremony_id=ceremony_id, _anchor="letters"), 303)


@bp.post("/test")
@needs(*HOSTS)
@limited("thanks_test", times=20, per=timedelta(minutes=10))
def send_test(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    kind, language = forms.read_letter(request.form)
    try:
        service.send_test(ceremony_id, kind, language, to=current_account(), by=current_actor())
    except Conflict as refusal:
        return _page(ceremony, refusal=refusal), refusal.status
    return redirect(url_for(".show", ceremony_id=ceremony_id, tested="yes", _anchor="letters"), 303)


@bp.post("/send")
@needs(*HOSTS)
@limited("thanks_send", times=30, per=timedelta(minutes=10))
def send(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    try:
        service.send(ceremony_id, seen_before=request.form.get("seen", ""), by=current_actor())
    except Conflict as refusal:
        return _page(ceremony, refusal=refusal), refusal.status
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


def _page(
    ceremony: CeremonyView,
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
    refusal: Conflict | None = None,
) -> str:
    channel = f"ceremony:{ceremony.id}"
    seq = live.find_seq(channel)
    shown: dict[str, Any] = board.page(ceremony)
    words = shown["words"]
    kept = {"words": words.get("zh-CN", ""), "words_en": words.get("en", ""), "team": shown["team"]}
    return render_template(
        "ceremonies/thanks.html",
        typed=typed if typed is not None else kept,
        errors=errors or {},
        refusal=refusal,
        is_tested=request.args.get("tested") == "yes",
        own_address=current_account().email,
        can_host=is_host(),
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=seq,
        **shown,
    )
