"""Strokes that are passed on while they are drawn, over HTTP as a signer's page sends them, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core import audit, clock, live
from core.db import db
from core.live import LiveUpdate
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import ink_service
from signing.cues import leading
from signing.cues import queries as cues
from signing.cues import service as cue_service
from signing.cues.rules import Act, CueKind, Verb
from signing.ink import api, queries, rules
from tests.signing.test_access import signer
from tests.support import quick
from tests.support.ceremony import HOST
from tests.support.pages import csrf_token
from tests.support.quick import Quick, QuickWorld


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path, database_kind: str) -> Iterator[Quick]:
    with quick_world.at("entered", database_kind, data_dir, inside=False) as made:
        yield made


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    """The clock stands: what a second holds is counted, however slow the machine is."""
    with clock.frozen(clock.now()):
        yield


@dataclass
class Hand:
    """Who draws: a proved browser of one seat."""

    world: Quick
    party: str = "party_a"
    client: FlaskClient = field(init=False)
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.client = signer(self.world, self.party)
        self.headers = {"X-CSRFToken": csrf_token(self.client)}

    @property
    def seat_id(self) -> str:
        return self.world.people[self.party].seat_id

    def send(self, body: object, *, seat_id: str = "") -> tuple[int, str]:
        """Status, and the code of a refusal."""
        path = f"/api/seat/{seat_id or self.seat_id}/ink"
        text = body if isinstance(body, str) else json.dumps(body)
        answer = self.client.post(path, data=text, content_type="application/json", headers=self.headers)
        found = answer.get_json()
        return answer.status_code, found["error"]["code"] if answer.status_code >= 400 else ""

    def draw(self, seq: int = 1, **changes: object) -> tuple[int, str]:
        return self.send(self.batch(seq, **changes))

    def batch(self, seq: int = 1, **changes: object) -> dict[str, Any]:
        now = int(clock.now().timestamp() * 1000)
        points = [[100, 200, 5_000, 0], [300, 260, 5_200, 16]]
        return {
            "agreement": self.world.first,
            "drawing": now,
            "seq": seq,
            "shape": 4_000,
            "gone": [],
            "parts": [[0, points]],
            **changes,
        }


def shown(world: Quick) -> list[dict[str, Any]]:
    """What was told to those who watch."""
    with world.app.app_context():
        query = (
            select(LiveUpdate.data)
            .filter_by(channel=queries.channel(world.id), kind="ink.drawn")
            .order_by(LiveUpdate.seq)
        )
        return list(db.session.scalars(query))


def everything_else(world: Quick) -> tuple[object, ...]:
    """All that ink must never touch: the trail, the agreement, the other channels."""
    with world.app.app_context():
        trail = db.session.scalar(select(func.count()).select_from(audit.AuditEntry))
        others = select(func.count()).select_from(LiveUpdate).where(LiveUpdate.channel != queries.channel(world.id))
        return trail, agreements.get_agreement(world.first), db.session.scalar(others)


def refused(world: Quick, sent: tuple[int, str], *, status: int, code: str, before: int = 0) -> None:
    assert sent == (status, code)
    assert len(shown(world)) == before


def lead_to(world: Quick, kind: CueKind) -> None:
    """Go from cue to cue until one of this kind is live."""
    while (live := cues.get_sheet(world.id).live) is None or live.kind is not kind:
        sheet = cues.get_sheet(world.id)
        assert sheet.next is not None
        db.session.remove()
        leading.lead(world.id, Act(Verb.STAND_BY, sheet.seq, sheet.next.id, False), by=HOST)
        leading.lead(world.id, Act(Verb.GO, sheet.seq + 1, "", True), by=HOST)


def test_strokes_reach_those_who_watch_and_change_nothing_else(world: Quick) -> None:
    hand = Hand(world)
    before = everything_else(world)
    assert hand.draw() == (200, "")
    assert hand.draw(2, gone=[0], parts=[], over=True) == (200, "")
    assert everything_else(world) == before
    first, second = shown(world)
    assert first == {
        "seat": hand.seat_id,
        "agreement": world.first,
        "drawing": hand.batch()["drawing"],
        "shape": 4_000,
        "gone": [],
        "parts": [[0, [[100, 200, 5_000, 0], [300, 260, 5_200, 16]]]],
        "over": False,
    }
    assert (second["gone"], second["parts"], second["over"]) == ([0], [], True)


def test_several_draw_at_once_and_each_keeps_its_own_order(world: Quick) -> None:
    one, other = Hand(world), Hand(world, "party_b")
    assert [one.draw(), other.draw(), one.draw(2), other.draw(2)] == [(200, "")] * 4
    assert [each["seat"] for each in shown(world)] == [one.seat_id, other.seat_id] * 2


def test_what_comes_twice_or_late_is_not_shown_again(world: Quick) -> None:
    hand = Hand(world)
    assert hand.draw(5) == (200, "")
    for late in (hand.batch(5), hand.batch(4), hand.batch(6, drawing=1), hand.batch(6, agreement="agr_other")):
        refused(world, hand.send(late), status=409, code="ink_out_of_order", before=1)


def test_nobody_draws_in_another_seat_or_on_an_agreement_that_is_not_theirs(world: Quick) -> None:
    hand = Hand(world)
    other = world.people["party_b"].seat_id
    refused(world, hand.send(hand.batch(), seat_id=other), status=403, code="personal_link_needed")
    refused(world, hand.draw(agreement="agr_forged"), status=404, code="agreement_not_found")
    refused(world, hand.draw(agreement=world.agreements["next_0"]), status=409, code="not_your_turn")
    stranger = Hand(world, "party_c")
    refused(world, stranger.draw(agreement=world.agreements["next_0"]), status=404, code="agreement_not_found")


def test_a_link_alone_draws_nothing(world: Quick) -> None:
    client = world.app.test_client()
    client.get(world.link("party_a"))
    path = f"/api/seat/{world.people['party_a'].seat_id}/ink"
    answer = client.post(path, json={}, headers={"X-CSRFToken": csrf_token(client)})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "identity_not_proved")


def test_who_has_signed_draws_no_more(world: Quick) -> None:
    hand = Hand(world)
    with world.app.app_context():
        quick.sign(world.people["party_a"], world.first)
    refused(world, hand.draw(), status=409, code="already_signed")


def test_ink_waits_for_its_cue_and_stops_within_a_second_when_the_sheet_is_held(world: Quick) -> None:
    with world.app.app_context():
        cue_service.make_sheet(world.id, by=HOST)
    hand = Hand(world)
    refused(world, hand.draw(), status=409, code="cue_not_live")
    with world.app.app_context():
        lead_to(world, CueKind.SIGNING)
    assert hand.draw(2) == (200, "")
    with world.app.app_context():
        leading.lead(world.id, Act(Verb.HOLD, cues.get_sheet(world.id).seq, "", False), by=HOST)
    drawing = hand.batch()["drawing"]
    with clock.frozen(clock.now() + rules.CHECK_AGAIN):
        refused(world, hand.draw(3, drawing=drawing), status=409, code="cue_not_live", before=1)
        refused(world, hand.draw(1), status=409, code="cue_not_live", before=1)
        # Taking away what is on the stage is always allowed.
        assert hand.draw(1, parts=[]) == (200, "")


def test_a_flood_within_a_second_is_refused_by_name_and_not_kept(world: Quick) -> None:
    hand = Hand(world)
    sent = [hand.draw(seq) for seq in range(1, 101)]
    assert sent[: rules.BATCHES] == [(200, "")] * rules.BATCHES
    assert set(sent[rules.BATCHES :]) == {(429, "ink_too_fast")}
    assert len(shown(world)) == rules.BATCHES
    drawing = hand.batch()["drawing"]
    with clock.frozen(clock.now() + rules.WINDOW):
        assert hand.draw(101, drawing=drawing) == (200, "")


def test_a_flood_takes_no_lock(world: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    hand = Hand(world)
    for seq in range(1, rules.BATCHES + 1):
        hand.draw(seq)
    monkeypatch.setattr("signing.ink.service.transaction", lambda **_: pytest.fail("a write was begun"))
    assert hand.draw(rules.BATCHES + 1) == (429, "ink_too_fast")
    assert hand.draw(3) == (409, "ink_out_of_order")


def test_a_drawing_without_an_end_is_not_shown_for_ever(world: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_IN_DRAWING", 5)
    hand = Hand(world)
    assert [hand.draw(1), hand.draw(2), hand.draw(3)] == [(200, ""), (200, ""), (409, "ink_full")]


def test_where_none_is_to_be_shown_none_is_taken_until_the_host_shows_it_again(world: Quick) -> None:
    hand = Hand(world)
    assert hand.draw() == (200, "")
    with world.app.app_context():
        for _ in range(2):  # the same again is no change
            ink_service.show_ink(world.id, shown=False, by=HOST)
        entries = [json.loads(line) for line in audit.list_lines(world.id)]
        db.session.remove()
    assert [entry["data"]["shown"] for entry in entries if entry["action"] == "ink.switched"] == [False]
    refused(world, hand.draw(1, drawing=hand.batch()["drawing"] + 1), status=409, code="ink_not_shown", before=1)
    assert hand.client.get(f"/api/seat/{hand.seat_id}").get_json()["ink"] is False
    with world.app.app_context():
        ink_service.show_ink(world.id, shown=True, by=HOST)
    assert hand.draw(1, drawing=hand.batch()["drawing"] + 2) == (200, "")


def test_a_typed_name_is_told_without_its_letters(world: Quick) -> None:
    hand = Hand(world)
    assert hand.draw(parts=[], typed=True) == (200, "")
    [told] = shown(world)
    assert (told["typed"], told["parts"]) == (True, [])
    refused(world, hand.draw(2, typed="Somebody else"), status=422, code="invalid_input", before=1)
    with world.app.app_context():
        quick.sign(world.people["party_a"], world.first)
    later = hand.batch(1, parts=[], typed=True, drawing=hand.batch()["drawing"] + 1)
    with clock.frozen(clock.now() + rules.WINDOW):
        refused(world, hand.send(later), status=409, code="already_signed", before=1)


def test_what_is_signed_or_declined_is_told_where_the_strokes_were(world: Quick) -> None:
    with world.app.app_context():
        quick.sign(world.people["party_a"], world.first)
        agreement_service.decline(world.people["party_b"].seat_id, world.first, reason="—", address="127.0.0.1")
        told = live.list_since(queries.channel(world.id), 0, limit=9)
    seat = world.people["party_a"].seat_id
    assert [(each["kind"], each["agreement"], each.get("seat")) for each in told][:2] == [
        ("ink.signed", world.first, seat),
        ("ink.ended", world.first, None),
    ]


def test_the_room_is_told_whose_pens_there_are_once_they_proved_who_they_are(world: Quick) -> None:
    hand = Hand(world, "party_b")
    panel = hand.client.get(f"/api/seat/{hand.seat_id}").get_json()["ink_panel"]
    assert hand.seat_id not in panel["pens"]
    assert panel["pens"][world.people["party_a"].seat_id]["party"] == "样例甲公司"
    assert panel["agreements"][world.first] == "样例主协议"
    stranger = world.app.test_client()
    stranger.get(world.link("party_b"))
    assert stranger.get(f"/api/seat/{hand.seat_id}").get_json()["ink_panel"] is None


def bent(hand: Hand, point: str) -> str:
    """A batch with one point written as `point`, as no JSON library of ours would."""
    return json.dumps(hand.batch(parts=[[0, ["POINT"]]])).replace('"POINT"', point)


@pytest.mark.parametrize(
    "point",
    [
        "[NaN, 1, 1, 1]",
        "[Infinity, 1, 1, 1]",
        "[1.5, 1, 1, 1]",
        '["1", 1, 1, 1]',
        "[true, 1, 1, 1]",
        "[-1, 1, 1, 1]",
        "[10001, 1, 1, 1]",
        "[1, 1, 1, 99999999999999999999]",
        "[1, 1, 1]",
        "[1, 1, 1, 1, 1]",
        "[[1], 1, 1, 1]",
        '{"x": 1}',
        "null",
    ],
)
def test_what_is_no_point_is_refused_by_name(world: Quick, point: str) -> None:
    hand = Hand(world)
    refused(world, hand.send(bent(hand, point)), status=422, code="invalid_input")


@pytest.mark.parametrize(
    "changes",
    [
        {"agreement": 7},
        {"agreement": "a" * 41},
        {"drawing": -1},
        {"drawing": 2**60},
        {"drawing": "now"},
        {"seq": 0},
        {"seq": 2**31},
        {"shape": 0},
        {"shape": 10**6},
        {"gone": {}},
        {"gone": [0] * 65},
        {"gone": ["all"]},
        {"parts": [[0, []]] * 9},
        {"parts": [[0]]},
        {"parts": [[0, [], 0]]},
        {"parts": [[0, [[1, 1, 1, 1]] * 121]]},
        {"parts": [[0, [[1, 1, 1, 1]] * 61]] * 2},
        {"parts": "all"},
        {"over": 1},
        {"seat": "sea_other"},
    ],
    ids=str,
)
def test_what_is_no_batch_is_refused_by_name(world: Quick, changes: dict[str, object]) -> None:
    hand = Hand(world)
    refused(world, hand.draw(**{"seq": 1, **changes}), status=422, code="invalid_input")  # type: ignore[arg-type]


@pytest.mark.parametrize("body", ["", "[]", "7", "{", '{"a":' * 200], ids=["none", "list", "number", "torn", "deep"])
def test_what_is_no_object_is_refused_by_name(world: Quick, body: str) -> None:
    refused(world, Hand(world).send(body), status=422, code="invalid_input")


def test_a_huge_body_is_refused_before_it_is_read(world: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    hand = Hand(world)
    monkeypatch.setattr(api, "json_body", lambda: pytest.fail("it was read"))
    body = json.dumps(hand.batch()) + " " * rules.MOST_BYTES
    refused(world, hand.send(body), status=413, code="ink_too_large")


def test_a_screen_that_opens_now_is_given_the_strokes_of_this_moment(world: Quick) -> None:
    hand = Hand(world)
    hand.draw(1)
    with clock.frozen(clock.now() + queries.JUST_NOW), world.app.test_request_context():
        hand.draw(2, drawing=hand.batch()["drawing"] - 1)
        assert queries.stream(world.id)["seq"] == 1
