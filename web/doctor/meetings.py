"""Meeting services: whether the file with their keys can be used, and for which tools."""

from __future__ import annotations

from collections.abc import Iterator

from core.config import ConfigError, Settings
from core.i18n import t
from signing.meetings import keys
from web.doctor.finding import Finding, fail, ok


def check_meetings(settings: Settings) -> Iterator[Finding]:
    """The tools that have keys; nothing where no file is named. The services themselves are not asked."""
    if settings.meeting_keys is None:
        return
    try:
        tools = keys.list_tools(keys.load(settings))
    except ConfigError as error:
        yield fail("meetings", "meetings-broken", why="; ".join(error.problems))
        return
    yield ok("meetings", "meetings", tools=", ".join(t(f"meeting-tool-{tool}") for tool in tools) or "–")
