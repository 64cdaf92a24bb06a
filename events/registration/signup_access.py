"""What a browser of somebody who registers is remembered by: its own registrations, and the group or invitation that
it came by."""

from __future__ import annotations

from flask import session

from accounts.access import by
from core.errors import Refusal
from events.registration import signup_queries as queries

_OWN, _MAILED, _JOINING = "own_registrations", "mailed_registrations", "joining"
# The session is a cookie: a desk that registers a delegation must not overflow it.
MOST_OWN = 20
MOST_JOINING = 5


class RegistrationLinkNeeded(Refusal):
    """This browser has not come by the registration's personal link, or long ago, or there is a newer one."""

    code = "registration_link_needed"
    status = 403


def own_rule(registration_id: str, **_: object) -> None:
    """Only a browser that came by this registration's personal link, for as long as that link holds."""
    for known, number in session.get(_OWN, []):
        if known == registration_id and number == queries.find_link_number(registration_id):
            return
    raise RegistrationLinkNeeded


own_only = by(own_rule, "the registration's personal link")


def remember_own(registration_id: str, link_number: int | None) -> None:
    """This browser came by the personal link, or has just registered; its links have this number."""
    others = [entry for entry in session.get(_OWN, []) if entry[0] != registration_id]
    session[_OWN] = [*others, (registration_id, link_number)][-MOST_OWN:]
    session.permanent = True


def remember_mailed(registration_id: str, link_number: int | None) -> None:
    """As `remember_own`, of a browser that came by a link which was mailed."""
    remember_own(registration_id, link_number)
    others = [entry for entry in session.get(_MAILED, []) if entry[0] != registration_id]
    session[_MAILED] = [*others, (registration_id, link_number)][-MOST_OWN:]


def came_by_mail(registration_id: str) -> bool:
    """Whether this browser came by a link that was mailed to the registration's address as it is now."""
    numbers = [number for known, number in session.get(_MAILED, []) if known == registration_id]
    return bool(numbers) and numbers[0] == queries.find_link_number(registration_id)


def forget_own(registration_id: str) -> None:
    """There is nothing of this person any more."""
    session[_OWN] = [entry for entry in session.get(_OWN, []) if entry[0] != registration_id]


def remember_joining(code: str, kind: str, subject: str) -> None:
    """This browser came to a conference (its code) by the link of a `group`, or by a personal `invitation`."""
    others = [entry for entry in session.get(_JOINING, []) if entry[0] != code]
    session[_JOINING] = [*others, (code, kind, subject)][-MOST_JOINING:]


def forget_joining(code: str) -> None:
    """What it came by is used up."""
    if _JOINING in session:
        session[_JOINING] = [entry for entry in session.get(_JOINING, []) if entry[0] != code]


def find_joining(code: str) -> tuple[str, str]:
    """(`group` or `invitation`, id) by which this browser came, or two empty texts."""
    return next(((kind, subject) for known, kind, subject in session.get(_JOINING, []) if known == code), ("", ""))
