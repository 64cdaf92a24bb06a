"""Reads of robots, of what they were sent, and of what there is to tell."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from core import audit, outbox
from core.audit import AuditEntry
from core.db import db
from core.errors import NotFound
from core.outbox import End
from events.robots.models import Robot, RobotAttempt, RobotMessage
from events.robots.rules import ACTIONS, RobotKind, Topic, topic_of

PAGE_SIZE = 50


@dataclass(frozen=True)
class RobotView:
    """A robot without its secrets."""

    id: str
    conference_id: str
    kind: RobotKind
    name: str
    locale: str
    topics: tuple[Topic, ...]
    has_names: bool
    address_shown: str
    has_secret: bool
    told_up_to: int
    created_at: datetime
    paused_at: datetime | None
    removed_at: datetime | None


def view(row: Robot) -> RobotView:
    """The row as values."""
    plain = [name for name in RobotView.__dataclass_fields__ if name not in ("topics", "has_secret")]
    return RobotView(
        **{name: getattr(row, name) for name in plain},
        topics=tuple(Topic(each) for each in row.topics),
        has_secret=bool(row.secret),
    )


def list_robots(conference_id: str) -> list[RobotView]:
    """Those that were not removed, in the order in which they came."""
    query = select(Robot).filter_by(conference_id=conference_id).where(Robot.removed_at.is_(None))
    return [view(row) for row in db.session.scalars(query.order_by(Robot.created_at, Robot.id))]


def get_robot(robot_id: str, *, conference_id: str) -> RobotView:
    """A robot of this conference that was not removed; raises NotFound."""
    row = db.session.get(Robot, robot_id, populate_existing=True)
    if row is None or row.conference_id != conference_id or row.removed_at is not None:
        raise NotFound("robot_not_found")
    return view(row)


def take_robot(robot_id: str, *, conference_id: str | None = None) -> Robot:
    """The row of one that was not removed, in order to change it; raises NotFound."""
    query = select(Robot).filter_by(id=robot_id).with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(query)
    if row is None or row.removed_at is not None or conference_id not in (None, row.conference_id):
        raise NotFound("robot_not_found")
    return row


def list_behind() -> list[str]:
    """The ids of robots whose conference's trail has grown since they heard of it."""
    query = (
        select(Robot.id)
        .join(audit.AuditHead, audit.AuditHead.chain == Robot.conference_id)
        .where(Robot.removed_at.is_(None), Robot.paused_at.is_(None), audit.AuditHead.seq > Robot.told_up_to)
    )
    return list(db.session.scalars(query.order_by(Robot.id)))


@dataclass(frozen=True)
class Told:
    """One thing that happened to a registration. `state` and `venue_id` as the entry has them, or empty."""

    seq: int
    at: datetime
    action: str
    topic: Topic
    registration_id: str
    state: str
    venue_id: str


def list_told(conference_id: str, *, after: int, up_to: int, topics: Collection[Topic]) -> list[Told]:
    """What there is to tell of the entries behind `after`, up to `up_to`, in order."""
    query = (
        select(AuditEntry)
        .filter_by(chain=conference_id)
        .where(AuditEntry.seq > after, AuditEntry.seq <= up_to, AuditEntry.action.in_(ACTIONS))
        .order_by(AuditEntry.seq)
    )
    found = []
    for row in db.session.scalars(query):
        data = json.loads(row.line)["data"]
        state = str(data.get("state") or "")
        topic = topic_of(row.action, state)
        if topic in topics and topic is not None:
            venue = str(data.get("venue") or "")
            found.append(Told(row.seq, row.at, row.action, topic, row.subject_id, state, venue))
    return found


@dataclass(frozen=True)
class MessageView:
    """A message with its attempts, and what became of it; `end` is None where the outbox has forgotten it."""

    id: str
    robot_id: str
    after: int
    up_to: int
    is_test: bool
    again_of: str | None
    asked_at: datetime
    attempts: tuple[RobotAttempt, ...]
    end: End | None


def list_messages(robot_id: str, *, limit: int = PAGE_SIZE) -> list[MessageView]:
    """The newest messages first, with every attempt."""
    query = select(RobotMessage).filter_by(robot_id=robot_id)
    rows = db.session.scalars(query.order_by(RobotMessage.asked_at.desc(), RobotMessage.id.desc()).limit(limit)).all()
    return _views(rows)


def get_message(message_id: str, *, robot_id: str) -> RobotMessage:
    """What one message tells; raises NotFound."""
    row = db.session.get(RobotMessage, message_id)
    if row is None or row.robot_id != robot_id:
        raise NotFound("robot_message_not_found")
    return row


def newest(robot_ids: Sequence[str]) -> dict[str, MessageView]:
    """The last message of each robot that was sent one, by its id."""
    last = (
        select(RobotMessage.robot_id, func.max(RobotMessage.id).label("id"))
        .where(RobotMessage.robot_id.in_(robot_ids))
        .group_by(RobotMessage.robot_id)
        .subquery()
    )
    rows = db.session.scalars(select(RobotMessage).join(last, last.c.id == RobotMessage.id)).all()
    return {each.robot_id: each for each in _views(rows)}


def has_under_way(robot_id: str) -> bool:
    """Whether a message to this robot waits to be brought."""
    query = select(RobotMessage.id).filter_by(robot_id=robot_id).order_by(RobotMessage.id.desc()).limit(20)
    ends = outbox.list_ends(list(db.session.scalars(query)))
    # One that failed and is tried again has a reason too; only one that was withdrawn is over with it.
    return any(not (each.is_sent or each.is_dead or each.reason == "withdrawn") for each in ends.values())


def _views(rows: Sequence[RobotMessage]) -> list[MessageView]:
    ids = [row.id for row in rows]
    ends, attempts = outbox.list_ends(ids), dict[str, list[RobotAttempt]]()
    query = select(RobotAttempt).where(RobotAttempt.message_id.in_(ids)).order_by(RobotAttempt.number)
    for attempt in db.session.scalars(query):
        attempts.setdefault(attempt.message_id, []).append(attempt)
    plain = [name for name in MessageView.__dataclass_fields__ if name not in ("attempts", "end")]
    return [
        MessageView(
            **{name: getattr(row, name) for name in plain},
            attempts=tuple(attempts.get(row.id, ())),
            end=ends.get(row.id),
        )
        for row in rows
    ]
