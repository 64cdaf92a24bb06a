"""Values that the conference file has in several places."""

from __future__ import annotations

from collections.abc import Mapping

from core.reader import Reader
from core.values import Texts
from events.conferences import rules


def read_lines(reader: Reader, value: object, path: str) -> Texts:
    """A text of several lines in one language or in both; nothing is no text."""
    if value is None:
        return {}
    given = value if isinstance(value, Mapping) else {"zh-CN": value}
    known = reader.mapping(given, path, required=(), optional=("zh-CN", "en"))
    return {
        each: reader.text(text, f"{path}.{each}" if value is given else path, limit=rules.LONGEST_TEXT, lines=True)
        for each, text in known.items()
        if each in ("zh-CN", "en") and text is not None
    }


def read_number(reader: Reader, value: object, path: str, most: int) -> int:
    """A whole number from 0 to `most`; nothing is 0."""
    if value is None:
        return 0
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    reader.problem(path, "bad_number", value=str(value)[:40], most=most)
    return 0


def read_flag(reader: Reader, value: object, path: str) -> bool:
    """true or false; nothing is false."""
    if value is None:
        return False
    if not isinstance(value, bool):
        reader.problem(path, "not_yes_or_no")
        return False
    return value


def read_url(reader: Reader, value: object, path: str) -> str:
    """An address that begins with https:// or http://."""
    text = reader.text(value, path, limit=rules.LONGEST_URL)
    if text and not rules.is_url(text):
        reader.problem(path, "bad_url", value=text[:80])
    return text
