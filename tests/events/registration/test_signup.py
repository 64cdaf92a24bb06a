"""Registering by the public form, and one's own page afterwards, as a browser sends and sees them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml.etree import _Element as Element
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.rules import Role
from core import audit, clock, config, storage
from core.config import Settings
from core.db import db, transaction
from core.errors import Conflict
from core.outbox import OutboxMessage
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from events.registration import (
    answer_files,
    groups,
    links,
    offers,
    places_service,
    privacy_service,
    queries,
    sent_files,
    service,
)
from events.registration import question_service as questions
from events.registration.models import Registration
from events.registration.question_models import AnswerFile
from events.registration.question_rules import Choice, Condition, Question, QuestionKind
from events.registration.rules import RegistrationState
from tests.support import apps, conference
from tests.support.databases import SQLITE, Databases
from tests.support.pages import check_page, get_page, post
from tests.support.stages import TABLES

PDF = b"%PDF-1.7 sample"
PERSON = {
    "audience": "company",
    "venue": "chengdu",
    "name": "样例甲",
    "email": "a@example.com",
    "privacy": "yes",
    "waits": ["london"],
}


def both(text: str) -> dict[str, str]:
    return {"zh-CN": f"{text}？", "en": f"{text}?"}


HOTEL = Question(
    "hotel", QuestionKind.CHOICE, both("hotel"), {}, True, (Choice("c1", both("yes")), Choice("c2", both("no")))
)
NIGHTS = Question("nights", QuestionKind.NUMBER, both("nights"), {}, True, condition=Condition("hotel", "c1"))
PAPER = Question("paper", QuestionKind.FILE, both("paper"), {})


@dataclass
class World:
    app: Flask
    open: ConferenceView
    client: FlaskClient

    @property
    def path(self) -> str:
        return f"/c/{self.open.code}/register"

    def ask(self, *asked: Question) -> None:
        with self.app.app_context():
            for each in asked:
                questions.add(self.open.id, each, by=conference.ORGANISER)

    def send(self, client: FlaskClient | None = None, **form: Any) -> TestResponse:
        sent = {**PERSON, "request_key": "key-of-this-form", **form}
        return post(client or self.client, self.path, sent, content_type="multipart/form-data")

    def own(self, **form: Any) -> str:
        """Register and return the address of the own page."""
        answer = self.send(**form)
        assert answer.status_code == 303, " ".join(check_page(answer).xpath("//main//text()"))
        return str(answer.location).removesuffix("/done")

    def rows(self) -> list[Registration]:
        with self.app.app_context():
            return list(db.session.scalars(select(Registration).order_by(Registration.id)))

    def fill(self, venue: str, count: int) -> list[str]:
        with self.app.app_context():
            people = [conference.someone(self.open, 100 + number, venue=venue) for number in range(count)]
            return [service.register(self.open.id, each, by=conference.ORGANISER).id for each in people]


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as app:
        account = apps.add_account(app, Role.ORGANISER, email="lead@example.test")
        plan = conference.plan()
        plan["venues"][1]["places"]["company"] = 1
        with app.app_context():
            opened = conference.keep_open(plan, organisation_id=account.organisation_id)
        yield World(app, opened, app.test_client())
    databases.drop(url)


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def test_the_public_page_leads_to_the_form_and_says_what_is_left(world: World) -> None:
    world.fill("london", 2)
    page = get_page(world.client, f"/c/{world.open.code}")
    assert page.xpath(f"//a[@href='{world.path}']")
    assert "企业 还有 50 个名额" in words(page)
    assert "企业 已满：报名后进入候补，前面还有 1 人" in words(page)
    who = get_page(world.client, world.path)
    assert who.xpath(f"//a[@href='{world.path}?audience=guest']")
    form = get_page(world.client, f"{world.path}?audience=guest")
    assert form.xpath("//input[@name='venue']/@value") == ["chengdu"]
    assert "由主办方逐一审核" in words(form)


def test_a_form_pressed_twice_is_one_registration_and_says_what_comes_next(world: World) -> None:
    first, again = world.send(), world.send()
    assert (first.status_code, first.location) == (303, again.location)
    page = get_page(world.client, str(first.location))
    assert "您已有名额" in words(page)
    assert "邮件将发送到 a@example.com" in words(page)
    assert len(world.rows()) == 1


def test_every_problem_stands_beside_its_field_and_nothing_typed_is_lost(world: World) -> None:
    world.ask(HOTEL, NIGHTS, PAPER)
    file = (io.BytesIO(PDF), "纲要.pdf")
    answer = world.send(venue="", name="", email="nobody", phone="abc", privacy="", q_hotel="c1", q_paper=file)
    page = check_page(answer)
    assert answer.status_code == 422
    told = [each.get("id").removesuffix("-error") for each in page.xpath("//*[contains(@class, 'error')][@id]")]
    assert told == ["venue", "name", "email", "phone", "q_nights", "privacy"]
    assert len(page.xpath("//*[@role='alert']//li")) == 6
    assert page.xpath("//input[@name='email']/@value") == ["nobody"]
    # The file need not be chosen again.
    [kept] = page.xpath("//input[@name='kept_paper']/@value")
    path = world.own(q_hotel="c1", q_nights="2", kept_paper=kept)
    assert world.rows()[0].answers["paper"]["name"] == "纲要.pdf"
    taken = world.client.get(f"{path}/files/paper")
    assert (taken.data, taken.mimetype) == (PDF, "application/octet-stream")
    assert taken.headers["Content-Disposition"].startswith("attachment")


def test_what_a_condition_hides_is_neither_required_nor_kept(world: World) -> None:
    world.ask(HOTEL, NIGHTS)
    page = get_page(world.client, f"{world.path}?audience=company")
    [nights] = page.xpath("//*[@id='question-nights']")
    assert (nights.get("data-on"), nights.get("data-is")) == ("q_hotel", "c1")
    # Without a script it stands there, with the words that say when; a browser must not ask for it.
    assert nights.xpath(".//input[not(@required)]")
    world.own(q_hotel="c2", q_nights="7")
    assert world.rows()[0].answers == {"hotel": "c2"}


def test_a_file_that_is_not_what_it_says_is_refused_beside_its_field(world: World) -> None:
    world.ask(PAPER)
    for name, content in (("a.exe", b"MZ"), ("a.pdf", b"<html>"), ("a.pdf", b"")):
        page = check_page(world.send(q_paper=(io.BytesIO(content), name)))
        assert page.xpath("//*[@id='q_paper-error']"), name
    huge = check_page(world.send(q_paper=(io.BytesIO(PDF + bytes(5_000_001)), "a.pdf")))
    assert "5,000" in huge.xpath("string(//*[@id='q_paper-error'])")
    assert world.rows() == []


def kept_files(world: World) -> int:
    with world.app.app_context():
        return len(db.session.scalars(select(AnswerFile)).all())


def test_refused_forms_of_one_network_leave_only_so_many_files(world: World) -> None:
    world.ask(PAPER)
    for number in range(sent_files.MOST_OF_A_NETWORK + 1):
        answer = world.send(name="", q_paper=(io.BytesIO(PDF), f"{number}.pdf"))
    assert kept_files(world) == sent_files.MOST_OF_A_NETWORK
    page = check_page(answer)
    assert not page.xpath("//input[@name='kept_paper']")
    assert "重新选择" in page.xpath("string(//*[@id='q_paper-error'])")
    # A form that goes through has its file all the same.
    path = world.own(q_paper=(io.BytesIO(PDF), "a.pdf"))
    assert world.client.get(f"{path}/files/paper").data == PDF


def test_files_of_refused_forms_stay_within_the_room_for_all(world: World) -> None:
    world.ask(PAPER)
    world.own(q_paper=(io.BytesIO(PDF), "a.pdf"))
    config.use(config.settings().model_copy(update={"max_unclaimed_bytes": len(PDF)}))
    said = []
    for number in range(2):
        # Complete, and refused by what is known of the address.
        answer = world.send(request_key=f"again {number}", q_paper=(io.BytesIO(PDF), "b.pdf"))
        assert answer.status_code == 409
        said.append(bool(check_page(answer).xpath("//*[@id='q_paper-error']")))
    assert (said, kept_files(world)) == ([False, True], 2)


def test_a_kept_file_that_is_gone_is_asked_for_again(world: World) -> None:
    world.ask(PAPER)
    page = check_page(world.send(name="", q_paper=(io.BytesIO(PDF), "a.pdf")))
    [kept] = page.xpath("//input[@name='kept_paper']/@value")
    with world.app.app_context(), clock.frozen(clock.now() + timedelta(hours=7)), transaction():
        answer_files.remove_unclaimed()
    answer = world.send(kept_paper=kept)
    assert "重新选择" in check_page(answer).xpath("string(//*[@id='q_paper-error'])")


def test_who_was_promised_a_place_is_asked_before_they_wait(world: World) -> None:
    world.fill("london", 1)
    refused = world.send(venue="london", waits=[])
    page = check_page(refused)
    assert (refused.status_code, len(world.rows())) == (409, 1)
    assert "名额刚刚被约满" in page.xpath("string(//*[@id='venue-error'])")
    assert page.xpath("//input[@name='waits']/@value") == ["london"]
    own = world.own(venue="london")
    assert "您在候补名单中 1 是您在候补名单中的位置" in words(get_page(world.client, own))


def test_an_address_that_is_registered_gets_its_link_and_no_second_registration(world: World) -> None:
    world.own()
    stranger = world.app.test_client()
    refused = world.send(stranger, request_key="another", name="别人")
    page = check_page(refused)
    assert (refused.status_code, len(world.rows())) == (409, 1)
    assert page.xpath("//*[@id='email-error']")
    for address in ("a@example.com", "unknown@example.com"):
        sent = post(stranger, f"{world.path}/link", {"email": address})
        assert "请查收邮件" in words(check_page(sent))
    with world.app.app_context():
        kinds = list(db.session.scalars(select(OutboxMessage.kind)))
    assert kinds.count("registration_link") == 1


def test_a_groups_link_keeps_a_place_and_fills_in_where(world: World) -> None:
    with world.app.app_context():
        company, hall = world.open.audience("company").id, world.open.venue("london").id
        group_id = groups.hold_places(
            world.open.id, venue_id=hall, audience_id=company, name="样例代表团", size=1,
            held_until=clock.now() + timedelta(days=1), key="k", by=conference.ORGANISER,
        )  # fmt: skip
        token = groups.find_link(group_id)
    assert world.client.get(f"/c/{world.open.code}/group/{token}").status_code == 303
    page = get_page(world.client, world.path)
    assert "已为您预留席位：样例代表团" in words(page)
    assert page.xpath("//input[@name='venue'][@checked]/@value") == ["london"]
    world.own(venue="london", waits=[])
    assert world.rows()[0].state is RegistrationState.CONFIRMED


def test_who_waits_is_told_where_no_other_venue_has_a_place(world: World) -> None:
    with world.app.app_context():
        for number, venue in enumerate(("chengdu", "london", "cloud")):
            with transaction():
                one = {world.open.audience("company").id: 1}
                places_service.set_capacity(world.open.id, world.open.venue(venue).id, one)
            service.register(
                world.open.id, conference.someone(world.open, number, venue=venue), by=conference.ORGANISER
            )
    page = get_page(world.client, world.own(waits=["chengdu"]))
    assert "其他会场现在也已满" in page.xpath("string(//*[@id='move'])")


def test_a_programs_key_opens_nothing_at_the_public_form(world: World) -> None:
    with world.app.app_context():
        someone = conference.someone(world.open, email=PERSON["email"])
        for door in (service.Door.TEAM, service.Door.PHONE):
            with suppress(Conflict):
                service.register(world.open.id, someone, by=conference.ORGANISER, request_key="row-1", door=door)
    [row] = world.rows()
    assert world.send(request_key="row-1").status_code == 409
    assert world.client.get(f"/registration/{row.id}").status_code == 403


def test_nobody_registers_for_what_is_called_off(world: World) -> None:
    with world.app.app_context():
        publishing.cancel(world.open.id, reason="样例", by=conference.ORGANISER)
    assert "大会已经取消" in words(get_page(world.client, world.path))
    assert world.send().status_code == 409


def test_the_personal_link_leaves_the_address_bar_and_only_it_opens_the_page(world: World) -> None:
    path, stranger = world.own(), world.app.test_client()
    assert stranger.get(path).status_code == 403
    with world.app.app_context():
        token = links.write(db.session.get_one(Registration, path.rpartition("/")[2]))
    opened = stranger.get(f"/r/{token}")
    assert (opened.status_code, opened.location) == (303, path)
    assert token not in get_page(stranger, path).xpath("string(.)")
    assert stranger.get("/r/nonsense").status_code == 404


def test_details_are_changed_and_another_address_ends_older_links(world: World) -> None:
    world.ask(HOTEL, NIGHTS, PAPER)
    path = world.own(q_hotel="c2", q_paper=(io.BytesIO(PDF), "a.pdf"))
    with world.app.app_context():
        old = links.write(db.session.get_one(Registration, path.rpartition("/")[2]))
    page = get_page(world.client, f"{path}/change")
    assert page.xpath("//input[@name='name']/@value") == ["样例甲"]
    assert page.xpath("//input[@name='q_hotel'][@checked]/@value") == ["c2"]
    form = {"name": "样例乙", "email": "b@example.com", "q_hotel": "c1"}
    assert post(world.client, f"{path}/change", form).status_code == 422
    assert post(world.client, f"{path}/change", {**form, "q_nights": "2"}).status_code == 303
    [row] = world.rows()
    assert (row.name, row.email, row.answers["nights"], row.answers["paper"]["name"]) == (
        "样例乙", "b@example.com", "2", "a.pdf",
    )  # fmt: skip
    get_page(world.client, path)
    assert world.app.test_client().get(f"/r/{old}").status_code == 410


def test_moving_accepting_and_withdrawing_are_one_press_each(world: World) -> None:
    [first] = world.fill("london", 1)
    path = world.own(venue="london")
    assert "成都会场 成都 · 样例路 1 号 还有 50 个名额" in words(get_page(world.client, path))
    with world.app.app_context():
        service.withdraw(first, by=conference.ORGANISER)
        with transaction():
            offers.settle(world.open.id, world.open.venue("london").id, world.open.audience("company").id)
    offered = get_page(world.client, path)
    assert "有名额了，正在等您确认" in words(offered)
    assert post(world.client, f"{path}/accept").status_code == 303
    assert "您已有名额" in words(get_page(world.client, path))
    calendar = world.client.get(f"{path}/calendar.ics")
    assert b"BEGIN:VCALENDAR" in calendar.data
    assert post(world.client, f"{path}/move", {"venue": world.open.venue("cloud").id}).status_code == 303
    assert "云上会场" in words(get_page(world.client, path))
    get_page(world.client, f"{path}/withdraw")
    assert world.rows()[1].state is RegistrationState.CONFIRMED
    assert post(world.client, f"{path}/withdraw").status_code == 303
    assert "您已退出" in words(get_page(world.client, path))


def test_one_press_behind_the_mailed_link_proves_the_address_and_nothing_else_does(world: World) -> None:
    path = world.own()
    shown = get_page(world.client, path)
    assert "我们给 a@example.com 发了一封邮件" in words(shown)
    assert post(world.client, f"{path}/prove").status_code == 403, "this browser has not been given the mail"
    assert post(world.client, f"{path}/mail").location.endswith("?mailed=yes")
    assert "邮件已发出" in words(get_page(world.client, f"{path}?mailed=yes"))
    with world.app.app_context():
        link = links.write(world.rows()[0])
        kinds = list(db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.created_at)))
        assert kinds[-2:] == ["registration_confirmed", "registration_link"]
    mailed = world.app.test_client()
    assert mailed.get(f"/r/{link}").status_code == 303
    assert world.rows()[0].proved_at is None, "a program that opens links proves nothing"
    assert "确认是我的邮箱" in words(get_page(mailed, path))
    assert post(mailed, f"{path}/prove").status_code == 303
    assert world.rows()[0].proved_at is not None
    assert "请确认您的邮箱" not in words(get_page(mailed, path))
    assert "请确认您的邮箱" not in words(get_page(world.client, path))


def test_ones_data_is_shown_handed_out_and_deleted_with_everything_beside_the_trail(world: World) -> None:
    world.ask(PAPER)
    path = world.own(phone="+86 28 8888 0000", q_paper=(io.BytesIO(PDF), "a.pdf"))
    registration_id = path.rpartition("/")[2]
    assert "+86 28 8888 0000" in words(get_page(world.client, f"{path}/data"))
    told = json.loads(world.client.get(f"{path}/data.json").data)
    assert (told["name"], told["answers"][0]["answer"]["name"]) == ("样例甲", "a.pdf")
    with world.app.app_context():
        file = db.session.scalars(select(AnswerFile)).one()
        digest, chain = file.digest, world.open.id
        assert PDF not in storage.read(digest)
    get_page(world.client, f"{path}/delete")
    deleted = post(world.client, f"{path}/delete")
    assert "您的信息已删除" in words(check_page(deleted))
    assert world.client.get(path).status_code == 403
    with world.app.app_context():
        row = db.session.get_one(Registration, registration_id)
        assert (row.email, row.phone, row.answers, row.live_key) == ("", "", {}, None)
        assert db.session.scalars(select(AnswerFile)).all() == []
        assert db.session.scalars(select(OutboxMessage.recipient).filter_by(chain=chain)).all() == ["", ""]
        lines = [json.loads(line) for line in audit.list_lines(chain)]
        theirs = {line["seq"] for line in lines if line["subject"]["id"] == registration_id}
        assert [value for value in audit.list_private(chain) if value.seq in theirs] == []
        assert [line["action"] for line in lines][-2:] == ["registration.withdrawn", "registration.erased"]
        text = "\n".join(audit.list_lines(chain))
        assert not re.search("样例甲|a@example.com|8888 ?0000", text)
        places = {(each.venue_id, each.audience_id): each.count.taken for each in queries.list_places(chain)}
        assert set(places.values()) == {0}
        # Asked for once more, it is once.
        privacy_service.erase(registration_id, by=conference.ORGANISER)
        assert len(list(audit.list_lines(chain))) == len(lines)
        assert storage.path(digest).exists()


def test_people_are_forgotten_when_the_time_that_they_were_told_is_over(world: World) -> None:
    world.own()
    with world.app.app_context():
        questions.set_notice(world.open.id, controller={}, purpose={}, retention_days=10, by=conference.ORGANISER)
        last = clock.now() + (world.open.ends_on - clock.now().date())
        with clock.frozen(last + timedelta(days=10)):
            assert privacy_service.list_due() == []
        with clock.frozen(last + timedelta(days=13)):
            due = privacy_service.list_due()
    assert due == [row.id for row in world.rows()]


def test_a_file_whose_form_was_never_accepted_goes_after_some_hours(world: World) -> None:
    with world.app.app_context():
        kept, named = (answer_files.look_at("paper", name=name, content=PDF) for name in ("a.pdf", "b.pdf"))
        for each in (kept, named):
            answer_files.keep(world.open.id, each)
        someone = conference.someone(world.open, 1, answers={"paper": named.as_answer()})
        made = service.register(world.open.id, someone, by=conference.ORGANISER)
        with clock.frozen(clock.now() + timedelta(hours=7)), transaction():
            assert answer_files.remove_unclaimed() == 1
        found, content = answer_files.read(made.id, "paper")
        assert (found.id, content) == (named.id, PDF)
        assert answer_files.find_kept(world.open.id, "paper", answer_files.token_of(kept.id)) is None
