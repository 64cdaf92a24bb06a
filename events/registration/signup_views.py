"""Registering: who one is, where one wants to sit, the questions, what happens to one's data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from accounts.access import accepts_upload, current_actor, limited, network_key, public
from core import i18n, ids
from core.errors import Invalid, NotFound, Refusal
from core.i18n import t
from core.reader import is_zone
from events.conferences.queries import AudienceView
from events.registration import (
    answer_files,
    groups,
    invitation_service,
    queries,
    sent_files,
    service,
    signup_access,
    signup_board,
)
from events.registration import invitation_queries as invitations
from events.registration import question_board as board
from events.registration import question_queries as questions
from events.registration.service import Registered, Registering
from events.registration.signup_board import Front, Joining, Room
from events.registration.signup_forms import Signup, answers_typed, read_signup
from events.registration.signup_values import Typed, with_files

bp = Blueprint("signup", __name__, url_prefix="/c/<code>")
_open = public("anybody may register for a published conference")
_SAID = ("registering-sending", "registering-not-sent", "registering-waiting")
# A delegation, or a whole government network, registers from one address within minutes.
_few = limited("register", times=150, per=timedelta(minutes=10))


@bp.get("/group/<token>")
@_open
def open_group(code: str, token: str) -> ResponseReturnValue:
    found, group = signup_board.front(code), groups.get_by_link(token)
    if group.conference_id != found.conference.id:
        raise NotFound("group_not_found")
    signup_access.remember_joining(code, "group", group.id)
    return redirect(url_for(".show", code=code), 303)


@bp.get("/invited/<token>")
@_open
def open_invitation(code: str, token: str) -> ResponseReturnValue:
    found, invited = signup_board.front(code), invitations.get_invitation(invitation_service.read_link(token))
    if invited.conference_id != found.conference.id or not invited.email:
        raise NotFound("invitation_not_found")
    signup_access.remember_joining(code, "invitation", invited.id)
    return redirect(url_for(".show", code=code), 303)


@bp.get("/decline")
@_open
def ask_decline(code: str) -> ResponseReturnValue:
    found, joining = signup_board.front(code), _joining(code)
    if joining is None or joining.kind != "invitation":
        raise NotFound("invitation_not_found")
    return render_template(
        "registering/decline.html", code=code, title=found.title, when=found.when, demo=found.published.is_demo
    )


@bp.post("/decline")
@_open
@_few
def decline(code: str) -> ResponseReturnValue:
    found, joining = signup_board.front(code), _joining(code)
    if joining is None or joining.kind != "invitation":
        raise NotFound("invitation_not_found")
    invitation_service.decline(joining.id, by=current_actor())
    signup_access.forget_joining(code)
    return render_template("registering/declined.html", code=code, title=found.title, demo=found.published.is_demo)


@bp.get("/register")
@_open
def show(code: str) -> ResponseReturnValue:
    found, joining = signup_board.front(code), _joining(code)
    if why := signup_board.why_closed(found):
        return render_template(
            "registering/closed.html", code=code, title=found.title, why=t(why), demo=found.published.is_demo
        )
    offered = signup_board.audiences(found)
    wanted = joining.audience_id if joining else request.args.get("audience", "")
    chosen = next((each for each in found.conference.audiences if wanted in (each.key, each.id)), None)
    if chosen is None and len(offered) > 1:
        return _who_page(code, found, offered)
    audience = chosen or offered[0]
    return _form_page(
        code, found, audience, _known_values(found, audience, joining), Typed(), {}, joining, is_fresh=True
    )


def _known_values(found: Front, audience: AudienceView, joining: Joining | None) -> MultiDict[str, str]:
    """What an invitation says already."""
    if joining is None:
        return MultiDict()
    venue = next((room.key for room in signup_board.rooms(found, audience, joining) if room.id == joining.venue_id), "")
    return MultiDict({**joining.person, "venue": venue})


def _joining(code: str) -> Joining | None:
    kind, subject = signup_access.find_joining(code)
    if kind == "group":
        group = queries.get_group(subject)
        return Joining("group", group.id, group.audience_id, group.venue_id, group.name)
    if kind == "invitation":
        invited = invitations.get_invitation(subject)
        person = signup_board.typed_person(vars(invited))
        return Joining(kind, invited.id, invited.audience_id or "", invited.venue_id or "", invited.name, person=person)
    return None


def _who_page(code: str, found: Front, offered: list[AudienceView]) -> str:
    return render_template(
        "registering/who.html",
        code=code,
        title=found.title,
        when=found.when,
        choices=[(each.key, i18n.pick(each.name), each.needs_approval) for each in offered],
        demo=found.published.is_demo,
    )


def _form_page(
    code: str,
    found: Front,
    audience: AudienceView,
    form: MultiDict[str, str],
    typed: Typed,
    errors: dict[str, list[str]],
    joining: Joining | None,
    *,
    known_address: bool = False,
    is_fresh: bool = False,
) -> str:
    rooms = signup_board.rooms(found, audience, joining)
    given = {key.removeprefix("answers."): said for key, said in errors.items() if key.startswith("answers.")}
    files = {key: {**answer, "token": answer_files.token_of(answer["file"])} for key, answer in typed.files.items()}
    return render_template(
        "registering/register.html",
        code=code,
        title=found.title,
        when=found.when,
        audience=audience,
        audience_name=i18n.pick(audience.name),
        has_others=joining is None and len(signup_board.audiences(found)) > 1,
        joining=joining,
        rooms=rooms,
        venue=form.get("venue") or (rooms[0].key if len(rooms) == 1 else ""),
        person=signup_board.typed_person(form),
        privacy_read=form.get("privacy") == "yes",
        request_key=form.get("request_key") or ids.secret(),
        fields=board.fields(questions.list_questions(found.conference.id), audience.key, typed.texts, files, given),
        notice=board.notice(found.conference),
        errors=errors,
        known_address=known_address,
        is_fresh=is_fresh,
        messages={name: t(name) for name in _SAID},
        demo=found.published.is_demo,
    )


@bp.post("/register")
@_open
@accepts_upload
@_few
def register(code: str) -> ResponseReturnValue:
    found, joining, form = signup_board.front(code), _joining(code), request.form
    wanted = joining.audience_id if joining else form.get("audience", "")
    audience = next((each for each in found.conference.audiences if wanted in (each.key, each.id)), None)
    if audience is None:
        raise NotFound("audience_not_found")
    asked = questions.list_questions(found.conference.id)
    sent = with_files(found.conference.id, asked, answers_typed(form, asked), uploads=request.files, kept=form)
    rooms = signup_board.rooms(found, audience, joining)
    read = read_signup(
        form, asked, sent.typed, audience=audience.key, venues=[room.key for room in rooms], language=i18n.current()
    )
    # A file that was refused is not called missing besides.
    told = {each.path for each in sent.problems}
    problems = [*sent.problems, *(each for each in read.problems if each.path not in told)]
    if problems:
        lost = sent_files.hold(found.conference.id, sent.new, network=network_key())
        errors = board.by_field(Invalid([*problems, *sent_files.again(lost)]))
        return _form_page(code, found, audience, form, sent.without(lost), errors, joining), Invalid.status
    sent_files.keep(found.conference.id, sent.new, read.answered.answers)
    try:
        made = _register(found, audience, read, rooms, form, joining)
    except Refusal as refusal:
        lost = sent_files.let_go(sent.new, network=network_key())
        return _refused(code, found, audience, form, sent.without(lost), joining, refusal, lost)
    answer_files.claim_after(made.id, read.answered.answers)
    signup_access.remember_own(made.id, made.link_number)
    signup_access.forget_joining(code)
    return redirect(url_for("own_registration.show_done", registration_id=made.id), 303)


def _register(
    found: Front,
    audience: AudienceView,
    read: Signup,
    rooms: list[Room],
    form: Mapping[str, Any],
    joining: Joining | None,
) -> Registered:
    room, person = next(each for each in rooms if each.key == read.venue), read.person
    company_id = signup_board.find_company(found.conference.id, person.company_name) if person.company_name else None
    zone = form.get("timezone", "")
    new = Registering(
        audience_id=audience.id,
        venue_id=room.id,
        **vars(person),
        company_id=company_id,
        locale=i18n.current(),
        timezone=zone if is_zone(zone) else found.conference.timezone,
        answers=read.answered.answers,
        group_id=joining.id if joining and joining.kind == "group" else None,
        invitation_id=joining.id if joining and joining.kind == "invitation" else None,
        # Who was told that there is a place is asked again before they wait for one.
        may_wait=room.key in request.form.getlist("waits"),
    )
    key = form.get("request_key", "")[:80] or None
    return service.register(found.conference.id, new, by=current_actor(), request_key=key)


def _refused(
    code: str,
    found: Front,
    audience: AudienceView,
    form: MultiDict[str, str],
    typed: Typed,
    joining: Joining | None,
    refusal: Refusal,
    lost: Collection[str],
) -> ResponseReturnValue:
    """The form once more with the refusal beside the field that it is about, where it is about one."""
    field = {"already_registered": "email", "venue_full_no_waiting": "venue"}.get(refusal.code)
    if field is None:
        raise refusal
    sentence = t("registering-full-meanwhile") if field == "venue" else t("registering-known-address")
    errors = {field: [sentence], **board.by_field(Invalid(sent_files.again(lost)))}
    page = _form_page(code, found, audience, form, typed, errors, joining, known_address=field == "email")
    return page, refusal.status


@bp.post("/register/link")
@_open
@limited("register_link", times=10, per=timedelta(minutes=10))
def send_link(code: str) -> ResponseReturnValue:
    """Says the same whether or not anybody registered with this address."""
    found = signup_board.front(code)
    service.send_link(found.conference.id, request.form.get("email", "")[:320])
    return render_template("registering/link_sent.html", code=code, title=found.title, demo=found.published.is_demo)
