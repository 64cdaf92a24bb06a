"""Whether a mail address is its owner's: proved by a press on the page that the link in a mail opens; what nobody
proves in time gives its place back. Reading never proves: programs open links too."""

from __future__ import annotations

from sqlalchemy import select

from core import clock
from core.audit import SYSTEM, Actor
from core.db import db, transaction
from events.registration import admission, deciding, rules, telling
from events.registration.models import Registration
from events.registration.rules import LIVE, RegistrationAction

MOST_AT_ONCE = 500  # of one run; the next goes on


def prove(registration_id: str, *, by: Actor) -> None:
    """Somebody who came by the link of a mail says that the address is theirs; said twice, it is once.

    Raises NotFound, Conflict `registration_<state>`.
    """
    with transaction():
        row = admission.take_registration(registration_id)
        if row.proved_at is not None:
            return
        rules.check_live(row.state)
        row.proved_at, row.prove_by = clock.now(), None
        telling.changed(row)
        telling.record(row, "registration.proved", by=by)


def vouch(registration_id: str, *, by: Actor) -> None:
    """The team knows the person: the place is kept without proof. Done twice, it is once.

    Raises NotFound, Conflict `registration_<state>`.
    """
    with transaction():
        row = admission.take_registration(registration_id)
        if row.prove_by is None:
            return
        rules.check_live(row.state)
        row.prove_by = None
        telling.changed(row)
        telling.record(row, "registration.vouched", by=by)


def list_due() -> list[str]:
    """The ids of registrations whose time to prove the address is over, the longest first."""
    due = select(Registration.id).where(Registration.prove_by <= clock.now(), Registration.state.in_(LIVE))
    found = list(db.session.scalars(due.order_by(Registration.prove_by, Registration.id).limit(MOST_AT_ONCE)))
    db.session.rollback()
    return found


def end(registration_id: str) -> None:
    """Take back a registration whose address nobody proved in time; what it held is free. One that was proved, or
    ended otherwise, meanwhile is left alone."""
    with transaction():
        row = admission.take_registration(registration_id)
        if row.prove_by is None or row.prove_by > clock.now() or row.state not in LIVE:
            return
        after = rules.change(row.state, RegistrationAction.WITHDRAW)
        quota = admission.take(row.conference_id, row.venue_id, row.audience_id).quota
        deciding.leave(row, quota)
        row.state, row.live_key = after, None
        telling.changed(row)
        telling.mail(row, telling.UNPROVED_MAIL)
        telling.record(row, "registration.unproved", by=SYSTEM)
