"""The host's pages of a cue sheet: plan it, lead by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, needs
from core import i18n, live, tokens
from core.errors import Conflict, Invalid
from core.form_errors import by_field
from signing.ceremonies.access import HOSTS, READERS, is_host, own_ceremony
from signing.ceremonies.queries import CeremonyView
from signing.cues import board, forms, leading, queries, service, tick_page_queries, tick_queries, tick_service
from signing.cues.tick_service import HOST, TickAct
from signing.ink import queries as ink

bp = Blueprint("cues", __name__, url_prefix="/ceremonies/<ceremony_id>/cues")
_STREAM_LIFE = timedelta(hours=12)
_ASKED = frozenset({"cue_early", "cue_ticks_anew", "cue_unsigned", "cue_unticked"})  # done when it is said once more


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    return _page(own_ceremony(ceremony_id))


@bp.post("")
@needs(*HOSTS)
def make(ceremony_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.make_sheet(ceremony_id, by=current_actor())
    return _to_sheet(ceremony_id)


@bp.post("/remove")
@needs(*HOSTS)
def remove(ceremony_id: str) -> ResponseReturnValue:
    ceremony, seq = own_ceremony(ceremony_id), forms.read_seq(request.form)
    return _done(ceremony, lambda: service.remove_sheet(ceremony_id, looked_at=seq, by=current_actor()))


@bp.post("/put-right")
@needs(*HOSTS)
def put_right(ceremony_id: str) -> ResponseReturnValue:
    ceremony, seq = own_ceremony(ceremony_id), forms.read_seq(request.form)
    return _done(ceremony, lambda: service.put_right(ceremony_id, looked_at=seq, by=current_actor()))


@bp.post("/words")
@needs(*HOSTS)
def propose_words(ceremony_id: str) -> ResponseReturnValue:
    ceremony, seq = own_ceremony(ceremony_id), forms.read_seq(request.form)
    return _done(ceremony, lambda: service.propose_words(ceremony_id, looked_at=seq, by=current_actor()))


@bp.post("/lead/<verb>")
@needs(*HOSTS)
def lead(ceremony_id: str, verb: str) -> ResponseReturnValue:
    ceremony, act = own_ceremony(ceremony_id), forms.read_act(verb, request.form)
    return _done(ceremony, lambda: leading.lead(ceremony_id, act, by=current_actor()), verb)


@bp.post("/ticks")
@needs(*HOSTS)
def tick(ceremony_id: str) -> ResponseReturnValue:
    ceremony, act = own_ceremony(ceremony_id), TickAct.read(request.form)
    return _done(ceremony, lambda: tick_service.tick(ceremony_id, act, ticker=HOST, by=current_actor()))


@bp.get("/new")
@needs(*HOSTS)
def show_new(ceremony_id: str) -> ResponseReturnValue:
    ceremony, sheet = own_ceremony(ceremony_id), queries.get_sheet(ceremony_id)
    typed = {"seq": sheet.seq, "after": forms.read_place(request.args), "kind": "speech", "minutes": "2"}
    return _form(ceremony, None, typed)


@bp.post("/new")
@needs(*HOSTS)
def add(ceremony_id: str) -> ResponseReturnValue:
    ceremony, typed = own_ceremony(ceremony_id), _typed()
    after, seq = forms.read_place(typed), forms.read_seq(typed)

    def save() -> str:
        plan = forms.read_cue(typed, parties=_keys(ceremony))
        return service.add_cue(ceremony_id, plan, after=after, looked_at=seq, by=current_actor())

    return _saved(ceremony, None, typed, save)


@bp.get("/<cue_id>")
@needs(*HOSTS)
def show_cue(ceremony_id: str, cue_id: str) -> ResponseReturnValue:
    ceremony, sheet = own_ceremony(ceremony_id), queries.get_sheet(ceremony_id)
    return _form(ceremony, cue_id, {**board.cue_values(sheet.cue(cue_id)), "seq": sheet.seq})


@bp.post("/<cue_id>")
@needs(*HOSTS)
def change(ceremony_id: str, cue_id: str) -> ResponseReturnValue:
    ceremony, typed = own_ceremony(ceremony_id), _typed()

    def save() -> str:
        plan = forms.read_cue(typed, parties=_keys(ceremony))
        service.change_cue(ceremony_id, cue_id, plan, looked_at=forms.read_seq(typed), by=current_actor())
        return cue_id

    return _saved(ceremony, cue_id, typed, save)


@bp.post("/<cue_id>/move")
@needs(*HOSTS)
def move(ceremony_id: str, cue_id: str) -> ResponseReturnValue:
    ceremony, after, seq = own_ceremony(ceremony_id), forms.read_place(request.form), forms.read_seq(request.form)
    return _done(
        ceremony, lambda: service.move_cue(ceremony_id, cue_id, after=after, looked_at=seq, by=current_actor())
    )


@bp.post("/<cue_id>/remove")
@needs(*HOSTS)
def remove_cue(ceremony_id: str, cue_id: str) -> ResponseReturnValue:
    ceremony, seq = own_ceremony(ceremony_id), forms.read_seq(request.form)
    return _done(ceremony, lambda: service.remove_cue(ceremony_id, cue_id, looked_at=seq, by=current_actor()))


def _done(ceremony: CeremonyView, act: Callable[[], None], verb: str = "") -> ResponseReturnValue:
    """Do an act and lead back to the sheet, or show the sheet as it is with why it was not done."""
    try:
        act()
    except Conflict as refusal:
        return _page(ceremony, refusal, verb), refusal.status
    return _to_sheet(ceremony.id)


def _typed() -> dict[str, Any]:
    return {**request.form.to_dict(), "agreements": request.form.getlist("agreements")}


def _keys(ceremony: CeremonyView) -> list[str]:
    return [party.key for party in ceremony.parties]


def _saved(
    ceremony: CeremonyView, cue_id: str | None, typed: dict[str, Any], save: Callable[[], str]
) -> ResponseReturnValue:
    """Save what a cue's form sent and lead back to its row, or show the form again with what was typed and why not."""
    try:
        saved = save()
    except Invalid as invalid:
        return _form(ceremony, cue_id, typed, by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _form(ceremony, cue_id, typed, refusal=refusal), refusal.status
    return _to_sheet(ceremony.id, saved)


def _to_sheet(ceremony_id: str, cue_id: str | None = None) -> ResponseReturnValue:
    """`cue_id`: the row where who came by keyboard goes on."""
    return redirect(url_for(".show", ceremony_id=ceremony_id, _anchor=cue_id), 303)


def _page(ceremony: CeremonyView, refusal: Conflict | None = None, verb: str = "") -> str:
    """`refusal`: why the act `verb` was not done."""
    channel = f"ceremony:{ceremony.id}"
    seq = live.find_seq(channel)
    sheet = queries.find_sheet(ceremony.id)
    return render_template(
        "cues/sheet.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        zone=i18n.zone_name(ceremony.host_timezone),
        when=i18n.format_day(ceremony.starts_at, ceremony.host_timezone),
        board=board.page(ceremony, sheet) if sheet else None,
        ticks=tick_page_queries.page(ceremony, tick_queries.find_live(ceremony.id)),
        rehearsed=board.rehearsed(ceremony),
        refusal=refusal,
        anyway=verb if refusal is not None and refusal.code in _ASKED else "",
        can_host=is_host(),
        can_lead=is_host() and ceremony.can_be_led,
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=seq,
        ink=ink.panel(ceremony.id),
        demo=ceremony.mark,
    )


def _form(
    ceremony: CeremonyView,
    cue_id: str | None,
    typed: Mapping[str, Any],
    errors: dict[str, list[str]] | None = None,
    refusal: Conflict | None = None,
) -> str:
    sheet = queries.get_sheet(ceremony.id)
    return render_template(
        "cues/cue.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        cue_id=cue_id,
        # Who reads what is refused sees the newest sheet beside it: saved again, it is held to that.
        typed={**typed, "seq": sheet.seq},
        errors=errors or {},
        refusal=refusal,
        **board.choices(ceremony),
        demo=ceremony.mark,
    )
