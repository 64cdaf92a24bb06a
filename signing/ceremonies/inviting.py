"""Use cases of inviting: freeze the plan, print, send personal links, send one again."""

from __future__ import annotations

from datetime import datetime

from core import audit, clock, outbox, tokens
from core.audit import Actor, Subject
from core.db import transaction
from core.errors import Conflict, Invalid, NotFound
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import queries, rules, seen, stage
from signing.ceremonies.models import Ceremony
from signing.ceremonies.obstacles import list_obstacles
from signing.ceremonies.rules import CeremonyAction, CeremonyState
from signing.seats import queries as seats
from signing.seats import service as seat_service

SEAT_LINK_MAIL = "seat_link"


def print_and_invite(ceremony_id: str, *, by: Actor, looked_at: str | None = None) -> None:
    """Freeze the plan and print all agreements; the invitations go out by themselves when the last one is frozen.

    `looked_at`: what `seen.of_plan` said of the plan that is confirmed, if it is to be held to that.
    Raises Conflict `mail_not_set_up`, `plan_changed`, and Invalid `not_ready_to_invite` with every obstacle.
    """
    if not outbox.is_set_up():
        raise Conflict("mail_not_set_up")
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        ceremony.state = rules.change(ceremony.state, CeremonyAction.PRINT)
        seen.check(looked_at, seen.of_plan(queries.view(ceremony)))
        # Asked behind the lock: an edit of this very moment must not be printed unchecked.
        obstacles = list_obstacles(ceremony_id)
        if obstacles:
            raise Invalid(obstacles, code="not_ready_to_invite")
        for agreement in agreements.list_agreements(ceremony_id):
            agreement_service.ask_for_print(agreement)
        audit.record(ceremony_id, "ceremony.printing", actor=by, subject=Subject("ceremony", ceremony_id))
        stage.tell(ceremony)


def invite_when_printed(ceremony_id: str) -> None:
    """Called after each agreement is frozen: after the last one, open the first agreements and invite everybody."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        drafts = [each for each in agreements.list_agreements(ceremony_id) if each.is_draft]
        if ceremony.state == CeremonyState.INVITED:  # a text that was printed anew for an understudy
            agreement_service.open_ready(ceremony_id)
        if ceremony.state != CeremonyState.PRINTING or drafts:
            return
        now = clock.now()
        ceremony.state = rules.change(ceremony.state, CeremonyAction.INVITE)
        ceremony.invited_at = now
        for seat_id, token in seat_service.invite(ceremony_id, expires_at=_link_end(ceremony)):
            if ceremony.sends_invitations:
                _send_invitation(seat_id, token)
        audit.record(
            ceremony_id,
            "ceremony.invited",
            actor=audit.SYSTEM,
            subject=Subject("ceremony", ceremony_id),
            seats=len(ceremony.parties),
            by_mail=ceremony.sends_invitations,
        )
        agreement_service.open_ready(ceremony_id)
        stage.tell(ceremony)


def _link_end(ceremony: Ceremony) -> datetime:
    """Until when a personal link that is made now holds: beyond the ceremony, however far ahead it is."""
    return max(clock.now(), ceremony.starts_at) + seat_service.LINK_LIFE


def _send_invitation(seat_id: str, token: str, *, kind: str = "invitation") -> None:
    seat = seats.get_seat(seat_id)
    link = tokens.decode(token, seat_service.LINK).token_id
    outbox.add(kind, to=seat.email, locale=seat.locale, chain=seat.ceremony_id, seat=seat_id, link=link)


def invite_again(ceremony_id: str, seat_id: str, *, by: Actor) -> str:
    """A new personal link for one seat, by mail and for the host to hand over; the old one no longer opens.

    Also when all is over: personal links give out the signed files.
    """
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        rules.change(ceremony.state, CeremonyAction.LINK)
        if ceremony.invited_at is None:
            raise Conflict(f"ceremony_{ceremony.state}")  # called off before anybody was invited
        seat = seats.get_seat(seat_id)
        if seat.ceremony_id != ceremony_id:
            raise NotFound("seat_not_found")
        return send_new_link(ceremony, seat_id, by=by)


def send_new_link(ceremony: Ceremony, seat_id: str, *, by: Actor) -> str:
    """Take back a seat's personal links and mail a new one, inside the caller's transaction; returns its token."""
    tokens.revoke_all(seat_service.LINK, seat_id)
    token = tokens.issue(seat_service.LINK, seat_id, expires_in=_link_end(ceremony) - clock.now())
    audit.record(ceremony.id, "seat.invited_again", actor=by, subject=Subject("seat", seat_id))
    for kind in ("invitation", SEAT_LINK_MAIL):
        outbox.withdraw(kind, chain=ceremony.id, seat=seat_id)
    still_signing = ceremony.state == CeremonyState.INVITED
    _send_invitation(seat_id, token, kind="invitation" if still_signing else SEAT_LINK_MAIL)
    return token
