"""The mails that a ceremony causes, with their calendar entries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from core import clock, config, i18n, tokens
from core.i18n import t
from core.jobs import Hopeless
from core.letters import Button, compose
from core.outbox import Attachment, Mail, renders
from signing.agreements import queries as agreements
from signing.ceremonies import queries
from signing.ceremonies.rules import CeremonyState
from signing.seats import queries as seats
from signing.seats import service as seat_service


@renders("invitation")
def invitation(payload: dict[str, Any]) -> Mail:
    """The personal link, what is to be signed, when, and a calendar entry. Raises Hopeless where it was called off."""
    seat = seats.get_seat(payload["seat"])
    ceremony = queries.get_ceremony(seat.ceremony_id)
    if ceremony.state is CeremonyState.CANCELLED:
        raise Hopeless("the ceremony was called off", reason="too_late")
    link = f"{config.settings().base_url}/s/{tokens.write_again(payload['link'], seat_service.LINK)}"
    titles = [i18n.pick(agreement.title) for agreement in agreements.list_for_seat(seat.id)]
    return compose(
        t("mail-invitation-subject", title=i18n.pick(ceremony.title)),
        [
            t("mail-greeting", name=seat.name),
            t(
                "mail-invitation-why-own" if seat.party_key == ceremony.host.key else "mail-invitation-why",
                host=i18n.pick(ceremony.host.organisation),
                organisation=i18n.pick(ceremony.party(seat.party_key).organisation),
            ),
        ],
        facts=[
            (t("mail-fact-ceremony"), i18n.pick(ceremony.title)),
            *_times(ceremony, seat),
            (t("mail-fact-agreements"), t("list-separator").join(titles)),
        ],
        button=Button(t("mail-invitation-button"), link),
        after=[t("mail-invitation-personal"), t("mail-invitation-need")],
        demo=ceremony.is_demo,
        attachments=(Attachment("ceremony.ics", "text/calendar; method=REQUEST", calendar_entry(seat, ceremony)),),
    )


def _times(ceremony: queries.CeremonyView, seat: seats.SeatView) -> list[tuple[str, str]]:
    """The beginning in the reader's zone, and in the host's where that is another one."""
    found = [(t("mail-fact-when"), i18n.format_named(ceremony.starts_at, seat.timezone))]
    if seat.timezone != ceremony.host_timezone:
        zone = ceremony.host_timezone
        there = i18n.format_datetime(ceremony.starts_at, zone) + i18n.aside(i18n.pick(ceremony.host.place))
        found.append((t("mail-fact-when-host"), there))
    return found


@renders("ceremony_cancelled")
def cancelled(payload: dict[str, Any]) -> Mail:
    """That the ceremony is called off, and why; takes the calendar entry back."""
    seat = seats.get_seat(payload["seat"])
    ceremony = queries.get_ceremony(seat.ceremony_id)
    entry = calendar_entry(seat, ceremony, cancelled=True)
    return compose(
        t("mail-cancelled-subject", title=i18n.pick(ceremony.title)),
        [t("mail-greeting", name=seat.name), t("mail-cancelled-what", title=i18n.pick(ceremony.title))],
        facts=[(t("mail-fact-reason"), payload["reason"]), *_times(ceremony, seat)],
        demo=ceremony.is_demo,
        attachments=(Attachment("ceremony.ics", "text/calendar; method=CANCEL", entry),),
    )


def calendar_entry(seat: seats.SeatView, ceremony: queries.CeremonyView, *, cancelled: bool = False) -> bytes:
    """An iCalendar object (RFC 5545, iTIP REQUEST or CANCEL) for one seat; its UID stays the same for good."""
    domain = urlsplit(config.settings().base_url).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", "-//Yunqian//Ceremony//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    event = Event()
    event.add("uid", f"{ceremony.id}.{seat.id}@{domain}")
    event.add("sequence", 1 if cancelled else 0)
    event.add("dtstamp", clock.now())
    event.add("dtstart", ceremony.starts_at)
    event.add("dtend", ceremony.starts_at + timedelta(minutes=ceremony.limit_minutes))
    event.add("summary", i18n.pick(ceremony.title))
    event.add("location", i18n.pick(ceremony.party(seat.party_key).place))
    event.add("description", t("mail-ics-description"))
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
