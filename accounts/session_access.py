"""Sessions of staff: Flask-Security set up for them, and how one begins and ends."""

from __future__ import annotations

from flask import Flask, current_app, g, session
from flask_security import Security, SQLAlchemyUserDatastore, login_user, logout_user

from accounts import queries
from accounts.access import SIGNED_IN_AT
from accounts.models import AccountRecord, AccountRole
from core import clock
from core.db import db


def init_app(app: Flask) -> None:
    """Flask-Security for sessions and hashes; its own pages stay away (docs/decisions/0006-flask-security.md)."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  the name of an algorithm
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        # Plain argon2id: an HMAC with a key of the installation first would lose every password with the key.
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
    )
    extension = Security(app, SQLAlchemyUserDatastore(db, AccountRecord, AccountRole), register_blueprint=False)
    # Sign-in by a token in a header, a query string or a JSON body is not offered.
    extension.login_manager.request_loader(lambda _request: None)


def start_session(account_id: str) -> None:
    """Sign this browser in; the personal links that it has open stay."""
    # What was handed out before the sign-in must not be good for requests after it.
    session.pop(current_app.config["WTF_CSRF_FIELD_NAME"], None)
    g.pop("csrf_token", None)
    login_user(queries.get_record(account_id), remember=False)
    session[SIGNED_IN_AT] = clock.now().timestamp()
    g.pop("account", None)


def end_session() -> None:
    """Sign this browser out and forget everything that its session holds."""
    logout_user()
    session.clear()
    g.pop("csrf_token", None)
    g.pop("account", None)
