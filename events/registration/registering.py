"""Use case: somebody registers, and gets a place, a place on the waiting list, or an answer later."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.exc import IntegrityError

from core import clock, config, ids
from core.audit import Actor, Private
from core.db import table_of, transaction
from core.errors import Conflict, NotFound
from core.prepared import Prepared
from events.registration import admission, groups, invitation_service, queries, rules, telling, values
from events.registration.admission import Held
from events.registration.models import Quota, Registration
from events.registration.pinyin import find_by
from events.registration.rules import RegistrationState
from events.registration.values import Door, Registered, Registering, Written

_ADD, _PLACES = Prepared(insert(table_of(Registration))), table_of(Quota)
# The row is held, and everybody who registers waits for it: the session would take four times as long.
_COUNT = Prepared(
    update(_PLACES)
    .where(_PLACES.c.venue_id == bindparam("venue"), _PLACES.c.audience_id == bindparam("audience"))
    .values(taken=_PLACES.c.taken + bindparam("places"), waiting=_PLACES.c.waiting + bindparam("waits"), is_told=False)
)
_TOLD = tuple(each.name for each in fields(Written))
_TRIES = 3  # two codes that are alike are tried again with others


def register(
    conference_id: str, new: Registering, *, by: Actor, request_key: str | None = None, door: Door = Door.FORM
) -> Registered:
    """Register one person; with the `request_key` of an earlier call by the same door for the same person, it is the
    same registration.

    Raises NotFound `places_not_found`, `company_not_found`, `group_not_found`, `invitation_not_found`; Conflict
    `registration_closed`, `already_registered`, `venue_full_no_waiting`, `group_full`, `group_over`,
    `invitation_used`.
    """
    email = values.clean_email(new.email)
    request = _request(door, request_key, email, new.name)
    tries = 0
    while True:
        tries += 1
        try:
            with transaction():
                row = _register(conference_id, new, email, request, by=by, door=door)
                return _registered(row)
        except IntegrityError:
            # Looked at afterwards only: who comes for the first time pays no read for it.
            if request and (row_of_request := queries.find_request(conference_id, request)):
                return _registered(row_of_request)
            if email and queries.find_live(conference_id, email):
                raise Conflict("already_registered") from None
            if tries == _TRIES:
                raise


def _request(door: Door, key: str | None, email: str, name: str) -> str | None:
    """What is kept of a request key: with the door and the person in it, as a form sent again for somebody else is
    another one."""
    return hashlib.sha256(f"{door}\n{key}\n{email or name}".encode()).hexdigest() if key else None


def _registered(row: Registration | Written) -> Registered:
    return Registered(row.id, row.state, row.link_number)


def _register(
    conference_id: str, new: Registering, email: str, request: str | None, *, by: Actor, door: Door
) -> Written:
    invited = invitation_service.take(new.invitation_id, request) if new.invitation_id else None
    at = admission.hold(conference_id, new.venue_id, new.audience_id, company_id=new.company_id)
    now = clock.now()
    if not _is_let_in(new):
        rules.check_open(at.admission, is_open=at.quota.is_open, now=now)
    if new.company_id and not at.has_company:
        raise NotFound("company_not_found")
    group = groups.take_for(new.group_id, at.quota, now=now) if new.group_id else None
    state = _state(at, new, has_held_place=group is not None, now=now)
    is_over = _is_let_in(new) and not at.count.free
    if group is not None:
        group.used += 1
    _count(at.quota, state, has_held_place=group is not None)
    kept = _values(conference_id, new, email, state, is_demo=at.is_demo) | {
        "is_over": is_over,
        "request_key": request,
        # Who came by a link that was sent to this address has proved it.
        "proved_at": now if invited is not None and values.clean_email(invited) == email else None,
    }
    if door is Door.FORM and email and not new.approved and kept["proved_at"] is None:
        life = timedelta(hours=config.settings().prove_hours)
        kept["prove_by"] = rules.prove_by(now, at.admission.starts_at, life)
    _ADD.run(kept)
    row = Written(**{name: kept[name] for name in _TOLD})
    if not at.admission.is_over(now):  # a phone without a network may bring somebody days later
        telling.mail(row, telling.MAIL_OF[state])
    named = {"name": Private(new.name), "email": Private(email)}
    beside = {"group": new.group_id, "invitation": new.invitation_id, "company": new.company_id}
    told: dict[str, Any] = {"state": str(state), "venue": new.venue_id, "audience": new.audience_id}
    if new.at_door is not None:
        # Nobody is registered at a door who was not told what is kept of them, and agreed.
        told |= {"door": new.at_door.door_id, "let_in": new.at_door.let_in, "over": is_over, "agreed": True}
    telling.record(row, "registration.registered", by=by, **told, **named, **{k: v for k, v in beside.items() if v})
    return row


def _count(quota: Held, state: RegistrationState, *, has_held_place: bool) -> None:
    """One place less, or one more who waits; and have it told, as telling.tell_quota does."""
    taken = state is RegistrationState.CONFIRMED and not has_held_place
    waits = state is RegistrationState.WAITLISTED and not has_held_place
    named = {"venue": quota.venue_id, "audience": quota.audience_id}
    _COUNT.run({**named, "places": int(taken), "waits": int(waits)})


def _is_let_in(new: Registering) -> bool:
    return new.at_door is not None and new.at_door.let_in


def _state(at: admission.Taken[Held], new: Registering, *, has_held_place: bool, now: datetime) -> RegistrationState:
    """As what somebody is registered; whom a door has let in already is in, also where it is full or closed."""
    if _is_let_in(new):
        return RegistrationState.CONFIRMED
    return rules.admit(
        at.admission,
        at.count,
        at.quota.waiting,
        has_held_place=has_held_place,
        is_decided=new.approved or has_held_place or bool(new.invitation_id),
        may_wait=new.may_wait,
        now=now,
    )


def _values(
    conference_id: str, new: Registering, email: str, state: RegistrationState, *, is_demo: bool
) -> dict[str, Any]:
    now = clock.now()
    return {
        "id": ids.new("reg"),
        "conference_id": conference_id,
        "audience_id": new.audience_id,
        "venue_id": new.venue_id,
        "company_id": new.company_id or None,
        "group_id": new.group_id,
        "invitation_id": new.invitation_id,
        "live_key": email or None,
        "code": values.new_code(),
        "name": new.name,
        "pinyin": find_by(new.name),
        "email": email,
        "phone": new.phone,
        "job_title": new.job_title,
        "company_name": "" if new.company_id else new.company_name,
        "locale": new.locale,
        "timezone": new.timezone,
        "answers": dict(new.answers),
        "state": state,
        "queued_at": now if state is RegistrationState.WAITLISTED else None,
        "offered_until": None,
        "reason": "",
        "is_demo": is_demo,
        "link_number": 1,
        "proved_at": None,
        "prove_by": None,
        "calendar_number": 0,
        "created_at": now,
        "changed_at": now,
    }
