"""The mail that brings a meeting link to those who are invited already."""

from __future__ import annotations

from typing import Any

from core import i18n
from core.i18n import t
from core.jobs import Hopeless
from core.letters import compose
from core.outbox import Attachment, Mail, renders
from signing.ceremonies import calendar_service as calendars
from signing.ceremonies import queries as ceremonies
from signing.meetings import queries, service
from signing.seats import queries as seats


@renders(service.MAIL)
def meeting_link(payload: dict[str, Any]) -> Mail:
    """How one gets into the meeting, and the calendar entry with it. Raises Hopeless where there is none any more."""
    seat = seats.get_seat(payload["seat"])
    ceremony = ceremonies.get_ceremony(seat.ceremony_id)
    if ceremony.is_over or queries.find_link(ceremony.id) is None:
        raise Hopeless("there is no meeting any more", reason="too_late")
    entry = calendars.entry(seat, ceremony)
    return compose(
        t("mail-meeting-subject", title=i18n.pick(ceremony.title)),
        [t("mail-greeting", name=seat.name), t("mail-meeting-what", title=i18n.pick(ceremony.title))],
        facts=[*calendars.times(seat, ceremony), *calendars.meeting_facts(ceremony.id)],
        after=[t("mail-meeting-sign")],
        demo=ceremony.mark,
        attachments=(Attachment("ceremony.ics", "text/calendar; method=REQUEST", entry),),
    )
