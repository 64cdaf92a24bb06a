"""The access rule of counters on screens: the link, for as long as it holds."""

from __future__ import annotations

from flask import session

from accounts.access import by
from core import tokens
from core.errors import Refusal
from core.tokens import Link
from events.checkin.screens import PURPOSE

_SESSION = "held_counters"
_MOST = 8  # the session is a cookie, and has 4,096 bytes for all


class CounterLinkNeeded(Refusal):
    """This screen was not opened by the counter's link."""

    code = "counter_link_needed"
    status = 403


class CounterLinkTakenBack(Refusal):
    """The team took the link back."""

    code = "counter_link_taken_back"
    status = 410


def read_link(token: str) -> Link:
    """Raises CounterLinkTakenBack, CounterLinkNeeded, LinkExpired."""
    try:
        return tokens.read(token, PURPOSE)
    except tokens.LinkRevoked:
        raise CounterLinkTakenBack from None
    except tokens.LinkInvalid:
        raise CounterLinkNeeded(status=404) from None


def hold(link: Link) -> None:
    """This browser shows that conference's counter from now on."""
    others = [each for each in session.get(_SESSION, []) if each[0] != link.subject]
    session[_SESSION] = [*others, (link.subject, link.token_id)][-_MOST:]
    session.permanent = True


def _has_link(conference_id: str, **_: object) -> None:
    token_id = dict(session.get(_SESSION, [])).get(conference_id)
    if token_id is None:
        raise CounterLinkNeeded
    try:
        tokens.check(token_id, PURPOSE, conference_id)
    except tokens.LinkRevoked:
        raise CounterLinkTakenBack from None


counter_only = by(_has_link, "the counter's link")
