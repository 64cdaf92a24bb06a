"""Each tool is spoken to as its contract wants it, and each way to fail has its own name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from core import clock, config
from core.config import ConfigError, Settings
from signing.meetings import calling, keys, tencent, tools, zoom
from signing.meetings.rules import NotMade, Tool, Way, Why, Wish, check_way, recognise
from tests.support.meetings import KEYS, MeetingService, _Handler

TOOLS = [Tool.DINGTALK, Tool.TENCENT, Tool.ZOOM, Tool.FEISHU]


@pytest.fixture(params=TOOLS)
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MeetingService]:
    with MeetingService(str(request.param)) as service:
        before = config._current[:]
        config.use(Settings(data_dir=tmp_path, meeting_keys=service.write_keys(tmp_path)))
        calling.forget_all()
        yield service
        config._current[:] = before


def wish(name: str = "mtg_1", *, days: float = 3) -> Wish:
    begins = clock.now() + timedelta(days=days)
    return Wish(name, "样例项目云签约", begins, begins, timedelta(minutes=60), "Asia/Shanghai")


def why(service: MeetingService, act: Callable[[], object] | None = None) -> tuple[str, str]:
    with pytest.raises(NotMade) as failed:
        (act or (lambda: tools.make(Tool(service.tool), wish())))()
    return str(failed.value.why), failed.value.code


def test_a_meeting_is_made_and_called_off_again(there: MeetingService) -> None:
    made = tools.make(Tool(there.tool), wish())
    assert list(there.made) == [made.remote_id]
    assert made.way.url.startswith("https://")
    assert recognise(made.way.url.split("/")[2]) == there.tool
    assert made.way.code
    tools.cancel(Tool(there.tool), made.remote_id)
    assert (there.made, there.cancelled) == ({}, [made.remote_id])


def test_one_token_does_for_many_meetings_and_one_that_is_stale_is_fetched_anew(there: MeetingService) -> None:
    if there.tool == "tencent":
        return  # signs every question instead
    for number in range(3):
        tools.make(Tool(there.tool), wish(f"mtg_{number}"))
    assert there.tokens_given == 1
    there.tokens.clear()
    tools.make(Tool(there.tool), wish("mtg_9"))
    with clock.frozen(clock.now() + timedelta(hours=3)):
        tools.make(Tool(there.tool), wish("mtg_10"))
    assert (there.tokens_given, len(there.made)) == (3, 5)


def test_keys_that_the_tool_does_not_take_are_told_as_such(there: MeetingService) -> None:
    there.refuses_keys = True
    assert why(there)[0] == "keys"
    assert not there.made


def test_a_tool_that_takes_no_more_is_busy(there: MeetingService) -> None:
    there.most = 0
    assert why(there)[0] == "busy"


@pytest.mark.parametrize("disturb", [_Handler.stop_half, _Handler.say_nothing, _Handler.stay_silent])
def test_no_full_answer_is_no_meeting_and_nobody_says_that_there_is_none(
    there: MeetingService, disturb: Callable[[_Handler], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    if disturb is _Handler.stay_silent:
        monkeypatch.setattr(calling, "TIMEOUT_SECONDS", 0.3)
    there.next.append(disturb)
    assert why(there)[0] == "unsure"


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_is_not_followed(there: MeetingService, status: int) -> None:
    there.next.append(lambda handler: handler.say({"code": 0}, status))
    assert why(there) == ("refused", str(status))


def test_a_gateway_s_error_leaves_it_open(there: MeetingService) -> None:
    there.next.append(lambda handler: handler.say(None, 502))
    assert why(there) == ("unsure", "502")


def test_what_is_asked_wrongly_is_refused_with_the_tool_s_own_code(there: MeetingService) -> None:
    if there.tool == "feishu":
        assert why(there, lambda: tools.make(Tool.FEISHU, wish(days=31))) == ("too_early", "")
        assert not there.made
        return
    code = {"dingtalk": "invalidParameter", "tencent": "190004", "zoom": "300"}[there.tool]
    backwards = (
        replace(wish(), length=timedelta(hours=-1)) if there.tool != "zoom" else replace(wish(), length=timedelta())
    )
    assert why(there, lambda: tools.make(Tool(there.tool), backwards)) == ("refused", code)


def test_nobody_there_is_told_apart_from_no_answer(there: MeetingService) -> None:
    there.shutdown()
    there.server_close()
    assert why(there)[0] == "away"


def test_an_answer_with_a_link_that_is_no_https_address_is_not_taken(there: MeetingService) -> None:
    for url in ("http://zoom.us/j/1", "javascript:alert(1)", "", "https://zoom.us/j/1 2", "https://" + "x" * 1000):
        with pytest.raises(NotMade):
            check_way(Way(url))
    cut = check_way(Way("https://zoom.us/j/1", code="1" * 99, phones=("+86\n1",) * 9))
    assert (len(cut.code), cut.phones) == (40, ("+861",) * 5)


def test_no_token_key_or_address_is_logged(there: MeetingService, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = tools.make(Tool(there.tool), wish())
    there.refuses_keys = True
    calling.forget_all()
    there.tokens.clear()
    told = str(why(there)) + repr(made) + repr(keys.load())
    for secret in (
        made.way.url,
        "token-1",
        *(v for k, v in KEYS[there.tool].items() if "secret" in k and k != "secret_id"),
    ):
        assert secret not in caplog.text
        assert secret not in told


def test_dingtalk_asked_twice_with_one_id_makes_one_meeting(tmp_path: Path) -> None:
    with MeetingService("dingtalk") as service:
        before = config._current[:]
        config.use(Settings(data_dir=tmp_path, meeting_keys=service.write_keys(tmp_path)))
        calling.forget_all()
        assert tools.make(Tool.DINGTALK, wish()).remote_id == tools.make(Tool.DINGTALK, wish()).remote_id
        config._current[:] = before


def test_tencent_s_signature_is_that_of_its_documentation() -> None:
    told = {"method": "POST", "key": "AKID", "nonce": "12345", "at_s": "1572168600", "path": "/v1/meetings"}
    found = tencent.sign("secretkey", body=b'{"a":1}', **told)
    assert found == "Njg5YzJjYmJlMmE0NmE1NDM3ODliZDZlMDA1Njg2YjcxY2I4ZmQ3YjNjOWJiYjY5YjIxNjdlZWZkMzdhZDk0Yg=="


def test_tencent_refuses_a_question_of_another_time(tmp_path: Path) -> None:
    with MeetingService("tencent") as service:
        before = config._current[:]
        config.use(Settings(data_dir=tmp_path, meeting_keys=service.write_keys(tmp_path)))
        with clock.frozen(clock.now() - timedelta(minutes=6)):
            assert why(service) == ("keys", "200002")
        config._current[:] = before


def test_zoom_is_asked_for_a_token_by_basic() -> None:
    found = zoom.ZoomKeys(account_id="a", client_id="id", client_secret=SecretStr("secret"))
    assert zoom.basic(found) == "Basic aWQ6c2VjcmV0"


@pytest.mark.parametrize(
    ("host", "tool"),
    [
        ("meeting.dingtalk.com", Tool.DINGTALK),
        ("meeting.tencent.com", Tool.TENCENT),
        ("us02web.zoom.us", Tool.ZOOM),
        ("VC.Feishu.CN", Tool.FEISHU),
        ("meetings.larksuite.com", Tool.FEISHU),
        ("notzoom.us", Tool.OTHER),
        ("zoom.us.example.com", Tool.OTHER),
        ("teams.example.com", Tool.OTHER),
    ],
)
def test_a_tool_is_recognised_by_the_name_of_its_host(host: str, tool: Tool) -> None:
    assert recognise(host) is tool


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[zoom]\naccount_id = 'a'", "zoom.client_id"),
        ("[webex]\nkey = 'a'", "webex"),
        ("not toml", "TOML"),
        ("[feishu]\napp_id='a'\napp_secret='b'\nowner_id='c'\nurl='http://feishu.example.cn'", "in the clear"),
        (
            "[feishu]\napp_id='a'\napp_secret='b'\nowner_id='c'\nurl='https://u:p@feishu.example.cn'",
            "address of a server",
        ),
        ("[feishu]\napp_id='a b'\napp_secret='b'\nowner_id='c'", "feishu.app_id"),
    ],
)
def test_a_file_of_keys_that_is_not_right_says_what_is_wrong(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "keys.toml"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError) as wrong:
        keys.load(Settings(data_dir=tmp_path, meeting_keys=path))
    assert problem in str(wrong.value)


def test_a_file_of_keys_that_others_can_read_is_not_read(tmp_path: Path) -> None:
    with MeetingService("zoom") as service:
        path = service.write_keys(tmp_path)
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        keys.load(Settings(data_dir=tmp_path, meeting_keys=path))
    assert keys.list_tools(keys.load(Settings(data_dir=tmp_path))) == []


def test_a_tool_s_own_host_is_asked_at_public_addresses_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "pdf.pki.reaching.socket.getaddrinfo", lambda *_args, **_named: [(2, 1, 6, "", ("127.0.0.1", 443))]
    )
    with pytest.raises(NotMade) as failed:
        calling.call("https://api.zoom.us", "/v2/users/me/meetings", body=b"{}")
    assert failed.value.why is Why.AWAY


def test_nothing_that_no_database_keeps_comes_from_a_tool() -> None:
    assert NotMade(Why.REFUSED, "a\x00b\ud800c").code == "abc"
