"""Brings messages to robots: the network outside transactions, every attempt written down, no address in any log."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from core import audit, claims, clock, config, i18n, limits, live, outbox, sealed
from core.audit import Subject
from core.claims import Claim, Failure
from core.db import db, transaction
from core.errors import TooMany
from core.i18n import t
from core.jobs import Hopeless
from events.robots import protocol, queries, rules, wording
from events.robots.models import Robot, RobotAttempt, RobotMessage
from events.robots.protocol import Sending
from events.robots.rules import Judgement, RobotKind
from pdf.pki.reaching import Reach, Unreached, exchange

KIND = "robot_message"
ADDRESS, SECRET = "robot-address", "robot-secret"  # purposes of core.sealed
TIMEOUT_SECONDS = 8.0
GOOD_FOR = timedelta(days=1)
_LONGEST_ANSWER = 65_536
_MOST_A_MINUTE = 18  # DingTalk and WeCom take 20, and shut a robot out for ten minutes after more


class TryLater(Failure):
    """The robot cannot be reached or does not want the message now."""


@outbox.carries(KIND)
def carry(claim: Claim, payload: Mapping[str, Any]) -> None:
    """Bring one message; raises Hopeless, TryLater."""
    row = db.session.get(RobotMessage, payload["message"])
    robot = db.session.get(Robot, row.robot_id) if row else None
    if row is None or robot is None or robot.removed_at is not None:
        raise Hopeless("the robot was removed", reason="robot_removed")
    message_id, view, kind = row.id, queries.view(robot), robot.kind
    try:
        url = sealed.unseal(robot.address, purpose=ADDRESS, record_id=robot.id)
        secret = sealed.unseal(robot.secret, purpose=SECRET, record_id=robot.id)
    except sealed.SealBroken:
        raise _noted(claim, message_id, view.conference_id, Judgement.SETTINGS, "sealed") from None
    with i18n.use_locale(view.locale):
        message = wording.message(view, message_id, after=row.after, up_to=row.up_to, is_test=row.is_test)
        more = t("robot-more-line")
    db.session.rollback()
    try:
        limits.hit("robot", view.id, limit=_MOST_A_MINUTE, per=timedelta(minutes=1))
    except TooMany:
        raise TryLater("as many as a robot takes in a minute", reason=Judgement.BUSY) from None
    at_ms = int(clock.now().timestamp() * 1000)
    sending = protocol.write(kind, url, secret, message, robot_id=view.id, at_ms=at_ms, more=more)
    judged, answer = _send(kind, sending)
    if judged is not Judgement.TAKEN:
        raise _noted(claim, message_id, view.conference_id, judged, answer)
    _taken(claim, message_id, view.conference_id, answer)


def _send(kind: RobotKind, sending: Sending) -> tuple[Judgement, str]:
    """What became of one attempt, and the service's code."""
    reach = Reach(frozenset(config.settings().robot_hosts), others=True)
    until = time.monotonic() + TIMEOUT_SECONDS
    try:
        found = exchange(sending.url, sending.body, sending.headers, longest=_LONGEST_ANSWER, until=until, reach=reach)
    except Unreached:
        return Judgement.AWAY, ""
    return rules.judge(kind, found.status, _json(found.body))


def _json(body: bytes) -> object:
    try:
        said: object = json.loads(body)
    except ValueError:
        return None
    return said


@claims.watches
def tell_team(chain: str) -> None:
    """Let the team's pages know that something could not be brought, or can again."""
    if chain.startswith("cnf_"):
        live.publish(f"conference:{chain}", "conference.changed")


def _noted(claim: Claim, message_id: str, conference_id: str, judged: Judgement, answer: str) -> Failure:
    """The failure to raise, once the attempt is written down."""
    with transaction():
        claims.hold(claim)
        _note(claim, message_id, judged, answer)
        live.publish(f"conference:{conference_id}", "conference.changed")
    words = f"{judged}: {answer}" if answer else str(judged)
    return (Hopeless if judged.is_lasting else TryLater)(words, reason=str(judged))


def _note(claim: Claim, message_id: str, judged: Judgement, answer: str) -> None:
    at = clock.now()
    attempt = RobotAttempt(message_id=message_id, number=claim.attempts, at=at, outcome=str(judged), answer=answer[:60])
    db.session.add(attempt)
    db.session.flush()


def _taken(claim: Claim, message_id: str, conference_id: str, answer: str) -> None:
    with transaction():
        _note(claim, message_id, Judgement.TAKEN, answer)
        subject = Subject("message", claim.id)
        audit.record(conference_id, "message.sent", actor=audit.SYSTEM, subject=subject, kind=KIND)
        live.publish(f"conference:{conference_id}", "conference.changed")
        claims.finish(claim, payload={})
