"""What the registration form shows, as values that templates only print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core import clock, i18n
from core.errors import Conflict
from core.i18n import t
from events.conferences import front_queries
from events.conferences.front_queries import ConferenceFront
from events.conferences.queries import AudienceView
from events.conferences.version_queries import Published
from events.registration import queries, rules
from events.registration.queries import Places
from events.registration.rules import Admission


@dataclass(frozen=True)
class Joining:
    """By what somebody came who has more than the public address: a group's link, or a personal invitation."""

    kind: str
    id: str
    audience_id: str
    venue_id: str
    name: str
    person: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Room:
    """A venue with what is left for one audience; `waits`: whoever registers now comes onto the waiting list."""

    key: str
    id: str
    name: str
    about: str
    free: int
    waiting: int
    waits: bool
    held: bool = False

    @property
    def words(self) -> str:
        """What is left, in words."""
        if self.held:
            return t("registering-place-held")
        if not self.waits:
            return t("registering-places-left", n=self.free)
        return t("registering-waiting-list", n=self.waiting)


@dataclass(frozen=True)
class Front:
    """A conference as who registers sees it: names from what was published, places from now."""

    conference: ConferenceFront
    places: tuple[Places, ...]

    @property
    def published(self) -> Published:
        """The newest version."""
        return self.conference.published

    @property
    def title(self) -> str:
        """In the reader's language."""
        return i18n.pick(self.published.snapshot["conference"]["title"])

    @property
    def when(self) -> str:
        """The days, in words."""
        shown = self.published.snapshot["conference"]
        first, last = (i18n.format_date(date.fromisoformat(shown[name])) for name in ("starts_on", "ends_on"))
        return first if first == last else f"{first} – {last}"

    @property
    def where(self) -> str:
        """Its cities and online rooms, in words."""
        venues = self.published.snapshot["venues"]
        return t("list-separator").join(
            dict.fromkeys(i18n.pick(each["city"]) or i18n.pick(each["name"]) for each in venues)
        )


def front(code: str) -> Front:
    """The conference behind a public address; raises NotFound."""
    return _front(front_queries.get_front(code))


def front_of(conference_id: str) -> Front:
    """As `front`, by the conference's id; raises NotFound."""
    return _front(front_queries.get_front_of(conference_id))


def _front(conference: ConferenceFront) -> Front:
    return Front(conference, tuple(queries.list_places(conference.id)))


def admission(conference: ConferenceFront, audience: AudienceView) -> Admission:
    """What decides on who may register as one of this audience."""
    return Admission(
        state=str(conference.state),
        needs_approval=audience.needs_approval,
        timezone=conference.timezone,
        ends_on=conference.ends_on,
        starts_at=conference.starts_at,
    )


def why_closed(found: Front) -> str:
    """The id of the sentence that says why nobody can register, or nothing."""
    conference = found.conference
    at = admission(conference, conference.audiences[0])
    try:
        rules.check_open(at, is_open=True, now=clock.now())
    except Conflict:
        return "registering-closed-over" if at.is_over(clock.now()) else "registering-closed-cancelled"
    return "" if audiences(found) else "registering-closed-no-places"


def audiences(found: Front) -> list[AudienceView]:
    """The kinds of people for whom there are places anywhere."""
    offered = {each.audience_id for each in found.places if each.count.capacity}
    return [each for each in found.conference.audiences if each.id in offered]


def rooms(found: Front, audience: AudienceView, joining: Joining | None = None) -> list[Room]:
    """The published venues that have places for this audience at all, in order; for who came by a group's link, its."""
    published = {each["key"]: each for each in found.published.snapshot["venues"]}
    places = {each.venue_id: each for each in found.places if each.audience_id == audience.id}
    at, now = admission(found.conference, audience), clock.now()
    made = []
    for venue in found.conference.venues:
        place = places.get(venue.id)
        is_held = joining is not None and joining.kind == "group" and joining.venue_id == venue.id
        if venue.key not in published or not (is_held or (place and place.count.capacity)):
            continue
        shown = published[venue.key]
        free, waiting = (place.count.free, place.waiting) if place else (0, 0)
        about = " · ".join(filter(None, (i18n.pick(shown["city"]), i18n.pick(shown["address"]))))
        made.append(
            Room(
                venue.key,
                venue.id,
                i18n.pick(shown["name"]),
                about or t("conference-online-lead"),
                free,
                waiting,
                # As rules.admit decides: nobody passes those who wait, until it begins.
                waits=not is_held and not (free and (not waiting or at.has_begun(now))),
                held=is_held,
            )
        )
    return [room for room in made if room.held] or made


def find_company(conference_id: str, name: str) -> str | None:
    """The id of the conference's company that is called so in one of its languages."""
    return queries.find_company_id(conference_id, " ".join(name.split()))


def public_places(found: Front) -> dict[str, list[dict[str, Any]]]:
    """By the key of a venue: who may still come ({"audience", "words"}), for the conference's public page."""
    if why_closed(found):
        return {}
    told: dict[str, list[dict[str, Any]]] = {}
    for audience in audiences(found):
        for room in rooms(found, audience):
            told.setdefault(room.key, []).append({"audience": i18n.pick(audience.name), "words": room.words})
    return told


def typed_person(values: Mapping[str, Any]) -> dict[str, str]:
    """What first stands in the fields of a person."""
    return {name: str(values.get(name) or "") for name in ("name", "email", "phone", "company_name", "job_title")}
