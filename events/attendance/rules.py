"""Attendance: from what doors and screens saw to stays, minutes and a share of the agenda; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from core.errors import Conflict

CONFIRMED = "confirmed"  # the state of a registration that has a place
THRESHOLD = 50  # percent of the agenda, where nobody has set another number
MOST_SHOWN = 100  # people on one page
LONGEST_SEARCH = 120
# A gala that ends after midnight belongs to the evening before; doors count their days alike.
_DAY_BEGINS = time(4)
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


class Standing(StrEnum):
    """How much of the agenda somebody was there for."""

    PRESENT = "present"  # as much as the organiser asks for
    PARTLY = "partly"
    ABSENT = "absent"


class Ending(StrEnum):
    """How a stay ended."""

    SCANNED = "scanned"
    ELSEWHERE = "elsewhere"  # they came into another hall
    CLOSED = "closed"  # nobody scanned them out: the day's last item ended, or all doors were closed
    GOES_ON = "goes_on"


# Crockford's base 32: no I, L, O, which are read as 1 and 0, and no U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans("ILO", "110", " -\u2010\u2011\u2012\u2013\u2212\uff0d")
CODE_BITS = 60  # nobody finds a certificate by guessing, however many there are
_CODE_LENGTH = CODE_BITS // 5
LONGEST_REASON = 200


class Part(StrEnum):
    """The sheets of an export."""

    REGISTRATIONS = "registrations"
    COMPANIES = "companies"
    ATTENDANCE = "attendance"
    SCANS = "scans"
    PRINTS = "prints"
    INVITATIONS = "invitations"
    REMINDERS = "reminders"
    SURVEYS = "surveys"


@dataclass(frozen=True, order=True)
class Span:
    """From an instant to another, the end not included."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Pass:
    """One scan by which somebody went through, or (`undoes`) one that takes another back by its nonce."""

    nonce: str
    venue_id: str
    door_id: str
    is_entry: bool
    at: datetime
    is_clock_off: bool = False
    undoes: str = ""


@dataclass(frozen=True)
class Stay:
    """Somebody in one hall; `is_doubtful`: the clock of a phone that scanned it was off."""

    venue_id: str
    door_id: str
    span: Span
    ending: Ending
    is_doubtful: bool


@dataclass(frozen=True)
class Agenda:
    """What happens in one venue; `closed_at`: when the last of its doors was closed, None while one is open."""

    zone: tzinfo
    items: tuple[Span, ...]
    closed_at: datetime | None = None

    def day(self, at: datetime) -> Span:
        """The day of an instant, from four in the morning to four in the morning."""
        local = at.astimezone(self.zone)
        day = local.date() if local.time() >= _DAY_BEGINS else local.date() - timedelta(days=1)
        days = (day, day + timedelta(days=1))
        return Span(*(datetime.combine(each, _DAY_BEGINS, tzinfo=self.zone).astimezone(UTC) for each in days))

    def closes(self, entry: datetime) -> datetime:
        """Until when somebody counts who came in then and never scanned out; never before they came."""
        day = self.day(entry)
        of_day = (each.ends for each in self.items if each.begins < day.ends and each.ends > day.begins)
        last = max(of_day, default=entry)
        if self.closed_at is not None and self.closed_at > entry:
            last = min(last, self.closed_at)
        return max(entry, last)


@dataclass(frozen=True)
class Presence:
    """What somebody's stays and online time come to; `share` of the agenda in percent, None where there is none."""

    minutes: int
    of_minutes: int
    share: int | None
    standing: Standing


@dataclass(frozen=True)
class Filter:
    """Who is listed: a standing, a venue and an audience (ids), each empty for all; `text` stands in a name."""

    standing: str = ""
    venue: str = ""
    audience: str = ""
    text: str = ""


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time without overlaps, in order; what touches becomes one, what has no length is left out."""
    found: list[Span] = []
    for each in sorted(spans):
        if each.ends <= each.begins:
            continue
        if found and each.begins <= found[-1].ends:
            found[-1] = replace(found[-1], ends=max(found[-1].ends, each.ends))
        else:
            found.append(each)
    return tuple(found)


def common(some: Sequence[Span], others: Sequence[Span]) -> tuple[Span, ...]:
    """The time that is in both; each may overlap itself."""
    ours, theirs = merged(some), merged(others)
    pairs = (Span(max(a.begins, b.begins), min(a.ends, b.ends)) for a in ours for b in theirs)
    return tuple(each for each in pairs if each.begins < each.ends)


def minutes(spans: Iterable[Span]) -> int:
    """Whole minutes of all together, nothing counted twice."""
    return sum((each.ends - each.begins for each in merged(spans)), timedelta()) // _MINUTE


def until(spans: Iterable[Span], now: datetime) -> tuple[Span, ...]:
    """What of it has passed."""
    return tuple(Span(each.begins, min(each.ends, now)) for each in spans if each.begins < now)


def stays(passes: Iterable[Pass], agendas: Mapping[str, Agenda], now: datetime) -> list[Stay]:
    """One person's stays in halls, in order, from their scans in any order; `agendas` by venue.

    An entry while they are in counts from the first one, an exit without an entry says nothing.
    """
    every = list(passes)
    undone = {each.undoes for each in every if each.undoes}
    real = [each for each in every if not each.undoes and each.nonce not in undone]
    found: list[Stay] = []
    entry: Pass | None = None
    for each in sorted(real, key=lambda one: (one.at, one.nonce)):
        # Who did not scan out yesterday has gone home all the same.
        if entry is not None and each.at >= agendas[entry.venue_id].day(entry.at).ends:
            found.append(_left_open(entry, agendas[entry.venue_id], now))
            entry = None
        if each.is_entry:
            if entry is not None and entry.venue_id != each.venue_id:
                found.append(_ended(entry, each, Ending.ELSEWHERE))
                entry = None
            entry = entry or each
        elif entry is not None and each.venue_id == entry.venue_id:
            found.append(_ended(entry, each, Ending.SCANNED))
            entry = None
    if entry is not None:
        found.append(_left_open(entry, agendas[entry.venue_id], now))
    return found


def _ended(entry: Pass, by: Pass, ending: Ending) -> Stay:
    doubtful = entry.is_clock_off or by.is_clock_off
    return Stay(entry.venue_id, entry.door_id, Span(entry.at, by.at), ending, doubtful)


def _left_open(entry: Pass, agenda: Agenda, now: datetime) -> Stay:
    closes = agenda.closes(entry.at)
    ending = Ending.GOES_ON if now < closes else Ending.CLOSED
    # A clock that was put right to a little after now must not turn a span round.
    span = Span(entry.at, max(entry.at, min(closes, now)))
    return Stay(entry.venue_id, entry.door_id, span, ending, entry.is_clock_off)


def hour_of(at: datetime) -> tuple[datetime, int]:
    """The hour of an instant, and its minute as one of sixty bits."""
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour, 1 << ((at - hour) // _MINUTE)


def online(hours: Iterable[tuple[datetime, int]]) -> tuple[Span, ...]:
    """The time that was marked as `hour_of` marks it; what several screens marked at once is in it once."""
    return merged(each for hour, marks in hours for each in _marked(hour, marks))


def _marked(hour: datetime, marks: int) -> Iterator[Span]:
    for minute in range(_HOUR // _MINUTE):
        if marks >> minute & 1:
            begins = hour + minute * _MINUTE
            yield Span(begins, begins + _MINUTE)


def presence(spans: Sequence[Span], agenda: Sequence[Span], *, threshold: int, now: datetime) -> Presence:
    """How much of an agenda somebody was there for, of what has passed by now; `threshold` in percent.

    Who came to a venue in which nothing is planned was there.
    """
    passed = merged(until(agenda, now))
    there, whole = minutes(common(spans, passed)), minutes(passed)
    came = bool(spans)
    if not whole:
        share, standing = (
            None,
            Standing.PRESENT if came and not agenda else Standing.PARTLY if came else Standing.ABSENT,
        )
        return Presence(there, whole, share, standing)
    if there and there * 100 >= threshold * whole:
        standing = Standing.PRESENT
    else:
        standing = Standing.PARTLY if came else Standing.ABSENT
    return Presence(there, whole, there * 100 // whole, standing)


def code_of(number: int) -> str:
    """`K7M2Q9RT4XAB` from CODE_BITS bits: what stands on a certificate, as it is kept."""
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CODE_LENGTH)))


def grouped(code: str) -> str:
    """`K7M2-Q9RT-4XAB`, to be read aloud and typed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def clean_code(text: str) -> str:
    """A code as somebody typed it, as it is kept; empty for what is none."""
    typed = text.upper().translate(_ALIKE)
    return typed if len(typed) == _CODE_LENGTH and set(typed) <= set(_ALPHABET) else ""


def ends(agendas: Iterable[Agenda]) -> datetime | None:
    """When the last item of all venues is over; None where nothing is planned."""
    return max((item.ends for agenda in agendas for item in agenda.items), default=None)


def check_certified(standing: Standing, *, over: bool) -> None:
    """Whether attendance is certified: after the end, of who was present. Raises Conflict `conference_not_over`,
    `not_present`."""
    if not over:
        raise Conflict("conference_not_over")
    if standing is not Standing.PRESENT:
        raise Conflict("not_present")
