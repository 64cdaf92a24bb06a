"""The demo's start page and its mailbox; registered only where YUNQIAN_DEMO is set."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, limited, public
from accounts.session_access import start_session
from accounts.urls import safe_next
from core import clock, i18n, mailbox
from core.db import db
from core.errors import NotFound
from core.mailbox import MailboxMessage
from signing.ceremonies import queries as ceremonies
from signing.ceremonies import service as ceremony_service
from web.demo import service
from web.pages import keep_locale

bp = Blueprint("demo", __name__, url_prefix="/demo")
_demo = public("a demonstration is open to everybody who can reach it, and everything in it is marked so")


@bp.get("")
@_demo
def show() -> ResponseReturnValue:
    account = service.prepare()
    # A draft has nobody's link yet: it must not push away the ceremony that is ready to be shown.
    found = sorted(ceremonies.list_ceremonies(account.organisation_id), key=lambda each: str(each.state) == "draft")
    return render_template(
        "demo/start.html",
        ceremonies=[(ceremony, service.list_seats(ceremony)) for ceremony in found[:5]],
        demo=True,
    )


@bp.post("/sign-in")
@_demo
@limited("demo-sign-in", times=600, per=timedelta(minutes=10))
def sign_in() -> ResponseReturnValue:
    start_session(service.prepare().id)
    response = redirect(safe_next(request.form.get("next", "")), 303)
    keep_locale(response, i18n.current())  # the host's account is everybody's: its language is not the reader's choice
    return response


@bp.post("/stage/<ceremony_id>")
@_demo
@limited("demo-stage", times=600, per=timedelta(minutes=10))
def open_stage(ceremony_id: str) -> ResponseReturnValue:
    # Everybody may press this: nobody takes the stage away from another's screen.
    token = ceremony_service.stage_link(ceremony_id, by=current_actor())
    return redirect(url_for("stage.open_link", token=token), 303)


@bp.get("/mailbox")
@_demo
def show_mailbox() -> ResponseReturnValue:
    recipient = request.args.get("to") or None
    return render_template(
        "demo/mailbox.html",
        messages_kept=mailbox.list_messages(recipient=recipient),
        recipient=recipient,
        demo=True,
    )


@bp.get("/mailbox.json")
@_demo
def list_mailbox() -> ResponseReturnValue:
    found = mailbox.list_messages(recipient=request.args.get("to") or None)
    return jsonify(
        messages=[
            {
                "id": message.id,
                "at": clock.iso(message.at),
                "to": message.recipient,
                "subject": message.subject,
                "text": message.text,
                "attachments": [file.name for file in message.list_files()],
            }
            for message in found
        ]
    )


@bp.get("/mailbox/<message_id>")
@_demo
def show_message(message_id: str) -> ResponseReturnValue:
    return render_template("demo/message.html", message=_message(message_id), demo=True)


@bp.get("/mailbox/<message_id>/files/<int:number>")
@_demo
def show_file(message_id: str, number: int) -> ResponseReturnValue:
    files = _message(message_id).list_files()
    if number >= len(files):
        raise NotFound
    response = Response(files[number].read().content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=files[number].name)
    return response


def _message(message_id: str) -> MailboxMessage:
    message = db.session.get(MailboxMessage, message_id)
    if message is None:
        raise NotFound
    return message
