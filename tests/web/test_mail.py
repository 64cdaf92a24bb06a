from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core import audit, claims, clock, config, i18n, mailbox, outbox
from core.claims import Claim, ClaimLost, Failure
from core.config import Settings
from core.db import db, transaction
from core.jobs import Hopeless
from core.outbox import Attachment, Mail, OutboxMessage
from tests.support.core_app import core_app, dispose, use_settings
from tests.support.smtp import MailServer
from tests.support.waiting import free_port
from web import mail
from web.jobs import Worker
from web.mail import TryLater

TO = "wang.li@park.example"
ICS = Attachment(
    "ceremony.ics", 'text/calendar; method=REQUEST; charset="utf-8"', b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def product(database_url: str, data_dir: Path, smtp: MailServer) -> Settings:
    return use_settings(
        database_url,
        data_dir,
        smtp_url=smtp.url,
        mail_from="云签 Yunqian <no-reply@sign.example>",
        base_url="https://sign.example",
    )


@pytest.fixture
def app(product: Settings, monkeypatch: pytest.MonkeyPatch, core_alone: None) -> Iterator[Flask]:
    def render(payload: dict[str, Any]) -> Mail:
        language = i18n.current()
        subject = payload.get("subject", "签约邀请" if language == "zh-CN" else "Invitation")
        return Mail(subject, f"code {payload.get('code')} 双流", f"<p>code {payload.get('code')}</p>", (ICS,))

    monkeypatch.setitem(outbox._renderers, "test", render)
    made = core_app(product, create=True)
    yield made
    dispose(made)


def add(app: Flask, *, to: str = TO, locale: str = "zh-CN", **payload: Any) -> str:
    with app.app_context(), transaction():
        return outbox.add("test", to=to, locale=locale, chain="cer_1", **{"code": "123456", **payload})


def take(app: Flask) -> Claim:
    with app.app_context():
        [claim] = claims.take(OutboxMessage, worker="test")
        return claim


def deliver(app: Flask, claim: Claim) -> None:
    with app.app_context():
        mail.deliver(claim)


def row(app: Flask) -> OutboxMessage:
    with app.app_context():
        return db.session.scalars(select(OutboxMessage)).one()


def trail(app: Flask) -> list[str]:
    with app.app_context():
        return list(audit.list_lines("cer_1"))


def test_a_message_arrives_in_the_language_of_its_reader(app: Flask, smtp: MailServer) -> None:
    message_id = add(app)
    deliver(app, take(app))
    [arrived] = smtp.mails
    assert arrived.recipients == (TO,)
    assert arrived.sender == "no-reply@sign.example"
    assert arrived.subject == "签约邀请"
    assert arrived.text == "code 123456 双流\n"
    assert "<p>code 123456</p>" in arrived.html
    assert arrived.message["Message-ID"] == f"<{message_id}@sign.example>"
    assert arrived.message["Auto-Submitted"] == "auto-generated"
    add(app, locale="en")
    deliver(app, take(app))
    assert smtp.mails[1].subject == "Invitation"


def test_a_calendar_file_says_that_it_is_an_invitation(app: Flask, smtp: MailServer) -> None:
    add(app)
    deliver(app, take(app))
    [part] = list(smtp.mails[0].message.iter_attachments())
    assert isinstance(part, EmailMessage)
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "REQUEST"
    assert part.get_filename() == "ceremony.ics"
    assert smtp.mails[0].attachments["ceremony.ics"] == ICS.content


def test_after_the_sending_neither_code_nor_address_is_kept(app: Flask, smtp: MailServer) -> None:
    message_id = add(app, seat="sea_1")
    deliver(app, take(app))
    assert row(app).payload == {}
    assert row(app).done_at is not None
    [line] = trail(app)
    assert '"action":"message.sent"' in line
    assert message_id in line
    assert '"seat":"sea_1"' in line
    assert "123456" not in line
    assert TO not in line


@pytest.mark.parametrize("answer", ["451 4.7.1 greylisted, come back later", "hang up"])
def test_a_server_that_does_not_want_it_now_gets_it_later(app: Flask, smtp: MailServer, answer: str) -> None:
    smtp.answer_next(answer)
    add(app)
    claim = take(app)
    with pytest.raises(TryLater):
        deliver(app, claim)
    assert row(app).payload == {"code": "123456"}
    deliver(app, claim)
    assert len(smtp.mails) == 1


def test_a_server_that_is_not_there_is_tried_later(app: Flask, product: Settings) -> None:
    use_settings(product.database_url, product.data_dir, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    add(app)
    with pytest.raises(TryLater, match="ConnectionRefused") as caught:
        deliver(app, take(app))
    assert caught.value.reason == "server_away"
    assert trail(app) == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("550 5.1.1 no such mailbox", "address_unknown"),
        ("550 wang.li is not here", "address_unknown"),
        ("552 5.2.2 over quota", "mailbox_full"),
        ("550 5.7.1 relaying denied", "server_refused"),
        ("553 5.6.7 no SMTPUTF8 further on", "address_unsupported"),
    ],
)
def test_an_address_that_is_refused_is_given_up_by_name(app: Flask, smtp: MailServer, answer: str, reason: str) -> None:
    smtp.refuse_recipient(TO, answer)
    add(app)
    with pytest.raises(Hopeless, match=answer[:3]) as caught:
        deliver(app, take(app))
    assert caught.value.reason == reason
    assert TO not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "kind", "reason"),
    [
        ("554 5.7.1 no", Hopeless, "server_refused"),
        ("552 5.3.4 too big", Hopeless, "mail_too_large"),
        ("452 4.2.2 full", TryLater, "server_busy"),
    ],
)
def test_a_refused_content_counts_by_its_code(
    app: Flask, smtp: MailServer, answer: str, kind: type[Failure], reason: str
) -> None:
    smtp.answer_next(answer)
    add(app)
    with pytest.raises(kind) as caught:
        deliver(app, take(app))
    assert caught.value.reason == reason


def test_a_domain_in_any_script_arrives_everywhere(app: Flask) -> None:
    with MailServer(utf8=False) as old:
        config.use(config.settings().model_copy(update={"smtp_url": old.url}))
        add(app, to="wang@例子.中国")
        deliver(app, take(app))
    [arrived] = old.mails
    assert arrived.recipients == ("wang@xn--fsqu00a.xn--fiqs8s",)
    assert arrived.message["To"] == "wang@xn--fsqu00a.xn--fiqs8s"


def test_a_mailbox_in_any_script_gets_its_mail_where_the_server_can(app: Flask, smtp: MailServer) -> None:
    add(app, to="用户@例子.中国")
    deliver(app, take(app))
    [arrived] = smtp.mails
    assert arrived.recipients == ("用户@xn--fsqu00a.xn--fiqs8s",)
    assert arrived.text == "code 123456 双流\n"


def test_a_mailbox_in_another_script_is_given_up_by_name_where_the_server_cannot(app: Flask) -> None:
    with MailServer(utf8=False) as old:
        config.use(config.settings().model_copy(update={"smtp_url": old.url}))
        add(app, to="用户@例子.中国")
        with pytest.raises(Hopeless) as caught:
            deliver(app, take(app))
    assert caught.value.reason == "address_unsupported"
    assert old.mails == []


def test_what_nobody_needs_any_more_is_not_sent(app: Flask, smtp: MailServer) -> None:
    with app.app_context(), transaction():
        outbox.add(
            "test", to=TO, locale="en", chain="cer_1", good_until=clock.now() + timedelta(minutes=10), code="123456"
        )
    claim = take(app)
    with clock.frozen(clock.now() + timedelta(minutes=11)), pytest.raises(Hopeless) as caught:
        deliver(app, claim)
    assert caught.value.reason == "too_late"
    assert smtp.mails == []
    deliver(app, claim)
    assert len(smtp.mails) == 1


def test_a_wrong_password_waits_for_the_administrator(app: Flask, product: Settings) -> None:
    with MailServer(login=("user", "right")) as server:
        wrong = server.url.replace("right", "wrong")
        use_settings(product.database_url, product.data_dir, smtp_url=wrong)
        add(app)
        claim = take(app)
        with pytest.raises(TryLater) as caught:
            deliver(app, claim)
        assert caught.value.reason == "server_settings"
        use_settings(product.database_url, product.data_dir, smtp_url=server.url)
        deliver(app, claim)
        assert len(server.mails) == 1


def test_a_server_without_the_tls_that_was_asked_for_gets_nothing(
    app: Flask, product: Settings, smtp: MailServer
) -> None:
    use_settings(product.database_url, product.data_dir, smtp_url=f"{smtp.url}?tls=starttls")
    add(app)
    with pytest.raises(TryLater):
        deliver(app, take(app))
    assert smtp.mails == []


@pytest.mark.parametrize("title", ["a\r\nBcc: eve@evil.example", "a\nX-Evil: 1", "a\u2028b", "a\x07b"])
def test_a_title_begins_no_header(app: Flask, smtp: MailServer, title: str) -> None:
    add(app, subject=title)
    deliver(app, take(app))
    [arrived] = smtp.mails
    assert arrived.recipients == (TO,)
    assert arrived.message["Bcc"] is None
    assert arrived.message["X-Evil"] is None


@pytest.mark.parametrize(
    "to",
    [
        "a@b.example\r\nBcc: eve@evil.example",
        "用\r\nBcc: eve@evil.example@b.example",
        "用\u2028户@b.example",
        "not an address",
        "用户",
        "用@户@b.example",
        "a@b.example, c@d.example",
        "a@-例子.中国",
        "",
    ],
)
def test_what_is_no_address_is_given_up(app: Flask, smtp: MailServer, to: str) -> None:
    add(app, to=to)
    with pytest.raises(Hopeless) as caught:
        deliver(app, take(app))
    assert caught.value.reason == "address_broken"
    assert smtp.mails == []


def test_a_repeat_after_a_lost_answer_can_be_told_by_its_id(
    app: Flask, smtp: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(app)
    claim = take(app)

    def lose(*_: object, **__: object) -> None:
        raise ClaimLost

    with monkeypatch.context() as lost:
        lost.setattr(claims, "finish", lose)
        with pytest.raises(ClaimLost):
            deliver(app, claim)
    deliver(app, claim)
    first, second = smtp.mails
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert len(trail(app)) == 1


def test_nothing_is_open_on_the_database_while_the_server_is_waited_for(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    states: list[str] = []

    def look(*_: object) -> None:
        states.append(db.engine.pool.status().rpartition("Checked out connections: ")[2])

    monkeypatch.setattr(mail, "send", look)
    add(app)
    deliver(app, take(app))
    assert states == ["0"]


def test_without_a_server_the_mail_is_kept_for_the_mailbox_page(
    app: Flask, product: Settings, smtp: MailServer
) -> None:
    use_settings(product.database_url, product.data_dir)
    message_id = add(app)
    deliver(app, take(app))
    assert smtp.mails == []
    with app.app_context():
        [kept] = mailbox.list_messages(recipient=TO)
        assert mailbox.list_messages(recipient="other@park.example") == []
    assert (kept.id, kept.subject, kept.html) == (message_id, "签约邀请", "<p>code 123456</p>")
    assert kept.list_attachments() == [ICS]
    assert row(app).payload == {}
    assert len(trail(app)) == 1


def test_a_worker_sends_what_a_change_asks_for(app: Flask, smtp: MailServer) -> None:
    smtp.refuse_recipient("gone@park.example")
    worker = Worker(app, tick_seconds=3600)
    worker.start()
    try:
        add(app, to="gone@park.example")
        for _ in range(5):
            add(app)
        assert len(smtp.wait_for(to=TO, count=5)) == 5
    finally:
        worker.stop()
    with app.app_context():
        [dead] = db.session.scalars(select(OutboxMessage).where(OutboxMessage.dead_at.is_not(None)))
        assert (dead.recipient, dead.reason) == ("gone@park.example", "address_unknown")


def test_a_picture_stands_inside_the_html_and_the_files_beside_it(product: Settings) -> None:
    picture = Attachment("code.png", "image/png", b"\x89PNG")
    made = mail.compose("msg_1", TO, Mail("s", "t", '<img src="cid:picture">', (ICS,), picture))
    html = made.get_body(("html",))
    assert html is not None
    [part] = [each for each in made.walk() if each.get_content_type() == "image/png"]
    assert (part["Content-ID"], part.get_content_disposition()) == ("<picture>", "inline")
    assert part.get_payload(decode=True) == picture.content
    assert [each.get_filename() for each in made.iter_attachments()] == ["ceremony.ics"]
