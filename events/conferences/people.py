"""Use cases of audiences (who comes) and speakers (who speaks): add, change, remove."""

from __future__ import annotations

from typing import Any

from core import ids, seen
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound
from events.conferences import drafts, queries
from events.conferences.models import Audience, Conference, Speaker
from events.conferences.rules import MOST_AUDIENCES, MOST_SPEAKERS, AudiencePlan, Rights, SpeakerPlan
from events.registration import places_service

_PERSONAL = frozenset({"name", "email"})


def add_audience_row(conference_id: str, position: int, plan: AudiencePlan) -> str:
    """An audience, inside the caller's transaction; returns its id."""
    row = Audience(
        id=ids.new("aud"),
        conference_id=conference_id,
        key=plan.key,
        position=position,
        name=plan.name,
        needs_approval=plan.needs_approval,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def add_speaker_row(conference_id: str, position: int, plan: SpeakerPlan) -> str:
    """A speaker, inside the caller's transaction; returns the id."""
    row = Speaker(id=ids.new("spk"), conference_id=conference_id, key=plan.key, position=position, **_values(plan))
    db.session.add(row)
    db.session.flush()
    return row.id


def _values(plan: SpeakerPlan) -> dict[str, Any]:
    named = {"name": plan.name, "title": plan.title, "organisation": plan.organisation}
    return {**named, "email": plan.contact.email, "locale": plan.contact.locale}


def add_audience(conference_id: str, plan: AudiencePlan, *, by: Actor, rights: Rights) -> None:
    """One more kind of people, with no places yet; sent again with the same key, it is the same one.

    Raises NotFound, Forbidden `not_your_venue`, Conflict `conference_cancelled`, `too_many_audiences`.
    """
    rights.check_plans([])
    with transaction():
        conference = drafts.take_draft(conference_id)
        if any(each.key == plan.key for each in conference.audiences):
            return
        if len(conference.audiences) >= MOST_AUDIENCES:
            raise Conflict("too_many_audiences", most=MOST_AUDIENCES)
        audience_id = add_audience_row(conference_id, _after(conference.audiences), plan)
        subject = Subject("audience", audience_id)
        drafts.record(conference_id, "audience.added", subject, by=by, key=plan.key, name=drafts.first(plan.name))


def _after(rows: list[Audience] | list[Speaker]) -> int:
    return max((row.position for row in rows), default=-1) + 1


def change_audience(
    conference_id: str, key: str, plan: AudiencePlan, *, by: Actor, rights: Rights, looked_at: str | None = None
) -> None:
    """Change an audience; `looked_at`: the digest of `said_audience`.

    Raises NotFound, Forbidden `not_your_venue`, Conflict `conference_cancelled`, `plan_changed`.
    """
    rights.check_plans([])
    with transaction():
        conference = drafts.take_draft(conference_id)
        row = _audience(conference, key)
        before = said_audience(queries.view(conference), key)
        row.name, row.needs_approval = plan.name, plan.needs_approval
        changed = drafts.differences(before, said_audience(queries.view(conference), key))
        if not changed:
            return
        seen.check(looked_at, seen.digest(before))
        drafts.record(conference_id, "audience.changed", Subject("audience", row.id), by=by, key=key, changed=changed)


def remove_audience(conference_id: str, key: str, *, by: Actor, rights: Rights) -> None:
    """Take a kind of people out of the plan, with its places.

    Raises NotFound, Forbidden `not_your_venue`, Conflict `conference_cancelled`, `last_audience`, `audience_in_use`.
    """
    rights.check_plans([])
    with transaction():
        conference = drafts.take_draft(conference_id)
        row = _audience(conference, key)
        if len(conference.audiences) == 1:
            raise Conflict("last_audience")
        places_service.remove_audience(row.id)
        subject, name = Subject("audience", row.id), drafts.first(row.name)
        db.session.delete(row)
        db.session.flush()
        db.session.expire(conference, ["audiences"])
        drafts.record(conference_id, "audience.removed", subject, by=by, key=key, name=name)


def _audience(conference: Conference, key: str) -> Audience:
    for row in conference.audiences:
        if row.key == key:
            return row
    raise NotFound("audience_not_found")


def said_audience(conference: queries.ConferenceView, key: str) -> dict[str, Any]:
    """An audience, as JSON; raises NotFound."""
    audience = conference.audience(key)
    return {"name": audience.name, "needs_approval": audience.needs_approval}


def add_speaker(conference_id: str, plan: SpeakerPlan, *, by: Actor, rights: Rights) -> None:
    """One more speaker, who speaks in no item yet; sent again with the same key, it is the same one.

    Raises NotFound, Forbidden `not_your_venue`, Conflict `conference_cancelled`, `too_many_speakers`.
    """
    _check_plans_something(rights)
    with transaction():
        conference = drafts.take_draft(conference_id)
        if any(each.key == plan.key for each in conference.speakers):
            return
        if len(conference.speakers) >= MOST_SPEAKERS:
            raise Conflict("too_many_speakers", most=MOST_SPEAKERS)
        speaker_id = add_speaker_row(conference_id, _after(conference.speakers), plan)
        drafts.record(conference_id, "speaker.added", Subject("speaker", speaker_id), by=by, key=plan.key)


def change_speaker(
    conference_id: str, key: str, plan: SpeakerPlan, *, by: Actor, rights: Rights, looked_at: str | None = None
) -> None:
    """Change a speaker; `looked_at`: the digest of `said_speaker`.

    Raises NotFound, Forbidden `not_your_venue` where they speak in another venue too, Conflict
    `conference_cancelled`, `plan_changed`.
    """
    with transaction():
        conference = drafts.take_draft(conference_id)
        row = _speaker(conference, key)
        _check_speaker(conference, row, rights)
        before = said_speaker(queries.view(conference), key)
        for name, value in _values(plan).items():
            setattr(row, name, value)
        changed = drafts.differences(before, said_speaker(queries.view(conference), key), personal=_PERSONAL)
        if not changed:
            return
        seen.check(looked_at, seen.digest(before))
        drafts.record(conference_id, "speaker.changed", Subject("speaker", row.id), by=by, key=key, changed=changed)


def remove_speaker(conference_id: str, key: str, *, by: Actor, rights: Rights) -> None:
    """Take a speaker out of the plan.

    Raises NotFound, Forbidden `not_your_venue`, Conflict `conference_cancelled`, `speaker_has_items`.
    """
    _check_plans_something(rights)
    with transaction():
        conference = drafts.take_draft(conference_id)
        row = _speaker(conference, key)
        if any(each.speaker_id == row.id for item in conference.items for each in item.speakers):
            raise Conflict("speaker_has_items")
        subject = Subject("speaker", row.id)
        db.session.delete(row)
        db.session.flush()
        db.session.expire(conference, ["speakers"])
        drafts.record(conference_id, "speaker.removed", subject, by=by, key=key)


def _speaker(conference: Conference, key: str) -> Speaker:
    for row in conference.speakers:
        if row.key == key:
            return row
    raise NotFound("speaker_not_found")


def _check_plans_something(rights: Rights) -> None:
    if not rights.plans:
        rights.check_plans([])


def _check_speaker(conference: Conference, row: Speaker, rights: Rights) -> None:
    """Who plans one venue changes whoever speaks there alone, or nowhere yet."""
    stands = {each.venue_id for item in conference.items for each in item.speakers if each.speaker_id == row.id}
    if stands or not rights.plans:
        rights.check_plans(stands)


def said_speaker(conference: queries.ConferenceView, key: str) -> dict[str, Any]:
    """A speaker, as JSON; raises NotFound."""
    speaker = conference.speaker(key)
    named = {"name": speaker.name, "title": speaker.title, "organisation": speaker.organisation}
    return {**named, "email": speaker.email, "locale": speaker.locale}
