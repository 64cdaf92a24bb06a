"""Lines of a trail, read quickly: what is canonical, and what a digest is over, is what RFC 8785 says."""

from __future__ import annotations

import hashlib
import json

import pytest
import rfc8785

from pdf.verify.json_lines import is_canonical, parse_json
from pdf.verify.limits import VerifyLimits
from pdf.verify.trail import read_trail

Line = dict[str, object]
ENTRY: Line = {
    "seq": 1, "at": "2026-07-01T02:03:14.567Z", "ceremony": "c", "action": "a", "actor": {}, "subject": {},
    "prev": "0" * 64,
}  # fmt: skip
VALUES: list[object] = [
    1.5, -0.0, 1e21, 5e300, 2**53 - 1, -(2**53) + 1, 10**15, [7, 1.0], {"\U0001f600": 1, "\uffff": 2},
    "\x7f\u2028\x01\n",
    "a:1.5", '":2e3', ",12.5", "\U0001f600",
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
def test_a_line_is_canonical_where_the_rules_would_write_it_so(value: object) -> None:
    entry: Line = {"data": {"a": value}, "b": 1}
    line = rfc8785.dumps(entry)  # type: ignore[arg-type]
    read = parse_json(line)
    assert isinstance(read, dict)
    assert is_canonical(read, line)


@pytest.mark.parametrize(
    "line",
    [
        b'{"a":1.0}', b'{"a":-0}', b'{"a":[1E2]}', b'{"a":9007199254740993}', b'{"a": 1}', b'{"b":1,"a":1}',
        b'{"a":"\\u0041"}', b'{"a":"\\/"}', '{"\uffff":1,"\U0001f600":1}'.encode(), b'{"a":1e400}',
    ],
)  # fmt: skip
def test_a_line_in_other_words_is_not_canonical(line: bytes) -> None:
    read = parse_json(line)
    assert isinstance(read, dict)
    assert not is_canonical(read, line)


def closed(entry: Line) -> bytes:
    digest = hashlib.sha256(rfc8785.dumps(entry)).hexdigest()  # type: ignore[arg-type]
    return rfc8785.dumps({**entry, "digest": digest})  # type: ignore[dict-item]


@pytest.mark.parametrize("data", [{}, {"digest": "f" * 64, "z": 1}, {'x"digest': "f" * 64, "z": 1}])
def test_a_digest_is_over_the_whole_entry_but_itself(data: Line) -> None:
    line = closed({**ENTRY, "data": data})
    assert not read_trail(line + b"\n", json.loads(line)["digest"], VerifyLimits()).reasons


def test_an_inner_digest_that_repeats_the_stated_one_is_not_left_out() -> None:
    bare = {**ENTRY, "data": {"z": 1}}
    digest = hashlib.sha256(rfc8785.dumps(bare)).hexdigest()  # type: ignore[arg-type]
    line = rfc8785.dumps({**ENTRY, "data": {"digest": digest, "z": 1}, "digest": digest})  # type: ignore[dict-item]
    reasons = read_trail(line + b"\n", digest, VerifyLimits()).reasons
    assert [each.code for each in reasons] == ["trail-changed"]
