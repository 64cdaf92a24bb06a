"""Places that became free are offered to who waits longest. Asked for with each change that frees one, and looked for
now and then besides (jobs.py)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select

from core import clock, ids, jobs
from core.audit import SYSTEM, Actor
from core.db import db, transaction
from events.registration import admission, rules, telling
from events.registration.models import Quota, Registration
from events.registration.rules import Count, RegistrationState

JOB = "registration.offers"


def ask_if_due(quota: Quota) -> None:
    """Inside a transaction: have free places offered where somebody waits for one."""
    if rules.offers_due(Count(quota.capacity, quota.taken), quota.waiting):
        # Of its own name each time: one with the name of a job that is done would not be done.
        _ask(quota, ids.new("ask"))


def _ask(quota: Quota, name: str, *, due_at: datetime | None = None) -> None:
    jobs.add(
        JOB,
        f"{quota.venue_id}:{quota.audience_id}:{name}",
        chain=quota.conference_id,
        due_at=due_at,
        conference=quota.conference_id,
        venue=quota.venue_id,
        audience=quota.audience_id,
    )


def settle(conference_id: str, venue_id: str, audience_id: str) -> None:
    """Inside a transaction: take back offers that ran out, and offer what is free to who waits longest.

    Two who do this at once take turns at the places; a registration that somebody is changing just now is passed over
    and found the next time.
    """
    at, now = admission.take(conference_id, venue_id, audience_id), clock.now()
    if not at.quota.is_open:
        return
    waiting = (
        select(Registration)
        .filter_by(venue_id=venue_id, audience_id=audience_id, state=RegistrationState.WAITLISTED)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    over = waiting.where(Registration.offered_until <= now).order_by(Registration.offered_until, Registration.id)
    for row in db.session.scalars(over).all():
        _lapse(row, at.quota, now)
    if at.admission.starts_at is not None and not at.admission.has_begun(now):
        _offer(waiting, at.quota, until=rules.offer_ends(now, at.admission.starts_at))


def _lapse(row: Registration, quota: Quota, now: datetime) -> None:
    row.offered_until, row.queued_at = None, now
    quota.taken, quota.waiting = rules.give_back(Count(quota.capacity, quota.taken)), quota.waiting + 1
    telling.changed(row)
    telling.tell_quota(quota)
    telling.mail(row, telling.LAPSED_MAIL)
    telling.record(row, "registration.lapsed", by=SYSTEM)


def _offer(waiting: Select[Registration], quota: Quota, *, until: datetime) -> None:
    due = rules.offers_due(Count(quota.capacity, quota.taken), quota.waiting)
    if not due:
        return
    first = waiting.where(Registration.offered_until.is_(None)).order_by(Registration.queued_at, Registration.id)
    for row in db.session.scalars(first.limit(due)).all():
        row.offered_until = until
        quota.taken, quota.waiting = rules.take(Count(quota.capacity, quota.taken)), quota.waiting - 1
        telling.changed(row)
        telling.mail(row, telling.OFFERED_MAIL, good_until=until)
        telling.record(row, "registration.offered", by=SYSTEM, until=clock.iso(until))
    telling.tell_quota(quota)
    _ask(quota, clock.iso(until), due_at=until)


def accept(registration_id: str, *, by: Actor) -> None:
    """Take the place that is offered; taken twice, it is once.

    Raises NotFound, Conflict `registration_<state>`, `no_offer`, `offer_over`, `registration_closed`.
    """
    with transaction():
        row = admission.take_registration(registration_id)
        if row.state is RegistrationState.CONFIRMED:
            return
        now = clock.now()
        after = rules.accept(row.state, row.offered_until, now)
        at = admission.take(row.conference_id, row.venue_id, row.audience_id)
        rules.check_open(at.admission, is_open=at.quota.is_open, now=now)
        row.state, row.offered_until, row.queued_at = after, None, None
        telling.changed(row)
        telling.tell_quota(at.quota)
        telling.mail(row, telling.CONFIRMED_MAIL)
        telling.record(row, "registration.accepted", by=by)
