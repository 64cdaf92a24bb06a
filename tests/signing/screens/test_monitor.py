"""The confidence monitor: what the leader needs, by a link that can be taken back; the hall sees none of it."""

from __future__ import annotations

import json

from core import clock, i18n, live, tokens
from core.db import db, transaction
from signing.captions import service as captions
from signing.captions.rules import Spoken
from signing.ceremonies import stage
from signing.cues import forms, leading, monitor, queries, service
from signing.cues.models import Cue
from signing.screens import link_service
from signing.screens.link_service import Screen
from tests.support.ceremony import HOST
from tests.support.quick import Quick

SCRIPT = "尊敬的各位来宾，上午好！"


def begin(world: Quick, *, script: str = SCRIPT) -> None:
    """A sheet whose first cue has a script, and that cue live."""
    service.make_sheet(world.id, by=HOST)
    with transaction():
        row = db.session.get(Cue, queries.get_sheet(world.id).cues[0].id)
        assert row is not None
        row.script = {"zh-CN": script, "en": "Welcome."}
    for verb in ("stand_by", "go"):
        sheet = queries.get_sheet(world.id)
        told = {"seq": sheet.seq, "cue": sheet.cues[0].id}
        leading.lead(world.id, forms.read_act(verb, told), by=HOST)


def test_the_monitor_has_the_script_what_is_next_and_the_times(invited: Quick) -> None:
    before = live.find_seq(monitor.channel(invited.id))
    begin(invited)
    told = monitor.state(invited.id)
    assert told["state"] == "running"
    assert told["live"]["script"] == SCRIPT
    assert told["next"]["number"] == 2
    lengths = [cue.planned_seconds for cue in queries.get_sheet(invited.id).cues]
    assert told["left_seconds"] == sum(lengths[1:])
    assert live.find_seq(monitor.channel(invited.id)) > before


def test_the_monitor_has_what_interpreters_say(invited: Quick) -> None:
    link = captions.make_link(invited.id, "zh-CN", by=HOST)
    assert monitor.state(invited.id)["captions"]["lines"] == {"zh-CN": []}
    captions.say(link, Spoken("line-one-1", "各位早上好。", clock.now()))
    told = monitor.state(invited.id)["captions"]
    assert [line["text"] for line in told["lines"]["zh-CN"]] == ["各位早上好。"]
    assert [each["code"] for each in told["languages"]] == ["zh-CN"]


def test_the_hall_sees_no_script(invited: Quick) -> None:
    begin(invited)
    assert SCRIPT not in json.dumps(stage.state(invited.id), ensure_ascii=False)


def test_a_link_opens_the_monitor_until_it_is_taken_back(invited: Quick) -> None:
    begin(invited)
    token = link_service.make_link(invited.id, Screen.MONITOR, by=HOST)
    assert link_service.make_link(invited.id, Screen.MONITOR, by=HOST) == token
    client, stranger = invited.app.test_client(), invited.app.test_client()
    assert client.get(f"/monitor/open/{token}").headers["Location"] == f"/monitor/{invited.id}"
    assert client.get(f"/monitor/{invited.id}/state.json").get_json()["live"]["script"] == SCRIPT
    assert client.get(f"/monitor/{invited.id}").status_code == 200
    assert stranger.get(f"/monitor/{invited.id}/state.json").status_code == 403
    link_service.take_back(invited.id, Screen.MONITOR, by=HOST)
    assert tokens.find_newest(Screen.MONITOR, invited.id) is None
    assert client.get(f"/monitor/{invited.id}/state.json").status_code == 410
    assert client.get(f"/monitor/open/{token}").status_code == 410


def test_the_monitor_has_the_script_in_its_readers_language_and_else_in_the_other(invited: Quick) -> None:
    begin(invited)
    with i18n.use_locale("en"):
        assert monitor.state(invited.id)["live"]["script"] == "Welcome."
    with transaction():
        queries.list_rows(invited.id)[0].script = {"zh-CN": SCRIPT}
    with i18n.use_locale("en"):
        assert monitor.state(invited.id)["live"]["script"] == SCRIPT
