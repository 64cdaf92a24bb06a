"""Use cases: links by which the screens of a ceremony open, made and taken back by the host."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from core import audit, clock, live, tokens
from core.audit import Actor, Subject
from core.db import transaction
from core.errors import Conflict
from signing.ceremonies import queries as ceremonies

_LIFE = timedelta(days=30)


class Screen(StrEnum):
    """Which screen a link opens; the purpose of its token, an observer's with its seconds of delay."""

    MONITOR = "monitor"
    OBSERVE_NOW = "observe-0"
    OBSERVE_HALF_MINUTE = "observe-30"
    OBSERVE_TWO_MINUTES = "observe-120"
    OBSERVE_TEN_MINUTES = "observe-600"


def make_link(ceremony_id: str, screen: Screen, *, by: Actor) -> str:
    """The token that opens this screen: the one that there is, or a new one. Raises NotFound, Conflict."""
    with transaction():
        ceremony = ceremonies.view(ceremonies.take_ceremony(ceremony_id))
        if ceremony.is_discarded:
            raise Conflict("ceremony_discarded")
        held = tokens.find_newest(screen, ceremony_id)
        if held is not None:
            return held
        end = max(clock.now(), ceremony.starts_at) + _LIFE
        token = tokens.issue(screen, ceremony_id, expires_in=end - clock.now())
        _tell(ceremony_id, "screen.link_made", screen, by)
        return token


def take_back(ceremony_id: str, screen: Screen, *, by: Actor) -> None:
    """No link to this screen opens any more; pages that are open learn it when they ask next."""
    with transaction():
        if tokens.find_newest(screen, ceremony_id) is None:
            return
        tokens.revoke_all(screen, ceremony_id)
        _tell(ceremony_id, "screen.link_taken_back", screen, by)


def end_all(ceremony_id: str) -> None:
    """No link to any screen opens any more, inside the caller's transaction: the ceremony is out of every list."""
    for screen in Screen:
        tokens.revoke_all(screen, ceremony_id)


def _tell(ceremony_id: str, action: str, screen: Screen, by: Actor) -> None:
    subject = Subject("ceremony", ceremony_id)
    if action == "screen.link_made":
        audit.record(ceremony_id, "screen.link_made", actor=by, subject=subject, screen=str(screen))
    else:
        audit.record(ceremony_id, "screen.link_taken_back", actor=by, subject=subject, screen=str(screen))
    live.publish(f"monitor:{ceremony_id}", "monitor.changed")
