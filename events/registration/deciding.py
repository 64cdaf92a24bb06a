"""Use cases: what becomes of a registration afterwards: approved, rejected, withdrawn, moved, changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from core import clock
from core.audit import Actor, Private
from core.db import db, transaction
from core.errors import Conflict, NotFound
from events.registration import admission, groups, offers, queries, rules, telling, values
from events.registration.models import Quota, Registration
from events.registration.pinyin import find_by
from events.registration.rules import RegistrationAction, RegistrationState
from events.registration.values import Changes, Registered


def approve(registration_id: str, *, by: Actor) -> RegistrationState:
    """Let somebody come who waited for an answer: with a place, or on the waiting list where there is none.

    Raises NotFound, Conflict `registration_<state>`, `registration_closed`, `venue_full_no_waiting`.
    """
    with transaction():
        row = admission.take_registration(registration_id)
        rules.change(row.state, RegistrationAction.APPROVE)
        at, now = admission.take(row.conference_id, row.venue_id, row.audience_id), clock.now()
        rules.check_open(at.admission, is_open=at.quota.is_open, now=now)
        row.state = rules.admit(
            at.admission,
            at.count,
            at.quota.waiting,
            has_held_place=False,
            is_decided=True,
            may_wait=True,
            now=now,
        )
        if row.state is RegistrationState.CONFIRMED:
            at.quota.taken += 1
        else:
            at.quota.waiting += 1
            row.queued_at = now
        telling.changed(row)
        telling.tell_quota(at.quota)
        telling.mail(row, telling.MAIL_OF[row.state])
        telling.record(row, "registration.approved", by=by, state=str(row.state))
        return row.state


def reject(registration_id: str, *, reason: str, by: Actor) -> None:
    """Say no, with a reason that the person reads; a place that they had is free.

    Raises NotFound, Conflict `registration_<state>`.
    """
    _end(registration_id, RegistrationAction.REJECT, reason, by=by)


def withdraw(registration_id: str, *, by: Actor) -> None:
    """Somebody does not come after all; withdrawn twice, it is once. Raises NotFound, Conflict
    `registration_rejected`."""
    _end(registration_id, RegistrationAction.WITHDRAW, "", by=by)


def _end(registration_id: str, action: RegistrationAction, reason: str, *, by: Actor) -> None:
    with transaction():
        row = admission.take_registration(registration_id)
        if action is RegistrationAction.WITHDRAW and row.state is RegistrationState.WITHDRAWN:
            return
        after = rules.change(row.state, action)
        quota = admission.take(row.conference_id, row.venue_id, row.audience_id).quota
        had_place = row.state is RegistrationState.CONFIRMED
        leave(row, quota)
        row.state, row.live_key, row.reason = after, None, reason
        telling.changed(row)
        telling.mail(row, telling.MAIL_OF[after], had_place=had_place)
        why = {"reason": Private(reason)} if reason else {}
        is_said_no = after is RegistrationState.REJECTED
        telling.record(row, "registration.rejected" if is_said_no else "registration.withdrawn", by=by, **why)


def leave(row: Registration, quota: Quota) -> None:
    """Give back what the registration has in these places, a place, an offered one or one in the queue; what became
    free is offered to who waits."""
    if row.state is RegistrationState.CONFIRMED:
        if not (row.group_id and groups.give_back(row.group_id)):
            quota.taken = rules.give_back(rules.Count(quota.capacity, quota.taken))
    elif row.state is RegistrationState.WAITLISTED and row.offered_until is not None:
        quota.taken = rules.give_back(rules.Count(quota.capacity, quota.taken))
    elif row.state is RegistrationState.WAITLISTED:
        quota.waiting -= 1
    row.queued_at = row.offered_until = None
    telling.tell_quota(quota)
    offers.ask_if_due(quota)


def move(registration_id: str, *, venue_id: str, by: Actor, door_id: str = "") -> RegistrationState:
    """To another venue, hall or online, in one step: a place there is taken and what was had here is given back.

    Who waits here has a place there. `door_id`: where they stand, for the trail.
    Raises NotFound, Conflict `registration_<state>`, `registration_closed`, `venue_full`; then nothing has changed.
    """
    with transaction():
        row = admission.take_registration(registration_id)
        if row.venue_id == venue_id:
            return row.state
        after = rules.change(row.state, RegistrationAction.MOVE)
        both, now = admission.take_several(row.conference_id, (row.venue_id, venue_id), row.audience_id), clock.now()
        there, here = both[venue_id], both[row.venue_id]
        rules.check_open(there.admission, is_open=there.quota.is_open, now=now)
        if after is RegistrationState.CONFIRMED:
            has_begun = there.admission.has_begun(now)
            there.quota.taken = rules.move(there.count, there.quota.waiting, has_begun=has_begun)
        left = row.venue_id
        leave(row, here.quota)
        row.venue_id, row.state, row.group_id = venue_id, after, None
        telling.changed(row)
        telling.tell_quota(there.quota)
        telling.mail(row, telling.MOVED_MAIL, left=left)
        told = {"left": left, "venue": venue_id, "state": str(after)} | ({"door": door_id} if door_id else {})
        telling.record(row, "registration.moved", by=by, **told)
        return after


def change(registration_id: str, changes: Changes, *, by: Actor) -> Registered:
    """Change what a person said of themselves; another address gets a link of its own, and the old link ends.

    Raises NotFound `registration_not_found`, `company_not_found`; Conflict `registration_<state>`,
    `already_registered`.
    """
    try:
        with transaction():
            row = admission.take_registration(registration_id)
            rules.check_live(row.state)
            changed = _apply(row, changes)
            if changed:
                telling.changed(row)
                telling.mail(row, telling.CHANGED_MAIL)
                telling.record(row, "registration.changed", by=by, fields=changed)
            return Registered(row.id, row.state, row.link_number)
    except IntegrityError:
        raise Conflict("already_registered") from None


def _apply(row: Registration, changes: Changes) -> list[str]:
    """The names of what is another now."""
    wanted: dict[str, Any] = {name: value for name, value in vars(changes).items() if value is not None}
    if "email" in wanted:
        wanted["email"] = values.clean_email(wanted["email"])
    if wanted.get("company_id"):
        if not queries.has_company(row.conference_id, wanted["company_id"]):
            raise NotFound("company_not_found")
        wanted["company_name"] = ""
    elif "company_id" in wanted:
        wanted["company_id"] = None
    if "answers" in wanted:
        wanted["answers"] = dict(wanted["answers"])
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, wanted[name])
    if "name" in changed:
        row.pinyin = find_by(row.name)
    if "email" in changed:
        row.live_key, row.link_number, row.proved_at = row.email or None, row.link_number + 1, None
    db.session.flush()
    return sorted(changed)


def send_own_link(registration_id: str) -> None:
    """Mail the link once more to whose registration it is. Raises NotFound."""
    with transaction():
        telling.mail(admission.take_registration(registration_id), telling.LINK_MAIL)


def send_link(conference_id: str, email: str) -> None:
    """Mail the link of their registration to whoever has registered with this address; nobody else hears anything."""
    with transaction():
        found = queries.find_live(conference_id, values.clean_email(email))
        if found is not None:
            telling.mail(admission.take_registration(found.id), telling.LINK_MAIL)
