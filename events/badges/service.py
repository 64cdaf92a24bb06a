"""Badges as other features use them."""

from __future__ import annotations

from events.badges import qr
from events.badges.apple_pass import signer as apple_signer
from events.badges.google_pass import signer as google_signer
from events.badges.prints import ask, file_of, preview, venues_of_run
from events.badges.qr import BadgePrint
from events.badges.tickets import ticket_png, ticket_svg, ticket_text
from events.badges.wallets import apple_package, google_link
from signing.trust import service as trust

__all__ = [
    "BadgePrint",
    "apple_package",
    "apple_signer",
    "ask",
    "check",
    "file_of",
    "google_link",
    "google_signer",
    "preview",
    "ticket_png",
    "ticket_svg",
    "ticket_text",
    "venues_of_run",
]


def check(text: str, *, conference_id: str) -> BadgePrint:
    """The print that a badge's code is, by this installation's keys.

    Raises Refusal `badge_foreign`, `badge_newer`, `badge_cut`, `badge_key_unknown`, `badge_forged`,
    `badge_other_conference`. Whether it is the newest print, and the registration still stands, is asked elsewhere.
    """
    return qr.check(text, keys=trust.public_door_keys(), conference_id=conference_id)
