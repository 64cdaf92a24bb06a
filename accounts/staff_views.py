"""Pages of the administrator: the first one of an installation, and the organisation's staff."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from accounts import forms, queries, staff
from accounts.access import Role, current_account, current_actor, limited, needs, public
from accounts.session_access import end_session, start_session
from core import config
from core.errors import Invalid, SignInNeeded
from core.i18n import current, t

bp = Blueprint("staff", __name__, url_prefix="/accounts")

_FIRST = "first_admin_link"
_REASON = "who has the first link makes the first administrator"


@bp.get("/first/<token>")
@public(_REASON)
def open_first_link(token: str) -> ResponseReturnValue:
    session[_FIRST] = staff.open_first_link(token)
    return redirect(url_for(".show_first"), 303)


@bp.get("/first")
@public(_REASON)
def show_first() -> ResponseReturnValue:
    _opened_first_link()
    return _first_page({"organisation": config.settings().organisation}, {})


@bp.post("/first")
@public(_REASON)
@limited("first-admin", times=30, per=timedelta(minutes=15))
def create_first() -> ResponseReturnValue:
    token_id = _opened_first_link()
    try:
        form = forms.FirstAdministrator.read(request.form, locale=current())
    except Invalid as invalid:
        return _first_page(forms.kept(request.form), forms.sentences(invalid), status=422)
    account = staff.create_first_administrator(
        token_id, form.account, organisation=form.organisation, password=form.password, actor=current_actor()
    )
    end_session()
    start_session(account.id)
    return redirect("/", 303)


def _opened_first_link() -> str:
    token_id = session.get(_FIRST)
    if not token_id:
        raise SignInNeeded
    staff.check_first_link(token_id)
    return str(token_id)


def _first_page(typed: dict[str, str], errors: dict[str, list[str]], *, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/first.html", typed=typed, errors=errors), status


@bp.get("/")
@needs(Role.ADMINISTRATOR)
def list_accounts() -> ResponseReturnValue:
    return _staff_page({}, {})


def _staff_page(typed: dict[str, str], errors: dict[str, list[str]], *, status: int = 200) -> ResponseReturnValue:
    own = current_account()
    accounts = queries.list_accounts(own.organisation_id)
    page = render_template(
        "accounts/staff.html",
        own=own,
        organisation=queries.get_organisation_name(own.organisation_id),
        accounts=accounts,
        sole_administrator=staff.find_sole_administrator(accounts),
        done=request.args.get("done", ""),
        roles=[(str(role), t(f"accounts-role-{role}"), t(f"accounts-role-{role}-hint")) for role in Role],
        chosen=request.form.getlist("roles"),
        typed=typed,
        errors=errors,
    )
    return page, status


@bp.post("/")
@needs(Role.ADMINISTRATOR)
def add_account() -> ResponseReturnValue:
    own = current_account()
    try:
        new = forms.read_new_account(request.form, timezone=own.timezone)
        account, token = staff.add_account(own.organisation_id, new, actor=current_actor())
    except Invalid as invalid:
        return _staff_page(forms.kept(request.form), forms.sentences(invalid), status=422)
    except staff.EmailTaken as taken:
        return _staff_page(forms.kept(request.form), {"email": [t(taken.message_id)]}, status=taken.status)
    return _link_page(account.email, token)


@bp.post("/<account_id>/link")
@needs(Role.ADMINISTRATOR)
def send_link(account_id: str) -> ResponseReturnValue:
    own = current_account()
    account = queries.get_account(account_id, organisation_id=own.organisation_id)
    token = staff.send_password_link(own.organisation_id, account_id, actor=current_actor())
    return _link_page(account.email, token)


def _link_page(email: str, token: str) -> ResponseReturnValue:
    """What happens next; the link itself only where no mail leaves this installation, and only this once."""
    settings = config.settings()
    link = None if settings.smtp_url else f"{settings.base_url}/accounts/password/{token}"
    return render_template("accounts/link_sent.html", email=email, link=link)


@bp.post("/<account_id>/roles")
@needs(Role.ADMINISTRATOR)
def change_roles(account_id: str) -> ResponseReturnValue:
    own, roles = current_account(), forms.read_roles(request.form)
    staff.change_roles(own.organisation_id, account_id, roles, actor=current_actor())
    if account_id == own.id and Role.ADMINISTRATOR not in roles:
        return redirect(url_for("accounts.show_own"), 303)  # this page is no longer theirs
    return redirect(url_for(".list_accounts", done="roles"), 303)


@bp.post("/<account_id>/deactivate")
@needs(Role.ADMINISTRATOR)
def deactivate(account_id: str) -> ResponseReturnValue:
    staff.deactivate(current_account().organisation_id, account_id, actor=current_actor())
    return redirect(url_for(".list_accounts", done="deactivated"), 303)


@bp.post("/<account_id>/activate")
@needs(Role.ADMINISTRATOR)
def activate(account_id: str) -> ResponseReturnValue:
    staff.activate(current_account().organisation_id, account_id, actor=current_actor())
    return redirect(url_for(".list_accounts", done="activated"), 303)
