"""Use cases of robots, as the pages call them; each is one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from core import audit, clock, ids, live, outbox, sealed
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict
from events.conferences import queries as conferences
from events.robots import protocol, queries, rules, sending
from events.robots.models import Robot, RobotMessage
from events.robots.rules import RobotKind, Wanted


def add(conference_id: str, kind: RobotKind, wanted: Wanted, *, key: str, by: Actor) -> str:
    """A new robot, which hears what happens from now on; returns its id. Sent again with the same `key`, it is the
    same one.

    Raises NotFound, Conflict `conference_cancelled`, `too_many_robots`.
    """
    robot_id = "rob_" + hashlib.sha256(f"{conference_id}\n{key}".encode()).hexdigest()[:26]
    with transaction():
        conference = conferences.take_conference(conference_id)
        if db.session.get(Robot, robot_id) is not None:
            return robot_id
        if str(conference.state) == "cancelled":
            raise Conflict("conference_cancelled")
        if len(queries.list_robots(conference_id)) >= rules.MOST_ROBOTS:
            raise Conflict("too_many_robots", most=rules.MOST_ROBOTS)
        row = Robot(
            id=robot_id, conference_id=conference_id, kind=kind, created_at=clock.now(), created_by=by.id,
            paused_at=None, removed_at=None, address="", address_shown="", secret="",
            told_up_to=audit.find_head(conference_id)[0], **_columns(wanted),
        )  # fmt: skip
        _seal(row, wanted)
        db.session.add(row)
        db.session.flush()
        _record(row, "robot.added", by=by, kind=str(kind), **_said(wanted))
        return robot_id


def _columns(wanted: Wanted) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "locale": wanted.locale,
        "topics": [str(each) for each in wanted.topics],
        "has_names": wanted.has_names,
    }


def _said(wanted: Wanted) -> dict[str, Any]:
    """For the trail: neither the address nor the secret."""
    return {"topics": [str(each) for each in wanted.topics], "has_names": wanted.has_names}


def _seal(row: Robot, wanted: Wanted) -> list[str]:
    """Keep a new address or secret; the names of what is another now."""
    changed = []
    if wanted.address:
        row.address = sealed.seal(wanted.address, purpose=sending.ADDRESS, record_id=row.id)
        row.address_shown = protocol.shown_address(wanted.address)
        changed.append("address")
    if wanted.secret:
        row.secret = sealed.seal(wanted.secret, purpose=sending.SECRET, record_id=row.id)
        changed.append("secret")
    return changed


def change(robot_id: str, wanted: Wanted, *, conference_id: str, by: Actor) -> None:
    """Another name, language, choice, address or secret. Raises NotFound."""
    with transaction():
        row = queries.take_robot(robot_id, conference_id=conference_id)
        columns = _columns(wanted)
        changed = [name for name, value in columns.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, columns[name])
        changed += _seal(row, wanted)
        if changed:
            _record(row, "robot.changed", by=by, fields=sorted(changed), **_said(wanted))


def pause(robot_id: str, *, conference_id: str, by: Actor) -> None:
    """Tell it nothing until it goes on; done twice, it is once. Raises NotFound."""
    with transaction():
        row = queries.take_robot(robot_id, conference_id=conference_id)
        if row.paused_at is None:
            row.paused_at = clock.now()
            _record(row, "robot.paused", by=by)


def resume(robot_id: str, *, conference_id: str, by: Actor) -> None:
    """Go on with what happens from now on. Raises NotFound."""
    with transaction():
        row = queries.take_robot(robot_id, conference_id=conference_id)
        if row.paused_at is not None:
            row.paused_at, row.told_up_to = None, audit.find_head(conference_id)[0]
            _record(row, "robot.resumed", by=by)


def remove(robot_id: str, *, conference_id: str, by: Actor) -> None:
    """Tell it nothing any more, and keep neither its address nor its secret. Raises NotFound."""
    with transaction():
        row = queries.take_robot(robot_id, conference_id=conference_id)
        row.removed_at = clock.now()
        row.address = row.secret = ""
        audit.record(conference_id, "robot.removed", actor=by, subject=Subject("robot", robot_id))
        outbox.withdraw(sending.KIND, chain=conference_id, robot=robot_id)
        live.publish(f"conference:{conference_id}", "conference.changed")


def send_test(robot_id: str, *, conference_id: str, by: Actor) -> None:
    """Have it told that this is a test, paused or not. Raises NotFound."""
    with transaction():
        row = queries.take_robot(robot_id, conference_id=conference_id)
        add_message(row, after=row.told_up_to, up_to=row.told_up_to, is_test=True)
        _record(row, "robot.tested", by=by)


def send_again(robot_id: str, message_id: str, *, conference_id: str, by: Actor) -> None:
    """Have a message of before brought once more, with the same events in it. Raises NotFound."""
    with transaction():
        row = queries.take_robot(robot_id, conference_id=conference_id)
        old = queries.get_message(message_id, robot_id=robot_id)
        add_message(row, after=old.after, up_to=old.up_to, is_test=old.is_test, again_of=old.again_of or old.id)
        _record(row, "robot.asked_again", by=by, message=old.id)


def add_message(row: Robot, *, after: int, up_to: int, is_test: bool = False, again_of: str | None = None) -> None:
    """Inside a transaction that holds the robot: ask for a message about these entries."""
    message_id, now = ids.new("msg"), clock.now()
    values: Mapping[str, Any] = {"after": after, "up_to": up_to, "is_test": is_test, "again_of": again_of}
    db.session.add(RobotMessage(id=message_id, robot_id=row.id, asked_at=now, **values))
    db.session.flush()
    outbox.add(
        sending.KIND,
        to=row.id,
        locale=row.locale,
        chain=row.conference_id,
        good_until=now + sending.GOOD_FOR,
        message_id=message_id,
        message=message_id,
        robot=row.id,
    )


def _record(row: Robot, action: str, *, by: Actor, **data: Any) -> None:
    audit.record(row.conference_id, action, actor=by, subject=Subject("robot", row.id), **data)
    live.publish(f"conference:{row.conference_id}", "conference.changed")
