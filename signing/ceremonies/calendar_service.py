"""When a ceremony is and how one gets into its meeting: as facts for mails, and as an entry for calendars."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from core import clock, config, i18n
from core.i18n import t
from signing.ceremonies import queries
from signing.meetings import queries as meetings
from signing.seats import queries as seats


def meeting_facts(ceremony_id: str) -> list[tuple[str, str]]:
    """How one gets into the meeting; nothing where there is no link yet."""
    found = meetings.find_link(ceremony_id)
    if found is None:
        return []
    rows = [
        (t("mail-fact-meeting"), t(f"meeting-tool-{found.tool}") if found.tool != "other" else ""),
        (t("mail-fact-meeting-link"), found.url),
        (t("mail-fact-meeting-code"), found.code),
        (t("mail-fact-meeting-password"), found.password),
        (t("mail-fact-meeting-phones"), t("list-separator").join(found.phones)),
    ]
    return [(name, value) for name, value in rows if value]


def times(seat: seats.SeatView, ceremony: queries.CeremonyView) -> list[tuple[str, str]]:
    """The beginning in the reader's zone, and in the host's where that is another one."""
    found = [(t("mail-fact-when"), i18n.format_named(ceremony.starts_at, seat.timezone))]
    if seat.timezone != ceremony.host_timezone:
        zone = ceremony.host_timezone
        there = i18n.format_datetime(ceremony.starts_at, zone) + i18n.aside(i18n.pick(ceremony.host.place))
        found.append((t("mail-fact-when-host"), there))
    return found


def entry(seat: seats.SeatView, ceremony: queries.CeremonyView, *, cancelled: bool = False) -> bytes:
    """An iCalendar object (RFC 5545, iTIP REQUEST or CANCEL) for one seat; its UID stays the same for good."""
    domain = urlsplit(config.settings().base_url).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", "-//Yunqian//Ceremony//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    event = Event()
    event.add("uid", f"{ceremony.id}.{seat.id}@{domain}")
    # RFC 5546 §2.1.4: a new meeting link is a revision, and calling off is the last one.
    event.add("sequence", meetings.get_meeting(ceremony.id).seq + (1 if cancelled else 0))
    event.add("dtstamp", clock.now())
    event.add("dtstart", ceremony.starts_at)
    event.add("dtend", ceremony.starts_at + timedelta(minutes=ceremony.limit_minutes))
    title = i18n.pick(ceremony.title)
    event.add("summary", t("mail-rehearsal-subject", subject=title) if ceremony.is_rehearsal else title)
    event.add("location", i18n.pick(ceremony.party(seat.party_key).place))
    description = [t("mail-ics-description")]
    if not cancelled:
        description += [f"{name}: {value}" for name, value in meeting_facts(ceremony.id)]
    event.add("description", "\n".join(description))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    organizer = vCalAddress(f"mailto:no-reply@{domain}")
    organizer.params["cn"] = vText(i18n.pick(ceremony.host.organisation))
    event["organizer"] = organizer
    attendee = vCalAddress(f"mailto:{seat.email}")
    attendee.params["cn"] = vText(seat.name)
    attendee.params["role"] = vText("REQ-PARTICIPANT")
    event.add("attendee", attendee, encode=False)
    if not cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", timedelta(minutes=-15))
        alarm.add("description", i18n.pick(ceremony.title))
        event.add_component(alarm)
    calendar.add_component(event)
    return bytes(calendar.to_ical())
