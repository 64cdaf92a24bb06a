"""Use case: a plan becomes a draft; editing.py, venues.py, people.py and agenda.py change it."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from core import clock, config, ids
from core.audit import Actor, Subject
from core.db import db, transaction
from events.conferences import agenda, drafts, editing, moving_rules, people, queries, team, venues
from events.conferences.models import Conference
from events.conferences.rules import ConferencePlan, ConferenceState, Duty
from events.registration import places_service

_CODE_LENGTH = 10  # signs of Crockford's alphabet: 50 random bits


def as_shown(plan: ConferencePlan) -> ConferencePlan:
    """The plan as it is; in a demonstration one whose days are over begins some weeks from now, agenda and all."""
    return moving_rules.shown(plan, now=clock.now()) if config.settings().demo else plan


def is_past(plan: ConferencePlan) -> bool:
    """Whether the plan's days are over: nobody can register for them."""
    return moving_rules.is_past(plan.facts.ends_on, plan.facts.timezone, now=clock.now())


def import_conference(
    plan: ConferencePlan, *, organisation_id: str, by: Actor, demo: bool, import_key: str | None = None
) -> str:
    """Keep a plan as a new draft, led by who imports it, and return its id; sent again with the same `import_key`, it
    is the same conference."""
    try:
        return _import(plan, organisation_id=organisation_id, by=by, demo=demo, import_key=import_key)
    except IntegrityError:
        # Sent twice at the same moment: the other one was kept.
        before = queries.find_by_import_key(organisation_id, import_key) if import_key else None
        if before is None:
            raise
        return before


def _import(plan: ConferencePlan, *, organisation_id: str, by: Actor, demo: bool, import_key: str | None) -> str:
    with transaction():
        before = queries.find_by_import_key(organisation_id, import_key) if import_key else None
        if before is not None:
            return before
        conference = _add_conference(plan, organisation_id, by=by, demo=demo, import_key=import_key)
        conference_id = conference.id
        audiences = {
            each.key: people.add_audience_row(conference_id, number, each) for number, each in enumerate(plan.audiences)
        }
        venue_ids = {}
        for number, venue in enumerate(plan.venues):
            venue_ids[venue.key] = venues.add_row(conference_id, number, venue)
            places = {audiences[key]: count for key, count in venue.places.items()}
            places_service.set_capacity(conference_id, venue_ids[venue.key], places)
        speakers = {
            each.key: people.add_speaker_row(conference_id, number, each) for number, each in enumerate(plan.speakers)
        }
        for item in plan.items:
            agenda.add_row(conference_id, item, venue_ids, speakers)
        places_service.add_demo_companies(conference_id, plan.demo_companies)
        if by.kind == "account":
            team.add_row(conference_id, by.id, Duty.LEAD)
        drafts.record(
            conference_id,
            "conference.created",
            Subject("conference", conference_id),
            by=by,
            venues=len(plan.venues),
            items=len(plan.items),
            companies=plan.demo_companies,
            demo=conference.is_demo,
        )
        return conference_id


def _add_conference(
    plan: ConferencePlan, organisation_id: str, *, by: Actor, demo: bool, import_key: str | None
) -> Conference:
    facts = plan.facts
    conference = Conference(
        id=ids.new("cnf"),
        organisation_id=organisation_id,
        code=ids.new("c")[-_CODE_LENGTH:],
        kind=facts.kind,
        title=facts.title,
        purpose=facts.purpose,
        timezone=facts.timezone,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        travel_minutes=facts.travel_minutes,
        travel=editing.kept_travel(facts.travel),
        partners=list(facts.partners),
        partner_contacts=[vars(each) for each in facts.partner_contacts],
        source=plan.source,
        is_demo=plan.demo or demo,
        import_key=import_key,
        state=ConferenceState.DRAFT,
        version=0,
        created_at=clock.now(),
        created_by=by.id,
        published_at=None,
        cancelled_at=None,
        cancelled_reason="",
    )
    db.session.add(conference)
    db.session.flush()
    return conference
