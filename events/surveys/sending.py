"""Sending a survey, some people at a time: each row of `survey_recipient` is written with its mail, or neither is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from core import audit, claims, clock, ids, live, outbox
from core.audit import SYSTEM, Actor, Subject
from core.claims import Claim
from core.db import db, transaction
from core.errors import NotFound
from events.attendance import attended_service as attendance
from events.conferences import queries as conferences
from events.conferences.queries import ConferenceView
from events.registration import remindable_queries
from events.surveys import queries
from events.surveys.models import Survey, SurveyRecipient
from events.surveys.rules import Facts, Phase, Reach

MAIL, TEST_MAIL = "survey", "survey_test"
SEND = "surveys.send"
BATCH = 200  # people of one transaction


def list_meant(conference: ConferenceView, facts: Facts) -> list[str]:
    """The ids of the registrations that a survey is for, as far as is known now, in the order of ids."""
    people = attendance.reckon(conference)
    meant = (
        each.person
        for each in people
        if facts.is_for(each.person.venue_id, each.person.audience_id)
        and (each.came if facts.reach is Reach.CAME else each.person.state == "confirmed")
    )
    return sorted(each.id for each in meant)


def send_all(claim: Claim, survey_id: str) -> None:
    """Send it to everybody whom it is for and who was not sent it; finishes the claim."""
    found = queries.find_survey(survey_id)
    if found is None or found.phase not in (Phase.WAITING, Phase.OPEN):
        _end(claim)
        return
    meant = list_meant(conferences.get_conference(found.conference_id), found.facts)
    db.session.rollback()
    for at in range(0, max(len(meant), 1), BATCH):
        with transaction():
            row = _take_running(survey_id)
            if row is None:
                claims.finish(claim)
                return
            _open(row)
            _send(row, meant[at : at + BATCH])
            if at + BATCH >= len(meant):
                claims.finish(claim)
            else:
                claims.hold(claim)


def _end(claim: Claim) -> None:
    db.session.rollback()
    with transaction():
        claims.finish(claim)


def _take_running(survey_id: str) -> Survey | None:
    """The survey, locked, where it is still to be sent."""
    try:
        row = queries.take_survey(survey_id)
    except NotFound:
        return None
    is_on = str(conferences.get_conference(row.conference_id).state) == "published"
    return row if is_on and queries.view(row).phase in (Phase.WAITING, Phase.OPEN) else None


def _open(row: Survey) -> None:
    if row.opened_at is None:
        row.opened_at = clock.now()
        row.closes_at = row.opened_at + timedelta(days=row.days_open)
        db.session.flush()


def _send(row: Survey, ids_meant: Sequence[str]) -> None:
    people = remindable_queries.remindable()
    query = select(people.c.id, people.c.email, people.c.locale, people.c.venue_id, people.c.audience_id)
    there = query.where(people.c.id.in_(ids_meant), people.c.email != "").order_by(people.c.id)
    found = {each.id: each for each in db.session.execute(there)}
    messages = {key: ids.new("msg") for key in found}
    rows = [
        {
            "survey_id": row.id,
            "registration_id": key,
            "venue_id": each.venue_id,
            "audience_id": each.audience_id,
            "sent_at": clock.now(),
            "message_id": messages[key],
        }
        for key, each in found.items()
    ]
    new = _reserve(rows)
    for key in sorted(new):
        outbox.add(
            MAIL,
            to=found[key].email,
            locale=found[key].locale,
            chain=row.conference_id,
            good_until=row.closes_at,
            message_id=messages[key],
            survey=row.id,
            registration=key,
        )
    if new:
        _record(row, "survey.sent", by=SYSTEM, people=len(new))


def _reserve(rows: list[dict[str, object]]) -> set[str]:
    """Write down that these are sent it; returns for whom that was not written yet: the key (survey, registration)
    lets one of several who try write it."""
    if not rows:
        return set()
    insert = sqlite.insert if db.session.connection().dialect.name == "sqlite" else postgresql.insert
    statement = insert(SurveyRecipient).values(rows).on_conflict_do_nothing()
    return set(db.session.scalars(statement.returning(SurveyRecipient.registration_id)))


def close_when_over(claim: Claim, survey_id: str) -> None:
    """Destroy the key of a survey whose time is over, and write down how many answered; finishes the claim."""
    with transaction():
        try:
            row = queries.take_survey(survey_id)
        except NotFound:
            claims.finish(claim)
            return
        if queries.view(row).phase is Phase.CLOSED and row.closed_at is None:
            finish(row, by=SYSTEM)
        claims.finish(claim)


def finish(row: Survey, *, by: Actor) -> None:
    """Inside a transaction that has taken the survey: nobody finds whose anonymous answers are whose any more."""
    row.closed_at, row.answer_key = clock.now(), ""
    db.session.flush()
    asked, answered = queries.count_asked(row.id).total(), queries.count_answers(row.id).total()
    _record(row, "survey.closed", by=by, asked=asked, answered=answered)


def _record(row: Survey, action: str, *, by: Actor, **data: object) -> None:
    audit.record(row.conference_id, action, actor=by, subject=Subject("survey", row.id), **data)
    live.publish(f"conference:{row.conference_id}", "conference.changed")
