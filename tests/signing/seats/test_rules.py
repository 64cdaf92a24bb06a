"""One-time codes and the steps of a signer, without a database."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, Forbidden
from signing.seats import rules
from signing.seats.rules import Code, CodeState, Step

NOW = datetime(2026, 7, 1, 2, 3, 4, tzinfo=UTC)
PEPPER = b"the installation's secret"
CODE = Code(
    salt="salt",
    digest=rules.digest_code("012345", salt="salt", pepper=PEPPER),
    expires_at=NOW + rules.CODE_LIFE,
    tries=0,
    used_at=None,
)


def judge(code: Code | None, typed: str = "012345", *, now: datetime = NOW) -> CodeState:
    return rules.judge_code(code, typed, now=now, pepper=PEPPER)


def test_the_numbers_are_those_that_were_promised() -> None:
    assert (timedelta(minutes=10), 5) == (rules.CODE_LIFE, rules.CODE_TRIES)


def test_the_right_code_is_right_and_another_is_wrong() -> None:
    assert judge(CODE) is CodeState.RIGHT
    assert judge(CODE, "012346") is CodeState.WRONG
    assert judge(CODE, "") is CodeState.WRONG


@pytest.mark.parametrize("tries", range(8))
def test_five_tries_and_no_more_even_with_the_right_code(tries: int) -> None:
    expected = CodeState.RIGHT if tries < 5 else CodeState.SPENT
    assert judge(replace(CODE, tries=tries)) is expected


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (timedelta(minutes=10) - timedelta(milliseconds=1), CodeState.RIGHT),
        (timedelta(minutes=10), CodeState.EXPIRED),
        (timedelta(days=1), CodeState.EXPIRED),
    ],
)
def test_a_code_lives_ten_minutes(later: timedelta, expected: CodeState) -> None:
    assert judge(CODE, now=NOW + later) is expected


def test_a_code_serves_once() -> None:
    assert judge(replace(CODE, used_at=NOW)) is CodeState.NONE
    assert judge(None) is CodeState.NONE


def test_what_is_kept_depends_on_code_salt_and_secret() -> None:
    digests = {
        rules.digest_code(code, salt=salt, pepper=pepper)
        for code, salt, pepper in itertools.product(("000000", "000001"), ("a", "b"), (b"x", b"y"))
    }
    assert len(digests) == 8
    assert "012345" not in CODE.digest


@given(st.text(max_size=12))
def test_nothing_else_that_is_typed_is_right(typed: str) -> None:
    assert (judge(CODE, typed) is CodeState.RIGHT) == (typed == "012345")


@pytest.mark.parametrize(("proved", "consented", "left"), list(itertools.product((False, True), (False, True), (0, 2))))
def test_the_next_step_follows_from_what_was_done(proved: bool, consented: bool, left: int) -> None:
    expected = (
        # Nobody is asked to agree to sign what can no longer be signed.
        Step.IDENTITY if not proved else Step.DONE if not left else Step.AGREEMENTS if consented else Step.CONSENT
    )
    assert rules.next_step(identity_proved=proved, consented=consented, open_or_waiting=left) is expected


def test_identity_is_asked_for_by_name() -> None:
    rules.check_identity(proved=True)
    with pytest.raises(Forbidden, match="identity_not_proved"):
        rules.check_identity(proved=False)


@pytest.mark.parametrize("seconds", [0, 1, 44, 44.999, 45, 46])
def test_a_second_code_has_to_wait(seconds: float) -> None:
    now = NOW + timedelta(seconds=seconds)
    if seconds >= 45:
        rules.check_resend(NOW, now=now)
        return
    with pytest.raises(Conflict) as refused:
        rules.check_resend(NOW, now=now)
    assert refused.value.code == "code_just_sent"
    assert refused.value.params["seconds"] == math.ceil(45 - seconds)


def test_the_first_code_need_not_wait() -> None:
    rules.check_resend(None, now=NOW)


@given(st.emails())
def test_a_masked_address_shows_one_letter_and_the_domain(email: str) -> None:
    masked = rules.mask_address(email)
    local, _, domain = email.partition("@")
    assert masked == f"{local[0]}***@{domain}"
