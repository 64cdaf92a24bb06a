"""The figures of a conference, reckoned from what the other features keep; the same records give the same figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core import clock, outbox
from core.values import Texts
from events.attendance import attended_service as attendance
from events.attendance import queries as certificates
from events.attendance.attended_service import Attended, ItemCount, Standing
from events.checkin import passage_queries
from events.checkin import queries as doors
from events.conferences.queries import ConferenceView
from events.registration import invitation_queries
from events.registration import queries as registrations
from events.registration.queries import RegistrationView
from events.surveys import queries as surveys
from events.surveys import survey_service
from events.surveys.queries import SurveyView
from events.surveys.survey_service import Results

_EVERYBODY = 10_000_000
_STEPS = tuple(timedelta(minutes=each) for each in (5, 10, 15, 30, 60, 120, 240))
MOST_COLUMNS = 24
STATES = ("confirmed", "waitlisted", "pending", "rejected", "withdrawn")
UNDO, WALK_IN = "undo", "walk-in"


@dataclass(frozen=True)
class Line:
    """One venue, one audience, or all: how many people there are of each sort. Who registered is in one of STATES."""

    invited: int
    registered: int
    states: Counter[str]
    came: int
    hall: int
    online: int
    present: int


@dataclass(frozen=True)
class KindLine:
    """One kind of company; people are those with a live registration."""

    industry: Texts
    companies: int
    came_companies: int
    people: int
    came: int


@dataclass(frozen=True)
class Arrivals:
    """First arrivals of one day: `counts[n][venue]` came from `begins` + n × `step` on."""

    begins: datetime
    step: timedelta
    counts: tuple[Counter[str], ...]


@dataclass(frozen=True)
class DoorLine:
    """One door: who went through, who was sent away, and scans that took another back."""

    door_id: str
    venue_id: str
    entries: int
    exits: int
    refused: int
    undone: int
    walk_ins: int
    clock_off: int


@dataclass(frozen=True)
class Figures:
    """Everything that a report says."""

    at: datetime
    whole: Line
    venues: dict[str, Line]
    audiences: dict[str, Line]
    kinds: tuple[KindLine, ...]
    arrivals: tuple[Arrivals, ...]
    items: tuple[ItemCount, ...]
    doors: tuple[DoorLine, ...]
    scans: int
    doubles: int
    certificates: int
    mails: Counter[tuple[str, str]] = field(default_factory=Counter)
    surveys: tuple[tuple[SurveyView, Results], ...] = ()


def reckon(conference: ConferenceView) -> Figures:
    """As things stand now."""
    people = registrations.list_registrations(conference.id, limit=_EVERYBODY)
    attended = attendance.reckon(conference)
    invited = _invited(conference)
    zones = {door.id: venue.timezone for venue in conference.venues for door in venue.doors}

    def line(venue_id: str = "", audience_id: str = "") -> Line:
        def belongs(venue: str | None, audience: str | None) -> bool:
            return venue_id in ("", venue) and audience_id in ("", audience)

        return _line(
            [each for each in people if belongs(each.venue_id, each.audience_id)],
            [each for each in attended if belongs(each.person.venue_id, each.person.audience_id)],
            sum(count for (venue, audience), count in invited.items() if belongs(venue, audience)),
        )

    return Figures(
        at=clock.now().replace(second=0, microsecond=0),
        whole=line(),
        venues={each.id: line(venue_id=each.id) for each in conference.venues},
        audiences={each.id: line(audience_id=each.id) for each in conference.audiences},
        kinds=tuple(_kinds(conference, people, attended)),
        arrivals=tuple(_arrivals(conference, attended)),
        items=tuple(attendance.count_items(conference, attended)),
        doors=tuple(_doors(conference)),
        scans=doors.count_scans(conference.id),
        doubles=len(doors.list_doubles(conference.id, zones)),
        certificates=len(certificates.list_certified(conference.id)),
        mails=outbox.count_ends(conference.id),
        surveys=tuple(
            (each, survey_service.count(each)) for each in surveys.list_surveys(conference.id) if each.times.opened_at
        ),
    )


def _invited(conference: ConferenceView) -> Counter[tuple[str | None, str | None]]:
    """Whom an invitation was sent to, by (venue, audience) as their list names them."""
    rows = (
        row
        for each in invitation_queries.list_lists(conference.id)
        for row in invitation_queries.list_rows(each.id)
        if str(row.state) in ("sent", "declined")
    )
    return Counter((row.venue_id, row.audience_id) for row in rows)


def _line(people: Sequence[RegistrationView], attended: Sequence[Attended], invited: int) -> Line:
    return Line(
        invited=invited,
        registered=len(people),
        states=Counter(str(each.state) for each in people),
        came=sum(each.came for each in attended),
        hall=sum(bool(each.stays) for each in attended),
        online=sum(bool(each.online) for each in attended),
        present=sum(each.presence.standing is Standing.PRESENT for each in attended),
    )


def _kinds(
    conference: ConferenceView, people: Sequence[RegistrationView], attended: Sequence[Attended]
) -> Iterable[KindLine]:
    """By the industry of companies, in the order of their names in Chinese; those without one last."""
    came = {each.person.id for each in attended if each.came}
    theirs: dict[str, list[str]] = {}
    for each in people:
        if each.company_id and each.is_live:
            theirs.setdefault(each.company_id, []).append(each.id)
    by_kind: dict[str, tuple[Texts, list[list[str]]]] = {}
    for company in registrations.list_companies(conference.id):
        key = company.industry.get("zh-CN") or company.industry.get("en") or ""
        by_kind.setdefault(key, (company.industry, []))[1].append(theirs.get(company.id, []))
    for key in sorted(by_kind, key=lambda each: (not each, each)):
        industry, lists = by_kind[key]
        yield KindLine(
            industry=industry,
            companies=len(lists),
            came_companies=sum(any(one in came for one in each) for each in lists),
            people=sum(map(len, lists)),
            came=sum(one in came for each in lists for one in each),
        )


def _arrivals(conference: ConferenceView, attended: Sequence[Attended]) -> Iterable[Arrivals]:
    """Of each day in the conference's zone, the first time that each person was seen in a hall or online."""
    zone = ZoneInfo(conference.timezone)
    first: dict[tuple[object, str], tuple[datetime, str]] = {}
    for each in attended:
        seen = [(stay.span.begins, stay.venue_id) for stay in each.stays]
        seen += [(span.begins, each.person.venue_id) for span in each.online]
        for at, venue_id in sorted(seen):
            first.setdefault((at.astimezone(zone).date(), each.person.id), (at, venue_id))
    for day in sorted({day for day, _ in first}, key=str):
        found = sorted(value for (on, _), value in first.items() if on == day)
        yield _binned(found)


def _binned(found: Sequence[tuple[datetime, str]]) -> Arrivals:
    earliest, latest = found[0][0], found[-1][0]
    step = next((each for each in _STEPS if (latest - _floor(earliest, each)) < each * MOST_COLUMNS), _STEPS[-1])
    begins = _floor(earliest, step)
    counts = [Counter[str]() for _ in range((latest - begins) // step + 1)]
    for at, venue_id in found:
        counts[(at - begins) // step][venue_id] += 1
    return Arrivals(begins, step, tuple(counts))


def _floor(at: datetime, step: timedelta) -> datetime:
    return at - timedelta(seconds=at.timestamp() % step.total_seconds())


def _doors(conference: ConferenceView) -> Iterable[DoorLine]:
    """Every door, in the order of venues and doors."""
    counts: dict[str, Counter[str]] = {door.id: Counter() for venue in conference.venues for door in venue.doors}
    for scan in passage_queries.list_scans(conference.id):
        seen = counts.setdefault(scan.door_id, Counter())
        if str(scan.kind) == UNDO:
            seen["undone"] += 1
        elif scan.passed:
            seen["entries" if str(scan.direction) == "in" else "exits"] += 1
        else:
            seen["refused"] += 1
        seen["walk_ins"] += str(scan.kind) == WALK_IN
        seen["clock_off"] += scan.is_clock_off
    for venue in conference.venues:
        for door in venue.doors:
            names = ("entries", "exits", "refused", "undone", "walk_ins", "clock_off")
            yield DoorLine(door.id, venue.id, **{name: counts[door.id][name] for name in names})
