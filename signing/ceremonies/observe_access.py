"""The access rule of observers' pages: a link with this very delay, for as long as it holds."""

from __future__ import annotations

from accounts.access import by
from accounts.link_access import ScreenLinks
from core.errors import NotFound, Refusal
from signing.ceremonies import observing


class ObserverLinkNeeded(Refusal):
    """This page was not opened by an observer's link."""

    code = "observer_link_needed"
    status = 403


class ObserverLinkTakenBack(Refusal):
    """The host took the link back."""

    code = "observer_link_taken_back"
    status = 410


_OF_DELAY = {
    delay: ScreenLinks(f"held_observed_{delay}", purpose, needed=ObserverLinkNeeded, taken_back=ObserverLinkTakenBack)
    for delay, purpose in observing.PURPOSES.items()
}


def observer_rule(delay: int, ceremony_id: str, **_: object) -> None:
    """Only a browser that came by a link with this very delay, for as long as that link holds."""
    observer_links(delay).check(ceremony_id)


observer_only = by(observer_rule, "an observer's link")


def observer_links(delay: int) -> ScreenLinks:
    """The links of this delay; raises NotFound where there is no such delay."""
    if delay not in _OF_DELAY:
        raise NotFound("page_not_found")
    return _OF_DELAY[delay]
