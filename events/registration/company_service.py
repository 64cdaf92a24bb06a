"""Use cases of companies: the team makes them, changes what they are called, and takes empty ones away."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from core import audit, clock, ids, live
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound
from events.conferences import queries as conferences
from events.registration import deciding, queries
from events.registration.company_rules import MOST_COMPANIES, CompanyFacts
from events.registration.models import Company, GroupHold, Registration
from events.registration.values import Changes


def add(conference_id: str, wanted: Sequence[CompanyFacts], *, key: str, by: Actor) -> list[str]:
    """New companies, all or none; returns their ids. Sent again with the same `key`, they are the same ones.

    Raises NotFound, Conflict `conference_cancelled`, `too_many_companies`, `company_exists` (with the first name).
    """
    made = [_id(conference_id, key, number) for number in range(len(wanted))]
    with transaction():
        conference = conferences.take_conference(conference_id)
        if db.session.get(Company, made[0]) is not None:
            return made
        if str(conference.state) == "cancelled":
            raise Conflict("conference_cancelled")
        if queries.count_companies(conference_id) + len(wanted) > MOST_COMPANIES:
            raise Conflict("too_many_companies", most=MOST_COMPANIES)
        now, called = clock.now(), _names(conference_id)
        for company_id, facts in zip(made, wanted, strict=True):
            _check_name(called, facts, but="")
            called |= {name.casefold(): company_id for name in facts.name.values()}
            marks = {"key": ids.new("company"), "is_demo": conference.is_demo, "created_at": now}
            db.session.add(Company(id=company_id, conference_id=conference_id, **marks, **vars(facts)))
        db.session.flush()
        subject = Subject("conference", conference_id)
        audit.record(conference_id, "company.added", actor=by, subject=subject, companies=made)
        live.publish(f"conference:{conference_id}", "conference.changed")
    return made


def _id(conference_id: str, key: str, number: int) -> str:
    return "com_" + hashlib.sha256(f"{conference_id}\n{key}\n{number}".encode()).hexdigest()[:26]


def _names(conference_id: str) -> dict[str, str]:
    """The ids of a conference's companies by everything that they are called, small letters."""
    found = queries.list_companies(conference_id)
    return {name.casefold(): each.id for each in found for name in each.name.values()}


def _check_name(called: Mapping[str, str], facts: CompanyFacts, *, but: str) -> None:
    """No two companies of a conference are called alike: people choose theirs by its name."""
    for name in facts.name.values():
        if called.get(name.casefold(), but) != but:
            raise Conflict("company_exists", name=name)


def _take(company_id: str, conference_id: str) -> Company:
    row = db.session.scalar(select(Company).filter_by(id=company_id, conference_id=conference_id).with_for_update())
    if row is None:
        raise NotFound("company_not_found")
    return row


def change(company_id: str, facts: CompanyFacts, *, conference_id: str, by: Actor) -> None:
    """Call it otherwise. Raises NotFound, Conflict `company_exists`."""
    with transaction():
        conferences.take_conference(conference_id)
        row = _take(company_id, conference_id)
        changed = [name for name, value in vars(facts).items() if getattr(row, name) != value]
        if not changed:
            return
        _check_name(_names(conference_id), facts, but=company_id)
        for name in changed:
            setattr(row, name, vars(facts)[name])
        subject = Subject("company", company_id)
        audit.record(conference_id, "company.changed", actor=by, subject=subject, fields=changed)
        live.publish(f"conference:{conference_id}", "conference.changed")


def remove(company_id: str, *, conference_id: str, by: Actor) -> None:
    """Take away a company of which nobody registered and for which nothing is held. Raises NotFound, Conflict
    `company_in_use`."""
    with transaction():
        conferences.take_conference(conference_id)
        row = _take(company_id, conference_id)
        for table in (Registration, GroupHold):
            if db.session.scalar(select(table.id).filter_by(company_id=company_id).limit(1)) is not None:
                raise Conflict("company_in_use")
        db.session.delete(row)
        db.session.flush()
        subject = Subject("company", company_id)
        audit.record(conference_id, "company.removed", actor=by, subject=subject)
        live.publish(f"conference:{conference_id}", "conference.changed")


def assign(registration_id: str, company_id: str, *, by: Actor) -> None:
    """Put somebody who has registered into a company, or out of any (an empty id). Raises NotFound, Conflict
    `registration_<state>`."""
    deciding.change(registration_id, Changes(company_id=company_id), by=by)
