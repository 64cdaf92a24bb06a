"""The application for a test, with its tables and its people."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache

from accounts import staff
from accounts.models import AccountRecord
from accounts.rules import Account, Role
from accounts.staff import NewAccount
from core import audit
from core.config import Settings
from core.db import db, transaction
from tests.support import engines, routes
from tests.support.pages import post
from web.app import create_app

routes.keep_compiled()
engines.keep_compiled()

PASSWORD = "seven grey herons over the dam"
# PASSWORD at the least cost that argon2 has: tests sign in hundreds of times.
_CHEAP_HASH = "$argon2id$v=19$m=8,t=1,p=1$xuQuyqLYDjvmlSYHUt96lQ$z2AY6RBj9+BvJyeB2rWuM3dXz7R2m8QMF7v0Ogo/vdY"
_TEST = audit.Actor("system", "test")
# argon2's own smallest numbers; tests/accounts/test_passwords.py holds what the product uses.
_LEAST_COST = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


class _Templates(BytecodeCache):
    """Compiled templates of this process: every test has an application of its own, and all have the same pages."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self._compiled.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_TEMPLATES = _Templates()


def quicken(app: Flask) -> Flask:
    """Make what tests repeat a hundred times cheap in this application alone: password hashes, compiled templates."""
    app.extensions["security"].pwd_context.update(**_LEAST_COST)
    app.jinja_env.bytecode_cache = _TEMPLATES
    return app


def make_tables(url: str) -> None:
    """All tables in an empty database."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Settings(data_dir=Path(folder), database_url=url)) as app,
        app.app_context(),
    ):
        db.create_all()


@contextmanager
def running(settings: Settings) -> Iterator[Flask]:
    """An application whose connections are closed at the end."""
    app = quicken(create_app(settings))
    app.config["TESTING"] = True
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def add_account(
    app: Flask,
    *roles: Role,
    email: str = "host@example.test",
    name: str = "测试员",
    organisation_id: str = "",
    locale: str = "zh-CN",
) -> Account:
    """An account that can sign in with PASSWORD; without `organisation_id` in an organisation of its own."""
    with app.app_context():
        if not organisation_id:
            with transaction():
                organisation_id = staff.add_organisation(f"单位 {email}")
        new = NewAccount(email=email, name=name, roles=frozenset(roles), locale=locale)
        account, _ = staff.add_account(organisation_id, new, actor=_TEST)
        with transaction():
            record = db.session.get(AccountRecord, account.id)
            assert record is not None
            record.password = _CHEAP_HASH
        return record.to_account()


def sign_in(app: Flask, account: Account | str, password: str = PASSWORD) -> FlaskClient:
    """A new browser that is signed in as this account."""
    client = app.test_client()
    email = account if isinstance(account, str) else account.email
    answer = post(client, "/login", {"email": email, "password": password})
    assert answer.status_code == 303, answer.text[:2000]
    return client


def signed_in(app: Flask, *roles: Role, email: str = "host@example.test") -> FlaskClient:
    """A new browser, signed in as a new account with these roles."""
    return sign_in(app, add_account(app, *roles, email=email))
