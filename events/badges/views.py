"""The team's pages of badges: whose are printed, printing, and what was printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core import i18n, ids, live, tokens
from core.errors import Forbidden, Invalid, Refusal
from core.i18n import t
from events.badges import board, choosing, faces, forms, queries, service
from events.badges.access import badges_printed, badges_seen, can_print, prints_many, venues_printed, venues_seen
from events.conferences.access import own_conference
from events.conferences.queries import ConferenceView

bp = Blueprint("badges", __name__, url_prefix="/conferences/<conference_id>/badges")
_STREAM_LIFE = timedelta(hours=12)
# What a form shows beside its fields, with everything that was typed.
_ON_PAGE = frozenset({"badge_reason_needed", "badge_no_glyph", "badges_none", "badges_too_many"})


@bp.get("")
@badges_seen
def show(conference_id: str) -> ResponseReturnValue:
    return _page(own_conference(conference_id), request.args, {})


def _page(
    conference: ConferenceView, typed: Mapping[str, Any], errors: dict[str, list[str]], refusal: Refusal | None = None
) -> str:
    chosen = forms.read_filter(typed)
    wearers = faces.list_wearers(conference, venue_ids=venues_seen(conference))
    found = choosing.matching(wearers, chosen)
    return render_template(
        "badges/show.html",
        **board.page(conference, wearers, found),
        filter=chosen,
        shown_options=[(each, t(f"badges-shown-{each}")) for each in forms.SHOWN],
        typed=typed,
        errors=errors,
        why_not=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
        request_key=ids.secret()[:24],
        can_print=can_print(conference),
        prints_many=prints_many(conference),
        demo=conference.is_demo,
        **_live(conference.id),
    )


def _live(conference_id: str) -> dict[str, Any]:
    channel = f"conference:{conference_id}"
    token = tokens.issue_fleeting("live", channel, expires_in=_STREAM_LIFE)
    return {"live_url": f"/live/{token}", "live_seq": live.find_seq(channel)}


@bp.post("/print")
@badges_printed
def print_badges(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    try:
        order = forms.read_order(request.form, request.form.getlist("registration"))
        run = service.ask(
            conference_id,
            choosing.ordered(conference, order, venues=venues_printed(conference), many=prints_many(conference)),
            layout=order.layout,
            by=current_actor(),
            reason=order.reason,
            request_key=order.request_key,
        )
    except Invalid as invalid:
        errors = {each.path.removeprefix("$."): [t(each.message_id, **each.params)] for each in invalid.problems}
        return _page(conference, request.form, errors), invalid.status
    except Refusal as refusal:
        if refusal.code not in _ON_PAGE:
            raise
        return _page(conference, request.form, {}, refusal), refusal.status
    where = ".download" if run.printed_at else ".show_run"
    return redirect(url_for(where, conference_id=conference_id, run_id=run.id), 303)


@bp.get("/preview")
@badges_seen
def preview(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    wearers = faces.list_wearers(conference, venue_ids=venues_seen(conference))
    asked = set(request.args.getlist("registration"))
    found = [each for each in wearers if each.id in asked]
    found = found or choosing.matching(wearers, forms.read_filter(request.args))
    drawn = [each.id for each in found if not each.missing]
    mark = t("badge-preview-mark")
    return _pdf(service.preview(conference_id, drawn, layout=forms.read_layout(request.args), mark=mark), "preview.pdf")


@bp.get("/runs/<run_id>")
@badges_printed
def show_run(conference_id: str, run_id: str) -> ResponseReturnValue:
    conference, run = own_conference(conference_id), queries.get_run(run_id, conference_id=conference_id)
    _check_run(conference, run)
    return render_template(
        "badges/run.html",
        conference=conference,
        title=i18n.pick(conference.title),
        run=board.run(run, conference.timezone),
        demo=conference.is_demo,
        **_live(conference_id),
    )


@bp.get("/runs/<run_id>.pdf")
@badges_printed
def download(conference_id: str, run_id: str) -> ResponseReturnValue:
    conference, run = own_conference(conference_id), queries.get_run(run_id, conference_id=conference_id)
    _check_run(conference, run)
    return _pdf(service.file_of(run), f"badges-{conference.code}-{run.id[-6:]}.pdf")


def _check_run(conference: ConferenceView, run: queries.RunView) -> None:
    """A file with somebody from another venue in it is not theirs. Raises Forbidden `not_your_venue`."""
    allowed = venues_printed(conference)
    if allowed is not None and service.venues_of_run(run) - allowed:
        raise Forbidden("not_your_venue")


def _pdf(data: bytes, name: str) -> Response:
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
