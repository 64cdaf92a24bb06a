"""The mails that a ceremony causes, with their calendar entries."""

from __future__ import annotations

from typing import Any

from core import config, i18n, tokens
from core.i18n import t
from core.jobs import Hopeless
from core.letters import Button, Item, compose
from core.outbox import Attachment, Mail, renders
from signing.agreements import queries as agreements
from signing.ceremonies import calendar_service as calendars
from signing.ceremonies import queries
from signing.ceremonies.rules import CeremonyState
from signing.ceremonies.understudy import REPLACED_MAIL
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
            *calendars.times(seat, ceremony),
            (t("mail-fact-agreements"), t("list-separator").join(titles)),
            *calendars.meeting_facts(ceremony.id),
        ],
        button=Button(t("mail-invitation-button"), link),
        also=Item(t("mail-invitation-check"), t("mail-invitation-check-note"), f"{link}?to=check"),
        after=[t("mail-invitation-personal"), t("mail-invitation-need")],
        demo=ceremony.mark,
        attachments=(Attachment("ceremony.ics", "text/calendar; method=REQUEST", calendars.entry(seat, ceremony)),),
    )


@renders("ceremony_cancelled")
def cancelled(payload: dict[str, Any]) -> Mail:
    """That the ceremony is called off, and why; takes the calendar entry back."""
    seat = seats.get_seat(payload["seat"])
    ceremony = queries.get_ceremony(seat.ceremony_id)
    entry = calendars.entry(seat, ceremony, cancelled=True)
    return compose(
        t("mail-cancelled-subject", title=i18n.pick(ceremony.title)),
        [t("mail-greeting", name=seat.name), t("mail-cancelled-what", title=i18n.pick(ceremony.title))],
        facts=[(t("mail-fact-reason"), payload["reason"]), *calendars.times(seat, ceremony)],
        demo=ceremony.mark,
        attachments=(Attachment("ceremony.ics", "text/calendar; method=CANCEL", entry),),
    )


@renders(REPLACED_MAIL)
def replaced(payload: dict[str, Any]) -> Mail:
    """To who sat in a seat before, that somebody else signs; takes the calendar entry back, and names nobody."""
    now = seats.get_seat(payload["seat"])
    seat, _, until = now.people()[payload["person"]]
    ceremony = queries.get_ceremony(seat.ceremony_id)
    mine = [each.signer_of(seat.id).signed_at for each in agreements.list_for_seat(seat.id)]
    has_signed = any(at is not None and until is not None and at < until for at in mine)
    # An office that opens the mail of both keeps the entry: the new signer's has the same UID.
    goes = seat.email != now.email
    entry = Attachment("ceremony.ics", "text/calendar; method=CANCEL", calendars.entry(seat, ceremony, cancelled=True))
    after = [("mail-replaced-signed", has_signed), ("mail-replaced-entry", goes), ("mail-replaced-ask", True)]
    return compose(
        t("mail-replaced-subject", title=i18n.pick(ceremony.title)),
        [t("mail-greeting", name=seat.name), t("mail-replaced-what", title=i18n.pick(ceremony.title))],
        facts=calendars.times(seat, ceremony),
        after=[t(name) for name, is_told in after if is_told],
        demo=ceremony.mark,
        attachments=(entry,) if goes else (),
    )
