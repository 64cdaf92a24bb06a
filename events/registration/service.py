"""Use cases of registrations, as other features and the pages call them; each is one transaction."""

from __future__ import annotations

from events.registration.deciding import approve, change, move, reject, send_link, send_own_link, withdraw
from events.registration.groups import find_link as find_group_link
from events.registration.groups import get_by_link as get_group_by_link
from events.registration.groups import hold_places, release_places
from events.registration.links import address as own_address
from events.registration.links import read as read_link
from events.registration.offers import accept as accept_offer
from events.registration.own_calendar import attached as attach_calendar
from events.registration.own_calendar import feed_address
from events.registration.own_calendar import messages as cancellations
from events.registration.own_calendar import updated as attach_update
from events.registration.proving import prove, vouch
from events.registration.registering import register
from events.registration.values import AtDoor, Changes, Door, Registered, Registering, clean_code, clean_email

__all__ = [
    "AtDoor",
    "Changes",
    "Door",
    "Registered",
    "Registering",
    "accept_offer",
    "approve",
    "attach_calendar",
    "attach_update",
    "cancellations",
    "change",
    "clean_code",
    "clean_email",
    "feed_address",
    "find_group_link",
    "get_group_by_link",
    "hold_places",
    "move",
    "own_address",
    "prove",
    "read_link",
    "register",
    "reject",
    "release_places",
    "send_link",
    "send_own_link",
    "vouch",
    "withdraw",
]
