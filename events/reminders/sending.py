"""Sending by a rule, some people at a time: each row of `reminder` is written with its mail, or neither is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from core import audit, claims, clock, ids, live, outbox
from core.audit import SYSTEM, Subject
from core.claims import Claim
from core.db import db, insert_missing, transaction
from core.errors import NotFound
from events.conferences.queries import VenueView
from events.reminders import moments, queries
from events.reminders.models import Reminder, ReminderRun
from events.reminders.moments import Times
from events.reminders.queries import Recipient, RuleView
from events.reminders.rules import Moment, Phase

MAIL = "reminder"
BATCH = 200  # people of one transaction


class _Named(TypedDict):
    """Who counts: at which instant, and since when they must have been registered."""

    now: datetime
    here_since: datetime | None


def send_by_moment(claim: Claim, rule_id: str, venue_id: str, after: str = "") -> str | None:
    """Send a rule's mail to some people of a venue whose moment it is, behind the id `after`; returns behind which to
    go on, None when it is over: then the moment is over as well, and the claim finished.
    """
    with transaction():
        found, times, venue = _take(rule_id, venue_id)
        if found is None or times is None or venue is None:
            return _end(claim)
        now = clock.now()
        at = moments.moment(times, found.rule, venue, queries.list_runs([rule_id]).get((rule_id, venue_id), ()))
        phase = moments.phase(times, found, at, now=now)
        if phase is Phase.MISSED:
            _close(found, venue, at, missed=True)
        if phase is not Phase.DUE or at.at is None:
            return _end(claim)
        named: _Named = {"now": now, "here_since": at.at}
        people = queries.list_people(found, venue_id, **named, after=after, limit=BATCH)
        sent = _send(found, venue, at, people, by_hand=False, now=now)
        _add_to_run(found, venue, at.at, sent)
        if (following := _following(found, venue, people, after, named)) is not None:
            claims.hold(claim)
            return following
        _close(found, venue, at, missed=False)
        return _end(claim)


def send_by_hand(claim: Claim, rule_id: str, venue_id: str, after: str = "") -> str | None:
    """As `send_by_moment`, at once and to everybody who was not sent it, before the venue begins."""
    with transaction():
        found, times, venue = _take(rule_id, venue_id)
        if found is None or times is None or venue is None or not times.is_on:
            return _end(claim)
        now = clock.now()
        at = moments.moment(times, found.rule, venue)
        if has_begun(at, now):
            return _end(claim)
        named: _Named = {"now": now, "here_since": None}
        people = queries.list_people(found, venue_id, **named, after=after, limit=BATCH)
        _send(found, venue, at, people, by_hand=True, now=now)
        if (following := _following(found, venue, people, after, named)) is not None:
            claims.hold(claim)
            return following
        return _end(claim)


def has_begun(at: Moment, now: datetime) -> bool:
    """Whether it is too late to remind anybody of a venue."""
    return at.begins_at is not None and now >= at.begins_at


def _take(rule_id: str, venue_id: str) -> tuple[RuleView | None, Times | None, VenueView | None]:
    """The rule, locked, with the venue, where both are still there and belong together."""
    try:
        found = queries.view(queries.take_rule(rule_id))
    except NotFound:
        return None, None, None
    times = moments.read(found.conference_id)
    venue = next((each for each in times.covered(found.rule) if each.id == venue_id), None)
    return found, times, venue


def _end(claim: Claim) -> str | None:
    claims.finish(claim)
    return None


def _following(found: RuleView, venue: VenueView, people: Sequence[Recipient], after: str, named: _Named) -> str | None:
    """Behind which id to go on; None where nobody is left. At the end of the list it begins once more where somebody
    moved here meanwhile."""
    if len(people) == BATCH:
        return people[-1].id
    return "" if after and queries.has_left(found, venue.id, **named) else None


def _send(
    found: RuleView, venue: VenueView, at: Moment, people: Sequence[Recipient], *, by_hand: bool, now: datetime
) -> int:
    """Who of these is not sent it by anybody else is sent it now; returns how many."""
    new = _reserve(found.id, venue.id, people, by_hand=by_hand, now=now)
    if not new:
        return 0
    for each, message_id in new:
        outbox.add(
            MAIL,
            to=each.email,
            locale=each.locale,
            chain=found.conference_id,
            good_until=at.begins_at,
            message_id=message_id,
            rule=found.id,
            registration=each.id,
        )
    _record(found, "reminder.sent", venue=venue.id, people=len(new), by_hand=by_hand)
    return len(new)


def _reserve(
    rule_id: str, venue_id: str, people: Sequence[Recipient], *, by_hand: bool, now: datetime
) -> list[tuple[Recipient, str]]:
    """Write down that these are sent it, by which message, and return those for whom that was not written yet: the key
    (rule, registration) lets one of several who try write it."""
    if not people:
        return []
    insert = sqlite.insert if db.session.connection().dialect.name == "sqlite" else postgresql.insert
    common = {"rule_id": rule_id, "venue_id": venue_id, "by_hand": by_hand, "sent_at": now}
    messages = {each.id: ids.new("msg") for each in people}
    rows = [{**common, "registration_id": key, "message_id": message_id} for key, message_id in messages.items()]
    statement = insert(Reminder).values(rows).on_conflict_do_nothing().returning(Reminder.registration_id)
    written = set(db.session.scalars(statement))
    return [(each, messages[each.id]) for each in people if each.id in written]


def _add_to_run(found: RuleView, venue: VenueView, moment: datetime, sent: int) -> None:
    key = {"rule_id": found.id, "venue_id": venue.id, "moment": moment}
    insert_missing(ReminderRun, **key, sent=0, missed=False, finished_at=None)
    _change_run(key, sent=ReminderRun.sent + sent)


def _close(found: RuleView, venue: VenueView, at: Moment, *, missed: bool) -> None:
    if at.at is None:
        return
    _add_to_run(found, venue, at.at, 0)
    key = {"rule_id": found.id, "venue_id": venue.id, "moment": at.at}
    _change_run(key, finished_at=clock.now(), missed=missed)
    if missed:
        _record(found, "reminder.missed", venue=venue.id)
    live.publish(f"conference:{found.conference_id}", "conference.changed")


def _change_run(key: dict[str, object], **values: object) -> None:
    db.session.execute(
        update(ReminderRun).filter_by(**key).values(**values).execution_options(synchronize_session=False)
    )


def _record(found: RuleView, action: str, **data: object) -> None:
    audit.record(found.conference_id, action, actor=SYSTEM, subject=Subject("reminder", found.id), **data)
