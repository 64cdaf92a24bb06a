"""Tickets in phone wallets, where the installation has what their makers ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog

from core import config
from core.config import ConfigError, Settings
from core.errors import NotFound, Refusal
from events.badges import apple_pass, google_pass
from events.badges.wallet_ticket import Ticket, ticket_of

_LOG = structlog.get_logger()
_Signer = TypeVar("_Signer")


def apple_package(registration_id: str) -> bytes:
    """The .pkpass. Raises NotFound, NotFound `wallet_not_offered`, Conflict `ticket_not_confirmed`, Refusal
    `wallet_unusable`."""
    by = _signer(apple_pass.signer)
    return apple_pass.package(_ticket(registration_id), by)


def google_link(registration_id: str) -> str:
    """The address that saves the ticket. Raises as `apple_package`."""
    by = _signer(google_pass.signer)
    return google_pass.link(_ticket(registration_id), by, origin=config.settings().base_url)


def _signer(load: Callable[[Settings], _Signer | None]) -> _Signer:
    try:
        found = load(config.settings())
    except ConfigError as error:
        _LOG.error("wallet_unusable", problems=error.problems)
        raise Refusal("wallet_unusable", status=503) from error
    if found is None:
        raise NotFound("wallet_not_offered")
    return found


def _ticket(registration_id: str) -> Ticket:
    ticket = ticket_of(registration_id)
    if ticket.is_online:
        raise NotFound("wallet_not_offered")  # who is online alone passes no door
    return ticket
