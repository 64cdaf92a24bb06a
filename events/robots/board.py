"""What the pages of robots show, as values that templates only print."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from core import i18n
from core.i18n import t
from events.conferences.queries import ConferenceView
from events.robots import queries
from events.robots.queries import MessageView, RobotView
from events.robots.rules import Judgement, RobotKind, Topic

_MARKS = {"taken": "signed", "failed": "declined", "withdrawn": "voided", "trying": "waiting", "waiting": "waiting"}


def rows(conference: ConferenceView) -> list[dict[str, Any]]:
    """Each robot, with what became of its last message."""
    found = queries.list_robots(conference.id)
    last = queries.newest([each.id for each in found])
    return [_row(each, last.get(each.id), conference.timezone) for each in found]


def _row(robot: RobotView, last: MessageView | None, zone: str) -> dict[str, Any]:
    return {
        "id": robot.id,
        "name": robot.name,
        "kind": t(f"robot-kind-{robot.kind}"),
        "address": robot.address_shown,
        "is_signed": robot.has_secret,
        "topics": [t(f"robot-topic-{each}") for each in robot.topics],
        "names": t("robot-with-names" if robot.has_names else "robot-without-names"),
        "paused": robot.paused_at is not None,
        "last": message(last, zone) if last else None,
    }


def message(found: MessageView, zone: str) -> dict[str, Any]:
    """One message: what became of it, with every attempt."""
    state = _state(found)
    reason = found.attempts[-1].outcome if found.attempts else ""
    return {
        "id": found.id,
        "what": t("robot-message-test" if found.is_test else "robot-message-news"),
        "again": found.again_of is not None,
        "mark": _MARKS[state],
        "words": t(f"robot-message-{state}"),
        "why": t(f"robot-outcome-{reason}") if state in ("failed", "trying") and reason else "",
        "at": i18n.format_datetime(found.asked_at, zone, seconds=True),
        "can_again": state in ("taken", "failed"),
        "attempts": [
            {
                "number": number,
                "at": i18n.format_datetime(each.at, zone, seconds=True),
                "outcome": t(f"robot-result-{Judgement(each.outcome)}"),
                "answer": each.answer or t("conference-nothing"),
            }
            for number, each in enumerate(found.attempts, start=1)
        ],
    }


def _state(found: MessageView) -> str:
    """`taken`, `failed`, `withdrawn`, `trying` (it failed before), `waiting`."""
    if found.end is not None and found.end.is_dead:
        return "failed"
    if found.end is not None and found.end.reason == "withdrawn":
        return "withdrawn"
    if found.end is None or found.end.is_sent:
        return "taken"
    return "trying" if found.attempts else "waiting"


def kinds() -> list[tuple[str, str, str]]:
    """(kind, its name, what it is) to choose from."""
    return [(str(each), t(f"robot-kind-{each}"), t(f"robot-kind-{each}-hint")) for each in RobotKind]


def topics() -> list[tuple[str, str]]:
    """(topic, words) to choose from."""
    return [(str(each), t(f"robot-topic-{each}")) for each in Topic]


def typed_of(robot: RobotView) -> dict[str, Any]:
    """What first stands in the form of a robot that is there."""
    return {
        "name": robot.name,
        "locale": robot.locale,
        "topics": [str(each) for each in robot.topics],
        "has_names": robot.has_names,
    }


def first_topics() -> Collection[str]:
    """What is chosen in a new form."""
    return [str(each) for each in Topic]
