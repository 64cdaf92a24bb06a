"""Robots: which kinds there are, what they may be told, and what their answers mean; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MOST_ROBOTS = 10  # of one conference
LONGEST_NAME = 60  # characters, here and below
LONGEST_ADDRESS = 500
LONGEST_SECRET = 200
LEAST_SECRET = 16  # of a webhook's, which signs every message


class RobotKind(StrEnum):
    """To what a robot belongs."""

    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WEBHOOK = "webhook"  # a program of somebody's own


# (host, path, the argument that holds the robot's token) of each service's own address.
HOMES: Mapping[RobotKind, tuple[tuple[str, str, str], ...]] = {
    RobotKind.WECOM: (("qyapi.weixin.qq.com", "/cgi-bin/webhook/send", "key"),),
    RobotKind.DINGTALK: (("oapi.dingtalk.com", "/robot/send", "access_token"),),
    RobotKind.FEISHU: (("open.feishu.cn", "/open-apis/bot/v2/hook/", ""),
                       ("open.larksuite.com", "/open-apis/bot/v2/hook/", "")),
}  # fmt: skip


class Topic(StrEnum):
    """What a robot may be told of."""

    CONFIRMED = "confirmed"
    PENDING = "pending"
    WAITING = "waiting"
    MOVED = "moved"
    LEFT = "left"


_BY_STATE = {"confirmed": Topic.CONFIRMED, "pending": Topic.PENDING, "waitlisted": Topic.WAITING}
_BY_ACTION = {
    "registration.offered": Topic.WAITING,
    "registration.lapsed": Topic.WAITING,
    "registration.accepted": Topic.CONFIRMED,
    "registration.moved": Topic.MOVED,
    "registration.withdrawn": Topic.LEFT,
    "registration.rejected": Topic.LEFT,
    "registration.unproved": Topic.LEFT,
}
_WITH_STATE = frozenset({"registration.registered", "registration.approved"})
ACTIONS = frozenset({*_BY_ACTION, *_WITH_STATE})  # the entries of the trail that robots hear of


def topic_of(action: str, state: str) -> Topic | None:
    """What an entry of the trail is about; `state`: what the entry says that the registration became."""
    if action in _WITH_STATE:
        return _BY_STATE.get(state)
    return _BY_ACTION.get(action)


@dataclass(frozen=True)
class Wanted:
    """What an organiser decides of a robot. An empty address or secret leaves that of before as it is."""

    name: str
    locale: str
    topics: tuple[Topic, ...]
    has_names: bool
    address: str = field(repr=False)
    secret: str = field(repr=False)


class Judgement(StrEnum):
    """What became of one attempt; each has words (`robot-outcome-…`)."""

    TAKEN = "robot_taken"
    AWAY = "robot_away"  # nothing was heard, or half of it
    BUSY = "robot_busy"
    SETTINGS = "robot_settings"  # wrong token, signature, keyword, or an address that is not let in
    REFUSED = "robot_refused"
    UNCLEAR = "robot_unclear"  # an answer without a result: several services say errors with HTTP 200

    @property
    def is_lasting(self) -> bool:
        """Whether trying again cannot help."""
        return self in (Judgement.SETTINGS, Judgement.REFUSED)


_BUSY_STATUS = frozenset({408, 425, 429, *range(500, 600)})
_CODE_NAME: Mapping[RobotKind, str] = {
    RobotKind.WECOM: "errcode",
    RobotKind.DINGTALK: "errcode",
    RobotKind.FEISHU: "code",
}
_BUSY: Mapping[RobotKind, Collection[int]] = {
    RobotKind.WECOM: (-1, 45009),
    RobotKind.DINGTALK: (-1, 130101),
    RobotKind.FEISHU: (11232,),
}
_SETTINGS: Mapping[RobotKind, Collection[int]] = {
    RobotKind.WECOM: (93000,),
    RobotKind.DINGTALK: (310000, 300005, 400101, 400102, 400013, 400105, 400106),
    RobotKind.FEISHU: (19001, 19021, 19022, 19024),
}


def judge(kind: RobotKind, status: int, said: object) -> tuple[Judgement, str]:
    """What an answer means, and its code for who looks into it; `said`: its JSON, None where it is none."""
    if status in _BUSY_STATUS:
        return Judgement.BUSY, f"HTTP {status}"
    if not 200 <= status < 300:
        return Judgement.REFUSED, f"HTTP {status}"
    if kind is RobotKind.WEBHOOK:
        return Judgement.TAKEN, f"HTTP {status}"
    if not isinstance(said, Mapping):
        return Judgement.UNCLEAR, f"HTTP {status}"
    name = _CODE_NAME[kind]
    code = said.get(name)
    if not isinstance(code, int) or isinstance(code, bool):
        # DingTalk's gate says {"status":1111,"wait":5} and no code where it is asked too often.
        is_busy = kind is RobotKind.DINGTALK and said.get("status") == 1111
        return (Judgement.BUSY, "status 1111") if is_busy else (Judgement.UNCLEAR, f"HTTP {status}")
    found = f"{name} {code}"
    if code == 0:
        return Judgement.TAKEN, found
    if code in _BUSY[kind]:
        return Judgement.BUSY, found
    return (Judgement.SETTINGS if code in _SETTINGS[kind] else Judgement.REFUSED), found
