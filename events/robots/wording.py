"""What a robot is told, in its language: lines for people, and the same as data for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from core import clock, config, i18n
from core.i18n import t
from events.conferences import queries as conferences
from events.conferences.queries import ConferenceView
from events.registration import queries as registrations
from events.registration import told_queries
from events.registration.queries import RegistrationView
from events.robots import queries
from events.robots.protocol import Message
from events.robots.queries import RobotView, Told

People = Mapping[str, RegistrationView]


def message(robot: RobotView, message_id: str, *, after: int, up_to: int, is_test: bool) -> Message:
    """The message in the current locale."""
    conference = conferences.get_conference(robot.conference_id)
    told = [] if is_test else queries.list_told(conference.id, after=after, up_to=up_to, topics=robot.topics)
    people = told_queries.list_by_ids(conference.id, {each.registration_id for each in told})
    called = _names(conference)
    said = t("robot-test-line") if is_test else ""
    lines = [
        t("robot-title-line", title=i18n.pick(conference.title)),
        *([t("common-demo-mark")] if conference.is_demo else []),
        *([said] if said else _people(told, people, called) if robot.has_names else _counts(told, people, called)),
        *([] if is_test else _places(conference, called)),
        f"{config.settings().base_url}/conferences/{conference.id}/registrations",
    ]
    return Message(message_id, lines, _data(robot, conference, told, people, is_test=is_test))


def _names(conference: ConferenceView) -> dict[str, str]:
    venues = {each.id: i18n.pick(each.name) for each in conference.venues}
    return {**venues, **{each.id: i18n.pick(each.name) for each in conference.audiences}}


def _where(each: Told, person: RegistrationView | None, called: Mapping[str, str]) -> str:
    venue = each.venue_id or (person.venue_id if person else "")
    audience = person.audience_id if person else ""
    return " · ".join(filter(None, (called.get(venue, ""), called.get(audience, ""))))


def _people(told: Sequence[Told], people: People, called: Mapping[str, str]) -> list[str]:
    """One line each, with names."""
    lines = []
    for each in told:
        person = people.get(each.registration_id)
        name = person.name if person else ""
        who = t("robot-who", name=name, company=person.company) if person and person.company else name
        lines.append(t(_event_id(each), who=who, where=_where(each, person, called)))
    return lines


def _event_id(each: Told) -> str:
    if each.action in ("registration.offered", "registration.lapsed"):
        return f"robot-event-{each.action.partition('.')[2]}"
    return f"robot-event-{each.topic}"


def _counts(told: Sequence[Told], people: People, called: Mapping[str, str]) -> list[str]:
    """How many people it was of each kind, without names."""
    kinds = Counter((_event_id(each), _where(each, people.get(each.registration_id), called)) for each in told)
    return [t(event_id, who=t("robot-n-people", n=n), where=where) for (event_id, where), n in kinds.items()]


def _places(conference: ConferenceView, called: Mapping[str, str]) -> list[str]:
    """How full the venues are now."""
    return [
        t(
            "robot-places-line",
            where=" · ".join((called[each.venue_id], called[each.audience_id])),
            taken=each.count.taken,
            capacity=each.count.capacity,
            waiting=each.waiting,
        )
        for each in registrations.list_places(conference.id)
        if each.count.capacity
    ]


def _data(
    robot: RobotView, conference: ConferenceView, told: Sequence[Told], people: People, *, is_test: bool
) -> dict[str, Any]:
    keys = {each.id: each.key for each in conference.venues} | {each.id: each.key for each in conference.audiences}
    return {
        "sent_at": clock.iso(clock.now()),
        "test": is_test,
        "demo": conference.is_demo,
        "conference": {"id": conference.id, "title": conference.title},
        "events": [_event(robot, conference, each, people.get(each.registration_id), keys) for each in told],
        "places": [
            {
                "venue": keys[each.venue_id],
                "audience": keys[each.audience_id],
                "capacity": each.count.capacity,
                "taken": each.count.taken,
                "waiting": each.waiting,
            }
            for each in registrations.list_places(conference.id)
        ],
    }


def _event(
    robot: RobotView,
    conference: ConferenceView,
    each: Told,
    person: RegistrationView | None,
    keys: Mapping[str, str],
) -> dict[str, Any]:
    """`id` is the same in every message: by it a receiver drops what it has heard already."""
    venue = each.venue_id or (person.venue_id if person else "")
    named = {"name": person.name, "company": person.company} if person and robot.has_names else {}
    return {
        "id": f"{conference.id}:{each.seq}",
        "at": clock.iso(each.at),
        "action": each.action,
        "topic": str(each.topic),
        "registration": each.registration_id,
        "state_now": str(person.state) if person else None,
        "venue": keys.get(venue),
        "audience": keys.get(person.audience_id) if person else None,
        **named,
    }
