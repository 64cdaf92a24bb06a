"""Which pads this phone has joined; nothing else of a seat opens by that."""

from __future__ import annotations

from flask import session

from accounts.access import by
from signing.drawpads import service

_SESSION = "held_drawpads"
_MOST = 3


def remember(pad_id: str, secret: str) -> None:
    """This phone joined a pad."""
    others = [each for each in session.get(_SESSION, []) if each[0] != pad_id]
    session[_SESSION] = [*others, (pad_id, secret)][-_MOST:]


def holds(pad_id: str) -> bool:
    """Whether this phone joined that pad, over or not."""
    return pad_id in dict(session.get(_SESSION, []))


def phone_rule(pad_id: str, **_: object) -> None:
    """Only the phone that joined the pad, for as long as it holds."""
    service.check_phone(pad_id, dict(session.get(_SESSION, [])).get(pad_id, ""))


phone_only = by(phone_rule, "the phone that joined the pad")
