"""Meeting tools: how they are recognised, what is asked of them and how it can fail: pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Conflict

LONGEST_URL = 1000
LONGEST_CODE = 40
LONGEST_PHONE = 40
LONGEST_ID = 120
MOST_PHONES = 5
# A tool that is away or busy is asked so often; then the host hears of it, and can paste a link.
MOST_TRIES = 3


class Tool(StrEnum):
    """Where people meet."""

    DINGTALK = "dingtalk"
    TENCENT = "tencent"
    ZOOM = "zoom"
    FEISHU = "feishu"
    OTHER = "other"


class Source(StrEnum):
    """Who made the meeting: the host elsewhere, or we through the tool's API."""

    PASTED = "pasted"
    MADE = "made"


class Why(StrEnum):
    """Why a tool made no meeting, as the host is told."""

    KEYS = "keys"
    RIGHTS = "rights"
    BUSY = "busy"
    AWAY = "away"
    UNSURE = "unsure"
    REFUSED = "refused"
    TOO_EARLY = "too_early"


# What may be better in a moment, while it is certain that nothing was made.
PASSING = frozenset({Why.BUSY, Why.AWAY})


class NotMade(Exception):
    """No meeting is there, or it is not known whether one is (`unsure`); `code` is the tool's own, if it gave one."""

    def __init__(self, why: Why, code: str = "") -> None:
        self.why, self.code = why, line(code, LONGEST_CODE)
        super().__init__(str(why))


@dataclass(frozen=True)
class Wish:
    """A meeting that is asked for; `id` is the same however often it is asked.

    `planned_at` is when the ceremony was to begin, `starts_at` what is booked: none of the tools books the past.
    """

    id: str
    title: str
    planned_at: datetime
    starts_at: datetime
    length: timedelta
    timezone: str

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.length


@dataclass(frozen=True)
class Way:
    """How one gets into a meeting: its address, its number, its password, telephone numbers."""

    url: str = field(repr=False)
    code: str = ""
    password: str = field(default="", repr=False)
    phones: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """A meeting that a tool made; `remote_id` is what it calls it."""

    remote_id: str
    way: Way = field(repr=False)


_HOSTS = {
    Tool.DINGTALK: ("dingtalk.com",),
    Tool.TENCENT: ("meeting.tencent.com", "meeting.qq.com", "voovmeeting.com", "wemeet.qq.com"),
    Tool.ZOOM: ("zoom.us", "zoom.com", "zoom.com.cn", "zoomgov.com"),
    Tool.FEISHU: ("feishu.cn", "larksuite.com", "larkoffice.com"),
}


def room_for(limit_minutes: int) -> timedelta:
    """How long a meeting to book for a ceremony that may take so long: people come early, and it may last longer."""
    return timedelta(minutes=max(60, 2 * limit_minutes))


def recognise(host: str) -> Tool:
    """The tool that an address belongs to, by the name of its host."""
    name = host.lower().rstrip(".")
    for tool, known in _HOSTS.items():
        if any(name == each or name.endswith(f".{each}") for each in known):
            return tool
    return Tool.OTHER


def check_way(way: Way) -> Way:
    """What a tool answered, cut to what we keep. Raises NotMade `unsure` where it gave no address to open."""
    if not way.url.startswith("https://") or len(way.url) > LONGEST_URL or not way.url.isprintable() or " " in way.url:
        raise NotMade(Why.UNSURE, "no address")
    return Way(
        url=way.url,
        code=line(way.code, LONGEST_CODE),
        password=line(way.password, LONGEST_CODE),
        phones=tuple(line(each, LONGEST_PHONE) for each in way.phones[:MOST_PHONES]),
    )


def line(text: str, longest: int) -> str:
    """What may be kept and shown of a word of somebody else's: no database keeps a NUL or half a character."""
    return "".join(char for char in text if char.isprintable())[:longest]


def check_looked_at(*, now_at: int, looked_at: int) -> None:
    """Raises Conflict `meeting_changed`: another host was faster, or the page was old."""
    if now_at != looked_at:
        raise Conflict("meeting_changed")
