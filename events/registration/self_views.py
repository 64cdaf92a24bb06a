"""A registration in the hands of whose it is: where it stands, change, move, accept, withdraw, take one's data along or
have it deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from accounts.access import accepts_upload, current_actor, limited, network_key, public
from core import i18n
from core.audit import Actor
from core.errors import Conflict, Invalid, NotFound
from core.i18n import t
from events.conferences.access import own_conference, team_reads
from events.registration import (
    answer_files,
    links,
    own_calendar,
    own_page_service,
    privacy_service,
    queries,
    self_board,
    sent_files,
    service,
    signup_queries,
)
from events.registration import question_board as board
from events.registration import question_queries as questions
from events.registration.queries import RegistrationView
from events.registration.question_queries import FileView
from events.registration.service import Changes
from events.registration.signup_access import (
    RegistrationLinkNeeded,
    came_by_mail,
    forget_own,
    own_only,
    remember_mailed,
    remember_own,
)
from events.registration.signup_board import find_company, typed_person
from events.registration.signup_forms import answers_typed, read_change
from events.registration.signup_values import Typed, with_files
from events.registration.team_access import seen_registration

bp = Blueprint("own_registration", __name__)
_HERE = "/registration/<registration_id>"
_SAID = ("registering-sending", "registering-not-sent", "registering-waiting")
_some = limited("own_registration", times=60, per=timedelta(minutes=10))


def _actor(registration_id: str) -> Actor:
    """The person themselves, by the registration and never by name."""
    return Actor("guest", registration_id, address=current_actor().address)


@bp.get("/r/<token>")
@public("a personal link is all that somebody has who registered; the token in it is checked")
def open_link(token: str) -> ResponseReturnValue:
    registration_id = links.read(token)
    remember_mailed(registration_id, signup_queries.find_link_number(registration_id))
    return redirect(url_for(".show", registration_id=registration_id), 303)


@bp.get(_HERE)
@own_only
def show(registration_id: str) -> ResponseReturnValue:
    return _page(registration_id)


@bp.get(f"{_HERE}/done")
@own_only
def show_done(registration_id: str) -> ResponseReturnValue:
    return _page(registration_id, is_new=True)


def _page(registration_id: str, *, is_new: bool = False, refusal: Conflict | None = None) -> str:
    return render_template(
        "registering/own.html",
        **self_board.page(queries.get_registration(registration_id)),
        cards=own_page_service.cards(registration_id),
        is_new=is_new,
        by_mail=came_by_mail(registration_id),
        is_mailed=request.args.get("mailed") == "yes",
        why_not=(t(refusal.message_id, **refusal.params), t(refusal.next_id, **refusal.params)) if refusal else None,
    )


def _after(registration_id: str, act: Callable[[], object]) -> ResponseReturnValue:
    """Do it and lead back to the page, on which a refusal stands."""
    try:
        act()
    except Conflict as refusal:
        return _page(registration_id, refusal=refusal), refusal.status
    return redirect(url_for(".show", registration_id=registration_id), 303)


@bp.post(f"{_HERE}/prove")
@own_only
@_some
def prove(registration_id: str) -> ResponseReturnValue:
    if not came_by_mail(registration_id):
        raise RegistrationLinkNeeded
    return _after(registration_id, lambda: service.prove(registration_id, by=_actor(registration_id)))


@bp.post(f"{_HERE}/mail")
@own_only
@limited("own_mail", times=5, per=timedelta(minutes=10))
def send_mail(registration_id: str) -> ResponseReturnValue:
    """The mail with the link once more."""
    service.send_own_link(registration_id)
    return redirect(url_for(".show", registration_id=registration_id, mailed="yes"), 303)


@bp.get(f"{_HERE}/change")
@own_only
def show_change(registration_id: str) -> ResponseReturnValue:
    found = queries.get_registration(registration_id)
    texts = board.typed_of(found.answers)
    files = {key: answer for key, answer in found.answers.items() if board.is_file(answer)}
    form = MultiDict({**vars(found), "company_name": found.company})
    return _change_page(found, form, Typed(texts, files), {})


@bp.post(f"{_HERE}/change")
@own_only
@accepts_upload
@_some
def change(registration_id: str) -> ResponseReturnValue:
    found, form = queries.get_registration(registration_id), request.form
    asked = questions.list_questions(found.conference_id)
    sent = with_files(
        found.conference_id,
        asked,
        answers_typed(form, asked),
        uploads=request.files,
        kept=form,
        before=found.answers,
    )
    read = read_change(form, asked, sent.typed, audience=_audience_key(found), language=i18n.current())
    told = {each.path for each in sent.problems}
    problems = [*sent.problems, *(each for each in read.problems if each.path not in told)]
    if problems:
        lost = sent_files.hold(found.conference_id, sent.new, network=network_key())
        errors = board.by_field(Invalid([*problems, *sent_files.again(lost)]))
        return _change_page(found, form, sent.without(lost), errors), Invalid.status
    # What was answered to questions that are asked no more stays as it was.
    gone = {key: value for key, value in found.answers.items() if key not in {each.key for each in asked}}
    answers = {**gone, **read.answered.answers}
    company_id = find_company(found.conference_id, read.person.company_name) or ""
    changes = Changes(**vars(read.person), company_id=company_id, locale=i18n.current(), answers=answers)
    sent_files.keep(found.conference_id, sent.new, answers)
    try:
        changed = service.change(registration_id, changes, by=_actor(registration_id))
    except Conflict as refusal:
        lost = sent_files.let_go(sent.new, network=network_key())
        if refusal.code != "already_registered":
            return _page(registration_id, refusal=refusal), refusal.status
        errors = {"email": [t("registering-known-address")], **board.by_field(Invalid(sent_files.again(lost)))}
        return _change_page(found, form, sent.without(lost), errors), refusal.status
    answer_files.claim_after(registration_id, answers)
    remember_own(registration_id, changed.link_number)
    return redirect(url_for(".show", registration_id=registration_id), 303)


def _audience_key(found: RegistrationView) -> str:
    conference = self_board.conference_of(found)
    return next(each.key for each in conference.audiences if each.id == found.audience_id)


def _change_page(found: RegistrationView, form: MultiDict[str, str], typed: Typed, errors: dict[str, list[str]]) -> str:
    given = {key.removeprefix("answers."): said for key, said in errors.items() if key.startswith("answers.")}
    files = {key: {**answer, "token": answer_files.token_of(answer["file"])} for key, answer in typed.files.items()}
    asked = questions.list_questions(found.conference_id)
    page = self_board.page(found)
    return render_template(
        "registering/change.html",
        **page,
        person=typed_person(form),
        fields=board.fields(asked, _audience_key(found), typed.texts, files, given),
        errors=errors,
        messages={name: t(name) for name in _SAID},
    )


@bp.post(f"{_HERE}/move")
@own_only
@_some
def move(registration_id: str) -> ResponseReturnValue:
    return _after(
        registration_id,
        lambda: service.move(registration_id, venue_id=request.form.get("venue", ""), by=_actor(registration_id)),
    )


@bp.post(f"{_HERE}/accept")
@own_only
@_some
def accept(registration_id: str) -> ResponseReturnValue:
    return _after(registration_id, lambda: service.accept_offer(registration_id, by=_actor(registration_id)))


@bp.get(f"{_HERE}/withdraw")
@own_only
def ask_withdrawal(registration_id: str) -> ResponseReturnValue:
    return render_template("registering/withdraw.html", **self_board.page(queries.get_registration(registration_id)))


@bp.post(f"{_HERE}/withdraw")
@own_only
@_some
def withdraw(registration_id: str) -> ResponseReturnValue:
    return _after(registration_id, lambda: service.withdraw(registration_id, by=_actor(registration_id)))


@bp.get(f"{_HERE}/calendar.ics")
@own_only
def download_calendar(registration_id: str) -> ResponseReturnValue:
    found = queries.get_registration(registration_id)
    content = own_calendar.file(found)
    if content is None:
        raise NotFound("venue_not_found")
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=f"{found.code}.ics")
    return response


@bp.get("/calendar/<token>.ics")
@public("calendar programs know a secret address and nothing else; the token in it is checked")
def show_feed(token: str) -> ResponseReturnValue:
    response = Response(own_calendar.read_feed(token), content_type="text/calendar; charset=utf-8")
    response.add_etag()
    response.headers["Cache-Control"] = "private, max-age=300"
    return response.make_conditional(request)


@bp.get(f"{_HERE}/data")
@own_only
def show_data(registration_id: str) -> ResponseReturnValue:
    found, by_mail = queries.get_registration(registration_id), came_by_mail(registration_id)
    return render_template(
        "registering/data.html",
        **self_board.page(found),
        kept=self_board.kept(found),
        beside=self_board.beside(privacy_service.parts(registration_id, by_mail=by_mail)),
        by_mail=by_mail,
        notice=board.notice(self_board.conference_of(found)),
    )


@bp.get(f"{_HERE}/data.json")
@own_only
def download_data(registration_id: str) -> ResponseReturnValue:
    response = jsonify(privacy_service.export(registration_id, by_mail=came_by_mail(registration_id)))
    response.headers.set("Content-Disposition", "attachment", filename="my-data.json")
    return response


@bp.get(f"{_HERE}/files/<key>")
@own_only
def download_file(registration_id: str, key: str) -> ResponseReturnValue:
    return _attachment(*answer_files.read(registration_id, key))


@bp.get("/conferences/<conference_id>/registrations/<registration_id>/files/<key>")
@team_reads
def download_file_for_team(conference_id: str, registration_id: str, key: str) -> ResponseReturnValue:
    own_conference(conference_id)
    seen_registration(conference_id, registration_id)
    return _attachment(*answer_files.read(registration_id, key))


def _attachment(file: FileView, content: bytes) -> Response:
    """Never shown by the browser itself, whatever it holds."""
    response = Response(content, content_type="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.get(f"{_HERE}/delete")
@own_only
def ask_deletion(registration_id: str) -> ResponseReturnValue:
    return render_template("registering/delete.html", **self_board.page(queries.get_registration(registration_id)))


@bp.post(f"{_HERE}/delete")
@own_only
@_some
def delete(registration_id: str) -> ResponseReturnValue:
    found = queries.get_registration(registration_id)
    page = self_board.page(found)
    privacy_service.erase(registration_id, by=_actor(registration_id))
    forget_own(registration_id)
    return render_template("registering/deleted.html", title=page["title"], code=page["code"], demo=page["demo"])
