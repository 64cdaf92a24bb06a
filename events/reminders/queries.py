"""Reads of reminders: the rules, what they sent, and whom they reach."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select

from core.db import db
from core.errors import NotFound
from events.conferences import ended_queries
from events.registration import remindable_queries
from events.reminders.models import Reminder, ReminderRule, ReminderRun
from events.reminders.rules import Group, Person, Rule, Timing

PAGE_SIZE = 50


@dataclass(frozen=True)
class RuleView:
    """A rule with its place in the world."""

    id: str
    conference_id: str
    rule: Rule
    number: int
    timed_at: datetime
    paused_at: datetime | None
    removed_at: datetime | None
    created_at: datetime


def view(row: ReminderRule) -> RuleView:
    """The row as values."""
    return RuleView(
        id=row.id,
        conference_id=row.conference_id,
        rule=Rule(
            timing=Timing(row.anchor, row.minutes, row.fixed_on, row.fixed_time),
            scope=row.scope,
            venues=tuple(row.venues),
            audiences=tuple(row.audiences),
            groups=tuple(Group(each) for each in row.groups),
            subject=dict(row.subject),
            words=dict(row.words),
        ),
        number=row.number,
        timed_at=row.timed_at,
        paused_at=row.paused_at,
        removed_at=row.removed_at,
        created_at=row.created_at,
    )


def list_rules(conference_id: str) -> list[RuleView]:
    """The rules of a conference that were not removed, in the order in which they came."""
    query = select(ReminderRule).filter_by(conference_id=conference_id).where(ReminderRule.removed_at.is_(None))
    return [view(row) for row in db.session.scalars(query.order_by(ReminderRule.created_at, ReminderRule.id))]


def count_rules(conference_id: str) -> int:
    """How many rules of a conference there are, without removed ones."""
    query = select(func.count()).select_from(ReminderRule).filter_by(conference_id=conference_id)
    return db.session.scalar(query.where(ReminderRule.removed_at.is_(None))) or 0


def find_rule(rule_id: str) -> RuleView | None:
    """A rule, also a removed one."""
    row = db.session.get(ReminderRule, rule_id, populate_existing=True)
    return view(row) if row else None


def get_rule(rule_id: str, *, conference_id: str) -> RuleView:
    """A rule of this conference that was not removed; raises NotFound."""
    found = find_rule(rule_id)
    if found is None or found.conference_id != conference_id or found.removed_at is not None:
        raise NotFound("reminder_not_found")
    return found


def take_rule(rule_id: str) -> ReminderRule:
    """A rule in order to change it, or to send by it: whoever does either takes turns. Raises NotFound."""
    query = select(ReminderRule).filter_by(id=rule_id).with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(query)
    if row is None or row.removed_at is not None:
        raise NotFound("reminder_not_found")
    return row


def list_active(since: date) -> dict[str, list[RuleView]]:
    """The rules that may fire, by conference: those of published conferences that are not over on that day."""
    coming = ended_queries.coming(since)
    query = select(ReminderRule).join(coming, coming.c.id == ReminderRule.conference_id)
    query = query.where(ReminderRule.removed_at.is_(None), ReminderRule.paused_at.is_(None))
    found: dict[str, list[RuleView]] = {}
    for row in db.session.scalars(query.order_by(ReminderRule.conference_id, ReminderRule.created_at)):
        found.setdefault(row.conference_id, []).append(view(row))
    return found


@dataclass(frozen=True)
class RunView:
    """A moment of a rule for a venue that is over."""

    moment: datetime
    sent: int
    missed: bool
    finished_at: datetime


def list_runs(rule_ids: Collection[str]) -> dict[tuple[str, str], list[RunView]]:
    """Moments that are over by (rule, venue), the newest first."""
    query = select(ReminderRun).where(ReminderRun.rule_id.in_(sorted(rule_ids)), ReminderRun.finished_at.is_not(None))
    found: dict[tuple[str, str], list[RunView]] = {}
    for row in db.session.scalars(query.order_by(ReminderRun.moment.desc())):
        if row.finished_at is not None:
            made = RunView(row.moment, row.sent, row.missed, row.finished_at)
            found.setdefault((row.rule_id, row.venue_id), []).append(made)
    return found


def reached(people: Subquery, rule: Rule, conference_id: str, *, now: datetime) -> list[ColumnElement[bool]]:
    """Who is of a rule's audiences and groups, in whatever venue, and has an address."""
    offered = and_(people.c.offered_until.is_not(None), people.c.offered_until > now)
    by_group = {
        Group.CONFIRMED: people.c.state == "confirmed",
        Group.OFFERED: and_(people.c.state == "waitlisted", offered),
        Group.WAITLISTED: and_(people.c.state == "waitlisted", ~offered),
    }
    found = [
        people.c.conference_id == conference_id,
        people.c.email != "",
        or_(*(by_group[each] for each in rule.groups)),
    ]
    if rule.audiences:
        found.append(people.c.audience_id.in_(rule.audiences))
    return found


@dataclass(frozen=True)
class Recipient:
    """Somebody who is to be sent a reminder."""

    id: str
    email: str
    locale: str


def list_people(
    found: RuleView, venue_id: str, *, now: datetime, here_since: datetime | None, after: str, limit: int
) -> list[Recipient]:
    """Whom a rule reaches in a venue, sent it or not, by id behind `after`; `here_since`: only who had registered by
    then."""
    people = remindable_queries.remindable()
    query = select(people.c.id, people.c.email, people.c.locale).where(
        *_there(people, found, venue_id, now=now, here_since=here_since), people.c.id > after
    )
    rows = db.session.execute(query.order_by(people.c.id).limit(limit))
    return [Recipient(row.id, row.email, row.locale) for row in rows]


def has_left(found: RuleView, venue_id: str, *, now: datetime, here_since: datetime | None) -> bool:
    """Whether any of them was not sent it."""
    people = remindable_queries.remindable()
    sent = and_(Reminder.rule_id == found.id, Reminder.registration_id == people.c.id)
    query = select(people.c.id).outerjoin(Reminder, sent).where(Reminder.rule_id.is_(None))
    query = query.where(*_there(people, found, venue_id, now=now, here_since=here_since))
    return db.session.scalar(query.limit(1)) is not None


def _there(
    people: Subquery, found: RuleView, venue_id: str, *, now: datetime, here_since: datetime | None
) -> list[ColumnElement[bool]]:
    conditions = [people.c.venue_id == venue_id, *reached(people, found.rule, found.conference_id, now=now)]
    return conditions if here_since is None else [*conditions, people.c.created_at <= here_since]


@dataclass(frozen=True)
class Counts:
    """How many people each rule reaches in each venue, and how many of them it has reached."""

    reached: Mapping[tuple[str, str], int]
    sent: Mapping[str, int] = field(default_factory=dict)

    def left(self, rule_id: str, venue_ids: Collection[str]) -> int:
        """How many in these venues are still to be sent it."""
        return sum(self.reached.get((rule_id, venue_id), 0) for venue_id in venue_ids)


def count(conference_id: str, found: Collection[RuleView], *, now: datetime) -> Counts:
    """Three statements, however many rules there are."""
    people = remindable_queries.remindable()
    kinds = (
        people.c.venue_id,
        people.c.audience_id,
        people.c.state,
        (people.c.offered_until > now).label("offered"),
    )
    there = and_(people.c.conference_id == conference_id, people.c.email != "")
    everybody = select(*kinds, func.count()).where(there, people.c.state.in_(("confirmed", "waitlisted")))
    total = {tuple(row[:4]): row[4] for row in db.session.execute(everybody.group_by(*kinds))}
    named = Reminder.rule_id.in_(sorted(each.id for each in found))
    had = select(Reminder.rule_id, *kinds, func.count()).join(people, people.c.id == Reminder.registration_id)
    got = {
        tuple(row[:5]): row[5] for row in db.session.execute(had.where(there, named).group_by(Reminder.rule_id, *kinds))
    }
    sent = select(Reminder.rule_id, func.count()).where(named).group_by(Reminder.rule_id)
    left: Counter[tuple[str, str]] = Counter()
    for each in found:
        for (venue, audience, state, offered), people_there in total.items():
            if _is_for(each.rule, audience, state, is_offered=bool(offered)):
                left[each.id, venue] += people_there - got.get((each.id, venue, audience, state, offered), 0)
    return Counts(left, {row[0]: row[1] for row in db.session.execute(sent)})


def _is_for(rule: Rule, audience_id: str, state: str, *, is_offered: bool) -> bool:
    group = Group.CONFIRMED if state == "confirmed" else Group.OFFERED if is_offered else Group.WAITLISTED
    return group in rule.groups and (not rule.audiences or audience_id in rule.audiences)


@dataclass(frozen=True)
class Entry:
    """One person of a rule's log; `sent_at` is None for who was not sent it."""

    registration_id: str
    name: str
    code: str
    venue_id: str
    audience_id: str
    person: Person
    sent_at: datetime | None
    by_hand: bool
    message_id: str


@dataclass(frozen=True)
class LogPage:
    """One page of a rule's log; `number` and `pages` count from 1."""

    entries: tuple[Entry, ...]
    number: int
    pages: int
    total: int


def list_log(
    found: RuleView,
    *,
    venue_ids: Collection[str],
    seen: Collection[str] | None,
    shown: str,
    number: int,
) -> LogPage:
    """Everybody of the rule's venues (`venue_ids`) and audiences, and who was sent it, by name; of the venues that the
    reader may see (`seen`, None: all). `shown`: `all`, `sent`, `unsent`."""
    people = remindable_queries.remindable()
    meant = [people.c.conference_id == found.conference_id, people.c.venue_id.in_(sorted(venue_ids))]
    if found.rule.audiences:
        meant.append(people.c.audience_id.in_(found.rule.audiences))
    sent = and_(Reminder.rule_id == found.id, Reminder.registration_id == people.c.id)
    query: Select[Any] = select(people, Reminder.sent_at, Reminder.by_hand, Reminder.message_id).outerjoin(
        Reminder, sent
    )
    query = query.where(or_(and_(*meant), Reminder.rule_id.is_not(None)))
    if seen is not None:
        query = query.where(people.c.venue_id.in_(sorted(seen)))
    if shown != "all":
        query = query.where(Reminder.rule_id.is_not(None) if shown == "sent" else Reminder.rule_id.is_(None))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(number, 1), pages)
    ordered = query.order_by(people.c.pinyin, people.c.name, people.c.id)
    rows = db.session.execute(ordered.offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    return LogPage(tuple(_entry(row) for row in rows), number, pages, total)


def _entry(row: Any) -> Entry:
    return Entry(
        registration_id=row.id,
        name=row.name,
        code=row.code,
        venue_id=row.venue_id,
        audience_id=row.audience_id,
        person=Person(str(row.state), row.offered_until, bool(row.email), row.created_at),
        sent_at=row.sent_at,
        by_hand=bool(row.by_hand),
        message_id=row.message_id or "",
    )
