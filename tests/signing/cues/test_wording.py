"""A plan proposes words for its cues, and what a host wrote stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.db import db
from core.errors import Conflict
from signing.cues import queries, service
from signing.cues.queries import CueView
from tests.support.ceremony import HOST
from tests.support.quick import Quick


def words(world: Quick) -> dict[str, CueView]:
    db.session.remove()
    return {cue.title["zh-CN"]: cue for cue in queries.get_sheet(world.id).cues}


@pytest.fixture
def planned(drafted: Quick) -> Quick:
    service.make_sheet(drafted.id, by=HOST)
    return drafted


def test_words_are_made_of_the_plan_in_both_languages(planned: Quick) -> None:
    service.propose_words(planned.id, looked_at=0, by=HOST)
    told = words(planned)
    assert told["开场致辞"].stage_text == {"zh-CN": "样例项目云签约", "en": "Sample project: remote signing"}
    assert "将签署2份协议" in told["开场致辞"].script["zh-CN"]
    assert "2 agreements" in told["开场致辞"].script["en"]
    lines = [
        line.strip() for line in told["各方点名"].script["zh-CN"].splitlines() if line.strip()[:2] in ("1.", "2.", "3.")
    ]
    assert [line.split("（")[0].split(" · ")[1] for line in lines[:3]] == ["样例甲公司", "样例乙公司", "样例丙公司"]
    assert "样例甲" in lines[0], "numbered as the keys that tick them at the roll call"
    assert "样例乙公司、样例丙公司、样例甲公司相聚在" in told["开场致辞"].script["zh-CN"], "guests first, then the host"
    assert "《样例主协议》" in told["样例主协议"].script["zh-CN"]
    assert not any(queries.lacks_words(cue) for cue in told.values())


def test_what_was_written_stays_and_an_old_page_writes_nothing(planned: Quick) -> None:
    cue = queries.get_sheet(planned.id).cues[0]
    service.change_cue(planned.id, cue.id, replace(cue.plan, script={"zh-CN": "我自己的话"}), looked_at=0, by=HOST)
    with pytest.raises(Conflict) as refused:
        service.propose_words(planned.id, looked_at=0, by=HOST)
    assert refused.value.code == "cue_sheet_moved"
    service.propose_words(planned.id, looked_at=1, by=HOST)
    kept = words(planned)["开场致辞"]
    assert (kept.script, kept.stage_text) == ({"zh-CN": "我自己的话"}, {})
    service.propose_words(planned.id, looked_at=2, by=HOST)
    assert queries.get_sheet(planned.id).seq == 2
