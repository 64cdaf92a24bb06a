"""The mail that a witness gets: the personal link."""

from __future__ import annotations

from typing import Any

from core import config, i18n, tokens
from core.i18n import t
from core.jobs import Hopeless
from core.letters import Button, compose
from core.outbox import Mail, renders
from signing.ceremonies import queries as ceremonies
from signing.witnesses import queries
from signing.witnesses.queries import LINK
from signing.witnesses.service import MAIL


@renders(MAIL)
def invitation(payload: dict[str, Any]) -> Mail:
    """What a witness does, when, and the link. Raises Hopeless where the host took it back."""
    witness = queries.get_witness(payload["witness"])
    if not witness.is_named:
        raise Hopeless("the link was taken back", reason="too_late")
    ceremony = ceremonies.get_ceremony(witness.ceremony_id)
    title = i18n.pick(ceremony.title)
    link = f"{config.settings().base_url}/witness/open/{tokens.write_again(payload['link'], LINK)}"
    return compose(
        t("witness-mail-subject", title=title),
        [t("mail-greeting", name=witness.name), t("witness-mail-why", host=i18n.pick(ceremony.host.organisation))],
        facts=[
            (t("mail-fact-ceremony"), title),
            (t("mail-fact-when"), i18n.format_named(ceremony.starts_at, ceremony.host_timezone)),
        ],
        button=Button(t("witness-mail-button"), link),
        after=[t("witness-mail-personal")],
        demo=ceremony.mark,
    )
