"""What the host's page sends about a meeting link."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from core.errors import Invalid, NotFound
from core.reader import Reader
from signing.meetings import rules
from signing.meetings.rules import Tool, Way


def read_link(data: Mapping[str, Any]) -> tuple[Way, Tool]:
    """`url` (https, or the invitation that a tool copies), `code`, `password`, `phones` (a line each), and whose it is.

    Raises Invalid.
    """
    reader, data = Reader(), _without_invitation(data)
    url = reader.text(data.get("url"), "$.url", limit=rules.LONGEST_URL)
    host = _host(url)
    if url and not host:
        reader.problem("$.url", "bad_meeting_link")
    lines = reader.text(
        data.get("phones"), "$.phones", limit=rules.MOST_PHONES * rules.LONGEST_PHONE, required=False, lines=True
    )
    phones = tuple(each.strip() for each in lines.splitlines() if each.strip())
    if len(phones) > rules.MOST_PHONES or any(len(each) > rules.LONGEST_PHONE for each in phones):
        reader.problem("$.phones", "too_many_phones", most=rules.MOST_PHONES)
    way = Way(
        url=url,
        code=reader.text(data.get("code"), "$.code", limit=rules.LONGEST_CODE, required=False),
        password=reader.text(data.get("password"), "$.password", limit=rules.LONGEST_CODE, required=False),
        phones=phones,
    )
    if reader.problems:
        raise Invalid(reader.problems)
    return way, rules.recognise(host)


_LINK = re.compile(r"https://[!-~]+")
_CODE = re.compile(r"(?:会议号|腾讯会议|会议 ?ID|Meeting ID)\s?[:：]\s?([0-9][0-9 -]{6,14}[0-9])")
_PASSWORD = re.compile(r"(?:密码|Passcode|Password)\s?[:：]\s?([!-~]{1,40})")


def _without_invitation(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was typed, with the one link, the number and the password taken out of a whole invitation in `url`."""
    typed = str(data.get("url") or "")[: rules.LONGEST_URL].strip()
    links = [each.rstrip("#.,;:)]>") for each in _LINK.findall(typed)]
    has_words = not typed.startswith("https://") or any(unicodedata.category(each) == "Lo" for each in typed)
    if len(links) != 1 or not has_words:
        return data
    found = {
        name: match[1] for name, told in (("code", _CODE), ("password", _PASSWORD)) if (match := told.search(typed))
    }
    given = {name: value for name, value in data.items() if str(value or "").strip()}
    return {**data, **found, **given, "url": links[0]}


def _host(url: str) -> str:
    """The host of an address that a browser opens by https, and nobody's name or password in it; else empty."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return ""
    is_whole = parts.scheme == "https" and not parts.username and "." in (parts.hostname or "")
    return parts.hostname or "" if is_whole and " " not in url and url.isascii() else ""


def read_tool(data: Mapping[str, Any]) -> Tool:
    """The tool that is to make a meeting. Raises NotFound."""
    wanted = data.get("tool")
    if wanted not in set(Tool) - {Tool.OTHER}:
        raise NotFound
    return Tool(str(wanted))


def read_seq(data: Mapping[str, Any]) -> int:
    """Which state of the link was looked at; what is no number is none that there ever was."""
    text = str(data.get("seq") or "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
