"""The conference file: JSON → a plan, or every problem at once, each with its JSON path."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.errors import Invalid, Problem
from core.i18n import LOCALES
from core.json_text import BadJson, load_file
from core.reader import Reader
from events.conferences import plan_keys, rules
from events.conferences.plan_items import Context, read_item
from events.conferences.plan_reader import read_flag, read_lines, read_number, read_url
from events.conferences.rules import (
    YEARS,
    AudiencePlan,
    ConferenceFacts,
    ConferenceKind,
    ConferencePlan,
    Contact,
    Door,
    Feed,
    FeedKind,
    SpeakerPlan,
    Travel,
    VenueKind,
    VenuePlan,
)

MAX_FILE_BYTES = 1_000_000


class ConferenceFile:
    """The file format of `examples/twin-city-conference.json`; its keys stand in `plan_keys`."""

    @staticmethod
    def loads(content: bytes | None) -> ConferencePlan:
        """A plan from the bytes of a file, None where none was chosen; raises Invalid with all problems."""
        try:
            data = load_file(content, largest=MAX_FILE_BYTES, lacking="no_conference_file")
        except BadJson as error:
            raise _bad([error.problem]) from None
        return ConferenceFile.read(data)

    @staticmethod
    def read(data: object) -> ConferencePlan:
        """A plan from parsed JSON; raises Invalid with all problems."""
        if not isinstance(data, Mapping):
            raise _bad([Problem("$", "not_an_object")])
        reader = Reader()
        plan = _read_plan(reader, data)
        if reader.problems:
            raise _bad(reader.problems)
        return plan


def _bad(problems: Sequence[Problem]) -> Invalid:
    return Invalid(problems, code="bad_conference_file")


def _read_plan(reader: Reader, data: Mapping[str, Any]) -> ConferencePlan:
    given = plan_keys.CONFERENCE.open(reader, data, "$")
    facts = _read_facts(reader, given)

    def listed(name: str, least: int, most: int) -> Iterable[tuple[int, Any]]:
        return enumerate(reader.items(given.get(name), f"$.{name}", least=least, most=most))

    audience_keys: set[str] = set()
    audiences = tuple(
        _read_audience(reader, item, f"$.audiences[{index}]", audience_keys)
        for index, item in enumerate(
            reader.items(given.get("audiences"), "$.audiences", least=1, most=rules.MOST_AUDIENCES)
        )
    )
    venue_keys: set[str] = set()
    venues = tuple(
        _read_venue(reader, item, f"$.venues[{index}]", venue_keys, audience_keys, facts.timezone)
        for index, item in listed("venues", 1, rules.MOST_VENUES)
    )
    facts = replace(facts, travel=_read_travel(reader, given, [v.key for v in venues if v.kind is VenueKind.ONSITE]))
    speaker_keys: set[str] = set()
    speakers = tuple(
        _read_speaker(reader, item, f"$.speakers[{index}]", speaker_keys)
        for index, item in enumerate(
            reader.items(given.get("speakers"), "$.speakers", least=0, most=rules.MOST_SPEAKERS)
        )
    )
    context = Context({each.key: each.timezone for each in venues}, frozenset(speaker_keys), facts.starts_on)
    item_keys: set[str] = set()
    items = tuple(
        read_item(reader, item, f"$.agenda[{index}]", item_keys, context)
        for index, item in listed("agenda", 0, rules.MOST_ITEMS)
    )
    demo = read_flag(reader, given.get("demo"), "$.demo")
    companies = read_number(reader, given.get("demo_companies"), "$.demo_companies", rules.MOST_DEMO_COMPANIES)
    if companies and not demo:
        reader.problem("$.demo_companies", "demo_only")
    source = reader.text(given.get("source"), "$.source", limit=1000, required=False, lines=True)
    return ConferencePlan(facts, audiences, venues, speakers, items, source, demo=demo, demo_companies=companies)


def _read_facts(reader: Reader, given: Mapping[str, Any]) -> ConferenceFacts:
    first = reader.day(given.get("date"), "$.date")
    last = reader.day(given["end_date"], "$.end_date") if given.get("end_date") is not None else first
    if first.year not in YEARS:
        reader.problem("$.date", "bad_date", value=str(given.get("date"))[:40])
    elif last < first:
        reader.problem("$.end_date", "ends_before_start")
    elif (last - first).days >= rules.MOST_DAYS:
        reader.problem("$.end_date", "too_many_days", most=rules.MOST_DAYS)
    partners = reader.items(given.get("partners"), "$.partners", least=0, most=rules.MOST_PARTNERS)
    kind = reader.choice(given.get("kind"), "$.kind", list(ConferenceKind), ConferenceKind.INVESTMENT)
    return ConferenceFacts(
        title=reader.texts(given.get("title"), "$.title", limit=rules.LONGEST_TITLE),
        kind=ConferenceKind(kind),
        purpose=read_lines(reader, given.get("purpose"), "$.purpose"),
        timezone=reader.zone(given.get("timezone"), "$.timezone"),
        starts_on=first,
        ends_on=last,
        travel_minutes=read_number(reader, given.get("travel_minutes"), "$.travel_minutes", rules.MOST_TRAVEL),
        partners=tuple(
            reader.texts(each, f"$.partners[{index}]", limit=rules.LONGEST_NAME) for index, each in enumerate(partners)
        ),
    )


def _read_travel(reader: Reader, given: Mapping[str, Any], halls: Sequence[str]) -> tuple[Travel, ...]:
    """Times between pairs of halls; a pair that comes twice is told where it comes again."""
    found: dict[frozenset[str], Travel] = {}
    for index, each in enumerate(reader.items(given.get("travel"), "$.travel", least=0, most=rules.MOST_PAIRS)):
        path = f"$.travel[{index}]"
        way = plan_keys.TRAVEL.open(reader, each, path)
        keys = reader.known_keys(way.get("venues"), f"{path}.venues", set(halls), what="venue", least=0)
        minutes = read_number(reader, way.get("minutes"), f"{path}.minutes", rules.MOST_TRAVEL)
        if len(keys) == 2 and frozenset(keys) not in found:
            found[frozenset(keys)] = Travel((keys[0], keys[1]), minutes)
        elif not any(problem.path.startswith(path) for problem in reader.problems):
            reader.problem(f"{path}.venues", "bad_pair")
    return tuple(found.values())


def _read_audience(reader: Reader, data: object, path: str, seen: set[str]) -> AudiencePlan:
    given = plan_keys.AUDIENCE.open(reader, data, path)
    return AudiencePlan(
        key=reader.key(given.get("key"), f"{path}.key", seen),
        name=reader.texts(given.get("name"), f"{path}.name", limit=rules.LONGEST_NAME),
        needs_approval=read_flag(reader, given.get("needs_approval"), f"{path}.needs_approval"),
    )


def _read_venue(
    reader: Reader, data: object, path: str, seen: set[str], audiences: set[str], usual_zone: str
) -> VenuePlan:
    given = plan_keys.VENUE.open(reader, data, path)
    kind = VenueKind(reader.choice(given.get("kind"), f"{path}.kind", list(VenueKind), VenueKind.ONSITE))
    if kind is VenueKind.ONSITE and given and given.get("city") is None:
        reader.problem(f"{path}.city", "missing_key", key="city")
    doors_seen: set[str] = set()
    doors = reader.items(given.get("doors"), f"{path}.doors", least=0, most=rules.MOST_DOORS)
    feeds = reader.items(given.get("feeds"), f"{path}.feeds", least=0, most=rules.MOST_FEEDS)
    places = reader.mapping(given.get("places") or {}, f"{path}.places", required=(), optional=sorted(audiences))
    zone = given.get("timezone")
    return VenuePlan(
        key=reader.key(given.get("key"), f"{path}.key", seen),
        kind=kind,
        name=reader.texts(given.get("name"), f"{path}.name", limit=rules.LONGEST_NAME),
        city=reader.texts(given.get("city"), f"{path}.city", limit=rules.LONGEST_CITY),
        address=reader.texts(given.get("address"), f"{path}.address", limit=rules.LONGEST_ADDRESS),
        timezone=usual_zone if zone is None else reader.zone(zone, f"{path}.timezone"),
        stage=reader.name(given.get("stage"), f"{path}.stage", limit=rules.LONGEST_NAME, required=False),
        doors=tuple(_read_door(reader, each, f"{path}.doors[{index}]", doors_seen) for index, each in enumerate(doors)),
        feeds=tuple(_read_feed(reader, each, f"{path}.feeds[{index}]") for index, each in enumerate(feeds)),
        places={
            key: read_number(reader, count, f"{path}.places.{key}", rules.MOST_PLACES)
            for key, count in places.items()
            if key in audiences
        },
    )


def _read_door(reader: Reader, data: object, path: str, seen: set[str]) -> Door:
    given = plan_keys.DOOR.open(reader, data, path)
    key = reader.key(given.get("key"), f"{path}.key", seen)
    return Door(key, reader.texts(given.get("name"), f"{path}.name", limit=rules.LONGEST_NAME))


def _read_feed(reader: Reader, data: object, path: str) -> Feed:
    given = plan_keys.FEED.open(reader, data, path)
    kind = reader.choice(given.get("kind"), f"{path}.kind", list(FeedKind), FeedKind.LINK)
    title = reader.name(given.get("title"), f"{path}.title", limit=rules.LONGEST_NAME)
    return Feed(title, FeedKind(kind), read_url(reader, given.get("url"), f"{path}.url"))


def _read_speaker(reader: Reader, data: object, path: str, seen: set[str]) -> SpeakerPlan:
    given = plan_keys.SPEAKER.open(reader, data, path)
    return SpeakerPlan(
        key=reader.key(given.get("key"), f"{path}.key", seen),
        name=reader.texts(given.get("name"), f"{path}.name", limit=rules.LONGEST_NAME),
        title=reader.texts(given.get("title"), f"{path}.title", limit=rules.LONGEST_NAME),
        organisation=reader.texts(given.get("organisation"), f"{path}.organisation", limit=rules.LONGEST_NAME),
        contact=Contact(
            reader.email(given["email"], f"{path}.email") if given.get("email") else "",
            reader.choice(given.get("language"), f"{path}.language", LOCALES, LOCALES[0]),
        ),
    )
