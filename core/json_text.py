"""JSON as people write it in files: what is wrong with the bytes is said in a way that helps to mend them."""

from __future__ import annotations

import json
import re
from typing import Any

from core.errors import Problem

_BLANK = b" \t\r\n\xef\xbb\xbf\xff\xfe"  # white space and byte order marks
_DEEPEST = 32  # levels of lists and objects: ours have six
_SHOWN = 40  # characters before and behind the place where reading ended
_WIDE = "“”‘’„‟＂＇，：；｛｝［］【】、。"  # what input methods write where JSON has its own marks
_CHINESE = re.compile("[\u4e00-\u9fff]")
_SAID = (  # the parser's words, by their beginning
    ("Expecting ',' delimiter", "comma_missing"),
    ("Expecting ':' delimiter", "colon_missing"),
    ("Expecting property name", "key_expected"),
    ("Expecting value", "value_expected"),
    ("Illegal trailing comma", "comma_too_many"),
    ("Unterminated string", "text_open"),
    ("Invalid control character", "text_open"),
    ("Invalid \\", "bad_escape"),
    ("Extra data", "more_behind"),
)


class BadJson(Exception):
    """Bytes that are no JSON object tree that can be trusted; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


def load_json(content: bytes) -> Any:
    """JSON in UTF-8, or in UTF-16 or UTF-32 with or without a BOM; no key may stand twice in one object.

    Raises BadJson `not_utf8`, `not_json`, `key_twice`, `too_deep`, `number_too_long`, `half_character`.
    """
    text = _decoded(content)
    try:
        data = json.loads(text, object_pairs_hook=_refuse_doubles)
        # What the parser still bears may be too deep for whatever walks it or shows it afterwards.
        _check_depth(data)
    except json.JSONDecodeError as error:
        raise BadJson(_where(error)) from None
    except RecursionError:
        raise BadJson(Problem("$", "too_deep", {"most": _DEEPEST})) from None
    except ValueError:  # the only other: int() of thousands of digits
        raise BadJson(Problem("$", "number_too_long")) from None
    try:
        # Half of a surrogate pair, written as an escape, is a text that nobody can store, print or send back.
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise BadJson(Problem("$", "half_character")) from None
    return data


def load_file(content: bytes | None, *, largest: int, lacking: str) -> Any:
    """The JSON of a file of at most `largest` bytes that somebody chose; None: nothing was chosen.

    Raises BadJson as `load_json`, with `lacking`, `file_too_large` or `empty_file`.
    """
    if content is None:
        raise BadJson(Problem("$", lacking))
    if len(content) > largest:
        raise BadJson(Problem("$", "file_too_large", {"limit": largest // 1000}))
    if not content.strip(_BLANK):
        raise BadJson(Problem("$", "empty_file"))
    return load_json(content)


def _decoded(content: bytes) -> str:
    encoding = json.detect_encoding(content)
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        looks = "gbk" if _looks_like_gbk(content) else "other"
        line = content.count(b"\n", 0, error.start) + 1
        raise BadJson(Problem("$", "not_utf8", {"line": line, "looks": looks})) from None


def _looks_like_gbk(content: bytes) -> bool:
    try:
        return bool(_CHINESE.search(content.decode("gb18030")))
    except UnicodeDecodeError:
        return False


def _where(error: json.JSONDecodeError) -> Problem:
    """Line, column (from 1), what is wrong there, and the line itself with ▶ before the place."""
    text, at = error.doc, min(error.pos, len(error.doc))
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    before, after = text[start:at].lstrip(), text[at : end if end >= 0 else len(text)].rstrip()
    before = f"…{before[-_SHOWN:]}" if len(before) > _SHOWN else before
    after = f"{after[:_SHOWN]}…" if len(after) > _SHOWN else after
    shown = "".join(char if char.isprintable() else " " for char in f"{before}▶{after}")
    params = {"line": error.lineno, "column": error.colno, "what": _what(error, text, at), "shown": shown}
    return Problem("$", "not_json", params)


def _what(error: json.JSONDecodeError, text: str, at: int) -> str:
    here, before = text[at : at + 1], text[:at].rstrip()[-1:]
    if not text[at:].strip():
        return "ends_early"
    if here in _WIDE:
        return "wide_mark"
    if here == "'":
        return "single_quotes"
    if text[at : at + 2] in ("//", "/*") or here == "#":
        return "comment"
    if before == "," and here in "]}":
        return "comma_too_many"
    return next((what for said, what in _SAID if error.msg.startswith(said)), "other")


def _check_depth(data: object) -> None:
    """Raises RecursionError for lists and objects nested more than _DEEPEST levels."""
    level, depth = [data], 0
    while level := [each for each in level if isinstance(each, list | dict)]:
        depth += 1
        if depth > _DEEPEST:
            raise RecursionError
        level = [part for each in level for part in (each.values() if isinstance(each, dict) else each)]


def _refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadJson(Problem("$", "key_twice", {"key": key.encode(errors="replace").decode()[:60]}))
        found[key] = value
    return found
