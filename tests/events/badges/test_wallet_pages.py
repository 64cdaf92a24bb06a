"""Tickets for phone wallets: offered to who is confirmed, on their own page and in their mail, where that is set."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.rules import Role
from core import i18n, outbox
from core.config import Settings
from core.db import db
from events.badges import google_pass, service
from events.conferences.queries import ConferenceView
from events.registration import links
from events.registration import service as registration
from events.registration.models import Registration
from tests.support import apps, conference, wallets
from tests.support.databases import SQLITE, Databases
from tests.support.pages import get_page
from tests.support.stages import TABLES


@dataclass
class World:
    app: Flask
    open: ConferenceView
    folder: Path

    def comes(self, number: int, venue: str) -> tuple[FlaskClient, str]:
        """Somebody with their personal link, and their registration."""
        with self.app.app_context():
            someone = conference.someone(self.open, number, venue=venue)
            made = registration.register(self.open.id, someone, by=conference.ORGANISER).id
            token = links.write(db.session.get_one(Registration, made))
        client = self.app.test_client()
        client.get(f"/r/{token}")
        return client, f"/registration/{made}"


def worlds(databases: Databases, data_dir: Path, given: dict[str, Any]) -> Iterator[World]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url, **given)) as app:
        lead = apps.add_account(app, Role.ADMINISTRATOR, email="lead@example.test")
        with app.app_context():
            opened = conference.keep_open(organisation_id=lead.organisation_id)
        yield World(app, opened, data_dir)
    databases.drop(url)


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    """Where both wallets are set."""
    yield from worlds(databases, data_dir, {**wallets.apple(data_dir), **wallets.google(data_dir)})


@pytest.fixture
def plain(databases: Databases, data_dir: Path) -> Iterator[World]:
    """Where nothing is set."""
    yield from worlds(databases, data_dir, {})


def offered(client: FlaskClient, path: str) -> list[str]:
    found = get_page(client, path).xpath("//a[contains(@href, '/wallet/')]/@href")
    return [str(each).rsplit("/", 1)[1] for each in found]


def mail(world: World, path: str, locale: str) -> str:
    with world.app.app_context(), i18n.use_locale(locale):
        return outbox.render("registration_confirmed", {"registration": path.rsplit("/", 1)[1]}).text


def test_a_confirmed_person_takes_the_ticket_that_doors_let_in(world: World) -> None:
    person, path = world.comes(1, "chengdu")
    assert offered(person, path) == ["apple", "google"]
    answer = person.get(f"{path}/wallet/apple")
    assert answer.mimetype == "application/vnd.apple.pkpass"
    assert answer.headers["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        said = json.loads(archive.read("pass.json"))
    with world.app.app_context():
        checked = service.check(said["barcodes"][0]["message"], conference_id=world.open.id)
    assert checked.registration_id == path.rsplit("/", 1)[1]
    assert said["eventTicket"]["primaryFields"][0]["value"] == "样例1"
    saved = person.get(f"{path}/wallet/google")
    assert saved.status_code == 303
    assert saved.location.startswith(google_pass.SAVE)
    assert saved.headers["Referrer-Policy"] == "no-referrer"


def test_the_mail_of_who_comes_to_a_hall_speaks_of_it_in_both_languages(world: World) -> None:
    _, path = world.comes(1, "chengdu")
    assert "手机钱包" in mail(world, path, "zh-CN")
    assert "wallet of your phone" in mail(world, path, "en")


def test_who_is_online_alone_has_no_ticket(world: World) -> None:
    person, path = world.comes(2, "cloud")
    assert offered(person, path) == []
    assert person.get(f"{path}/wallet/apple").status_code == 404
    assert "手机钱包" not in mail(world, path, "zh-CN")


def test_nothing_is_said_of_wallets_where_none_is_set(plain: World) -> None:
    person, path = plain.comes(1, "chengdu")
    assert offered(person, path) == []
    answers = [
        person.get(f"{path}/wallet/{name}", headers={"Accept": "application/json"}) for name in ("apple", "google")
    ]
    assert [(each.status_code, each.get_json()["error"]["code"]) for each in answers] == [
        (404, "wallet_not_offered")
    ] * 2
    assert "手机钱包" not in mail(plain, path, "zh-CN")


def test_a_key_that_others_may_read_signs_nothing_and_says_what_to_do_instead(world: World) -> None:
    person, path = world.comes(1, "chengdu")
    (world.folder / "pass.key").chmod(0o644)
    (world.folder / "account.json").chmod(0o644)
    for name in ("apple", "google"):
        page = person.get(f"{path}/wallet/{name}")
        assert page.status_code == 503
        assert "入场码图片" in page.text
        assert str(world.folder) not in page.text
