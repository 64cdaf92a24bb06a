"""Use cases: publish the draft as the next version, and call the conference off."""

from __future__ import annotations

from typing import Any

from core import audit, clock, jobs, live, seen
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict
from events.conferences import agenda, drafts, queries, rules, version_queries, version_rules
from events.conferences.models import Conference, ConferenceVersion
from events.conferences.rules import ConferenceAction
from events.conferences.version_rules import Difference
from events.registration import places_service

NOTICES_JOB = "notices.send"


def snapshot(conference: queries.ConferenceView) -> dict[str, Any]:
    """What the public would see of the draft, as JSON without sequences."""
    return {
        "conference": {
            "title": conference.title,
            "kind": str(conference.kind),
            "purpose": conference.purpose,
            "timezone": conference.timezone,
            "starts_on": conference.starts_on.isoformat(),
            "ends_on": conference.ends_on.isoformat(),
            "partners": conference.partners,
        },
        "venues": [
            {
                "key": venue.key,
                "kind": str(venue.kind),
                "name": venue.name,
                "city": venue.city,
                "address": venue.address,
                "timezone": venue.timezone,
                "doors": [door.name for door in venue.doors],
            }
            for venue in conference.venues
        ],
        "speakers": [
            {"key": each.key, "name": each.name, "title": each.title, "organisation": each.organisation}
            for each in conference.speakers
        ],
        "items": [
            {
                "key": item.key,
                "title": item.title,
                "abstract": item.abstract,
                "starts_at": clock.iso(item.starts_at),
                "ends_at": clock.iso(item.ends_at),
                "venues": list(item.venues),
                "speakers": [{"speaker": speaker, "venue": venue} for speaker, venue in item.speakers],
                "materials": item.materials,
            }
            for item in conference.items
        ],
    }


def find_differences(conference: queries.ConferenceView) -> list[Difference]:
    """What the draft would change for the public; nothing before the first publication."""
    return version_rules.differences(
        version_queries.find_version(conference.id, conference.version), snapshot(conference)
    )


class ClashesLeft(Conflict):
    """The draft has clashes, and nobody said that so many are meant."""

    code = "clashes_left"


def publish(
    conference_id: str,
    *,
    by: Actor,
    looked_at: str | None = None,
    accepted: int | None = None,
    tells: bool = True,
) -> int:
    """Show the draft to the public as the next version, and return its number; a draft that says what was published
    last makes no new one. `looked_at`: the digest of `snapshot`; `accepted`: how many clashes somebody has read and
    wants to publish with, None where nobody is asked; `tells`: whoever it concerns gets a mail.

    Raises NotFound, Conflict `conference_cancelled`, `nothing_to_publish` without a venue or an item, `plan_changed`,
    ClashesLeft.
    """
    with transaction():
        conference = queries.take_conference(conference_id)
        state = rules.change(conference.state, ConferenceAction.PUBLISH)
        planned = queries.view(conference)
        draft = snapshot(planned)
        seen.check(looked_at, seen.digest(draft))
        if not draft["venues"] or not draft["items"]:
            raise Conflict("nothing_to_publish")
        before = version_queries.find_version(conference_id, conference.version)
        differing = version_rules.differences(before, draft)
        if before is not None and not differing:
            return conference.version
        clashes = len(agenda.find_clashes(planned))
        if accepted not in (None, clashes):
            raise ClashesLeft(n=clashes)
        number = conference.version + 1
        conference.state = state
        _keep(conference, version_rules.numbered(before, draft, number=number), number, by=by)
        counted = {name: sum(each.change == name for each in differing) for name in ("added", "removed", "changed")}
        _record(
            conference_id, "conference.published", by=by, version=number, **counted, told=tells and before is not None
        )
        if tells and before is not None:
            _ask_notices(conference_id, number)
        return number


def _ask_notices(conference_id: str, number: int) -> None:
    jobs.add(NOTICES_JOB, f"{conference_id}:{number}", chain=conference_id, conference=conference_id, version=number)


def _keep(conference: Conference, shown: dict[str, Any], number: int, *, by: Actor) -> None:
    now = clock.now()
    conference.version, conference.published_at = number, now
    db.session.add(
        ConferenceVersion(
            conference_id=conference.id, number=number, published_at=now, published_by=by.id, snapshot=shown
        )
    )


def _record(conference_id: str, action: str, *, by: Actor, **data: Any) -> None:
    audit.record(conference_id, action, actor=by, subject=Subject("conference", conference_id), **data)
    live.publish(drafts.channel(conference_id), "conference.changed")
    live.publish(drafts.public_channel(conference_id), "conference.published")


def cancel(conference_id: str, *, reason: str, by: Actor) -> None:
    """Call the conference off for good. What was published says so from now on, and so do its calendar entries; nobody
    registers any more, and who did gets a mail.

    Raises NotFound, Conflict `conference_cancelled`.
    """
    with transaction():
        conference = queries.take_conference(conference_id)
        conference.state = rules.change(conference.state, ConferenceAction.CANCEL)
        conference.cancelled_at, conference.cancelled_reason = clock.now(), reason
        if last := version_queries.find_version(conference_id, conference.version):
            number = conference.version + 1
            shown = version_rules.cancelled(last, number=number)
            shown["conference"]["reason"] = reason
            _keep(conference, shown, number, by=by)
            _ask_notices(conference_id, number)
        places_service.close(conference_id)
        _record(conference_id, "conference.cancelled", by=by, reason=audit.Private(reason))
