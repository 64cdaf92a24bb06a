"""The demo's host account, and its links."""

from __future__ import annotations

import re
from dataclasses import dataclass

from accounts import queries, staff
from accounts.access import Account, Role
from accounts.staff import NewAccount
from core import audit, i18n, mailbox, tokens
from core.db import transaction
from core.i18n import in_every_locale
from signing.ceremonies.queries import CeremonyView
from signing.seats import queries as seats
from signing.seats import service as seat_service

HOST_EMAIL = "host@demo.example"
_LINK = re.compile(r"/s/([A-Za-z0-9._-]+)")


def prepare() -> Account:
    """The demo's organisation and host, made at the first call."""
    record = queries.find_record(HOST_EMAIL)
    if record is not None:
        return record.to_account()
    with transaction():
        organisation_id = staff.add_organisation(" ".join(in_every_locale("demo-organisation").values()))
    name, name_en = in_every_locale("demo-host-name").values()
    new = NewAccount(
        email=HOST_EMAIL,
        name=name,
        name_en=name_en,
        roles=frozenset({Role.HOST, Role.ADMINISTRATOR, Role.AUDITOR}),
    )
    account, _ = staff.add_account(organisation_id, new, actor=audit.SYSTEM)
    return account


@dataclass(frozen=True)
class DemoSeat:
    """One signer of the demo, in the reader's language, with the personal link from the newest invitation."""

    name: str
    organisation: str
    place: str
    link: str | None


def list_seats(ceremony: CeremonyView) -> list[DemoSeat]:
    """Every seat of a ceremony with its link, as the mailbox has it."""
    return [
        DemoSeat(seat.name, i18n.pick(party.organisation), i18n.pick(party.place), _find_link(seat))
        for seat in seats.list_seats(ceremony.id)
        for party in [ceremony.party(seat.party_key)]
    ]


def _find_link(seat: seats.SeatView) -> str | None:
    for message in mailbox.list_messages(recipient=seat.email):
        for found in _LINK.finditer(message.text):
            # One address may have seats in several ceremonies: the link says whose it is.
            if _seat_of(found.group(1)) == seat.id:
                return found.group(0)
    return None


def _seat_of(token: str) -> str:
    try:
        return tokens.decode(token, seat_service.LINK).subject
    except (tokens.LinkInvalid, tokens.LinkExpired):
        return ""
