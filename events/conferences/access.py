"""The access rules of the team's pages and JSON: by role in the organisation, and by duty in this conference."""

from __future__ import annotations

from accounts.access import Role, by, current_account
from core.errors import Forbidden
from events.conferences import queries, rules
from events.conferences.rules import Rights

ORGANISERS = (Role.ORGANISER, Role.ADMINISTRATOR)
READERS = (*ORGANISERS, Role.AUDITOR)


def sees_all() -> bool:
    """Whether the reader sees every conference of the organisation, on whose team or not."""
    return current_account().has_any((Role.ADMINISTRATOR, Role.AUDITOR))


def may_create() -> bool:
    """Whether the reader may plan a new conference."""
    return current_account().has_any(ORGANISERS)


def rights_in(conference_id: str) -> Rights:
    """What the reader may do with a conference; raises NotFound for another organisation's."""
    account = current_account()
    queries.get_head(conference_id, organisation_id=account.organisation_id)
    return rules.rights(
        queries.list_memberships(conference_id, account.id),
        administers=Role.ADMINISTRATOR in account.roles,
        organises=Role.ORGANISER in account.roles,
        clerks=Role.CLERK in account.roles,
        audits=Role.AUDITOR in account.roles,
    )


def own_conference(conference_id: str) -> queries.ConferenceView:
    """A conference of the reader's organisation; raises NotFound for any other."""
    return queries.get_conference(conference_id, organisation_id=current_account().organisation_id)


def _reads(conference_id: str, **_: object) -> None:
    if not rights_in(conference_id).reads:
        raise Forbidden("not_on_team")


def _plans(conference_id: str, **_: object) -> None:
    if not rights_in(conference_id).plans:
        raise Forbidden("not_on_team")


def _leads(conference_id: str, **_: object) -> None:
    if not rights_in(conference_id).leads:
        raise Forbidden("not_on_team")


team_reads = by(_reads, "the conference's team, administrators, auditors")
team_plans = by(_plans, "who plans the conference or one of its venues, administrators")
team_leads = by(_leads, "who leads the conference, administrators")
