"""The mails that accounts cause."""

from __future__ import annotations

from typing import Any

from accounts.service import SET_PASSWORD
from accounts.staff import INVITATION
from core import clock, config, tokens
from core.i18n import format_datetime, t, zone_name
from core.letters import Button, compose
from core.outbox import Mail, renders


@renders(INVITATION)
def invitation(payload: dict[str, Any]) -> Mail:
    """The link to set a password with, for a new account or a forgotten password."""
    token = tokens.write_again(payload["link"], SET_PASSWORD)
    link = f"{config.settings().base_url}/accounts/password/{token}"
    until = format_datetime(clock.parse_iso(payload["expires_at"]), payload["timezone"])
    return compose(
        t("accounts-mail-subject"),
        [t("accounts-mail-greeting", name=payload["name"]), t("accounts-mail-why")],
        button=Button(t("accounts-mail-button"), link),
        after=[t("accounts-mail-until", until=until, zone=zone_name(payload["timezone"])), t("accounts-mail-not-you")],
        demo=config.settings().demo,
    )
