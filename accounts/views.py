"""Pages of sign-in and of one's own account; the administrator's are in staff_views.py."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import available_timezones

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from accounts import forms, queries, service
from accounts.access import current_account, current_actor, find_account, limited, needs, network_key, public
from accounts.session_access import end_session, start_session
from accounts.urls import safe_next
from core import limits, tokens
from core.errors import Invalid, SignInNeeded
from core.i18n import t

bp = Blueprint("accounts", __name__)

_LINK = "set_password_link"
_WINDOW = timedelta(minutes=15)


@bp.get("/login")
@public("the sign-in page")
def show_sign_in() -> ResponseReturnValue:
    following = safe_next(request.args.get("next", ""))
    if find_account() is not None:
        return redirect(following, 303)
    return render_template("accounts/sign_in.html", following=following, typed={}, errors={})


@bp.post("/login")
@public("the sign-in page")
@limited("sign-in-address", times=30, per=_WINDOW)
def sign_in() -> ResponseReturnValue:
    following = safe_next(request.form.get("next", ""))
    try:
        form = forms.SignIn.read(request.form)
        # An address without an account is counted like one with: the answer must not tell them apart.
        limits.hit("sign-in-account", f"{form.email} {network_key()}", limit=10, per=_WINDOW)
        # No one network can use these up and so shut somebody else out.
        limits.hit("sign-in-everywhere", form.email, limit=100, per=_WINDOW)
        account = service.sign_in(form.email, form.password, actor=current_actor())
    except Invalid as invalid:
        return _sign_in_again(following, forms.sentences(invalid), status=422)
    except service.SignInRefused as refused:
        return _sign_in_again(following, {"": [t(refused.message_id)]}, status=refused.status)
    start_session(account.id)
    return redirect(following, 303)


def _sign_in_again(following: str, errors: dict[str, list[str]], *, status: int) -> ResponseReturnValue:
    page = render_template("accounts/sign_in.html", following=following, typed=forms.kept(request.form), errors=errors)
    return page, status


@bp.post("/logout")
@needs()
def sign_out() -> ResponseReturnValue:
    service.sign_out(current_account().id, actor=current_actor())
    end_session()
    return redirect(url_for(".show_sign_in"), 303)


@bp.post("/logout/everywhere")
@needs()
def sign_out_everywhere() -> ResponseReturnValue:
    service.sign_out_everywhere(current_account().id, actor=current_actor())
    end_session()
    return redirect(url_for(".show_sign_in"), 303)


@bp.get("/account")
@needs()
def show_own() -> ResponseReturnValue:
    return _own_page()


def _own_page(errors: dict[str, list[str]] | None = None, *, status: int = 200) -> ResponseReturnValue:
    account = current_account()
    page = render_template(
        "accounts/own.html",
        own=account,
        organisation=queries.get_organisation_name(account.organisation_id),
        roles=[t(f"accounts-role-{role}") for role in sorted(account.roles)],
        zones=[(zone, zone) for zone in sorted(available_timezones())],
        errors=errors or {},
        done=request.args.get("done", "") if not errors else "",
    )
    return page, status


@bp.post("/account/password")
@needs()
def change_password() -> ResponseReturnValue:
    account = current_account()
    try:
        form = forms.PasswordChange.read(request.form, email=account.email)
        limits.hit("password-change", account.id, limit=10, per=_WINDOW)
        service.change_password(account.id, current=form.current, new=form.new, actor=current_actor())
    except Invalid as invalid:
        return _own_page(forms.sentences(invalid), status=422)
    except service.PasswordWrong as refused:
        return _own_page({"current": [t(refused.message_id)]}, status=refused.status)
    start_session(account.id)  # every session has ended, but for this one
    return redirect(url_for(".show_own", done="password"), 303)


@bp.post("/account/preferences")
@needs()
def change_preferences() -> ResponseReturnValue:
    try:
        form = forms.Preferences.read(request.form)
    except Invalid as invalid:
        return _own_page(forms.sentences(invalid), status=422)
    service.change_preferences(current_account().id, locale=form.locale, timezone=form.timezone, actor=current_actor())
    return redirect(url_for(".show_own", done="preferences"), 303)


@bp.get("/accounts/password/<token>")
@public("who has the one-time link may set the password of its account")
def open_password_link(token: str) -> ResponseReturnValue:
    link = tokens.read(token, service.SET_PASSWORD)
    # The token leaves the address bar, where others can read it and the browser remembers it.
    session[_LINK] = [link.token_id, link.subject]
    return redirect(url_for(".show_set_password"), 303)


@bp.get("/accounts/password")
@public("who has the one-time link may set the password of its account")
def show_set_password() -> ResponseReturnValue:
    _, account_id = _opened_link()
    return _set_password_page(account_id, {})


@bp.post("/accounts/password")
@public("who has the one-time link may set the password of its account")
@limited("set-password", times=30, per=_WINDOW)
def set_password() -> ResponseReturnValue:
    token_id, account_id = _opened_link()
    email = queries.get_record(account_id).email
    try:
        password = forms.read_new_password(request.form, email=email)
    except Invalid as invalid:
        return _set_password_page(account_id, forms.sentences(invalid), status=422)
    service.set_password_by_link(token_id, account_id, new=password, actor=current_actor())
    end_session()
    start_session(account_id)
    return redirect("/", 303)


def _opened_link() -> tuple[str, str]:
    """Token id and account of the link that this browser opened; raises SignInNeeded, LinkRevoked, LinkExpired."""
    opened = session.get(_LINK)
    if not opened:
        raise SignInNeeded
    token_id, account_id = opened
    tokens.check(token_id, service.SET_PASSWORD, account_id)
    return token_id, account_id


def _set_password_page(account_id: str, errors: dict[str, list[str]], *, status: int = 200) -> ResponseReturnValue:
    email = queries.get_record(account_id).email
    return render_template("accounts/set_password.html", email=email, errors=errors), status
