"""Every state with every action, every reason not to sign in its order."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import i18n
from core.errors import Conflict, Refusal
from signing.agreements import rules
from signing.agreements.rules import AgreementAction as Action
from signing.agreements.rules import AgreementState as State
from signing.agreements.rules import SignerFacts, SignerState

# What leads where, written down a second time by hand: everything else is refused.
ALLOWED = {
    ("draft", "freeze"): "approved",
    ("draft", "void"): "voided",
    ("approved", "revise"): "draft",
    ("open", "revise"): "draft",
    ("approved", "open"): "open",
    ("approved", "void"): "voided",
    ("approved", "expire"): "expired",
    ("open", "complete"): "completed",
    ("open", "decline"): "declined",
    ("open", "void"): "voided",
    ("open", "expire"): "expired",
    ("completed", "seal"): "sealed",
}
REFUSED_WITH = {"draft": "agreement_not_ready", "approved": "not_your_turn", "open": "agreement_open"}
READY = SignerFacts(
    agreement=State.OPEN, signer=SignerState.PENDING, identity_proved=True, consented=True, pages=6, read_to=6
)
# In the order in which they are told: each row breaks one thing of READY.
OBSTACLES: list[tuple[dict[str, object], str, int]] = [
    ({"signer": SignerState.SIGNED}, "already_signed", 409),
    ({"agreement": State.VOIDED}, "agreement_closed", 409),
    ({"signer": SignerState.DECLINED}, "agreement_closed", 409),
    ({"approvals_missing": 1}, "approval_missing", 409),
    ({"cue_live": False}, "cue_not_live", 409),
    ({"identity_proved": False}, "identity_not_proved", 403),
    ({"consented": False}, "consent_missing", 403),
    ({"read_to": 5}, "not_read_to_the_end", 409),
]


@pytest.mark.parametrize(("state", "action"), list(itertools.product(State, Action)))
def test_every_state_answers_every_action(state: State, action: Action) -> None:
    expected = ALLOWED.get((state.value, action.value))
    if expected is not None:
        assert rules.change(state, action) is State(expected)
        return
    with pytest.raises(Conflict) as refused:
        rules.change(state, action)
    assert refused.value.code == REFUSED_WITH.get(state.value, "agreement_closed")


def test_nothing_leads_out_of_an_end_but_the_seal() -> None:
    leaving = {(state, action) for state, action in ALLOWED if State(state) in rules.ENDED}
    assert leaving == {("completed", "seal")}


@given(st.lists(st.sampled_from(list(Action)), max_size=12))
def test_no_sequence_of_actions_opens_an_agreement_again(actions: list[Action]) -> None:
    state, ended = State.DRAFT, False
    for action in actions:
        try:
            state = rules.change(state, action)
        except Conflict:
            continue
        assert not (ended and state not in rules.ENDED)
        ended = ended or state in rules.ENDED


def test_who_has_done_everything_may_sign() -> None:
    assert rules.why_not_sign(READY) is None
    rules.check_sign(READY)


@pytest.mark.parametrize(("broken", "code", "status"), OBSTACLES)
def test_each_obstacle_has_its_name(broken: dict[str, object], code: str, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        rules.check_sign(replace(READY, **broken))  # type: ignore[arg-type]
    assert (refused.value.code, refused.value.status) == (code, status)


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(range(len(OBSTACLES)), 2)))
def test_of_two_obstacles_the_one_that_comes_first_is_told(first: int, second: int) -> None:
    both = {**OBSTACLES[second][0], **OBSTACLES[first][0]}  # where they speak of the same fact, the first one's
    refusal = rules.why_not_sign(replace(READY, **both))  # type: ignore[arg-type]
    assert refusal is not None
    assert refusal.code == OBSTACLES[first][1]


@pytest.mark.parametrize("state", [state for state in State if state is not State.OPEN])
def test_only_an_open_agreement_is_signed_or_declined(state: State) -> None:
    expected = REFUSED_WITH.get(state.value, "agreement_closed")
    for check in (rules.check_sign, rules.check_decline):
        with pytest.raises(Conflict) as refused:
            check(replace(READY, agreement=state))
        assert refused.value.code == expected


def test_declining_needs_no_consent_and_no_reading_but_a_known_person() -> None:
    rules.check_decline(replace(READY, consented=False, read_to=0))
    with pytest.raises(Refusal, match="identity_not_proved"):
        rules.check_decline(replace(READY, identity_proved=False))
    with pytest.raises(Refusal, match="already_signed"):
        rules.check_decline(replace(READY, signer=SignerState.SIGNED))


@pytest.mark.parametrize(("agreement", "signer"), list(itertools.product(State, SignerState)))
def test_a_signer_stands_somewhere_in_every_state(agreement: State, signer: SignerState) -> None:
    expected = {
        SignerState.SIGNED: "signed",
        SignerState.DECLINED: "declined",
        SignerState.PENDING: {"draft": "waiting", "approved": "waiting", "open": "open"}.get(agreement, "closed"),
    }[signer]
    assert rules.standing(replace(READY, agreement=agreement, signer=signer)) == expected


@given(st.sampled_from([None, "a" * 64, "b" * 64]), st.sampled_from(["a" * 64, "b" * 64]))
def test_a_head_that_moved_is_refused_and_no_other(now_at: str | None, prepared_on: str) -> None:
    if now_at == prepared_on:
        rules.check_head(now_at=now_at, prepared_on=prepared_on)
        return
    with pytest.raises(Conflict, match="revision_moved"):
        rules.check_head(now_at=now_at, prepared_on=prepared_on)


@given(st.lists(st.sampled_from(list(SignerState)), max_size=12))
def test_an_agreement_is_complete_when_everybody_asked_has_signed(signers: list[SignerState]) -> None:
    assert rules.is_complete(signers) == (bool(signers) and set(signers) == {SignerState.SIGNED})


@given(st.sampled_from(list(State)), st.lists(st.sampled_from(list(State)), max_size=6))
def test_an_agreement_opens_when_it_is_approved_and_all_before_it_are_done(state: State, before: list[State]) -> None:
    expected = state is State.APPROVED and not set(before) - {State.COMPLETED, State.SEALED}
    assert rules.opens_now(state, before) is expected


@given(st.binary(min_size=32, max_size=32))
def test_a_record_code_is_eight_digits_of_the_digest(digest: bytes) -> None:
    code = rules.record_code(digest.hex())
    assert len(code) == 8
    assert code.isdigit()
    assert int(code) == int.from_bytes(digest) % 10**8


def test_record_codes_tell_neighbouring_files_apart() -> None:
    assert rules.record_code("00" * 31 + "07") == "00000007"
    assert rules.record_code("00" * 31 + "08") != rules.record_code("00" * 31 + "07")


@pytest.mark.parametrize("typed", ["Ámundi Þórsson", "ámundi  þórsson ", "Ámundi　ÞÓＲＳＳＯＮ", "Ámundi-Þórsson"])
def test_a_typed_name_may_differ_in_case_width_and_marks_between_words(typed: str) -> None:
    rules.check_typed(typed, name="Ámundi Þórsson")


@pytest.mark.parametrize("typed", ["", "Ámundi", "Amundi Þórsson", "Ámundi Þórsson jr", "王芳"])
def test_a_typed_name_that_is_another_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="typed_other_name") as refused:
        rules.check_typed(typed, name="Ámundi Þórsson")
    assert (refused.value.status, refused.value.params) == (422, {"name": "Ámundi Þórsson"})


def test_every_refusal_says_in_both_languages_what_is_wrong_and_what_to_do() -> None:
    codes = {code for _, code, _ in OBSTACLES} | set(REFUSED_WITH.values()) | {"revision_moved", "signature_mismatch"}
    codes |= {
        "certificate_missing",
        "appearance_refused",
        "typed_other_name",
        "timestamp_unavailable",
        "signing_not_found",
    }
    missing = [
        f"{locale}: error-{code}{end}"
        for locale in i18n.LOCALES
        for code in codes
        for end in ("", "-next")
        if not i18n.has(f"error-{code}{end}", locale)
    ]
    assert not missing


STATES = [State.DRAFT, State.APPROVED, State.OPEN, State.COMPLETED, State.SEALED, *sorted(rules.UNSIGNED)]


@pytest.mark.parametrize(("before", "after"), list(itertools.product(STATES, repeat=2)))
def test_only_what_waits_for_something_unsigned_can_never_open(before: State, after: State) -> None:
    dead, waits = before in rules.UNSIGNED, after in {State.DRAFT, State.APPROVED}
    assert rules.never_open({"a": (before, []), "b": (after, ["a"])}) == (["b"] if dead and waits else [])


def test_what_can_never_open_is_found_over_any_number_of_steps_and_ways() -> None:
    waiting = State.APPROVED
    found = {
        "late": (waiting, ["middle", "other"]),
        "dead": (State.DECLINED, []),
        "middle": (waiting, ["dead", "elsewhere"]),
        "other": (waiting, ["fine"]),
        "fine": (State.SEALED, []),
        "last": (waiting, ["late"]),
    }
    assert rules.never_open(found) == ["late", "middle", "last"]
    assert rules.never_open({**found, "dead": (State.OPEN, [])}) == []


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(STATES)), st.data())
def test_voiding_what_can_never_open_leaves_nothing_that_waits_in_vain(
    states: dict[str, State], data: st.DataObject
) -> None:
    found = {key: (state, data.draw(st.lists(st.sampled_from(sorted(states))))) for key, state in states.items()}
    voided = {each: (State.VOIDED, found[each][1]) for each in rules.never_open(found)}
    assert rules.never_open({**found, **voided}) == []
    assert all(found[each][0] in {State.DRAFT, State.APPROVED} for each in voided)


@pytest.mark.parametrize(("agreement", "signer"), list(itertools.product(STATES, SignerState)))
def test_the_hall_never_learns_who_declined_and_nobody_waits_for_what_is_over(
    agreement: State, signer: SignerState
) -> None:
    host, hall = rules.shown_state(agreement, signer), rules.stage_state(agreement, signer)
    if signer is SignerState.PENDING:
        expected = "open" if agreement is State.OPEN else "closed" if agreement in rules.UNSIGNED else "waiting"
        assert host == hall == expected
    else:
        assert host == signer
        assert hall == ("closed" if signer is SignerState.DECLINED else "signed")


def test_the_cascade_puts_each_agreement_below_the_deepest_that_it_comes_after() -> None:
    after = {"d": ("b", "a"), "a": (), "b": ("a",), "c": ("a",)}
    assert rules.levels(after) == [["a"], ["b", "c"], ["d"]]
    assert rules.levels({}) == []
