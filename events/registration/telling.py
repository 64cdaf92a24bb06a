"""What every change of a registration does besides: an entry in the conference's trail, a mail to the person, and a
mark at the places that their counts are to be told (counts.py)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import audit, clock, outbox
from core.audit import Actor, Subject
from events.registration.models import Quota, Registration
from events.registration.rules import RegistrationState
from events.registration.values import Written

PENDING_MAIL = "registration_pending"
CONFIRMED_MAIL = "registration_confirmed"
WAITLISTED_MAIL = "registration_waitlisted"
REJECTED_MAIL = "registration_rejected"
OFFERED_MAIL = "registration_offered"
LAPSED_MAIL = "registration_lapsed"
MOVED_MAIL = "registration_moved"
CHANGED_MAIL = "registration_changed"
WITHDRAWN_MAIL = "registration_withdrawn"
CANCELLED_MAIL = "registration_cancelled"
LINK_MAIL = "registration_link"
UNPROVED_MAIL = "registration_unproved"
CANCELLED_JOB = "registration.cancelled"
MAIL_OF = {
    RegistrationState.PENDING: PENDING_MAIL,
    RegistrationState.CONFIRMED: CONFIRMED_MAIL,
    RegistrationState.WAITLISTED: WAITLISTED_MAIL,
    RegistrationState.REJECTED: REJECTED_MAIL,
    RegistrationState.WITHDRAWN: WITHDRAWN_MAIL,
}


def record(row: Registration | Written, action: str, *, by: Actor, **data: Any) -> None:
    """An entry of the conference's chain about this registration."""
    audit.record(row.conference_id, action, actor=by, subject=Subject("registration", row.id), **data)


def mail(
    row: Registration | Written,
    kind: str,
    *,
    good_until: datetime | None = None,
    had_place: bool = False,
    left: str = "",
) -> None:
    """A mail to the person, who may have given no address; it names the registration and is written when it is sent.
    `had_place`, and the venue that they `left`, say whose entries calendars must give back."""
    before = {"had_place": had_place} if had_place else {"left": left} if left else {}
    if row.email:
        outbox.add(
            kind,
            to=row.email,
            locale=row.locale,
            chain=row.conference_id,
            good_until=good_until,
            registration=row.id,
            **before,
        )


def tell_quota(quota: Quota) -> None:
    """Have the new counts told to the pages that show them, within a second or so."""
    quota.is_told = False


def changed(row: Registration) -> None:
    """The row was changed now."""
    row.changed_at = clock.now()
