"""What a signer's page sends while somebody draws. It comes many times a second: one problem is told, not all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from core.errors import Invalid, Problem, Refusal
from signing.ink import rules
from signing.ink.rules import Batch, Part, Point

_MOST_NUMBER = 2**53 - 1  # that JavaScript counts exactly
_MOST_SEQ = 2**31 - 1
_TIME = int(rules.LONGEST_DRAWING.total_seconds() * 1000)
_BOUNDS = (rules.FULL, rules.FULL, rules.FULL, _TIME)
_KEYS = {"agreement", "drawing", "seq", "shape", "gone", "parts", "over", "typed"}


class InkTooLarge(Refusal):
    """More bytes than the strokes of a moment take."""

    code = "ink_too_large"
    status = 413


def check_size(length: int | None) -> None:
    """Before anything of the body is read; raises InkTooLarge."""
    if length is not None and length > rules.MOST_BYTES:
        raise InkTooLarge


def read_batch(data: Mapping[str, Any], *, agreement_id: str | None = None) -> Batch:
    """From {"agreement", "drawing", "seq", "shape", "gone": [stroke…], "parts": [[stroke, [[x, y, pressure, ms]…]]…],
    "over", "typed"}; raises Invalid. With `agreement_id` it is that one, and who draws cannot name another."""
    unknown = sorted(set(data) - (_KEYS if agreement_id is None else _KEYS - {"agreement"}))
    if unknown:
        raise Invalid([Problem("$", "unknown_key", {"key": unknown[0][:40], "known": ", ".join(sorted(_KEYS))})])
    agreement = data.get("agreement") if agreement_id is None else agreement_id
    if not isinstance(agreement, str) or not rules.is_id(agreement):
        _refuse("$.agreement")
    over, typed = data.get("over", False), data.get("typed", False)
    if not isinstance(over, bool):
        _refuse("$.over")
    if not isinstance(typed, bool):
        _refuse("$.typed")
    parts = _items(data.get("parts", []), "$.parts", most=rules.MOST_PARTS)
    batch = Batch(
        agreement_id=agreement,
        drawing=_number(data.get("drawing"), "$.drawing", least=1, most=_MOST_NUMBER),
        seq=_number(data.get("seq"), "$.seq", least=1, most=_MOST_SEQ),
        shape=_number(data.get("shape"), "$.shape", least=rules.FULL // 20, most=rules.FULL * 5),
        gone=tuple(
            _number(each, f"$.gone[{index}]", most=rules.MOST_STROKES)
            for index, each in enumerate(_items(data.get("gone", []), "$.gone", most=rules.MOST_GONE))
        ),
        parts=tuple(_part(each, f"$.parts[{index}]") for index, each in enumerate(parts)),
        is_over=over,
        is_typed=typed,
    )
    if batch.points > rules.MOST_POINTS:
        _refuse("$.parts")
    return batch


def _part(value: object, path: str) -> Part:
    pair = _items(value, path, most=2)
    if len(pair) != 2:
        _refuse(path)
    points = _items(pair[1], f"{path}[1]", most=rules.MOST_POINTS)
    stroke = _number(pair[0], f"{path}[0]", most=rules.MOST_STROKES)
    return Part(stroke, tuple(_point(each, f"{path}[1][{index}]") for index, each in enumerate(points)))


def _point(value: object, path: str) -> Point:
    if not isinstance(value, list) or len(value) != len(_BOUNDS):
        _refuse(path)
    x, y, pressure, at = (_number(each, path, most=most) for each, most in zip(value, _BOUNDS, strict=True))
    return x, y, pressure, at


def _items(value: object, path: str, *, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        _refuse(path)
    return value


def _number(value: object, path: str, *, most: int, least: int = 0) -> int:
    # type() and not isinstance: true is an int in Python, and 1.0 and NaN are floats.
    if type(value) is not int or not least <= value <= most:
        _refuse(path)
    return value


def _refuse(path: str) -> NoReturn:
    raise Invalid([Problem(path, "bad_stroke")])
