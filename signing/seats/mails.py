"""The mails that a seat causes."""

from __future__ import annotations

from typing import Any

from core import i18n
from core.i18n import t
from core.letters import compose
from core.outbox import Mail, renders
from signing.ceremonies import queries as ceremonies
from signing.seats import proving, queries, service


@renders(service.CODE_MAIL)
def seat_code(payload: dict[str, Any]) -> Mail:
    """The one-time code. Raises Hopeless where it no longer counts."""
    seat = queries.get_seat(payload["seat"])
    ceremony = ceremonies.get_ceremony(seat.ceremony_id)
    code, expires_at = proving.code_to_send(seat.id, payload["salt"])
    until = i18n.format_time(expires_at, seat.timezone)
    return compose(
        t("mail-code-subject", code=code),
        [t("mail-greeting", name=seat.name), t("mail-code-why", title=i18n.pick(ceremony.title))],
        big=code,
        after=[t("mail-code-until", until=until, zone=i18n.zone_name(seat.timezone)), t("mail-code-secret")],
        demo=ceremony.mark,
    )
