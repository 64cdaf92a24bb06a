"""The team's pages of a conference: list, new, the conference itself, publishing; part_views.py changes its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_account, current_actor, needs
from core import clock, config, i18n, live, seen, tokens
from core.errors import Conflict, Invalid
from core.form_errors import by_field
from core.i18n import t
from core.seen import PlanChanged
from events.conferences import board, drafts, editing, kinds, moving, part_form, planning, publishing, queries, words
from events.conferences.access import (
    ORGANISERS,
    READERS,
    may_create,
    own_conference,
    rights_in,
    sees_all,
    team_leads,
    team_reads,
)
from events.conferences.forms import (
    read_accepted,
    read_conference,
    read_first_day,
    read_page,
    read_reason,
    zone_names,
)

bp = Blueprint("conferences", __name__, url_prefix="/conferences")
_STREAM_LIFE = timedelta(hours=12)


@bp.get("")
@needs(*READERS)
def list_conferences() -> ResponseReturnValue:
    account = current_account()
    team_of = "" if sees_all() else account.id
    page = queries.list_page(account.organisation_id, number=read_page(request.args), team_of=team_of)
    return render_template(
        "conferences/list.html",
        rows=[board.row(each) for each in page.conferences],
        page=page,
        can_create=may_create(),
    )


@bp.get("/new")
@needs(*ORGANISERS)
def show_new() -> ResponseReturnValue:
    today = clock.now().date().isoformat()
    values = {"kind": "investment", "timezone": current_account().timezone, "starts_on": today, "travel_minutes": "120"}
    return _facts_page(None, values, {})


@bp.post("/new")
@needs(*ORGANISERS)
def create() -> ResponseReturnValue:
    typed = request.form.to_dict()
    try:
        facts = read_conference(typed)
    except Invalid as invalid:
        return _facts_page(None, typed, by_field(invalid)), invalid.status
    conference_id = planning.import_conference(
        kinds.make_plan(facts),
        organisation_id=current_account().organisation_id,
        by=current_actor(),
        demo=config.settings().demo,
    )
    return redirect(url_for(".show", conference_id=conference_id), 303)


@bp.get("/<conference_id>")
@team_reads
def show(conference_id: str) -> ResponseReturnValue:
    return _page(conference_id, {})


def _page(conference_id: str, errors: dict[str, list[str]]) -> str:
    """`errors`: of the form that cancels."""
    conference, rights = own_conference(conference_id), rights_in(conference_id)
    channel = drafts.channel(conference_id)
    seq = live.find_seq(channel)
    token = tokens.issue_fleeting("live", channel, expires_in=_STREAM_LIFE)
    return render_template(
        "conferences/show.html",
        **board.page(conference, rights),
        rights=rights,
        errors=errors,
        live_url=f"/live/{token}",
        live_seq=seq,
        demo=conference.is_demo,
    )


@bp.get("/<conference_id>/plan")
@team_leads
def show_facts(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    values = part_form.conference_values(conference)
    return _facts_page(conference, {**values, "seen": seen.digest(editing.said(conference))}, {})


@bp.post("/<conference_id>/plan")
@team_leads
def change_facts(conference_id: str) -> ResponseReturnValue:
    conference, typed = own_conference(conference_id), {"seen": "", **request.form.to_dict()}
    try:
        facts = read_conference(typed, conference.hall_keys)
        editing.change_conference(conference_id, facts, by=current_actor(), looked_at=seen.read(typed))
    except Invalid as invalid:
        return _facts_page(conference, typed, by_field(invalid)), invalid.status
    except PlanChanged as refusal:
        conference = own_conference(conference_id)
        now = part_form.conference_values(conference)
        typed["seen"] = seen.digest(editing.said(conference))
        return _facts_page(conference, typed, {}, now_rows(now, typed)), refusal.status
    return redirect(url_for(".show", conference_id=conference_id), 303)


def _facts_page(
    conference: queries.ConferenceView | None,
    typed: Mapping[str, Any],
    errors: dict[str, list[str]],
    now: list[tuple[str, str]] | None = None,
) -> str:
    return render_template(
        "conferences/facts.html",
        conference=conference,
        typed=typed,
        errors=errors,
        now=now,
        kinds=[(str(kind), t(f"conference-kind-{kind}"), t(f"conference-kind-{kind}-hint")) for kind in kinds.AGENDAS],
        zones=zone_names(),
        pairs=[
            (name, t("conference-travel-between", here=i18n.pick(here.name), there=i18n.pick(there.name)))
            for name, here, there in (part_form.halls_apart(conference) if conference else ())
        ],
        demo=conference.is_demo if conference else config.settings().demo,
    )


def now_rows(now: Mapping[str, Any], typed: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(field, what stands there now) where something else was typed."""
    rows = []
    for name in part_form.changed_rows(now, typed):
        base = name.removesuffix("_en")
        base = base.partition("_")[0] if base.startswith(("at_", "places_")) else base
        base = "travel" if base.startswith("travel:") else base
        label = t(f"conference-field-{base}")
        value = now[name]
        shown = t("list-separator").join(value) if isinstance(value, list) else str(value)
        rows.append((t("conference-field-english", field=label) if name.endswith("_en") else label, shown))
    return [(label, shown or t("conference-nothing")) for label, shown in rows]


@bp.get("/<conference_id>/move")
@team_leads
def ask_move(conference_id: str) -> ResponseReturnValue:
    return _move_page(own_conference(conference_id), {}, {})


@bp.post("/<conference_id>/move")
@team_leads
def move(conference_id: str) -> ResponseReturnValue:
    conference, typed = own_conference(conference_id), request.form.to_dict()
    try:
        moving.move(conference_id, read_first_day(typed), by=current_actor())
    except Invalid as invalid:
        return _move_page(conference, typed, by_field(words.with_items(invalid))), invalid.status
    return redirect(url_for(".show", conference_id=conference_id), 303)


def _move_page(conference: queries.ConferenceView, typed: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    return render_template(
        "conferences/move.html", **board.move(conference), typed=typed, errors=errors, demo=conference.is_demo
    )


@bp.get("/<conference_id>/preview")
@team_reads
def preview(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    return render_template(
        "conferences/public.html",
        **board.public(publishing.snapshot(conference)),
        preview=conference,
        code="",
        version=0,
        published="",
        demo=conference.is_demo,
    )


@bp.get("/<conference_id>/publish")
@team_leads
def ask_publish(conference_id: str) -> ResponseReturnValue:
    return _publish_page(own_conference(conference_id))


@bp.post("/<conference_id>/publish")
@team_leads
def publish(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    try:
        accepted = read_accepted(request.form)
        tells = request.form.get("tells", "yes" if request.form.get("asked") is None else "") == "yes"
        looked_at = request.form.get("seen", "")
        publishing.publish(conference_id, by=current_actor(), looked_at=looked_at, accepted=accepted, tells=tells)
    except PlanChanged as refusal:
        return _publish_page(own_conference(conference_id), changed=True), refusal.status
    except publishing.ClashesLeft as refusal:
        return _publish_page(conference, unread=True), refusal.status
    except Conflict as refusal:
        return _publish_page(conference, refusal=refusal), refusal.status
    return redirect(url_for(".show", conference_id=conference_id), 303)


def _publish_page(
    conference: queries.ConferenceView,
    *,
    changed: bool = False,
    unread: bool = False,
    refusal: Conflict | None = None,
) -> str:
    return render_template(
        "conferences/publish.html",
        **board.publication(conference),
        seen=seen.digest(publishing.snapshot(conference)),
        changed=changed,
        unread=unread,
        why_not=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
        demo=conference.is_demo,
    )


@bp.post("/<conference_id>/cancel")
@team_leads
def cancel(conference_id: str) -> ResponseReturnValue:
    own_conference(conference_id)
    try:
        publishing.cancel(conference_id, reason=read_reason(request.form), by=current_actor())
    except Invalid as invalid:
        return _page(conference_id, by_field(invalid)), invalid.status
    return redirect(url_for(".show", conference_id=conference_id), 303)
