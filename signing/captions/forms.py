"""What hosts and interpreters send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core import clock
from core.errors import Invalid, Problem, Refusal
from signing.captions import rules
from signing.captions.rules import Spoken

_ID = re.compile(r"[0-9A-Za-z_-]{8,40}")
_MOST_NUMBER = 2**31 - 1
_KEYS = {"id", "text", "typed_at", "replaces"}


class CaptionTooLarge(Refusal):
    """More bytes than a line takes."""

    code = "caption_too_large"
    status = 413


def check_size(length: int | None) -> None:
    """Before anything of the body is read; raises CaptionTooLarge."""
    if length is not None and length > rules.MOST_BYTES:
        raise CaptionTooLarge


def read_language(form: Mapping[str, str], *, may_be_none: bool = False) -> str:
    """`language`: one of those that there are; `none`, read as empty, where it may be. Raises Invalid."""
    told = form.get("language", "")
    if may_be_none and told == "none":
        return ""
    if told in rules.LANGUAGES:
        return told
    raise Invalid([Problem("$.language", "not_an_option", {"value": told[:40], "known": ", ".join(rules.LANGUAGES)})])


def read_line(data: Mapping[str, Any]) -> Spoken:
    """From {"id", "text", "typed_at", "replaces"}; an empty text withdraws what it replaces. Raises Invalid."""
    problems = [_unknown(key) for key in sorted(set(data) - _KEYS)[:1]]
    name, text, replaces = data.get("id"), data.get("text"), data.get("replaces")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        problems.append(Problem("$.id", "bad_caption_id"))
    if replaces is not None and (type(replaces) is not int or not 1 <= replaces <= _MOST_NUMBER):
        problems.append(Problem("$.replaces", "bad_caption_number"))
    typed_at = _instant(data.get("typed_at"))
    if typed_at is None:
        problems.append(Problem("$.typed_at", "bad_instant"))
    if not isinstance(text, str):
        problems.append(Problem("$.text", "not_a_text"))
    if problems or typed_at is None:
        raise Invalid(problems)
    cleaned = rules.clean(str(text))
    if not cleaned and (text or replaces is None):
        raise Invalid([Problem("$.text", "empty_text")])
    rules.check_length(cleaned)
    return Spoken(str(name), cleaned, typed_at, replaces)


def _unknown(key: str) -> Problem:
    return Problem("$", "unknown_key", {"key": key[:40], "known": ", ".join(sorted(_KEYS))})


def _instant(value: object) -> datetime | None:
    """A time that names its zone."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
        return at.astimezone(clock.now().tzinfo) if at is not None and at.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
