"""The host's pages of captions: interpreters' links, and which language the stage shows."""

from __future__ import annotations

from datetime import timedelta

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from accounts.access import current_actor, limited, needs
from core import config, i18n, live, tokens
from core.errors import Conflict, Invalid
from core.form_errors import by_field
from signing.captions import forms, queries, service
from signing.captions.queries import LINK, LinkView
from signing.ceremonies.access import HOSTS, READERS, is_host, own_ceremony
from signing.ceremonies.queries import CeremonyView

bp = Blueprint("captions", __name__, url_prefix="/ceremonies/<ceremony_id>/captions")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@needs(*READERS)
def show(ceremony_id: str) -> ResponseReturnValue:
    return _page(own_ceremony(ceremony_id))


@bp.post("")
@needs(*HOSTS)
@limited("interpreter", times=30, per=timedelta(minutes=10))
def add(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    try:
        made = service.make_link(ceremony_id, forms.read_language(request.form), by=current_actor())
    except Invalid as invalid:
        return _page(ceremony, errors=by_field(invalid)), invalid.status
    except Conflict as refusal:
        return _page(ceremony, refusal=refusal), refusal.status
    return redirect(url_for(".show_link", ceremony_id=ceremony_id, interpreter_id=made), 303)


@bp.post("/stage")
@needs(*HOSTS)
def choose_stage(ceremony_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    try:
        language = forms.read_language(request.form, may_be_none=True)
        service.choose_stage(ceremony_id, language, by=current_actor())
    except Conflict as refusal:
        return _page(ceremony, refusal=refusal), refusal.status
    return redirect(url_for(".show", ceremony_id=ceremony_id, _anchor="stage"), 303)


@bp.get("/<interpreter_id>")
@needs(*HOSTS)
def show_link(ceremony_id: str, interpreter_id: str) -> ResponseReturnValue:
    ceremony = own_ceremony(ceremony_id)
    link = queries.get_link(interpreter_id, ceremony_id=ceremony_id)
    return render_template(
        "captions/link.html",
        ceremony=ceremony,
        interpreter=link,
        language=_named(link.language),
        link=_link(link, ceremony.host_timezone) if link.holds else None,
        demo=ceremony.mark,
    )


@bp.post("/<interpreter_id>/take-back")
@needs(*HOSTS)
def take_back(ceremony_id: str, interpreter_id: str) -> ResponseReturnValue:
    own_ceremony(ceremony_id)
    service.take_back(ceremony_id, interpreter_id, by=current_actor())
    return redirect(url_for(".show", ceremony_id=ceremony_id), 303)


def _page(ceremony: CeremonyView, errors: dict[str, list[str]] | None = None, refusal: Conflict | None = None) -> str:
    channel = f"ceremony:{ceremony.id}"
    seq = live.find_seq(channel)
    settings = queries.settings(ceremony.id)
    return render_template(
        "captions/show.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        rows=[_row(each, ceremony.host_timezone) for each in queries.list_links(ceremony.id)],
        languages=[(code, _named(code)) for code in queries.LANGUAGES],
        stage=settings["stage"],
        on_stage=[(each["code"], _named(each["code"])) for each in settings["languages"]],
        errors=errors or {},
        refusal=refusal,
        can_host=is_host(),
        can_add=is_host() and not service.is_over(ceremony),
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=seq,
        demo=ceremony.mark,
    )


def _named(code: str) -> str:
    """A language in the reader's words, and as those call it who read it."""
    told, own = i18n.t(f"captions-language-{code}"), queries.LANGUAGES[code]
    return told if told == own else f"{told} · {own}"


def _row(link: LinkView, zone: str) -> dict[str, object]:
    return {
        "id": link.id,
        "language": _named(link.language),
        "holds": link.holds,
        "said": link.said,
        "at": i18n.format_datetime(link.taken_back_at or link.last_at or link.created_at, zone),
    }


def _link(link: LinkView, zone: str) -> dict[str, object] | None:
    token = tokens.find_newest(LINK, link.id)
    if token is None:
        return None
    url = f"{config.settings().base_url}/interpreter/open/{token}"
    drawn = segno.make_qr(url, error="l").svg_inline(border=4, omitsize=True, light="#fff")
    until = i18n.format_named(tokens.decode(token, LINK).expires_at, zone)
    return {"url": url, "qr": Markup(drawn), "until": until}  # noqa: S704  drawn by segno from our own address
