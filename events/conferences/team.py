"""Use cases of a conference's team: who does what."""

from __future__ import annotations

from accounts import queries as accounts
from core import clock
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound
from events.conferences import drafts, queries
from events.conferences.models import Conference, TeamMember
from events.conferences.rules import Duty, Membership

# What an account must be allowed to do in its organisation before a duty means anything.
ROLE_OF = {Duty.LEAD: accounts.Role.ORGANISER, Duty.VENUE: accounts.Role.ORGANISER, Duty.CLERK: accounts.Role.CLERK}


def add_row(conference_id: str, account_id: str, duty: Duty, *, venue_id: str = "", door_id: str = "") -> None:
    """A duty, inside the caller's transaction."""
    db.session.add(
        TeamMember(
            conference_id=conference_id,
            account_id=account_id,
            duty=duty,
            venue_id=venue_id,
            door_id=door_id,
            added_at=clock.now(),
        )
    )
    db.session.flush()


def add(conference_id: str, account_id: str, membership: Membership, *, by: Actor) -> None:
    """Give somebody of the organisation a duty; given twice, it is one.

    Raises NotFound, Conflict `conference_cancelled`, `role_missing_for_duty` where the account lacks the role.
    """
    with transaction():
        conference = drafts.take_draft(conference_id)
        account = accounts.get_account(account_id, organisation_id=conference.organisation_id)
        _check_places(conference, membership)
        if ROLE_OF[membership.duty] not in account.roles:
            raise Conflict("role_missing_for_duty", name=account.name)
        if membership in queries.list_memberships(conference_id, account_id):
            return
        add_row(conference_id, account_id, membership.duty, venue_id=membership.venue_id, door_id=membership.door_id)
        subject = Subject("account", account_id)
        drafts.record(conference_id, "team.added", subject, by=by, duty=str(membership.duty), **_where(membership))


def _check_places(conference: Conference, membership: Membership) -> None:
    doors = {door.id for venue in conference.venues for door in venue.doors}
    if membership.duty is Duty.VENUE and membership.venue_id not in {venue.id for venue in conference.venues}:
        raise NotFound("venue_not_found")
    if membership.duty is Duty.CLERK and membership.door_id not in doors:
        raise NotFound("door_not_found")


def _where(membership: Membership) -> dict[str, str]:
    named = {"venue": membership.venue_id, "door": membership.door_id}
    return {name: value for name, value in named.items() if value}


def remove(conference_id: str, account_id: str, membership: Membership, *, by: Actor) -> None:
    """Take a duty away; what is not there is left alone.

    Raises NotFound, Conflict `conference_cancelled`, `last_lead`.
    """
    with transaction():
        drafts.take_draft(conference_id)
        if membership not in queries.list_memberships(conference_id, account_id):
            return
        leads = {each.account_id for each in queries.list_team(conference_id) if each.duty == Duty.LEAD}
        if membership.duty is Duty.LEAD and leads == {account_id}:
            raise Conflict("last_lead")
        key = (conference_id, account_id, membership.duty, membership.venue_id, membership.door_id)
        db.session.delete(db.session.get_one(TeamMember, key))
        subject = Subject("account", account_id)
        drafts.record(conference_id, "team.removed", subject, by=by, duty=str(membership.duty), **_where(membership))
