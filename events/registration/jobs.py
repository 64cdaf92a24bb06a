"""Work that registrations ask for: offers, groups whose time is over, and telling everybody that it is called off."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from core import claims, clock, jobs, live
from core.claims import Claim
from core.db import db, transaction
from events.conferences import admission_queries
from events.registration import counts, groups, offers, pinyin, proving, telling
from events.registration.models import GroupHold, Quota, Registration
from events.registration.rules import LIVE, RegistrationState

SWEEP = "registration.sweep"

live.tells(counts.tell)


@jobs.handles(offers.JOB)
def offer(claim: Claim, payload: dict[str, Any]) -> None:
    """Take back what ran out and offer what is free."""
    with transaction():
        offers.settle(payload["conference"], payload["venue"], payload["audience"])
        claims.finish(claim)


@jobs.handles(groups.JOB)
def release_group(claim: Claim, payload: dict[str, Any]) -> None:
    """Give back what a group has not used, when its time is over."""
    with transaction():
        groups.release(payload["group"], only_over=True)
        claims.finish(claim)


@jobs.handles(telling.CANCELLED_JOB)
def tell_cancelled(claim: Claim, payload: dict[str, Any]) -> None:
    """Write to everybody who registered that the conference is called off."""
    with transaction():
        query = select(Registration).filter_by(conference_id=payload["conference"]).where(Registration.state.in_(LIVE))
        for row in db.session.scalars(query.order_by(Registration.id)):
            telling.mail(row, telling.CANCELLED_MAIL, had_place=row.state is RegistrationState.CONFIRMED)
        claims.finish(claim)


@jobs.repeats(SWEEP, every=timedelta(minutes=5))
def sweep(claim: Claim, _payload: dict[str, Any]) -> None:
    """Find what no job was asked for, or whose job was passed over: offers that ran out, places that stay free while
    people wait, groups that are over, addresses that nobody proved in time."""
    places, over = list_unsettled()
    for conference_id, venue_id, audience_id in places:
        with transaction():
            offers.settle(conference_id, venue_id, audience_id)
    for group_id in over:
        with transaction():
            groups.release(group_id, only_over=True)
    for registration_id in proving.list_due():
        proving.end(registration_id)
    prepare()
    with transaction():
        claims.finish(claim)


def prepare() -> None:
    """What who registers first would wait for is loaded beforehand where a conference has places."""
    has_places = db.session.scalar(select(Quota.venue_id).where(Quota.is_open.is_(True)).limit(1)) is not None
    db.session.rollback()
    if has_places:
        pinyin.load()


def list_unsettled() -> tuple[list[tuple[str, str, str]], list[str]]:
    """(conference, venue, audience) of places with something to take back or to offer, and ids of groups that are
    over."""
    now, facts = clock.now(), admission_queries.admissions()
    of_places = (Registration.venue_id == Quota.venue_id, Registration.audience_id == Quota.audience_id)
    ran_out = select(Registration.id).where(*of_places, Registration.offered_until <= now).exists()
    due = (Quota.waiting > 0) & (Quota.taken < Quota.capacity) & (facts.c.starts_at > now)
    places = (
        select(Quota.conference_id, Quota.venue_id, Quota.audience_id)
        .join(facts, facts.c.audience_id == Quota.audience_id)
        .where(Quota.is_open.is_(True), facts.c.state == "published", or_(ran_out, due))
        .order_by(Quota.venue_id, Quota.audience_id)
    )
    over = select(GroupHold.id).where(GroupHold.released_at.is_(None), GroupHold.held_until <= now)
    found = [(row.conference_id, row.venue_id, row.audience_id) for row in db.session.execute(places)]
    groups_over = list(db.session.scalars(over.order_by(GroupHold.id)))
    db.session.rollback()
    return found, groups_over
