"""Printing from the page: what a lead, a clerk and the person themselves see and get."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from flask.testing import FlaskClient
from lxml.etree import _Element as Element
from PIL import Image

from accounts.rules import Role
from core.config import Settings
from core.db import db, transaction
from events.badges import queries, rules, service
from events.conferences import team
from events.conferences.queries import ConferenceView
from events.conferences.rules import Duty
from events.registration import links
from events.registration import service as registration
from events.registration.models import Registration
from signing.trust import service as trust
from tests.support import apps, conference
from tests.support.databases import SQLITE, Databases
from tests.support.pages import check_page, csrf_token, get_page, post
from tests.support.stages import TABLES


@dataclass
class World:
    app: Flask
    open: ConferenceView
    lead: FlaskClient
    clerk: FlaskClient
    people: list[str]

    @property
    def path(self) -> str:
        return f"/conferences/{self.open.id}/badges"


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    """Three people who come to Chengdu, where a clerk keeps a door, and one to London."""
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as app:
        lead = apps.add_account(app, Role.ADMINISTRATOR, email="lead@example.test")
        clerk = apps.add_account(app, Role.CLERK, email="clerk@example.test", organisation_id=lead.organisation_id)
        with app.app_context():
            opened = conference.keep_open(organisation_id=lead.organisation_id)
            with transaction():
                team.add_row(opened.id, clerk.id, Duty.CLERK, door_id=opened.venue("chengdu").doors[0].id)
            wanted = [
                *(conference.someone(opened, n) for n in (1, 2, 3)),
                conference.someone(opened, 4, venue="london"),
            ]
            people = [registration.register(opened.id, each, by=conference.ORGANISER).id for each in wanted]
        yield World(app, opened, apps.sign_in(app, lead), apps.sign_in(app, clerk), people)
    databases.drop(url)


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def rows(page: Element) -> list[str]:
    return [str(each) for each in page.xpath("//tbody//th/label/text()")]


def test_all_that_are_to_be_printed_are_printed_at_once_and_the_answer_is_the_file(world: World) -> None:
    page = get_page(world.lead, world.path)
    assert rows(page) == ["样例1", "样例2", "样例3", "样例4"]
    answer = post(world.lead, f"{world.path}/print", {"which": "all", "layout": "100x70"})
    assert answer.status_code == 303
    file = world.lead.get(answer.location)
    assert file.mimetype == "application/pdf"
    assert file.headers["Cache-Control"] == "private, no-store"
    assert len(pypdfium2.PdfDocument(file.data)) == 4
    assert "没有符合条件的胸卡" in words(get_page(world.lead, world.path))
    assert len(rows(get_page(world.lead, f"{world.path}?shown=printed&venue={world.open.venue('london').id}"))) == 1


def test_printing_again_without_a_reason_is_said_on_the_page_and_keeps_what_was_chosen(world: World) -> None:
    chosen = {"which": "chosen", "registration": world.people[1], "shown": "all", "layout": "62x100"}
    assert post(world.lead, f"{world.path}/print", chosen).status_code == 303
    answer = post(world.lead, f"{world.path}/print", chosen)
    page = check_page(answer)
    assert answer.status_code == 422
    assert "请写明补打的原因" in words(page)
    assert page.xpath("//input[@name='registration'][@checked]/@value") == [world.people[1]]
    assert page.xpath("//select[@name='layout']/option[@selected]/@value") == ["62x100"]
    again = post(world.lead, f"{world.path}/print", {**chosen, "reason": "遗失"})
    assert again.status_code == 303
    assert "第 2 次" in words(get_page(world.lead, f"{world.path}?shown=printed"))


def test_a_clerk_prints_one_at_a_time_and_none_of_another_venue(world: World) -> None:
    page = get_page(world.clerk, f"{world.path}?shown=all")
    assert rows(page) == ["样例1", "样例2", "样例3"]
    assert not page.xpath("//button[@value='all']")

    def tries(**form: object) -> tuple[int, str]:
        answer = post(world.clerk, f"{world.path}/print", form, headers={"Accept": "application/json"})
        code = answer.get_json()["error"]["code"] if answer.is_json else ""
        return answer.status_code, code

    assert tries(which="chosen", registration=world.people[:2]) == (403, "badges_one_at_a_time")
    assert tries(which="all") == (403, "badges_one_at_a_time")
    assert tries(which="chosen", registration=world.people[3]) == (403, "not_your_venue")
    assert tries(which="chosen", registration=world.people[0]) == (303, "")
    with world.app.app_context():
        assert queries.newest_prints(world.people) == {world.people[0]: 1}


def test_a_file_with_people_of_another_venue_is_not_given_to_a_clerk(world: World) -> None:
    answer = post(world.lead, f"{world.path}/print", {"which": "all"})
    for path in (answer.location, answer.location.removesuffix(".pdf")):
        refused = world.clerk.get(path, headers={"Accept": "application/json"})
        assert (refused.status_code, refused.get_json()["error"]["code"]) == (403, "not_your_venue")


def test_many_lead_to_a_page_that_says_how_far_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "DIRECT", 2)
    answer = post(world.lead, f"{world.path}/print", {"which": "all"})
    page = get_page(world.lead, answer.location)
    assert "正在为每张胸卡编号并签名" in words(page)
    assert page.xpath("//*[@data-live-region='run']")


def test_a_name_without_glyphs_stands_on_the_page_and_keeps_nobody_else_from_being_printed(world: World) -> None:
    with world.app.app_context():
        registration.change(world.people[0], registration.Changes(name="样例𐎀"), by=conference.ORGANISER)
    assert "𐎀" in words(get_page(world.lead, world.path))
    assert post(world.lead, f"{world.path}/print", {"which": "all"}).status_code == 303
    with world.app.app_context():
        assert set(queries.newest_prints(world.people)) == set(world.people[1:])


def test_a_proof_is_shown_and_nothing_is_kept(world: World) -> None:
    answer = world.lead.get(f"{world.path}/preview?shown=all&layout=100x70")
    assert "不可入场" in pypdfium2.PdfDocument(answer.data)[0].get_textpage().get_text_range()
    with world.app.app_context():
        assert queries.newest_prints(world.people) == {}


def test_a_program_prints_by_json_and_a_repeat_is_the_same_run(world: World) -> None:
    path = f"/api{world.path}"
    sent = {"registrations": world.people[:1], "layout": "62x100"}
    token = {"Idempotency-Key": "k1"}
    first = post_json(world.lead, f"{path}/print", sent, token)
    assert post_json(world.lead, f"{path}/print", sent, token) == first
    assert world.lead.get(first["file"]).mimetype == "application/pdf"
    badges = world.lead.get(path).get_json()["badges"]
    assert [(each["state"], each["number"]) for each in badges] == [("printed", 1), *[("unprinted", 0)] * 3]


def post_json(client: FlaskClient, path: str, sent: object, headers: dict[str, str]) -> dict[str, str]:
    answer = client.post(path, json=sent, headers={**headers, "X-CSRFToken": csrf_token(client)})
    assert answer.status_code == 201, answer.text
    return answer.get_json()  # type: ignore[no-any-return]


def test_who_has_the_personal_link_sees_their_entry_code_and_nobody_else_does(world: World) -> None:
    one = world.people[0]
    with world.app.app_context():
        token = links.write(db.session.get_one(Registration, one))
    person = world.app.test_client()
    assert person.get(f"/registration/{one}/ticket.svg").status_code == 403
    person.get(f"/r/{token}")
    page = get_page(person, f"/registration/{one}")
    (source,) = page.xpath("//img[@class='ticket']/@src")
    assert person.get(str(source)).mimetype == "image/svg+xml"
    picture = person.get(f"/registration/{one}/ticket.png").data
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    with world.app.app_context():
        assert service.check(found.text, conference_id=world.open.id).registration_id == one
    assert person.get(f"/registration/{world.people[1]}/ticket.svg").status_code == 403


def test_anybody_gets_the_public_keys_and_can_check_with_them(world: World) -> None:
    (key,) = world.app.test_client().get("/pki/badges.json").get_json()["keys"]
    raw = base64.urlsafe_b64decode(key["x"] + "=")
    with world.app.app_context():
        used = trust.door_key()
    assert key["kid"] == used.id
    Ed25519PublicKey.from_public_bytes(raw).verify(used.sign(b"message"), b"message")
