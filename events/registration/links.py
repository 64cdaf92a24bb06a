"""The link by which people look after their own registration. It has no record of its own: the registration says
which number its links have, so that registering writes one row less and a new number takes all older links back."""

from __future__ import annotations

from datetime import timedelta

from core import config, tokens
from core.db import db
from events.registration.models import Registration

PURPOSE = "registration"
LIFE = timedelta(
    days=800
)  # from registering: conferences are planned a year ahead, certificates asked for a year after


def write(registration: Registration) -> str:
    """The token of its link: the same one each time."""
    issued = registration.created_at
    return tokens.write(PURPOSE, registration.id, str(registration.link_number), issued, issued + LIFE)


def address(registration_id: str) -> str:
    """Where somebody looks after their registration: the whole address, for a mail to them alone."""
    return f"{config.settings().base_url}/r/{write(db.session.get_one(Registration, registration_id))}"


def read(token: str, *, purpose: str = PURPOSE) -> str:
    """The id of the registration behind a token; raises LinkInvalid, LinkExpired, LinkRevoked."""
    link = tokens.decode(token, purpose)
    registration = db.session.get(Registration, link.subject)
    if registration is None:
        raise tokens.LinkInvalid
    if str(registration.link_number) != link.token_id:
        raise tokens.LinkRevoked
    return registration.id
