"""The mail that an agreement causes when everybody has signed it, with the files themselves."""

from __future__ import annotations

from typing import Any

from core import clock, config, i18n
from core.i18n import t
from core.letters import Button, compose
from core.outbox import Mail, renders
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.evidence import files, service
from signing.evidence.service import MAIL
from signing.seats import queries as seats
from signing.seats import service as seat_service


@renders(MAIL)
def agreement_sealed(payload: dict[str, Any]) -> Mail:
    """That it is complete, with the files that fit into a mail and a personal link to all of them.

    Who signed and was replaced since gets no link: it would open what is somebody else's now.
    """
    now = seats.get_seat(payload["seat"])
    seat = now.as_at(clock.parse_iso(payload["as_at"]))
    agreement = agreements.get_agreement(payload["agreement"])
    ceremony = ceremonies.get_ceremony(seat.ceremony_id)
    base_url = config.settings().base_url
    facts = [(t("evidence-mail-number"), agreement.number)]
    if agreement.counts_from:
        at = i18n.format_named(agreement.counts_from, seat.declared_timezone or seat.timezone, seconds=True)
        facts.append((t("evidence-mail-completed"), at))
    facts.append((t("evidence-mail-digest"), agreement.head_digest or ""))
    along = service.files_that_fit((files.final(agreement), files.certificate(agreement), files.kit(agreement)))
    is_former = seat is not now
    button = None if is_former else _button(f"{base_url}/s/{seat_service.link_again(seat.id, payload['link'])}")
    return compose(
        t("evidence-mail-subject", title=i18n.pick(agreement.title)),
        [
            t("mail-greeting", name=seat.name),
            t("evidence-mail-what", title=i18n.pick(agreement.title)),
            t(f"evidence-mail-{'former' if is_former else 'along'}-{len(along)}"),
        ],
        facts=facts,
        button=button,
        after=[*([t("evidence-mail-personal")] if button else []), t("evidence-mail-check", url=f"{base_url}/verify")],
        demo=ceremony.mark,
        attachments=along,
    )


def _button(link: str) -> Button:
    return Button(t("evidence-mail-button"), link)
