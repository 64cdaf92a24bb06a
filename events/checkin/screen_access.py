"""The access rule of counters on screens: the link, for as long as it holds."""

from __future__ import annotations

from accounts.access import by
from accounts.link_access import ScreenLinks
from core.errors import Refusal
from events.checkin.screens import PURPOSE


class CounterLinkNeeded(Refusal):
    """This screen was not opened by the counter's link."""

    code = "counter_link_needed"
    status = 403


class CounterLinkTakenBack(Refusal):
    """The team took the link back."""

    code = "counter_link_taken_back"
    status = 410


counter_links = ScreenLinks("held_counters", PURPOSE, needed=CounterLinkNeeded, taken_back=CounterLinkTakenBack)


def _has_link(conference_id: str, **_: object) -> None:
    counter_links.check(conference_id)


counter_only = by(_has_link, "the counter's link")
