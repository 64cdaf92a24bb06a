"""The forms of what a plan consists of: venues, audiences, speakers, agenda items."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core import i18n, live, seen, tokens
from core.errors import Conflict, Invalid
from core.form_errors import by_field
from core.i18n import t
from core.seen import PlanChanged
from events.conferences import drafts, planner_board, queries
from events.conferences.access import own_conference, rights_in, team_plans
from events.conferences.forms import Known, read_key, zone_names
from events.conferences.part_forms import LISTS, READERS
from events.conferences.parts import PARTS
from events.conferences.views import now_rows

bp = Blueprint("conference_parts", __name__, url_prefix="/conferences/<conference_id>")
_STREAM_LIFE = timedelta(hours=12)
_MARKS = ("title", "time", "where", "before", "after", "n")
_WORDS = tuple(
    f"planner-{name}"
    for name in ("held", "put-back", "saving", "saved", "same", "undone", "lost", "not-there", "clear")
)
_PART = "<any(venues, audiences, speakers, agenda):part>"


def known(conference: queries.ConferenceView) -> Known:
    """What forms of this conference refer to."""
    return Known(
        zones={venue.key: venue.timezone for venue in conference.venues},
        speakers=[speaker.key for speaker in conference.speakers],
        audiences=[audience.key for audience in conference.audiences],
    )


@bp.get("/planner")
@team_plans
def show_planner(conference_id: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    channel = drafts.channel(conference_id)
    seq = live.find_seq(channel)
    token = tokens.issue_fleeting("live", channel, expires_in=_STREAM_LIFE)
    return render_template(
        "conferences/planner.html",
        **planner_board.page(conference, rights_in(conference_id)),
        live_url=f"/live/{token}",
        live_seq=seq,
        messages={name: t(name, **{each: f"{{{each}}}" for each in _MARKS}) for name in _WORDS},
        demo=conference.is_demo,
    )


# Not below the part: "new" is a key that an entry may have.
@bp.get(f"/new/{_PART}")
@team_plans
def show_new(conference_id: str, part: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    return _page(conference, part, None, PARTS[part].blank(conference), {})


@bp.post(f"/{_PART}")
@team_plans
def add(conference_id: str, part: str) -> ResponseReturnValue:
    conference, typed = own_conference(conference_id), _typed(part)
    try:
        plan = READERS[part](typed, read_key(typed), known(conference))
    except Invalid as invalid:
        return _page(conference, part, None, typed, by_field(invalid)), invalid.status
    PARTS[part].add(conference_id, plan, by=current_actor(), rights=rights_in(conference_id))
    return _to_conference(conference_id, part)


def _typed(part: str) -> dict[str, Any]:
    lists = {name: request.form.getlist(name) for name in LISTS.get(part, ())}
    return {"seen": "", **request.form.to_dict(), **lists}


@bp.get(f"/{_PART}/<key>")
@team_plans
def show(conference_id: str, part: str, key: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    values = PARTS[part].values(conference, key)
    return _page(conference, part, key, {**values, "seen": seen.digest(PARTS[part].said(conference, key))}, {})


@bp.post(f"/{_PART}/<key>")
@team_plans
def change(conference_id: str, part: str, key: str) -> ResponseReturnValue:
    conference, typed, made = own_conference(conference_id), _typed(part), PARTS[part]
    made.said(conference, key)
    try:
        plan = READERS[part](typed, key, known(conference))
        made.change(
            conference_id, key, plan, by=current_actor(), rights=rights_in(conference_id), looked_at=typed["seen"]
        )
    except Invalid as invalid:
        return _page(conference, part, key, typed, by_field(invalid)), invalid.status
    except PlanChanged as refusal:
        conference = own_conference(conference_id)
        typed["seen"] = seen.digest(made.said(conference, key))
        now = now_rows(made.values(conference, key), typed)
        return _page(conference, part, key, typed, {}, now), refusal.status
    return _to_conference(conference_id, part)


def _page(
    conference: queries.ConferenceView,
    part: str,
    key: str | None,
    typed: Mapping[str, Any],
    errors: dict[str, list[str]],
    now: list[tuple[str, str]] | None = None,
) -> str:
    return render_template(
        f"conferences/{part}.html",
        conference=conference,
        part=part,
        key=key,
        title=i18n.pick(conference.title),
        heading=t(f"conference-edit-{part}" if key else f"conference-add-{part}"),
        what=i18n.pick(PARTS[part].title(conference, key)) if key else "",
        typed=typed,
        errors=errors,
        now=now,
        zones=zone_names(),
        locale_choices=[(each, t(f"conference-language-{each}")) for each in i18n.LOCALES],
        venue_choices=[(each.key, i18n.pick(each.name), i18n.zone_name(each.timezone)) for each in conference.venues],
        speaker_choices=[
            (each.key, i18n.pick(each.name), i18n.pick(each.organisation)) for each in conference.speakers
        ],
        audience_choices=[(each.key, i18n.pick(each.name)) for each in conference.audiences],
        demo=conference.is_demo,
    )


@bp.get(f"/{_PART}/<key>/remove")
@team_plans
def ask_removal(conference_id: str, part: str, key: str) -> ResponseReturnValue:
    return _removal_page(own_conference(conference_id), part, key)


@bp.post(f"/{_PART}/<key>/remove")
@team_plans
def remove(conference_id: str, part: str, key: str) -> ResponseReturnValue:
    conference = own_conference(conference_id)
    try:
        PARTS[part].remove(conference_id, key, by=current_actor(), rights=rights_in(conference_id))
    except Conflict as refusal:
        return _removal_page(conference, part, key, refusal), refusal.status
    return _to_conference(conference_id, part)


def _removal_page(conference: queries.ConferenceView, part: str, key: str, refusal: Conflict | None = None) -> str:
    return render_template(
        "conferences/remove.html",
        conference=conference,
        part=part,
        key=key,
        title=i18n.pick(conference.title),
        what=i18n.pick(PARTS[part].title(conference, key)),
        why_not=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
        demo=conference.is_demo,
    )


def _to_conference(conference_id: str, part: str) -> ResponseReturnValue:
    return redirect(url_for("conferences.show", conference_id=conference_id, _anchor=part), 303)
