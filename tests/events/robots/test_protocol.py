"""What goes over the wire to each service, and what its answers mean."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from core.errors import Invalid, Problem
from events.robots import forms, protocol, rules
from events.robots.protocol import Message
from events.robots.rules import Judgement, RobotKind

NOW_MS = 1_577_262_236_757
NEWS = Message("msg_1", ["第一行", "第二行"], {"events": []})
HOMES = {
    RobotKind.WECOM: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6",
    RobotKind.DINGTALK: "https://oapi.dingtalk.com/robot/send?access_token=ab12",
    RobotKind.FEISHU: "https://open.feishu.cn/open-apis/bot/v2/hook/ab12-cd",
    RobotKind.WEBHOOK: "https://hooks.example.cn/yunqian",
}


def test_dingtalk_is_signed_as_its_own_vector_says() -> None:
    sent = protocol.write(
        RobotKind.DINGTALK, HOMES[RobotKind.DINGTALK], "this is secret", NEWS, robot_id="rob_1", at_ms=NOW_MS
    )
    assert "&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D" in sent.url
    assert parse_qs(urlsplit(sent.url).query)["timestamp"] == [str(NOW_MS)]
    assert json.loads(sent.body) == {"msgtype": "text", "text": {"content": "第一行\n第二行"}}


def test_feishu_is_signed_as_its_own_vector_says() -> None:
    sent = protocol.write(
        RobotKind.FEISHU, HOMES[RobotKind.FEISHU], "this is secret", NEWS, robot_id="rob_1", at_ms=1_599_360_473_000
    )
    said = json.loads(sent.body)
    assert (said["timestamp"], said["sign"]) == ("1599360473", "/eYKrXQBzTjUZJ3s6NX16VxGbTwmK7AEs8/FnvC1CSw=")
    assert said["content"] == {"text": "第一行\n第二行"}


def test_our_own_webhook_signs_the_time_and_the_very_bytes() -> None:
    sent = protocol.write(RobotKind.WEBHOOK, "https://h.example/x", "k" * 16, NEWS, robot_id="rob_1", at_ms=NOW_MS)
    assert sent.headers["X-Yunqian-Signature"] == f"v1={protocol.sign_webhook('k' * 16, NOW_MS // 1000, sent.body)}"
    assert sent.headers["X-Yunqian-Key"] == "rob_1"
    assert json.loads(sent.body)["id"] == sent.headers["X-Yunqian-Delivery"] == "msg_1"
    # openssl dgst -sha256 -hmac key, of 1.{}
    assert protocol.sign_webhook("key", 1, b"{}") == "1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224"


def test_an_attempt_shows_neither_its_address_nor_its_body() -> None:
    shown = repr(protocol.write(RobotKind.WECOM, HOMES[RobotKind.WECOM], "", NEWS, robot_id="r", at_ms=NOW_MS))
    assert "693a91f6" not in shown
    assert "第一行" not in shown
    assert protocol.shown_address(HOMES[RobotKind.WECOM]) == "qyapi.weixin.qq.com … 91f6"


def test_a_long_message_ends_at_a_whole_line_within_the_services_limit() -> None:
    lines = [f"第 {number} 行，样例样例样例" for number in range(200)]
    text = protocol.cut(lines, 2048, "……其余见报名页")
    assert len(text.encode()) <= 2048
    assert text.splitlines()[:-1] == lines[: len(text.splitlines()) - 1]
    assert text.splitlines()[-1] == "……其余见报名页"
    assert protocol.cut(["一", "二"], 2048, "…") == "一\n二"
    assert len(protocol.cut(["样" * 2000], 2048, "…").encode()) <= 2048


@pytest.mark.parametrize(
    ("kind", "status", "said", "judged"),
    [
        (RobotKind.DINGTALK, 200, {"errcode": 0, "errmsg": "ok"}, Judgement.TAKEN),
        (RobotKind.DINGTALK, 200, {"errcode": 310000, "errmsg": "sign not match"}, Judgement.SETTINGS),
        (RobotKind.DINGTALK, 200, {"errcode": 300005}, Judgement.SETTINGS),
        (RobotKind.DINGTALK, 200, {"errcode": -1}, Judgement.BUSY),
        (RobotKind.DINGTALK, 200, {"errcode": 130101}, Judgement.BUSY),
        (RobotKind.DINGTALK, 200, {"status": 1111, "wait": 5}, Judgement.BUSY),
        (RobotKind.DINGTALK, 200, {"errcode": 43004}, Judgement.REFUSED),
        (RobotKind.DINGTALK, 200, {"errmsg": "ok"}, Judgement.UNCLEAR),
        (RobotKind.DINGTALK, 200, {"errcode": False}, Judgement.UNCLEAR),
        (RobotKind.DINGTALK, 200, None, Judgement.UNCLEAR),
        (RobotKind.DINGTALK, 200, [], Judgement.UNCLEAR),
        (RobotKind.WECOM, 200, {"errcode": 93000}, Judgement.SETTINGS),
        (RobotKind.WECOM, 200, {"errcode": 45009}, Judgement.BUSY),
        (RobotKind.FEISHU, 200, {"code": 0}, Judgement.TAKEN),
        (RobotKind.FEISHU, 200, {"errcode": 0}, Judgement.UNCLEAR),
        (RobotKind.FEISHU, 200, {"code": 19021}, Judgement.SETTINGS),
        (RobotKind.FEISHU, 200, {"code": 11232}, Judgement.BUSY),
        (RobotKind.FEISHU, 502, None, Judgement.BUSY),
        (RobotKind.WEBHOOK, 204, None, Judgement.TAKEN),
        (RobotKind.WEBHOOK, 301, None, Judgement.REFUSED),
        (RobotKind.WEBHOOK, 410, None, Judgement.REFUSED),
        (RobotKind.WEBHOOK, 429, None, Judgement.BUSY),
    ],
)
def test_an_answer_is_judged_by_its_code_and_never_by_http_alone(
    kind: RobotKind, status: int, said: object, judged: Judgement
) -> None:
    assert rules.judge(kind, status, said)[0] is judged


def problems(kind: RobotKind, address: str, **named: str) -> set[str]:
    form = MultiDict({"name": "会务组", "locale": "zh-CN", "topics": "confirmed", "address": address, **named})
    if kind is RobotKind.WEBHOOK:
        form.setdefault("secret", "s" * 16)
    found: list[Problem] = []
    try:
        forms.read(form, kind, named_hosts={"chat.inside:8443"}, is_new=True)
    except Invalid as invalid:
        found = list(invalid.problems)
    assert "=1" not in str([vars(each) for each in found]), "an address holds a token"
    return {each.code for each in found}


@pytest.mark.parametrize("kind", list(RobotKind))
def test_each_service_takes_its_own_address_and_one_that_a_setting_names(kind: RobotKind) -> None:
    assert problems(kind, HOMES[kind]) == set()
    assert problems(kind, "http://chat.inside:8443/own/hook?access_token=1&key=1") == set()


@pytest.mark.parametrize(
    "address",
    ["https://10.0.0.1/x", "https://127.0.0.1/x", "https://localhost/x", "https://intranet/x", "https://[::1]/x",
     "https://hooks.example.cn:8443/x", "https://169.254.169.254/latest"],
)  # fmt: skip
def test_no_webhook_leads_inside(address: str) -> None:
    assert problems(RobotKind.WEBHOOK, address) == {"robot_inside"}


def test_other_addresses_are_refused_with_what_is_wrong() -> None:
    assert problems(RobotKind.WEBHOOK, "http://hooks.example.cn/x") == {"robot_not_https"}
    assert problems(RobotKind.WEBHOOK, "https://user:pass@hooks.example.cn/x") == {"robot_not_https"}
    assert problems(RobotKind.WEBHOOK, "hooks.example.cn/x") == {"robot_bad_address"}
    assert problems(RobotKind.WEBHOOK, "") == {"empty_text"}
    for kind in (RobotKind.WECOM, RobotKind.DINGTALK, RobotKind.FEISHU):
        assert problems(kind, "https://evil.example/robot/send?access_token=1&key=1") == {"robot_not_home"}
    assert problems(RobotKind.DINGTALK, "https://oapi.dingtalk.com/robot/send") == {"robot_not_home"}
    assert problems(RobotKind.FEISHU, "https://open.feishu.cn/open-apis/bot/v2/hook/") == {"robot_not_home"}
    assert problems(RobotKind.WEBHOOK, HOMES[RobotKind.WEBHOOK], secret="short") == {"robot_short_secret"}


def test_the_signature_is_encoded_once() -> None:
    sent = protocol.write(
        RobotKind.DINGTALK, HOMES[RobotKind.DINGTALK], "this is secret", NEWS, robot_id="r", at_ms=NOW_MS
    )
    assert unquote(sent.url.partition("sign=")[2]) == protocol.sign_dingtalk("this is secret", NOW_MS)
