"""The access rules of doors: the phone by its link, the team's pages by duty; a clerk comes to their own door alone."""

from __future__ import annotations

from flask import g, request

from accounts.access import by
from core import tokens
from core.errors import Forbidden, Refusal
from events.checkin import phones
from events.conferences.access import rights_in

_BEARER = "Bearer "


class DoorLinkNeeded(Refusal):
    """The phone has no door's link, or says no secret of its own."""

    code = "door_link_needed"
    status = 401


def _has_link(**_: object) -> None:
    """A link of ours that has not run out; phones.hear_from asks whether it was taken back."""
    given = request.headers.get("Authorization", "")
    if not given.startswith(_BEARER) or "X-Door-Device" not in request.headers:
        raise DoorLinkNeeded
    g.door_phone_id = tokens.decode(given.removeprefix(_BEARER), phones.PURPOSE).subject


def door_phone_id() -> str:
    """The phone that asks, by its link."""
    return str(g.door_phone_id)


def _watches(conference_id: str, **_: object) -> None:
    """Who sees all doors: the team, administrators, auditors; or a clerk of one of them."""
    rights = rights_in(conference_id)
    if not rights.reads and not rights.doors:
        raise Forbidden("not_on_team")


def _keeps_door(conference_id: str, door_id: str, **_: object) -> None:
    if not may_keep(conference_id, door_id):
        raise Forbidden("not_your_door")


def _leads_doors(conference_id: str, **_: object) -> None:
    if not rights_in(conference_id).leads:
        raise Forbidden("not_on_team")


def may_keep(conference_id: str, door_id: str) -> bool:
    """Whether the reader may open this door on phones: who leads, and its own clerks."""
    rights = rights_in(conference_id)
    return rights.leads or rights.doors is None or door_id in rights.doors


door_phone = by(_has_link, "the phone's own door link")
doors_watched = by(_watches, "the conference's team, administrators, auditors; clerks see their own door alone")
door_kept = by(_keeps_door, "who leads the conference, and the clerks of this door")
doors_led = by(_leads_doors, "who leads the conference, administrators")
