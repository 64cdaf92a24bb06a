"""Canonical JSON is byte for byte what the reference writes."""

from __future__ import annotations

import random
from enum import StrEnum
from typing import Any

import pytest
import rfc8785

from core import canonical

_SIGNS = [*map(chr, range(0x80)), "\x7f", "\x80", "\u2028", "\u2029", "é", "会", "\ue000", "\uffff", "😀", "𠀀", "/"]


class _Colour(StrEnum):
    RED = "red"


def _value(some: random.Random, depth: int) -> Any:
    kind = some.randrange(10 if depth else 6)
    if kind < 2:
        return "".join(some.choices(_SIGNS, k=some.randrange(6)))
    if kind == 2:
        return some.choice([None, True, False])
    if kind == 3:
        return some.choice([0, -1, 7, 2**53 - 1, 1 - 2**53])
    if kind == 4:
        return some.choice([0.0, -0.0, 1.5, 1e21, 1e-7, 333333333.33333329])
    if kind == 5:
        return some.choice([_Colour.RED, (1, "a"), [], {}, ()])
    if kind == 6:
        return [_value(some, depth - 1) for _ in range(some.randrange(4))]
    return {
        "".join(some.choices(_SIGNS, k=some.randrange(4))): _value(some, depth - 1) for _ in range(some.randrange(5))
    }


def test_every_value_is_written_as_the_reference_writes_it() -> None:
    some = random.Random(8785)
    for _ in range(3000):
        value = _value(some, 3)
        assert canonical.dumps(value) == rfc8785.dumps(value), value


def test_keys_stand_in_the_order_of_their_utf_16_form() -> None:
    value = {"😀": 1, "\uffff": 2, "a": 3}
    assert canonical.dumps(value) == rfc8785.dumps(value)
    assert canonical.dumps(value).startswith(b'{"a":3,"\xf0\x9f\x98\x80":1')


def test_a_key_that_is_a_state_is_written_as_its_value() -> None:
    assert canonical.dumps({_Colour.RED: _Colour.RED}) == b'{"red":"red"}'


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), float("inf"), {1: "a"}, "\ud800", ["\udfff"], b"a"])
def test_what_the_reference_refuses_is_refused(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical.dumps({"value": value})
    with pytest.raises(rfc8785.CanonicalizationError):
        rfc8785.dumps({"value": value})
