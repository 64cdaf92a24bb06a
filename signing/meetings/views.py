"""The host's page of a meeting link."""

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
from signing.ceremonies.access import HOSTS, own_ceremony
from signing.ceremonies.queries import CeremonyView
from signing.meetings import forms, queries, service, tools

bp = Blueprint("meetings", __name__, url_prefix="/ceremonies/<ceremony_id>/meeting")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@needs(*HOSTS)
def show(ceremony_id: str) -> ResponseReturnValue:
    return _page(own_ceremony(ceremony_id))


@bp.post("")
@needs(*HOSTS)
def paste(ceremony_id: str) -> ResponseReturnValue:
    ceremony, typed = own_ceremony(ceremony_id), request.form.to_dict()
    try:
        way, tool = forms.read_link(typed)
    except Invalid as invalid:
        return _page(ceremony, typed, by_field(invalid)), invalid.status
    seq = forms.read_seq(typed)
    return _done(ceremony, lambda: service.paste(ceremony_id, way, tool=tool, looked_at=seq, by=current_actor()), typed)


@bp.post("/make")
@needs(*HOSTS)
def make(ceremony_id: str) -> ResponseReturnValue:
    ceremony, tool, seq = own_ceremony(ceremony_id), forms.read_tool(request.form), forms.read_seq(request.form)
    return _done(ceremony, lambda: service.ask_for(ceremony_id, tool, looked_at=seq, by=current_actor()))


@bp.post("/remove")
@needs(*HOSTS)
def remove(ceremony_id: str) -> ResponseReturnValue:
    ceremony, seq = own_ceremony(ceremony_id), forms.read_seq(request.form)
    return _done(ceremony, lambda: service.remove(ceremony_id, looked_at=seq, by=current_actor()))


@bp.post("/send")
@needs(*HOSTS)
def send(ceremony_id: str) -> ResponseReturnValue:
    ceremony, seq = own_ceremony(ceremony_id), forms.read_seq(request.form)
    return _done(ceremony, lambda: service.send(ceremony_id, looked_at=seq, by=current_actor()))


def _done(
    ceremony: CeremonyView, act: Callable[[], None], typed: Mapping[str, Any] | None = None
) -> ResponseReturnValue:
    """Do an act and lead back to the page, or show it as it is now with why it was not done."""
    try:
        act()
    except Conflict as refusal:
        return _page(ceremony, typed, refusal=refusal), refusal.status
    return redirect(url_for(".show", ceremony_id=ceremony.id), 303)


def _page(
    ceremony: CeremonyView,
    typed: Mapping[str, Any] | None = None,
    errors: Mapping[str, list[str]] | None = None,
    refusal: Conflict | None = None,
) -> str:
    channel = f"ceremony:{ceremony.id}"
    seq = live.find_seq(channel)
    meeting = queries.get_meeting(ceremony.id)
    invited = ceremony.invited_at
    return render_template(
        "meetings/meeting.html",
        ceremony=ceremony,
        title=i18n.pick(ceremony.title),
        when=i18n.format_named(ceremony.starts_at, ceremony.host_timezone),
        meeting=meeting,
        made_for=i18n.format_named(meeting.starts_at, ceremony.host_timezone) if meeting.starts_at else "",
        is_other_time=meeting.link is not None and meeting.is_made and meeting.starts_at != ceremony.starts_at,
        was_in_invitation=bool(invited and meeting.changed_at and meeting.changed_at <= invited),
        tools=[str(each) for each in tools.list_ready()],
        typed=typed or {},
        errors=errors or {},
        refusal=refusal,
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=seq,
        demo=ceremony.mark,
    )
