"""The mail that an agreement causes when everybody has signed it."""

from __future__ import annotations

from typing import Any

from core import config, i18n
from core.i18n import t
from core.letters import Button, compose
from core.outbox import Mail, renders
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.evidence.service import MAIL
from signing.seats import queries as seats


@renders(MAIL)
def agreement_sealed(payload: dict[str, Any]) -> Mail:
    """That it is complete, with a personal link to the files; the files themselves are not sent about."""
    seat = seats.get_seat(payload["seat"])
    agreement = agreements.get_agreement(payload["agreement"])
    ceremony = ceremonies.get_ceremony(seat.ceremony_id)
    base_url = config.settings().base_url
    facts = [(t("evidence-mail-number"), agreement.number)]
    if agreement.completed_at:
        zone = seat.declared_timezone or seat.timezone
        at = i18n.format_datetime(agreement.completed_at, zone, seconds=True)
        facts.append((t("evidence-mail-completed"), f"{at} ({i18n.zone_name(zone)})"))
    facts.append((t("evidence-mail-digest"), agreement.head_digest or ""))
    return compose(
        t("evidence-mail-subject", title=i18n.pick(agreement.title)),
        [t("mail-greeting", name=seat.name), t("evidence-mail-what", title=i18n.pick(agreement.title))],
        facts=facts,
        button=Button(t("evidence-mail-button"), f"{base_url}/s/{payload['token']}"),
        after=[t("evidence-mail-personal"), t("evidence-mail-check", url=f"{base_url}/verify")],
        demo=ceremony.is_demo,
    )
