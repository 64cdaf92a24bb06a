"""What reminders sent, for who takes everything of a conference along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core import outbox
from core.db import db
from events.conferences.queries import ConferenceView
from events.reminders import board, queries
from events.reminders.models import Reminder, ReminderRule

_AT_ONCE = 5000  # a database takes no more values in one statement


@dataclass(frozen=True)
class SentLine:
    """One mail of one rule to one person; `ends`: `sent`, `waiting`, `failed`, `withdrawn` (nobody needs it any
    more)."""

    rule: str
    meant: str
    registration_id: str
    venue_id: str
    by_hand: bool
    sent_at: datetime
    ends: str


def list_sent(conference: ConferenceView) -> Iterator[SentLine]:
    """Everything that was sent, also by rules that were removed since, in the order in which it was."""
    query = select(Reminder).join(ReminderRule, ReminderRule.id == Reminder.rule_id)
    query = query.where(ReminderRule.conference_id == conference.id)
    found = list(db.session.scalars(query.order_by(Reminder.sent_at, Reminder.rule_id, Reminder.registration_id)))
    words = {each: _words(each, conference) for each in {row.rule_id for row in found}}
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        ends = outbox.list_ends([row.message_id for row in some])
        for row in some:
            end = ends.get(row.message_id, outbox.WAITING).word
            yield SentLine(*words[row.rule_id], row.registration_id, row.venue_id, row.by_hand, row.sent_at, end)


def _words(rule_id: str, conference: ConferenceView) -> tuple[str, str]:
    found = queries.find_rule(rule_id)
    return (board.when(found.rule.timing), board.who(found.rule, conference)) if found else ("", "")
