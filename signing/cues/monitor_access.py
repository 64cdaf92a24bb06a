"""The access rule of the confidence monitor: its link, for as long as it holds."""

from __future__ import annotations

from accounts.access import by
from accounts.link_access import ScreenLinks
from core.errors import Refusal


class MonitorLinkNeeded(Refusal):
    """This screen was not opened by a monitor's link."""

    code = "monitor_link_needed"
    status = 403


class MonitorLinkTakenBack(Refusal):
    """The host took the link back."""

    code = "monitor_link_taken_back"
    status = 410


monitor_links = ScreenLinks("held_monitors", "monitor", needed=MonitorLinkNeeded, taken_back=MonitorLinkTakenBack)


def monitor_rule(ceremony_id: str, **_: object) -> None:
    """Only a screen that was opened by a monitor's link, for as long as that link holds."""
    monitor_links.check(ceremony_id)


monitor_only = by(monitor_rule, "the monitor's link")
