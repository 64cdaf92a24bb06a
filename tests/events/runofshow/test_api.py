"""The show's JSON: what a program sends, what it gets back, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.rules import Role
from events.runofshow import queries
from tests.support import apps
from tests.support import conference as sample
from tests.support.pages import csrf_token


class Caller:
    """Somebody who leads a conference, and what they send."""

    def __init__(self, app: Flask) -> None:
        account = apps.add_account(app, Role.ADMINISTRATOR)
        self.app = app
        self.conference = sample.keep_open(organisation_id=account.organisation_id)
        self.client: FlaskClient = apps.sign_in(app, account)
        self.headers = {"X-CSRFToken": csrf_token(self.client)}

    def post(self, path: str, status: int = 200, **data: Any) -> Any:
        url = f"/api/conferences/{self.conference.id}/show{path}"
        answer = self.client.post(url, json=data, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.get_json()

    def act(self, verb: str, status: int = 200, **data: Any) -> Any:
        lanes = queries.get_show(self.conference.id).show.lanes.values()
        return self.post(f"/acts/{verb}", status, **({"seq": {lane.id: lane.seq for lane in lanes}} | data))


@pytest.fixture
def caller(app: Flask) -> Caller:
    with app.app_context():
        return Caller(app)


def test_a_show_is_made_and_called(caller: Caller, app: Flask) -> None:
    first = caller.post("")["cues"][0]["id"]
    with app.app_context():
        caller.act("stand_by", cue=first)
        said = caller.act("go", cue=first, anyway=True, reason="trial")
    assert [lane["live"]["cue"] for lane in said["lanes"]] == [first] * 3
    assert said["cues"][0]["state"] == "live"


def test_a_cue_is_added_and_its_words_are_kept(caller: Caller) -> None:
    state = caller.post("")
    new = {
        "revision": state["revision"],
        "after": state["cues"][-1]["id"],
        "kind": "film",
        "title": {"zh-CN": "宣传片", "en": "Film"},
        "lanes": [state["lanes"][0]["id"]],
        "length_seconds": 180,
        "starts_at": "2099-07-01T18:00:00+08:00",
        "script": {"zh-CN": "请看大屏"},
        "notes": {"sound": "无声"},
    }
    made = caller.post("/cues", **new)["cues"][-1]
    assert (made["title"], made["planned"]["starts_at"]) == (new["title"], "2099-07-01T10:00:00.000Z")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"title": {}}, "$.title"),
        ({"lanes": []}, "$.lanes"),
        ({"lanes": ["ven_none"]}, "$.lanes[0]"),
        ({"length_seconds": 5}, "$.length_seconds"),
        ({"length_seconds": True}, "$.length_seconds"),
        ({"length_seconds": 10**9}, "$.length_seconds"),
        ({"starts_at": "2026-07-01T18:00:00"}, "$.starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "$.starts_at"),
        ({"notes": {"cooks": "soup"}}, "$.notes.cooks"),
        ({"kind": "party"}, "$.kind"),
        ({"script": {"en": "x" * 5000}}, "$.script_en"),
    ],
)
def test_what_is_wrong_in_a_cue_is_named(caller: Caller, change: dict[str, Any], path: str) -> None:
    state = caller.post("")
    good = {
        "revision": 0,
        "title": {"en": "Film"},
        "lanes": [state["lanes"][0]["id"]],
        "length_seconds": 180,
    }
    said = caller.post("/cues", 422, **(good | change))
    assert path in [each["path"] for each in said["error"]["problems"]]


@pytest.mark.parametrize("seq", [None, [], {"ven": "1"}, {"ven": True}])
def test_an_act_that_looked_at_nothing_is_refused(caller: Caller, app: Flask, seq: object) -> None:
    first = caller.post("")["cues"][0]["id"]
    with app.app_context():
        said = caller.act("stand_by", 409 if isinstance(seq, dict) else 422, cue=first, seq=seq)
    assert said["error"]["code"] in ("lane_moved", "invalid_input")


def test_no_other_verb_is_known(caller: Caller, app: Flask) -> None:
    caller.post("")
    with app.app_context():
        caller.act("explode", 404)
