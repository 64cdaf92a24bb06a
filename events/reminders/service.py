"""Use cases of reminders, as the pages call them; each is one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from core import audit, clock, ids, jobs, live, outbox, seen
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, Invalid, NotFound, Problem
from events.conferences import queries as conferences
from events.reminders import moments, queries, rules, sending, work
from events.reminders.models import ReminderRule
from events.reminders.moments import Times
from events.reminders.queries import RuleView
from events.reminders.rules import Anchor, Rule

TEST_MAIL = "reminder_test"


def add(conference_id: str, wanted: Rule, *, key: str, by: Actor) -> str:
    """A new rule; returns its id. Sent again with the same `key`, it is the same rule.

    Raises NotFound, Invalid, Conflict `conference_cancelled`, `too_many_reminders`.
    """
    with transaction():
        times = _take_plan(conference_id)
        return _add(times, wanted, key=key, by=by)


def add_several(conference_id: str, wanted: Sequence[Rule], *, key: str, by: Actor) -> None:
    """New rules, all or none. Raises as `add`."""
    with transaction():
        times = _take_plan(conference_id)
        for number, each in enumerate(wanted):
            _add(times, each, key=f"{key}:{number}", by=by)


def _take_plan(conference_id: str) -> Times:
    conferences.take_conference(conference_id)
    conference = conferences.get_conference(conference_id)
    if not conference.is_editable:
        raise Conflict("conference_cancelled")
    return moments.times_of(conference)


def _add(times: Times, wanted: Rule, *, key: str, by: Actor) -> str:
    conference_id, now = times.conference.id, clock.now()
    rule_id = "rem_" + hashlib.sha256(f"{conference_id}\n{key}".encode()).hexdigest()[:26]
    if db.session.get(ReminderRule, rule_id) is not None:
        return rule_id
    _check(times, wanted, now)
    if queries.count_rules(conference_id) >= rules.MOST_RULES:
        raise Conflict("too_many_reminders", most=rules.MOST_RULES)
    row = ReminderRule(
        id=rule_id, conference_id=conference_id, number=1, timed_at=now, created_at=now, created_by=by.id,
        paused_at=None, removed_at=None, **_columns(wanted),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _record(row, "reminder.added", by=by, **_said(wanted))
    return rule_id


def _columns(rule: Rule) -> dict[str, Any]:
    return {
        **vars(rule.timing),
        "scope": rule.scope,
        "venues": list(rule.venues),
        "audiences": list(rule.audiences),
        "groups": [str(each) for each in rule.groups],
        "subject": dict(rule.subject),
        "words": dict(rule.words),
    }


def _said(rule: Rule) -> dict[str, Any]:
    """When and whom, for the trail: not the words."""
    timing = rule.timing
    fixed = f"{timing.fixed_on}T{timing.fixed_time:%H:%M}" if timing.fixed_on and timing.fixed_time else ""
    return {
        "anchor": str(timing.anchor),
        "minutes": timing.minutes,
        "fixed": fixed,
        "scope": str(rule.scope),
        "venues": list(rule.venues),
        "audiences": list(rule.audiences),
        "groups": [str(each) for each in rule.groups],
    }


def digest(rule: Rule) -> str:
    """What a form sends back as `seen`, so that nobody undoes another's change."""
    return seen.digest({**_said(rule), "subject": rule.subject, "words": rule.words})


def _check(times: Times, rule: Rule, now: datetime) -> None:
    """Raises Invalid."""
    covered = times.covered(rule)
    problems = list(rules.find_problems(rule, has_online=any(each.is_online for each in covered)))
    if rule.timing.anchor is Anchor.FIXED:
        problems += _fixed_problems(times, rule, now)
    if problems:
        raise Invalid(problems)


def _fixed_problems(times: Times, rule: Rule, now: datetime) -> list[Problem]:
    covered, timing = times.covered(rule), rule.timing
    for venue in covered:
        if (code := moments.fault(timing, venue)) and timing.fixed_time is not None:
            return [Problem("$.fixed", code, {"time": f"{timing.fixed_time:%H:%M}", "zone": venue.timezone})]
    found = [moments.moment(times, rule, venue) for venue in covered]
    if found and all(each.at is not None and each.at <= now for each in found):
        return [Problem("$.fixed", "reminder_in_past")]
    if found and all(each.at and each.begins_at and each.at >= each.begins_at for each in found):
        return [Problem("$.fixed", "reminder_after_beginning")]
    return []


def change(rule_id: str, wanted: Rule, *, conference_id: str, by: Actor, looked_at: str | None = None) -> None:
    """Another time, audience or wording; who was sent it is not sent it again.

    Raises NotFound, Invalid, PlanChanged, Conflict `conference_cancelled`.
    """
    with transaction():
        times = _take_plan(conference_id)
        row = _take(rule_id, conference_id)
        before, now = queries.view(row).rule, clock.now()
        seen.check(looked_at, digest(before))
        if before == wanted:
            return
        _check(times, wanted, now)
        for name, value in _columns(wanted).items():
            setattr(row, name, value)
        if before.timing != wanted.timing:
            row.timed_at = now
        row.number += 1
        changed = [name for name, value in _columns(before).items() if value != _columns(wanted)[name]]
        _record(row, "reminder.changed", by=by, fields=changed, **_said(wanted))


def _take(rule_id: str, conference_id: str) -> ReminderRule:
    row = queries.take_rule(rule_id)
    if row.conference_id != conference_id:
        raise NotFound("reminder_not_found")
    return row


def pause(rule_id: str, *, conference_id: str, by: Actor) -> None:
    """Send nothing by this rule until it goes on; done twice, it is once. Raises NotFound."""
    with transaction():
        row = _take(rule_id, conference_id)
        if row.paused_at is None:
            row.paused_at = clock.now()
            row.number += 1
            _record(row, "reminder.paused", by=by)


def resume(rule_id: str, *, conference_id: str, by: Actor) -> None:
    """Go on; a moment that passed meanwhile is not made up for. Raises NotFound."""
    with transaction():
        row = _take(rule_id, conference_id)
        if row.paused_at is not None:
            row.paused_at, row.timed_at = None, clock.now()
            row.number += 1
            _record(row, "reminder.resumed", by=by)


def remove(rule_id: str, *, conference_id: str, by: Actor) -> None:
    """Send nothing by this rule any more, not even what waits to be sent. Raises NotFound."""
    with transaction():
        row = _take(rule_id, conference_id)
        row.removed_at = clock.now()
        audit.record(conference_id, "reminder.removed", actor=by, subject=Subject("reminder", rule_id))
        outbox.withdraw(sending.MAIL, chain=conference_id, rule=rule_id)
        live.publish(f"conference:{conference_id}", "conference.changed")


def venues_now(times: Times, found: RuleView, now: datetime) -> list[str]:
    """The ids of a rule's venues in which it is not too late to send."""
    return [
        each.id
        for each in times.covered(found.rule)
        if not sending.has_begun(moments.moment(times, found.rule, each), now)
    ]


def send_now(rule_id: str, *, conference_id: str, people: int, by: Actor) -> None:
    """Send it at once to everybody who was not sent it, in venues that have not begun; `people`: how many that were
    when it was asked.

    Raises NotFound; Conflict `reminder_conference_off`, `reminder_begun`, `reminder_nobody`,
    `reminder_count_changed`.
    """
    with transaction():
        found = queries.view(_take(rule_id, conference_id))
        times, now = moments.read(conference_id), clock.now()
        if not times.is_on:
            raise Conflict("reminder_conference_off")
        venues = venues_now(times, found, now)
        if not venues:
            raise Conflict("reminder_begun")
        left = queries.count(conference_id, [found], now=now).left(rule_id, venues)
        if not left:
            raise Conflict("reminder_nobody")
        if left != people:
            raise Conflict("reminder_count_changed")
        asked = ids.new("ask")
        for venue_id in venues:
            jobs.add(work.NOW, f"{rule_id}:{venue_id}:{asked}", chain=conference_id, rule=rule_id, venue=venue_id)
        subject = Subject("reminder", rule_id)
        audit.record(conference_id, "reminder.asked", actor=by, subject=subject, venues=venues, people=left)
        live.publish(f"conference:{conference_id}", "conference.changed")


def send_test(rule_id: str, *, conference_id: str, venue_id: str, to: str, account_id: str, by: Actor) -> None:
    """Send it to oneself in both languages, as people of this venue get it. Raises NotFound."""
    with transaction():
        row = _take(rule_id, conference_id)
        named: dict[str, Any] = {"rule": rule_id, "venue": venue_id, "account": account_id}
        for locale in ("zh-CN", "en"):
            outbox.add(TEST_MAIL, to=to, locale=locale, chain=conference_id, **named)
        _record(row, "reminder.tested", by=by, venue=venue_id)


def _record(row: ReminderRule, action: str, *, by: Actor, **data: Any) -> None:
    audit.record(row.conference_id, action, actor=by, subject=Subject("reminder", row.id), **data)
    live.publish(f"conference:{row.conference_id}", "conference.changed")
