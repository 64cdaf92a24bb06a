"""A stream is its reader's: it opens no more, and ends, once the link or the account behind it holds no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from accounts import holding
from core import clock, tokens
from core.config import Settings
from core.db import db, transaction
from core.tokens import LinkToken
from tests.support.core_app import core_app, dispose, use_settings
from tests.support.streams import Running, Stream, running
from tests.support.waiting import wait_until
from web import stream_holders
from web.asgi import build_stream

HOUR = timedelta(hours=1)


@pytest.fixture
def product(database_url: str, data_dir: Path) -> Settings:
    return use_settings(database_url, data_dir, secret_key="k" * 40, max_viewers=50)


@pytest.fixture
def app(product: Settings) -> Iterator[Flask]:
    made = core_app(product, create=True)
    yield made
    dispose(made)


@pytest.fixture
def server(app: Flask, product: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(stream_holders, "CHECK_SECONDS", 0.05)
    with running(build_stream(product), product) as started:
        yield started


def link(app: Flask) -> str:
    """The id of a link that a screen opened by."""
    with app.app_context(), transaction():
        token = tokens.issue("monitor", "cer_1", expires_in=HOUR)
        return tokens.decode(token, "monitor").token_id


def take_back(app: Flask) -> None:
    with app.app_context(), transaction():
        tokens.revoke_all("monitor", "cer_1")


def token(holder: str, channel: str = "monitor:1") -> str:
    tokens.hold(holder)
    try:
        return tokens.issue_fleeting("live", channel, expires_in=HOUR)
    finally:
        tokens.let_go()


def opened(server: Running, held: str, *riders: str) -> Stream:
    along = "".join(f"&with={each}~0" for each in riders)
    return Stream(server.port, f"/live/{held}?after=0{along}")


def test_taking_back_a_link_ends_its_streams_and_no_other(app: Flask, server: Running) -> None:
    held = token(link(app))
    with_link, without = opened(server, held), opened(server, token(""))
    assert [with_link.next().name, without.next().name] == ["hello", "hello"]
    wait_until(lambda: server.joined("monitor:1") == 2)
    take_back(app)
    assert with_link.next().name == "refetch"
    with pytest.raises(EOFError):
        with_link.next()
    wait_until(lambda: server.viewers() == 1)
    refused = opened(server, held)
    assert refused.response.status == 410


def test_a_link_that_ran_out_opens_no_stream(app: Flask, server: Running) -> None:
    held = link(app)
    with app.app_context(), transaction():
        db.session.get_one(LinkToken, held).expires_at = clock.now()
    assert opened(server, token(held)).response.status == 410
    assert opened(server, token("lnk_forgotten")).response.status == 410


def test_what_rides_along_ends_with_its_own_link(app: Flask, server: Running) -> None:
    rider = token(link(app), "ink:1")
    reader = opened(server, token(""), rider)
    assert [event.name for event in reader.take(2)] == ["hello", "with:ink:1"]
    wait_until(lambda: server.joined("ink:1") == 1)
    take_back(app)
    over = reader.next()
    assert (over.name, over.data["kind"]) == ("with:ink:1", "over")
    assert server.joined("monitor:1") == 1
    again = opened(server, token(""), rider)
    assert [event.name for event in again.take(2)] == ["hello", "with"]


def test_an_account_that_is_shut_or_has_other_roles_reads_no_more(app: Flask, server: Running) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE account (id TEXT, fs_uniquifier TEXT, active BOOLEAN)"))
        connection.execute(text("CREATE TABLE account_role (account_id TEXT, name TEXT)"))
        connection.execute(text("INSERT INTO account VALUES ('acc_1', 'u1', TRUE), ('acc_2', 'u2', TRUE)"))
        connection.execute(text("INSERT INTO account_role VALUES ('acc_1', 'host'), ('acc_2', 'host')"))
    one = token(holding.account_holder("acc_1", "u1", ["host"]), "ceremony:1")
    two = token(holding.account_holder("acc_2", "u2", ["host"]), "ceremony:1")
    streams = [opened(server, one), opened(server, two)]
    assert [each.next().name for each in streams] == ["hello", "hello"]
    wait_until(lambda: server.joined("ceremony:1") == 2)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE account SET active = FALSE WHERE id = 'acc_1'"))
        connection.execute(text("DELETE FROM account_role WHERE account_id = 'acc_2'"))
    assert [each.next().name for each in streams] == ["refetch", "refetch"]
    assert [opened(server, each).response.status for each in (one, two)] == [410, 410]


def test_a_database_that_is_away_lets_nobody_in_and_ends_nobody(
    app: Flask, server: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = token(link(app))
    reader = opened(server, held)
    assert reader.next().name == "hello"
    wait_until(lambda: server.joined("monitor:1") == 1)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE link_token RENAME TO link_away"))
    late = token("lnk_other")
    assert opened(server, late).response.status == 503
    assert server.joined("monitor:1") == 1
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE link_away RENAME TO link_token"))
    assert opened(server, held).response.status == 200
