"""The mail that says that a certificate is there."""

from __future__ import annotations

from typing import Any

from core import i18n
from core.i18n import t
from core.jobs import Hopeless
from core.letters import Button, compose
from core.outbox import Mail, renders
from events.attendance import certificates, queries, rules
from events.registration import queries as registrations
from events.registration import service as registration


@renders(certificates.MAIL, many=True)
def certified(payload: dict[str, Any]) -> Mail:
    """Where the certificate is. Raises Hopeless where it was withdrawn or the person is gone."""
    found = queries.find_certificate(payload["registration"])
    person = registrations.find_registration(payload["registration"])
    if found is None or person is None or found.withdrawn_at is not None:
        raise Hopeless("the certificate is not there any more", reason="too_late")
    title = i18n.pick(found.facts["conference"])
    return compose(
        t("certificate-mail-subject", title=title),
        [t("mail-greeting", name=person.name), t("certificate-mail", title=title)],
        facts=[(t("certificate-code"), rules.grouped(found.code))],
        button=Button(t("certificate-mail-open"), registration.own_address(person.id)),
        after=[t("registration-mail-personal")],
        demo=found.facts["is_demo"],
    )
