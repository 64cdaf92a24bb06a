"""Personal values beside a trail: which fit, which are gone, which are neither."""

from __future__ import annotations

import hashlib

import rfc8785

from pdf.verify.limits import VerifyLimits
from pdf.verify.private import read_private


def _line(seq: int, value: str) -> bytes:
    return rfc8785.dumps({"seq": seq, "field": "data.place", "salt": "s", "value": value}) + b"\n"


def test_a_changed_value_is_neither_kept_nor_gone() -> None:
    digest = hashlib.sha256(rfc8785.dumps({"salt": "s", "value": "here"})).hexdigest()
    wanted = {(seq, "data.place"): digest for seq in (1, 2, 3)}
    found = read_private(_line(1, "here") + _line(2, "elsewhere"), wanted, VerifyLimits())
    assert (found.kept, found.gone) == (1, ("3 data.place",))
    assert [each.code for each in found.reasons] == ["private-changed"]


def test_values_that_nobody_asked_for_are_read_no_further_than_they_are_told() -> None:
    asked = {(99, "data.place"): "0" * 64}
    some = read_private(b"".join(_line(seq, "x") for seq in range(49)), asked, VerifyLimits())
    many = read_private(b"".join(_line(seq, "x") for seq in range(90)), asked, VerifyLimits())
    assert (len(some.reasons), some.gone) == (49, ("99 data.place",))
    assert (len(many.reasons), many.gone) == (50, ())
