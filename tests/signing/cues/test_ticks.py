"""Ticks at the roll call and the same-record code, by host and witness, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from core import audit, clock, i18n
from core.db import db
from core.errors import Conflict, NotFound
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.cues import leading, queries, service, tick_page_queries, tick_queries, tick_rules, tick_service
from signing.cues.rules import Act, CueKind, Verb
from signing.cues.tick_rules import HOST as BY_HOST
from signing.cues.tick_rules import TickAct
from signing.reports import board, figures
from signing.witnesses import service as witnesses
from signing.witnesses.rules import WitnessPlan
from tests.signing.ceremonies.test_understudy import give, reprint
from tests.signing.cues.test_leading import do, go_to, sheet
from tests.support.ceremony import HOST
from tests.support.quick import Quick
from tests.support.trail import with_private

PARTIES = ["party_a", "party_b", "party_c"]
PLAN = WitnessPlan("见证人甲", "样例公证处", "", "zh-CN")


@pytest.fixture
def led(entered: Quick) -> Quick:
    """Everybody has read the first agreement, and the host has made a cue sheet."""
    service.make_sheet(entered.id, by=HOST)
    return entered


def ticked(world: Quick) -> tick_queries.Ticked:
    db.session.remove()
    found = tick_queries.find_live(world.id)
    assert found is not None
    return found


def shown(world: Quick, party: str) -> str:
    """The digest of the codes that a page shows beside the party now."""
    row = ticked(world).row(party)
    return row.shown if row else ""


def tick(
    world: Quick, party: str, *, by: str = "", run: str = "", mark: str | None = None, seen: str | None = None
) -> None:
    """Tick by the hosts, or by a witness, who `seen` these codes; with a `mark`, take that tick back."""
    found = ticked(world)
    codes = shown(world, party) if seen is None else seen
    act = TickAct(found.cue_id, run or clock.iso(found.run_at), party, mark is None, mark or "", codes)
    actor = witnesses.actor(by) if by else HOST
    tick_service.tick(world.id, act, ticker=by or BY_HOST, by=actor)


def refusal(world: Quick, party: str, **more: Any) -> str:
    with pytest.raises((Conflict, NotFound)) as refused:
        tick(world, party, **more)
    db.session.rollback()
    return refused.value.code


def mark_of(world: Quick, party: str, ticker: str = BY_HOST) -> str:
    row = ticked(world).row(party)
    assert row is not None
    return row.ticks[ticker].id


def declared(world: Quick) -> str:
    made = witnesses.name_witness(world.id, PLAN, by=HOST)
    witnesses.declare(made, address="192.0.2.7")
    db.session.remove()
    return made


def acts(world: Quick) -> list[dict[str, Any]]:
    found = [entry for entry in with_private(world.id) if entry["action"].startswith(("cue.tick", "witness."))]
    db.session.remove()
    return found


def public(world: Quick) -> Any:
    db.session.remove()
    cue = queries.public_cue(world.id)
    assert cue is not None
    return cue["ticks"]


def test_on_other_cues_nobody_is_ticked(led: Quick) -> None:
    go_to(led, CueKind.WELCOME)
    assert tick_queries.find_live(led.id) is None
    assert public(led) is None
    live = sheet(led).live
    assert live is not None
    assert live.began_at is not None
    with pytest.raises(Conflict) as refused:
        act = TickAct(live.id, clock.iso(live.began_at), "party_a", True)
        tick_service.tick(led.id, act, ticker=BY_HOST, by=HOST)
    assert refused.value.code == "cue_not_ticked"


def test_the_host_ticks_each_party_at_the_roll_call_and_the_stage_counts(led: Quick) -> None:
    go_to(led, CueKind.ROLL_CALL)
    assert public(led) == {"parties": 3, "host": [], "witness": [], "witnesses": 0}
    for party in PARTIES:
        tick(led, party)
    assert public(led) == {"parties": 3, "host": PARTIES, "witness": [], "witnesses": 0}
    assert ticked(led).missing == 0


def test_ticked_twice_it_is_one_tick_and_one_entry(led: Quick) -> None:
    go_to(led, CueKind.ROLL_CALL)
    tick(led, "party_a")
    first = mark_of(led, "party_a")
    tick(led, "party_a")
    assert mark_of(led, "party_a") == first
    assert [each["action"] for each in acts(led)] == ["cue.ticked"]


def test_a_tick_is_taken_back_by_its_own_mark_only(led: Quick) -> None:
    go_to(led, CueKind.ROLL_CALL)
    tick(led, "party_a")
    old = mark_of(led, "party_a")
    tick(led, "party_a", mark=old)
    assert public(led)["host"] == []
    tick(led, "party_a")
    assert refusal(led, "party_a", mark=old) == "cue_tick_moved"
    assert public(led)["host"] == ["party_a"]
    assert [each["action"] for each in acts(led)] == ["cue.ticked", "cue.tick_taken_back", "cue.ticked"]


def test_a_page_of_an_earlier_cue_or_run_ticks_nothing(led: Quick) -> None:
    roll_call = go_to(led, CueKind.ROLL_CALL)
    assert roll_call.began_at is not None
    first = clock.iso(roll_call.began_at)
    go_to(led, CueKind.RECORD_CODE)
    assert refusal(led, "party_a", run=first) == "cue_tick_moved"
    do(led, Verb.BACK)
    assert refusal(led, "party_a", run=first) == "cue_tick_moved"
    assert public(led)["host"] == []


def test_a_party_that_is_not_there_is_not_ticked(led: Quick) -> None:
    go_to(led, CueKind.ROLL_CALL)
    assert refusal(led, "party_z") == "party_not_found"


def test_host_and_witness_confirm_the_code_that_each_party_reads_out(led: Quick) -> None:
    witness = declared(led)
    go_to(led, CueKind.RECORD_CODE)
    row = ticked(led).row("party_b")
    assert row is not None
    mine = {key: agreements.get_agreement(led.agreements[key]).record_code for key in ("main", "next_0")}
    assert {each.digits for each in row.codes} == set(mine.values())
    tick(led, "party_b")
    tick(led, "party_b", by=witness)
    tick(led, "party_c", by=witness)
    assert public(led) == {"parties": 3, "host": ["party_b"], "witness": ["party_b", "party_c"], "witnesses": 1}
    assert ticked(led).missing == 2
    own = [each for each in acts(led) if each["actor"]["kind"] == "witness" and each["action"] == "cue.ticked"]
    assert own[0]["data"] == {
        "party": "party_b",
        "ticker": "witness",
        "codes": {led.agreements[key]: digits for key, digits in mine.items()},
    }


def test_a_witness_ticks_at_the_roll_call_too(led: Quick) -> None:
    witness = declared(led)
    go_to(led, CueKind.ROLL_CALL)
    tick(led, "party_a")
    assert ticked(led).missing == 3
    tick(led, "party_a", by=witness)
    assert public(led) == {"parties": 3, "host": ["party_a"], "witness": ["party_a"], "witnesses": 1}
    assert ticked(led).missing == 2
    own = [each for each in acts(led) if each["actor"]["kind"] == "witness" and each["action"] == "cue.ticked"]
    assert [each["data"] for each in own] == [{"party": "party_a", "ticker": "witness"}]


def test_a_witness_ticks_neither_undeclared_nor_taken_back(led: Quick) -> None:
    undeclared = witnesses.name_witness(led.id, PLAN, by=HOST)
    witness = declared(led)
    go_to(led, CueKind.RECORD_CODE)
    assert refusal(led, "party_a", by=undeclared) == "witness_not_declared"
    witnesses.take_back(led.id, witness, by=HOST)
    assert refusal(led, "party_a", by=witness) == "witness_not_declared"
    assert public(led)["witnesses"] == 1


def test_going_on_with_ticks_missing_is_said_twice_and_kept(led: Quick) -> None:
    witness = declared(led)
    go_to(led, CueKind.ROLL_CALL)
    tick(led, "party_a")
    tick(led, "party_a", by=witness)
    following = sheet(led).next
    assert following is not None
    do(led, Verb.STAND_BY, following.id)
    seq = sheet(led).seq
    with i18n.use_locale("zh-CN"), pytest.raises(Conflict) as refused:
        leading.lead(led.id, Act(Verb.GO, seq), by=HOST)
    db.session.rollback()
    assert (refused.value.code, refused.value.params["n"]) == ("cue_unticked", 2)
    assert "样例乙公司、样例丙公司" in str(refused.value.params["who"])
    leading.lead(led.id, Act(Verb.GO, seq, anyway=True), by=HOST)
    went = [entry for entry in with_private(led.id) if entry["action"] == "cue.went"]
    assert went[-1]["data"]["unticked"] == 2


def test_the_host_counts_as_the_stage_does_and_reads_whom_is_waited_for(led: Quick) -> None:
    witness = declared(led)
    go_to(led, CueKind.ROLL_CALL)
    for party in PARTIES:
        tick(led, party)
    tick(led, "party_a", by=witness)
    with i18n.use_locale("en"):
        page = tick_page_queries.page(ceremonies.get_ceremony(led.id), ticked(led))
    assert page is not None
    assert (page["done"], page["all"]) == (1, 3)
    assert page["awaited"] == "见证人甲 has yet to tick: Sample 1 Ltd, Sample 2 Ltd."


def test_with_all_ticks_it_goes_on_at_once(led: Quick) -> None:
    witness = declared(led)
    go_to(led, CueKind.RECORD_CODE)
    for party in PARTIES:
        tick(led, party)
        tick(led, party, by=witness)
    following = sheet(led).next
    assert following is not None
    do(led, Verb.STAND_BY, following.id)
    do(led, Verb.GO)
    live = sheet(led).live
    assert live is not None
    assert live.id == following.id


def test_no_tick_stands_under_a_code_that_was_made_after_it(led: Quick) -> None:
    """An understudy comes after the codes were compared: the papers are printed anew, and have others."""
    go_to(led, CueKind.RECORD_CODE)
    for party in PARTIES:
        tick(led, party)
    give(led)
    reprint()
    assert (public(led)["parties"], public(led)["host"]) == (3, [])
    report = board.page(figures.read(ceremonies.get_ceremony(led.id)))
    [confirmed] = [each for each in report["sections"] if each["id"] == "confirmed"]
    compared = [row["by-host"] for table in confirmed["tables"] for row in table["rows"] if "by-host" in row]
    assert set(compared) == {board.NONE}
    tick(led, "party_a")
    assert public(led)["host"] == ["party_a"]
    now = {agreements.get_agreement(each).record_code for each in led.agreements.values()}
    assert set(acts(led)[-1]["data"]["codes"].values()) == now


def test_a_tick_for_codes_that_were_on_the_screen_before_is_refused_by_name(led: Quick) -> None:
    """The papers are printed anew between the look and the press: nobody has seen the codes that would be ticked."""
    witness = declared(led)
    go_to(led, CueKind.RECORD_CODE)
    looked_at = shown(led, "party_a")
    give(led)
    assert refusal(led, "party_b", seen=looked_at) == "cue_codes_changed"  # no code stands there at all
    reprint()
    for ticker in ("", witness):
        assert refusal(led, "party_a", by=ticker, seen=looked_at) == "cue_codes_changed"
    assert refusal(led, "party_a", seen="") == "cue_codes_changed"
    assert (public(led)["host"], public(led)["witness"]) == ([], [])
    tick(led, "party_a")
    assert public(led)["host"] == ["party_a"]


def test_unasked_such_a_tick_would_stand_under_codes_that_nobody_saw(
    led: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_to(led, CueKind.RECORD_CODE)
    looked_at = shown(led, "party_a")
    give(led)
    reprint()
    monkeypatch.setattr(tick_rules, "check_shown", lambda *_: None)
    tick(led, "party_a", seen=looked_at)
    assert public(led)["host"] == ["party_a"]


def test_a_tick_that_passes_a_reprint_stands_for_what_was_compared(led: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tick's transaction read the codes, and was done after the new text was there: its time says nothing."""
    go_to(led, CueKind.RECORD_CODE)
    before = ticked(led)
    give(led)
    reprint()
    monkeypatch.setattr(tick_queries, "find_ticked", lambda *_: before)
    tick(led, "party_a")
    monkeypatch.undo()
    assert public(led)["host"] == []


def test_a_run_that_is_gone_back_to_is_ticked_anew_and_the_first_stays_told(led: Quick) -> None:
    go_to(led, CueKind.ROLL_CALL)
    tick(led, "party_a")
    go_to(led, CueKind.RECORD_CODE)
    with pytest.raises(Conflict) as refused:
        do(led, Verb.BACK)
    assert (refused.value.code, refused.value.params) == ("cue_ticks_anew", {"n": 1})
    db.session.rollback()
    do(led, Verb.BACK, anyway=True)
    assert public(led)["host"] == []
    assert len(tick_queries.list_ticks([ticked(led).cue_id])) == 1


def test_a_cue_that_was_ticked_and_skipped_can_be_removed(led: Quick) -> None:
    live = go_to(led, CueKind.ROLL_CALL)
    tick(led, "party_a")
    do(led, Verb.SKIP, live.id)
    service.remove_cue(led.id, live.id, looked_at=sheet(led).seq, by=HOST)
    assert tick_queries.list_ticks([live.id]) == []


def test_trail_and_stage_hold_no_names(led: Quick) -> None:
    witness = declared(led)
    go_to(led, CueKind.RECORD_CODE)
    tick(led, "party_a", by=witness)
    kept = "".join(audit.list_lines(led.id)) + str(public(led))
    assert PLAN.name not in kept
    assert PLAN.organisation not in kept
    assert "192.0.2.7" not in kept
    assert [each["action"] for each in acts(led)] == ["witness.named", "witness.declared", "cue.ticked"]
