"""What the organiser's pages send; programs send the same as JSON."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from typing import Any
from zoneinfo import available_timezones

from core.errors import Invalid
from core.i18n import LOCALES
from core.reader import Reader
from core.values import Texts
from events.conferences import rules
from events.conferences.rules import (
    YEARS,
    AudiencePlan,
    ConferenceFacts,
    ConferenceKind,
    Contact,
    Door,
    Duty,
    Feed,
    FeedKind,
    Membership,
    SpeakerPlan,
    Travel,
    VenueKind,
    VenuePlan,
)


@dataclass(frozen=True)
class Known:
    """What of a conference a form refers to: zones of its venues by key, keys of its speakers and audiences."""

    zones: Mapping[str, str]
    speakers: Collection[str]
    audiences: Collection[str]


def finish(reader: Reader) -> None:
    """Raises Invalid with every problem that there is."""
    if reader.problems:
        raise Invalid(reader.problems)


def both(reader: Reader, data: Mapping[str, Any], name: str, limit: int, *, required: bool = True) -> Texts:
    """A name from `name` (Chinese) and `<name>_en`; the English one may always be left out."""
    texts = {
        "zh-CN": reader.name(data.get(name), f"$.{name}", limit=limit, required=required),
        "en": reader.name(data.get(f"{name}_en"), f"$.{name}_en", limit=limit, required=False),
    }
    return {locale: text for locale, text in texts.items() if text}


def both_of_lines(reader: Reader, data: Mapping[str, Any], name: str) -> Texts:
    """A text of several lines from `name` (Chinese) and `<name>_en`; each may be left out."""
    fields = {"zh-CN": name, "en": f"{name}_en"}
    texts = {
        locale: reader.text(data.get(field), f"$.{field}", limit=rules.LONGEST_TEXT, required=False, lines=True)
        for locale, field in fields.items()
    }
    return {locale: text for locale, text in texts.items() if text}


def read_conference(data: Mapping[str, Any], halls: Sequence[str] = ()) -> ConferenceFacts:
    """The conference itself: `title`, `title_en`, `kind`, `purpose`, `purpose_en`, `starts_on`, `ends_on`
    (YYYY-MM-DD), `timezone`, `travel_minutes`, `travel:<hall>:<hall>` for each pair of `halls` (keys, in the plan's
    order) with a time of its own, `partners` (one a line: `中文 | English`, with `| address` behind it,
    and `| en`, where somebody is told of changes). Raises Invalid."""
    reader = Reader()
    partners = [
        _partner(reader, line, f"$.partners[{number}]")
        for number, line in enumerate(lines(reader, data, "partners", rules.MOST_PARTNERS))
    ]
    first, last = _days(reader, data)
    facts = ConferenceFacts(
        title=both(reader, data, "title", rules.LONGEST_TITLE),
        kind=ConferenceKind(reader.choice(data.get("kind"), "$.kind", list(ConferenceKind), ConferenceKind.INVESTMENT)),
        purpose=both_of_lines(reader, data, "purpose"),
        timezone=reader.zone(data.get("timezone") or "", "$.timezone"),
        starts_on=first,
        ends_on=last,
        travel_minutes=whole(reader, data.get("travel_minutes"), "$.travel_minutes", most=rules.MOST_TRAVEL),
        partners=tuple(name for name, _ in partners),
        partner_contacts=tuple(contact for _, contact in partners) if any(each.email for _, each in partners) else (),
        travel=tuple(
            Travel(pair, whole(reader, data.get(name), f"$.{name}", most=rules.MOST_TRAVEL))
            for pair in combinations(halls, 2)
            if str(data.get(name := f"travel:{pair[0]}:{pair[1]}") or "").strip()
        ),
    )
    finish(reader)
    return facts


def _days(reader: Reader, data: Mapping[str, Any]) -> tuple[date, date]:
    first = reader.day(data.get("starts_on") or "", "$.starts_on")
    last = reader.day(data.get("ends_on") or "", "$.ends_on") if data.get("ends_on") else first
    check_days(reader, first, last)
    return first, last


def read_first_day(data: Mapping[str, Any]) -> date:
    """On which day a conference is to begin: `first_day` (YYYY-MM-DD). Raises Invalid."""
    reader = Reader()
    day = reader.day(data.get("first_day") or "", "$.first_day")
    finish(reader)
    return day


def read_accepted(data: Mapping[str, Any]) -> int:
    """With how many clashes somebody wants to publish all the same: `clashes`; nothing or no number is none."""
    given = data.get("clashes", 0)
    return int(given) if str(given).isascii() and str(given).isdigit() and len(str(given)) < 6 else 0


def check_days(reader: Reader, first: date, last: date) -> None:
    """That the days are in our years, in their order and not too many."""
    if first.year not in YEARS:
        reader.problem("$.starts_on", "bad_date", value=first.isoformat())
    elif last < first:
        reader.problem("$.ends_on", "ends_before_start")
    elif (last - first).days >= rules.MOST_DAYS:
        reader.problem("$.ends_on", "too_many_days", most=rules.MOST_DAYS)


def whole(reader: Reader, value: object, path: str, *, most: int) -> int:
    """A whole number from 0 to `most`, as digits or as a number; nothing is 0."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return 0
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if re.fullmatch(r"[0-9]{1,9}", text) and int(text) <= most:
        return int(text)
    reader.problem(path, "bad_number", value=str(value)[:40], most=most)
    return 0


def lines(reader: Reader, data: Mapping[str, Any], name: str, most: int) -> list[str]:
    """What stands in a field that has one entry a line."""
    text = reader.text(data.get(name), f"$.{name}", limit=20_000, required=False, lines=True)
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) > most:
        reader.problem(f"$.{name}", "too_many", most=most, count=len(found))
    return found[:most]


def _paired(reader: Reader, line: str, path: str) -> Texts:
    """`中文 | English`, the second of which may be left out."""
    chinese, _, english = (part.strip() for part in line.partition("|"))
    texts = {"zh-CN": reader.name(chinese, path, limit=rules.LONGEST_NAME)}
    if english:
        texts["en"] = reader.name(english, path, limit=rules.LONGEST_NAME)
    return texts


def _partner(reader: Reader, line: str, path: str) -> tuple[Texts, Contact]:
    """`中文 | English | address | language`, of which all but the first may be left out."""
    parts = [part.strip() for part in line.split("|", 3)] + [""] * 3
    contact = _contact(reader, parts[2], parts[3] or LOCALES[0], path, path)
    return _paired(reader, " | ".join(filter(None, parts[:2])) or line, path), contact


def read_venue(data: Mapping[str, Any], key: str, known: Known) -> VenuePlan:
    """A venue: `kind`, `name`, `city`, `address` (each with `_en`), `timezone`, `stage`, `doors` (one a line:
    `中文 | English`), `feeds` (one a line: `title | hls, frame or link | address`), and `places_<audience>` for the
    number of places of each audience. Raises Invalid."""
    reader = Reader()
    kind = VenueKind(reader.choice(data.get("kind"), "$.kind", list(VenueKind), VenueKind.ONSITE))
    onsite = kind is VenueKind.ONSITE
    plan = VenuePlan(
        key=key,
        kind=kind,
        name=both(reader, data, "name", rules.LONGEST_NAME),
        city=both(reader, data, "city", rules.LONGEST_CITY, required=onsite) if onsite else {},
        address=both(reader, data, "address", rules.LONGEST_ADDRESS, required=False) if onsite else {},
        timezone=reader.zone(data.get("timezone") or "", "$.timezone"),
        stage=reader.name(data.get("stage"), "$.stage", limit=rules.LONGEST_NAME, required=False) if onsite else "",
        doors=_doors(reader, data) if onsite else (),
        feeds=_feeds(reader, data) if not onsite else (),
        places={
            each: whole(reader, data.get(f"places_{each}"), f"$.places_{each}", most=rules.MOST_PLACES)
            for each in known.audiences
        },
    )
    finish(reader)
    return plan


def _doors(reader: Reader, data: Mapping[str, Any]) -> tuple[Door, ...]:
    """Without keys: `rules.keep_doors` finds which of them were there before."""
    found = enumerate(lines(reader, data, "doors", rules.MOST_DOORS))
    return tuple(Door("", _paired(reader, line, f"$.doors[{number}]")) for number, line in found)


def _feeds(reader: Reader, data: Mapping[str, Any]) -> tuple[Feed, ...]:
    found = []
    for number, line in enumerate(lines(reader, data, "feeds", rules.MOST_FEEDS)):
        path, parts = f"$.feeds[{number}]", [part.strip() for part in line.split("|")]
        if len(parts) != 3:
            reader.problem(path, "bad_feed")
            continue
        kind = FeedKind(reader.choice(parts[1].lower(), path, list(FeedKind), FeedKind.LINK))
        title = reader.name(parts[0], path, limit=rules.LONGEST_NAME)
        found.append(Feed(title, kind, url(reader, parts[2], path)))
    return tuple(found)


def url(reader: Reader, value: object, path: str) -> str:
    """An address that begins with https:// or http://."""
    text = reader.text(value, path, limit=rules.LONGEST_URL)
    if text and not rules.is_url(text):
        reader.problem(path, "bad_url", value=text[:80])
    return text


def read_audience(data: Mapping[str, Any], key: str, known: Known) -> AudiencePlan:  # noqa: ARG001
    """A kind of people: `name`, `name_en`, `needs_approval` (yes). Raises Invalid."""
    reader = Reader()
    name = both(reader, data, "name", rules.LONGEST_NAME)
    finish(reader)
    return AudiencePlan(key, name, needs_approval=data.get("needs_approval") in ("yes", True))


def read_speaker(data: Mapping[str, Any], key: str, known: Known) -> SpeakerPlan:  # noqa: ARG001
    """A speaker: `name`, `title`, `organisation`, each with `_en`; `email` and `locale` (zh-CN, en) for who is told of
    changes. Raises Invalid."""
    reader = Reader()
    plan = SpeakerPlan(
        key,
        name=both(reader, data, "name", rules.LONGEST_NAME),
        title=both(reader, data, "title", rules.LONGEST_NAME, required=False),
        organisation=both(reader, data, "organisation", rules.LONGEST_NAME, required=False),
        contact=_contact(reader, data.get("email"), data.get("locale") or LOCALES[0], "$.email", "$.locale"),
    )
    finish(reader)
    return plan


def _contact(reader: Reader, email: object, locale: object, email_path: str, locale_path: str) -> Contact:
    return Contact(
        reader.email(email, email_path) if email else "",
        reader.choice(locale, locale_path, LOCALES, LOCALES[0]),
    )


@dataclass(frozen=True)
class Duties:
    """Whom a form gives, or takes, which duty."""

    account_id: str
    membership: Membership


def read_duty(data: Mapping[str, Any]) -> Duties:
    """`account`, `duty` (`lead`, `venue:<id>` or `clerk:<id of a door>`); raises Invalid."""
    reader = Reader()
    account = reader.text(data.get("account"), "$.account", limit=40)
    word, _, where = str(data.get("duty") or "").partition(":")
    known = {Duty.LEAD: not where, Duty.VENUE: bool(where), Duty.CLERK: bool(where)}
    if not known.get(word):  # type: ignore[call-overload]
        reader.problem("$.duty", "unknown_choice")
    finish(reader)
    duty = Duty(word)
    place = {Duty.VENUE: {"venue_id": where}, Duty.CLERK: {"door_id": where}}.get(duty, {})
    return Duties(account, Membership(duty, **place))


def read_key(data: Mapping[str, Any]) -> str:
    """The key by which something new is known, so that a form sent twice adds one thing; raises Invalid."""
    reader = Reader()
    key = reader.key(data.get("key") or "", "$.key", set())
    finish(reader)
    return key


def read_reason(data: Mapping[str, Any]) -> str:
    """Why a conference is called off: 1 to 500 characters; raises Invalid."""
    reader = Reader()
    reason = reader.text(data.get("reason"), "$.reason", limit=500, lines=True)
    finish(reader)
    return reason


def read_page(args: Mapping[str, str]) -> int:
    """From `?page=2`; what is no page number is page 1."""
    page = args.get("page", "1")
    return int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1


@cache
def zone_names() -> tuple[str, ...]:
    """The IANA zones that people choose from: those of places, in order."""
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix")))
    )
