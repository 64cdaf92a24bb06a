"""The lead's pages of robots: add one, try it, see every attempt, send again, remove; no page has its secrets."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from core import config, live
from events.conferences.queries import ConferenceView
from events.robots import queries
from tests.events.registration.test_team_pages import app, conference, enter, lead, send
from tests.events.robots.test_sending import SECRET, deliver, sweep
from tests.support.pages import get_page
from tests.support.robots import RobotService

__all__ = ["app", "conference", "lead"]


def read(client: FlaskClient, path: str) -> str:
    """The page's HTML, once it has what every page must have."""
    get_page(client, path)
    return client.get(path).text


def test_a_robot_is_added_tried_and_removed(app: Flask, lead: FlaskClient, conference: ConferenceView) -> None:
    page = f"/conferences/{conference.id}/robots"
    with RobotService("dingtalk", secret=SECRET) as there:
        config.use(config.settings().model_copy(update={"robot_hosts": (there.place,)}))
        form = {"name": "会务组群", "locale": "zh-CN", "topics": "confirmed", "secret": SECRET, "key": "k"}
        get_page(lead, f"{page}/new/dingtalk")
        assert send(lead, f"{page}/new/dingtalk", **form, address="https://10.0.0.1/x") == 422
        assert send(lead, f"{page}/new/dingtalk", **form, address=there.url) == 303
        assert send(lead, f"{page}/new/dingtalk", **form, address=there.url) == 303, "sent twice is one robot"
        with app.app_context():
            [robot] = queries.list_robots(conference.id)
        here = f"{page}/{robot.id}"
        assert send(lead, f"{here}/test") == 303
        assert "正在发送" in read(lead, f"{here}/log")
        there.next.append(lambda handler: handler.say({"errcode": 300005}))
        with app.app_context():
            before = live.find_seq(f"conference:{conference.id}")
            deliver()
            # Once for the attempt, once more for the end: the page shows each without being asked anew.
            assert live.find_seq(f"conference:{conference.id}") == before + 2
        log = read(lead, f"{here}/log")
        assert "对方不接受地址、密钥、关键词或来源" in log
        assert "errcode 300005" in log
        with app.app_context():
            [message] = queries.list_messages(robot.id)
        assert send(lead, f"{here}/messages/{message.id}/again") == 303
        enter(app, conference, 1)
        with app.app_context():
            sweep()
            deliver()
            sweep()
            deliver()
        assert [("测试消息" in each, "报名成功" in each) for each in there.texts] == [(True, False), (False, True)]
        shown = read(lead, page) + read(lead, here) + read(lead, f"{here}/log")
        assert "已送达" in shown
        assert SECRET not in shown
        assert "T0KEN" not in shown.replace("… 0KEN", "")
        assert send(lead, here, **{**form, "secret": "", "name": "另一个群"}, address="") == 303
        assert "另一个群" in read(lead, page)
        for act in ("pause", "resume", "remove"):
            assert send(lead, f"{here}/{act}") == 303
        assert "另一个群" not in read(lead, page)
        assert lead.get(here).status_code == 404


def test_no_page_shows_a_webhooks_secret_after_it_was_saved(
    app: Flask, lead: FlaskClient, conference: ConferenceView
) -> None:
    page = f"/conferences/{conference.id}/robots"
    assert "已替你生成" in read(lead, f"{page}/new/webhook")
    form = {"name": "平台", "locale": "en", "topics": "left", "key": "k", "address": "https://hooks.example.cn/a/b/c"}
    assert send(lead, f"{page}/new/webhook", **form, secret="short") == 422
    assert send(lead, f"{page}/new/webhook", **form, secret="s3cret" * 5) == 303
    with app.app_context():
        [robot] = queries.list_robots(conference.id)
    assert robot.has_secret
    assert "s3cret" not in read(lead, f"{page}/{robot.id}")
    assert lead.get(f"{page}/new/telegram").status_code == 404
