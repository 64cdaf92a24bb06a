"""The mails that a seat causes."""

from __future__ import annotations

from typing import Any

from core import clock, i18n
from core.i18n import t
from core.letters import compose
from core.outbox import Mail, renders
from signing.ceremonies import queries as ceremonies
from signing.seats import queries


@renders("seat_code")
def seat_code(payload: dict[str, Any]) -> Mail:
    """The one-time code."""
    seat = queries.get_seat(payload["seat"])
    ceremony = ceremonies.get_ceremony(seat.ceremony_id)
    until = i18n.format_time(clock.parse_iso(payload["expires_at"]), seat.timezone)
    return compose(
        t("mail-code-subject", code=payload["code"]),
        [t("mail-greeting", name=seat.name), t("mail-code-why", title=i18n.pick(ceremony.title))],
        big=payload["code"],
        after=[t("mail-code-until", until=until, zone=i18n.zone_name(seat.timezone)), t("mail-code-secret")],
        demo=ceremony.is_demo,
    )
