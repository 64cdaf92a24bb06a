"""The start page and the choice of language."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from accounts.access import current_actor, find_account, limited, public
from accounts.service import change_preferences
from accounts.urls import safe_next
from core import i18n, tokens
from web import navigation

bp = Blueprint("web", __name__)

LOCALE_COOKIE = "locale"
_YEAR = timedelta(days=365)


@bp.get("/")
@public("it only sends people on to where they belong")
def start() -> ResponseReturnValue:
    account = find_account()
    if account is None:
        return redirect(url_for("accounts.show_sign_in"), 303)
    return redirect(navigation.first_page(account), 303)


@bp.post("/locale")
@public("a reader without an account chooses a language too")
@limited("locale", times=120, per=timedelta(minutes=10))
def choose_locale() -> ResponseReturnValue:
    locale = request.form.get("locale", "")
    locale = locale if locale in i18n.LOCALES else i18n.DEFAULT
    account = find_account()
    if account is not None and account.locale != locale:
        change_preferences(account.id, locale=locale, timezone=account.timezone, actor=current_actor())
    response = redirect(safe_next(request.form.get("next", "").rstrip("?")), 303)
    keep_locale(response, locale)
    return response


def keep_locale(response: BaseResponse, locale: str) -> None:
    """Have this browser see its pages in this language from now on."""
    response.set_cookie(
        LOCALE_COOKIE,
        locale,
        max_age=_YEAR,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def forget_reader(error: BaseException | None = None) -> None:  # noqa: ARG001  Flask says it
    """What is said of one request's reader, language and holder of streams, holds for no later work of its thread."""
    i18n.set_locale(g.pop("locale_before", i18n.DEFAULT))
    tokens.let_go()


def choose_request_locale() -> None:
    """The language of this answer: the reader's choice, else the account's, else what the browser asks for."""
    g.locale_before = i18n.current()
    tokens.let_go()
    chosen = request.cookies.get(LOCALE_COOKIE, "")
    if chosen in i18n.LOCALES:
        i18n.set_locale(chosen)
        return
    account = find_account() if request.endpoint != "static" else None
    i18n.set_locale(account.locale if account else i18n.best_locale(request.accept_languages.values()))


def note_language(response: Response) -> Response:
    """Say which language a page has, so that no cache mixes them up."""
    if response.mimetype == "text/html":
        response.headers["Content-Language"] = i18n.current()
        response.vary.update(["Accept-Language", "Cookie"])
    return response
