"""The mails that accounts cause."""

from __future__ import annotations

from typing import Any

from markupsafe import escape

from accounts.service import SET_PASSWORD
from accounts.staff import INVITATION
from core import clock, config, tokens
from core.i18n import format_datetime, t
from core.outbox import Mail, renders


@renders(INVITATION)
def invitation(payload: dict[str, Any]) -> Mail:
    """The link to set a password with, for a new account or a forgotten password."""
    token = tokens.write_again(payload["link"], SET_PASSWORD)
    link = f"{config.settings().base_url}/accounts/password/{token}"
    until = format_datetime(clock.parse_iso(payload["expires_at"]), payload["timezone"])
    paragraphs = [
        t("accounts-mail-greeting", name=payload["name"]),
        t("accounts-mail-why"),
        t("accounts-mail-until", until=until, zone=payload["timezone"]),
        t("accounts-mail-not-you"),
    ]
    text = "\n\n".join([*paragraphs[:2], link, *paragraphs[2:]]) + "\n"
    body = "".join(
        f"<p>{escape(part)}</p>" if part != link else f'<p><a href="{escape(link)}">{escape(link)}</a></p>'
        for part in [*paragraphs[:2], link, *paragraphs[2:]]
    )
    return Mail(subject=t("accounts-mail-subject"), text=text, html=body)
