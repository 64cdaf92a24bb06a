"""A signer declines while the agreement's cue is live: who leads learns it at once, and nobody waits for it."""

from __future__ import annotations

import pytest

from core import i18n, live
from core.db import db
from signing.agreements import service as agreement_service
from signing.ceremonies import queries as ceremonies
from signing.cues import board, service
from signing.cues.rules import CueKind, CueState, Verb
from tests.signing.cues.test_leading import do, go_to, sheet
from tests.support.ceremony import ADDRESS, HOST
from tests.support.quick import Quick, host

WHY = "股东会还没有批准这份协议"


@pytest.fixture
def led(entered: Quick) -> Quick:
    """The first agreement is being signed."""
    service.make_sheet(entered.id, by=HOST)
    go_to(entered, CueKind.SIGNING)
    return entered


def decline(world: Quick, party: str = "party_b") -> None:
    agreement_service.decline(world.people[party].seat_id, world.first, reason=WHY, address=ADDRESS)
    db.session.remove()


def test_the_host_reads_at_once_which_agreement_who_declined_and_why(led: Quick) -> None:
    before = live.find_seq(f"ceremony:{led.id}")
    decline(led)
    assert live.find_seq(f"ceremony:{led.id}") > before
    shown = host(led).get(f"/ceremonies/{led.id}/cues").get_data(as_text=True)
    said = shown[shown.index("data-ended") : shown.index("lead-acts")]
    assert "《样例主协议》本次不签" in said
    assert "样例乙公司（样例乙）决定不签署" in said
    assert WHY in said
    assert "不用再等这份协议" in said
    assert "已签 0 / 3" not in shown


def test_go_asks_for_no_signature_of_what_was_declined(led: Quick) -> None:
    decline(led)
    following = sheet(led).next
    assert following is not None
    do(led, Verb.STAND_BY, following.id)
    do(led, Verb.GO)
    assert [cue.state for cue in sheet(led).cues if cue.id == following.id] == [CueState.LIVE]


def test_once_nothing_can_be_signed_the_end_of_the_sheet_invites_nobody_to_sign(led: Quick) -> None:
    decline(led)
    do(led, Verb.OVER)
    with i18n.use_locale("en"):
        hint = board.page(ceremonies.get_ceremony(led.id), sheet(led))["over_hint"]
    assert "Nothing can be signed any more: 0 of 2" in hint


def test_while_something_can_be_signed_the_end_of_the_sheet_says_so(led: Quick) -> None:
    do(led, Verb.OVER, anyway=True)
    with i18n.use_locale("en"):
        hint = board.page(ceremonies.get_ceremony(led.id), sheet(led))["over_hint"]
    assert "can sign now" in hint
