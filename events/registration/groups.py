"""Places held for delegations: hold them, use one by one with the group's link, give back what was not used."""

from __future__ import annotations

import hashlib
from datetime import datetime

from core import clock, jobs, tokens
from core.audit import SYSTEM, Actor, Private, Subject, record
from core.db import db, transaction
from core.errors import Conflict, NotFound
from events.registration import admission, offers, queries, rules, telling
from events.registration.admission import Held
from events.registration.models import GroupHold, Quota
from events.registration.rules import Count

LINK = "group"
JOB = "registration.group"


def hold_places(
    conference_id: str,
    *,
    venue_id: str,
    audience_id: str,
    name: str,
    size: int,
    held_until: datetime,
    key: str,
    by: Actor,
    company_id: str | None = None,
) -> str:
    """Keep `size` places for a delegation until an instant, all or none, and make the link with which its people
    register; returns the group's id. Sent again with the same `key`, it is the same group.

    Raises NotFound `places_not_found`, `company_not_found`; Conflict `registration_closed`, `venue_full`,
    `hold_in_the_past`, `hold_past_the_end`.
    """
    group_id = "grp_" + hashlib.sha256(f"{conference_id}\n{key}".encode()).hexdigest()[:26]
    with transaction():
        at, now = admission.take(conference_id, venue_id, audience_id, company_id=company_id), clock.now()
        if db.session.get(GroupHold, group_id) is not None:
            return group_id
        rules.check_open(at.admission, is_open=at.quota.is_open, now=now)
        if held_until <= now:
            raise Conflict("hold_in_the_past")
        if at.admission.is_over(held_until):
            raise Conflict("hold_past_the_end")
        if company_id and not at.has_company:
            raise NotFound("company_not_found")
        at.quota.taken = rules.take(at.count, size)
        group = GroupHold(
            id=group_id,
            conference_id=conference_id,
            venue_id=venue_id,
            audience_id=audience_id,
            company_id=company_id or None,
            name=name,
            size=size,
            used=0,
            held_until=held_until,
            released_at=None,
            created_at=now,
        )
        db.session.add(group)
        tokens.issue(LINK, group_id, expires_in=held_until - now)
        jobs.add(JOB, group_id, chain=conference_id, due_at=held_until, group=group_id)
        telling.tell_quota(at.quota)
        told = {"venue": venue_id, "audience": audience_id, "size": size, "until": clock.iso(held_until)}
        _record(group, "group.held", by=by, **told, name=Private(name))
        return group_id


def _record(group: GroupHold, action: str, *, by: Actor, **data: object) -> None:
    record(group.conference_id, action, actor=by, subject=Subject("group", group.id), **data)


def find_link(group_id: str) -> str | None:
    """The token of a group's link, while its places are held."""
    return tokens.find_newest(LINK, group_id)


def take_for(group_id: str, quota: Quota | Held, *, now: datetime) -> GroupHold:
    """Inside a transaction: a group with a place left, of these places, whose row is locked.

    Raises NotFound `group_not_found`, Conflict `group_full`, `group_over`.
    """
    group = db.session.get(GroupHold, group_id, populate_existing=True)
    if group is None or (group.venue_id, group.audience_id) != (quota.venue_id, quota.audience_id):
        raise NotFound("group_not_found")
    if group.released_at is not None or group.held_until <= now:
        raise Conflict("group_over")
    if group.used >= group.size:
        raise Conflict("group_full")
    return group


def give_back(group_id: str) -> bool:
    """Inside a transaction that holds the places: one of theirs does not come, so the group has a place again. False
    where its places are held no more: then the place is free for everybody."""
    group = db.session.get_one(GroupHold, group_id, populate_existing=True)
    if group.released_at is not None or group.used == 0:
        return False
    group.used -= 1
    return True


def release_places(group_id: str, *, by: Actor) -> None:
    """Give back what the group has not used, and end its link; done twice, it is once. Raises NotFound."""
    with transaction():
        release(group_id, by=by)


def release(group_id: str, *, by: Actor = SYSTEM, only_over: bool = False) -> None:
    """As `release_places`, inside a transaction; with `only_over` nothing happens before its time."""
    group, at = admission.take_group(group_id)
    now = clock.now()
    if group.released_at is not None or (only_over and group.held_until > now):
        return
    unused = group.size - group.used
    group.released_at = now
    at.quota.taken = rules.give_back(Count(at.quota.capacity, at.quota.taken), unused)
    tokens.revoke_all(LINK, group_id)
    telling.tell_quota(at.quota)
    offers.ask_if_due(at.quota)
    _record(group, "group.released", by=by, unused=unused)


def get_by_link(token: str) -> queries.GroupView:
    """The group behind its link; raises LinkInvalid, LinkExpired, LinkRevoked."""
    return queries.get_group(tokens.read(token, LINK).subject)
