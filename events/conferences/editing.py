"""Use case: change the conference itself; only who leads it may."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core import seen
from core.audit import Actor, Subject
from core.db import transaction
from events.conferences import drafts, queries
from events.conferences.models import Conference
from events.conferences.rules import ConferenceFacts, Travel

_PERSONAL = frozenset({"partner_contacts"})


def change_conference(conference_id: str, facts: ConferenceFacts, *, by: Actor, looked_at: str | None = None) -> None:
    """Change title, kind, purpose, days, zone, partners and travel times; sent twice, it is one change.

    `looked_at`: the digest of `said`, if it is to be held to that.
    Raises NotFound, Conflict `conference_cancelled`, `plan_changed`.
    """
    with transaction():
        conference = drafts.take_draft(conference_id)
        before = said(conference)
        conference.title, conference.kind, conference.purpose = facts.title, facts.kind, facts.purpose
        conference.timezone, conference.travel_minutes = facts.timezone, facts.travel_minutes
        conference.travel = kept_travel(facts.travel)
        conference.starts_on, conference.ends_on = facts.starts_on, facts.ends_on
        conference.partners = list(facts.partners)
        conference.partner_contacts = [vars(each) for each in facts.partner_contacts]
        changed = drafts.differences(before, said(conference), personal=_PERSONAL)
        if not changed:
            return
        seen.check(looked_at, seen.digest(before))
        subject = Subject("conference", conference_id)
        drafts.record(conference_id, "conference.changed", subject, by=by, changed=changed)


def kept_travel(travel: Iterable[Travel]) -> list[dict[str, Any]]:
    """Times between pairs of venues as JSON, in one order whatever they came in."""
    return [
        {"venues": list(each.venues), "minutes": each.minutes} for each in sorted(travel, key=lambda way: way.venues)
    ]


def said(conference: Conference | queries.ConferenceView) -> dict[str, object]:
    """The conference's own facts, as JSON."""
    return {
        "title": conference.title,
        "kind": str(conference.kind),
        "purpose": conference.purpose,
        "timezone": conference.timezone,
        "starts_on": conference.starts_on.isoformat(),
        "ends_on": conference.ends_on.isoformat(),
        "travel_minutes": conference.travel_minutes,
        "travel": conference.travel,
        "partners": conference.partners,
        "partner_contacts": conference.partner_contacts,
    }
