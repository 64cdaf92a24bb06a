"""A witness's own page, by link and nothing else: what is live, the parties, their codes, ticks on the right cue."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import limited, network_address, public
from core import i18n, live, tokens
from core.errors import Conflict
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.queries import CeremonyView
from signing.cues import queries as cues
from signing.cues import tick_page_queries, tick_queries, tick_service
from signing.cues.queries import SheetView
from signing.cues.tick_service import TickAct
from signing.witnesses import queries, service
from signing.witnesses.access import witness_links, witness_only

bp = Blueprint("witness", __name__, url_prefix="/witness")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("/open/<token>")
@public("a witness's link is all that one has; the token in it is checked")
def open_link(token: str) -> ResponseReturnValue:
    return redirect(url_for(".show", witness_id=witness_links.open(token)), 303)


@bp.get("/<witness_id>")
@witness_only
def show(witness_id: str) -> ResponseReturnValue:
    return _page(witness_id)


@bp.post("/<witness_id>/declare")
@witness_only
def declare(witness_id: str) -> ResponseReturnValue:
    service.declare(witness_id, address=network_address())
    return redirect(url_for(".show", witness_id=witness_id), 303)


@bp.post("/<witness_id>/ticks")
@witness_only
@limited("witness_tick", times=240, per=timedelta(minutes=10))
def tick(witness_id: str) -> ResponseReturnValue:
    witness, act = queries.get_witness(witness_id), TickAct.read(request.form)
    try:
        by = service.actor(witness_id, network_address())
        tick_service.tick(witness.ceremony_id, act, ticker=witness_id, by=by)
    except Conflict as refusal:
        return _page(witness_id, refusal), refusal.status
    return redirect(url_for(".show", witness_id=witness_id), 303)


def _page(witness_id: str, refusal: Conflict | None = None) -> str:
    witness = queries.get_witness(witness_id)
    ceremony = ceremonies.get_ceremony(witness.ceremony_id)
    channel = f"stage:{ceremony.id}"
    seq = live.find_seq(channel)
    sheet = cues.find_sheet(ceremony.id)
    return render_template(
        "witnesses/own.html",
        witness=witness,
        title=i18n.pick(ceremony.title),
        host=i18n.pick(ceremony.host.organisation),
        when=i18n.format_named(ceremony.starts_at, ceremony.host_timezone),
        phase=_phase(ceremony, sheet),
        now=_live(sheet),
        parties=_parties(ceremony),
        papers=_papers(ceremony),
        ticks=tick_page_queries.page(ceremony, tick_queries.find_live(ceremony.id), ticker=witness_id),
        refusal=refusal,
        live_url=f"/live/{tokens.issue_fleeting('live', channel, expires_in=_STREAM_LIFE)}",
        live_seq=seq,
        demo=ceremony.mark,
    )


def _phase(ceremony: CeremonyView, sheet: SheetView | None) -> str:
    """`before`, `running`, `held`, `over`, or `free`: nobody leads."""
    if ceremony.is_over or (sheet and sheet.ended_at):
        return "over"
    if sheet is None:
        return "free"
    return {"planned": "before", "running": "running", "held": "held"}.get(str(sheet.state), "over")


def _live(sheet: SheetView | None) -> dict[str, str] | None:
    cue = sheet.live if sheet else None
    if cue is None:
        return None
    return {"title": i18n.pick(cue.title), "text": i18n.pick(cue.stage_text), "speaker": cue.speaker}


def _parties(ceremony: CeremonyView) -> list[dict[str, str]]:
    return [{"organisation": i18n.pick(each.organisation), "place": i18n.pick(each.place)} for each in ceremony.parties]


def _papers(ceremony: CeremonyView) -> list[dict[str, str]]:
    called = cues.find_called(ceremony.id)
    return [
        {
            "title": i18n.pick(each.title),
            "number": each.number,
            "state": "waiting" if each.state == "approved" else cues.shown_state(each, called),
            "code": tick_page_queries.spoken(each.record_code) if each.record_code else "",
        }
        for each in agreements.list_agreements(ceremony.id)
    ]
