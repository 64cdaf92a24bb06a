"""Who sees the meeting link and who does not: host, seats, mails, stage; and what a host may paste."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.rules import Role
from core import config, i18n, live, outbox
from core.db import db
from core.outbox import OutboxMessage
from signing.ceremonies import queries as ceremonies
from signing.ceremonies import service as ceremony_service
from signing.ceremonies import stage
from signing.meetings import calling, queries, service
from tests.signing.test_access import signer
from tests.support.ceremony import HOST, do_jobs
from tests.support.meetings import MeetingService
from tests.support.pages import check_page, get_page, post
from tests.support.quick import Quick, QuickWorld, host

URL = "https://meeting.tencent.com/dm/abc123"


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        yield made


@pytest.fixture
def client(world: Quick) -> FlaskClient:
    return host(world, locale="en")


def at(world: Quick, part: str = "") -> str:
    return f"/ceremonies/{world.id}/meeting{part}"


def words(page: object) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())  # type: ignore[attr-defined]


def seq(world: Quick) -> int:
    with world.app.app_context():
        return queries.get_meeting(world.id).seq


def paste(client: FlaskClient, world: Quick, url: str = URL, **more: str) -> int:
    typed = {"url": url, "code": "123 456 789", "phones": "+86 755 3655 0000", "seq": seq(world), **more}
    return post(client, at(world), typed).status_code


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_each_page_is_whole_empty_full_and_broken(world: Quick, tmp_path: Path, locale: str) -> None:
    client = host(world, locale=locale)
    get_page(client, at(world))
    with MeetingService("zoom") as zoom:
        config.use(config.settings().model_copy(update={"meeting_keys": zoom.write_keys(tmp_path)}))
        calling.forget_all()
        assert post(client, at(world, "/make"), {"tool": "zoom", "seq": "0"}).status_code == 303
        get_page(client, at(world))  # being made
        zoom.refuses_keys = True
        with world.app.app_context():
            do_jobs(kinds=(service.MAKE,))
        page = get_page(client, at(world))
        assert page.xpath("//*[@id='failed']")
        assert "Zoom" in words(get_page(client, f"/ceremonies/{world.id}"))
    assert paste(client, world) == 303
    page = get_page(client, at(world))
    [link] = page.xpath("//*[@id='link']//a[@target='_blank']")
    assert (link.get("href"), link.get("rel")) == (URL, "noreferrer noopener")
    assert not page.xpath("//*[@id='failed']")


@pytest.mark.parametrize(
    "url",
    ["", "http://zoom.us/j/1", "javascript:alert(1)", "https://", "https://host", "https://a:b@zoom.us/j/1",
     "https://zoom.us/j/1 2", "https://zoom.us:x/", "https://zoom.us/" + "x" * 1000, "zoom.us/j/1", "https://zoom.us/\u202e1"],
)  # fmt: skip
def test_what_is_no_https_link_is_not_taken_and_stays_in_the_form(world: Quick, client: FlaskClient, url: str) -> None:
    response = post(client, at(world), {"url": url, "code": "1", "seq": "0"})
    assert response.status_code == 422
    page = check_page(response)
    assert page.xpath("//*[@id='url' and @aria-invalid='true']")
    assert page.xpath("//*[@id='meeting-code']/@value") == ["1"]
    with world.app.app_context():
        assert queries.find_link(world.id) is None


@pytest.mark.parametrize(
    ("pasted", "url", "code", "password"),
    [
        (
            "演示人 邀请您参加腾讯会议 https://meeting.tencent.com/dm/abc123 #腾讯会议：123-456-789 会议密码：8888",
            "https://meeting.tencent.com/dm/abc123",
            "123-456-789",
            "8888",
        ),
        (
            "https://meeting.tencent.com/dm/abc123#腾讯会议：123-456-789",
            "https://meeting.tencent.com/dm/abc123",
            "123-456-789",
            "",
        ),
        (
            "Join Zoom Meeting https://zoom.us/j/1234567890?pwd=x Meeting ID: 123 456 7890 Passcode: Ab12",
            "https://zoom.us/j/1234567890?pwd=x",
            "123 456 7890",
            "Ab12",
        ),
    ],
)
def test_the_invitation_that_a_tool_copies_is_understood(
    world: Quick, client: FlaskClient, pasted: str, url: str, code: str, password: str
) -> None:
    assert paste(client, world, pasted, code="") == 303
    with world.app.app_context():
        found = queries.find_link(world.id)
    assert (found.url, found.code, found.password) == (url, code, password)


def test_a_text_with_two_links_is_not_guessed_at(world: Quick, client: FlaskClient) -> None:
    assert paste(client, world, "入会 https://zoom.us/j/1 或 https://zoom.us/j/2") == 422


@pytest.mark.parametrize(
    ("name", "value"), [("code", "1" * 41), ("password", "x" * 41), ("phones", "\n".join("123456"))]
)
def test_more_than_fits_is_not_taken(world: Quick, client: FlaskClient, name: str, value: str) -> None:
    assert paste(client, world, **{name: value}) == 422


def test_an_old_page_is_told_that_another_host_was_faster(world: Quick, client: FlaskClient) -> None:
    paste(client, world)
    response = post(client, at(world), {"url": "https://zoom.us/j/2", "seq": "0"})
    assert response.status_code == 409
    assert "changed since you looked" in words(check_page(response))
    assert post(client, at(world, "/make"), {"tool": "webex", "seq": "1"}).status_code == 404


def test_the_signer_sees_it_once_proved_and_neither_hall_nor_auditor_does(world: Quick, client: FlaskClient) -> None:
    paste(client, world)
    seat = world.people["party_b"].seat_id
    stranger = world.app.test_client()
    stranger.get(world.link("party_b"))
    assert stranger.get(f"/api/seat/{seat}").get_json()["meeting"] is None
    told = signer(world, "party_b").get(f"/api/seat/{seat}").get_json()["meeting"]
    assert told["url"] == URL
    assert "腾讯会议" in told["words"]
    assert [each["value"] for each in told["facts"]] == ["123 456 789", "+86 755 3655 0000"]
    with world.app.app_context():
        assert URL not in str(stage.state(world.id))
        assert live.find_newest(stage.channel(world.id), "meeting.changed") == {}
    assert URL not in host(world, Role.AUDITOR).get(f"/ceremonies/{world.id}").text
    assert URL in client.get(f"/ceremonies/{world.id}").text


def test_a_link_that_comes_late_is_mailed_once_with_a_newer_calendar_entry(world: Quick, client: FlaskClient) -> None:
    paste(client, world)
    for _ in range(2):
        assert post(client, at(world, "/send"), {"seq": seq(world)}).status_code == 303
    with world.app.app_context(), i18n.use_locale("zh-CN"):
        rows = db.session.scalars(select(OutboxMessage).filter_by(kind=service.MAIL)).all()
        assert len(rows) == 3
        mail = outbox.render(service.MAIL, rows[0].payload)
    assert URL in mail.text
    assert "123 456 789" in mail.text
    entry = mail.attachments[0].content.decode().replace("\r\n ", "")
    assert "SEQUENCE:1" in entry
    assert URL in entry
    assert "邮件发给全体签署人" in words(get_page(host(world), at(world)))


def test_an_invitation_has_it_where_it_was_there_before(world: Quick, client: FlaskClient) -> None:
    paste(client, world)
    with world.app.app_context(), i18n.use_locale("zh-CN"):
        row = db.session.scalars(select(OutboxMessage).filter_by(kind="invitation")).first()
        assert row
        assert URL in outbox.render("invitation", row.payload).text


def test_without_a_link_there_is_nothing_to_send(world: Quick, client: FlaskClient) -> None:
    assert post(client, at(world, "/send"), {"seq": "0"}).status_code == 409


def test_when_all_is_over_it_is_nowhere_and_cannot_be_set(world: Quick, client: FlaskClient) -> None:
    paste(client, world)
    person = signer(world, "party_b")
    with world.app.app_context():
        ceremony_service.cancel(world.id, reason="改期", by=HOST)
        assert ceremonies.get_ceremony(world.id).is_over
    get_page(client, at(world))
    assert paste(client, world) == 409
    assert person.get(f"/api/seat/{world.people['party_b'].seat_id}").get_json()["meeting"] is None
