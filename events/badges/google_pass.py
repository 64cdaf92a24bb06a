"""Tickets for Google Wallet: a link that carries the ticket, signed by a service account (Google's "Save links")."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from core import clock
from core.config import ConfigError, Settings, read_secret
from core.values import Texts
from events.badges.wallet_ticket import Ticket, said

SAVE = "https://pay.google.com/gp/v/save/"
LONGEST = 1800  # characters of the token: browsers cut longer addresses ("Save links", Google)
_SHORT = 24
# One language, the person's: two never fit. What is left out of it, the least needed first: the page and the mail of
# the registration have it all.
_LEAVING = tuple(map(frozenset[str], ((), ("address",), ("address", "venue"), ("address", "venue", "ends"))))
_SHORTEST = _LEAVING[-1] | {"times"}


@dataclass(frozen=True)
class GoogleSigner:
    """A service account that may issue passes for `issuer`."""

    issuer: str
    email: str
    key: rsa.RSAPrivateKey


class _Plain(json.JSONEncoder):
    """Chinese as it is: escaped it would be twice as long."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "ensure_ascii": False})


def signer(settings: Settings) -> GoogleSigner | None:
    """What links are signed with; None where nothing is set. Raises ConfigError."""
    path = settings.wallet_google_account
    if path is None:
        return None
    try:
        account = json.loads(read_secret(path))
        email, pem = str(account["client_email"]), str(account["private_key"])
        key = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError, KeyError):
        raise ConfigError([f"{path} is no service account's key in JSON"]) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ConfigError([f"{path} has a key that is not RSA"])
    return GoogleSigner(settings.wallet_google_issuer, email, key)


def link(ticket: Ticket, by: GoogleSigner, *, origin: str) -> str:
    """The address that saves the ticket, with as much in it as browsers take: name and code always."""
    tokens = (_token(ticket, by, origin, leaving) for leaving in _LEAVING)
    return SAVE + next((token for token in tokens if len(token) <= LONGEST), _token(ticket, by, origin, _SHORTEST))


def _token(ticket: Ticket, by: GoogleSigner, origin: str, leaving: frozenset[str]) -> str:
    claims = {
        "iss": by.email,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(clock.now().timestamp()),
        "origins": [origin],
        "payload": {
            "eventTicketClasses": [_class(ticket, by, leaving)],
            "eventTicketObjects": [_object(ticket, by, leaving)],
        },
    }
    return jwt.encode(claims, by.key, algorithm="RS256", json_encoder=_Plain)


def _class(ticket: Ticket, by: GoogleSigner, leaving: frozenset[str]) -> dict[str, Any]:
    """What all tickets to one venue have alike."""
    made: dict[str, Any] = {
        "id": _class_id(ticket, by),
        "issuerName": ticket.organiser[:20],  # what Google shows of it
        "reviewStatus": "UNDER_REVIEW",
        "eventName": _texts(ticket.title, ticket.locale, leaving),
    }
    if ticket.starts_at and ticket.ends_at and "times" not in leaving:
        zone = ZoneInfo(ticket.timezone)
        made["dateTime"] = {
            "start": ticket.starts_at.astimezone(zone).isoformat(timespec="minutes"),
            "end": ticket.ends_at.astimezone(zone).isoformat(timespec="minutes"),
        }
    return made


def _object(ticket: Ticket, by: GoogleSigner, leaving: frozenset[str]) -> dict[str, Any]:
    made = {
        "id": f"{by.issuer}.{ticket.registration_id}",
        "classId": _class_id(ticket, by),
        "state": "ACTIVE",
        "ticketHolderName": ticket.name,
        "hexBackgroundColor": ticket.colour,
        "barcode": {"type": "QR_CODE", "value": ticket.text, "alternateText": ticket.code},
    }
    if "venue" in leaving:
        return made
    # One module of text for all that has no room as fields of its own, which repeat the language each.
    where = (ticket.venue,) if "address" in leaving else (ticket.venue, ticket.address)
    body = " · ".join(filter(None, (said(each, ticket.locale) for each in where)))
    return {**made, "textModulesData": [{"header": said(ticket.audience, ticket.locale), "body": body}]}


def _class_id(ticket: Ticket, by: GoogleSigner) -> str:
    """One for each venue; what it says is kept by Google under this id from the first ticket on."""
    return f"{by.issuer}.{ticket.venue_id}"


def _texts(texts: Texts, locale: str, leaving: frozenset[str]) -> dict[str, Any]:
    value = said(texts, locale)
    if "ends" in leaving and len(value) > _SHORT:
        value = value[: _SHORT - 1] + "…"
    return {"defaultValue": {"language": locale, "value": value}}
