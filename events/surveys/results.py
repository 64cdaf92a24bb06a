"""What people answered, counted: for each question its bars, its figures and its words; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from core import i18n
from events.registration.asking_service import RATINGS, Question, QuestionKind
from events.surveys import queries, rules
from events.surveys.queries import AnswerView, Group, SurveyView

MOST_BINS = 8
_FREE = frozenset({QuestionKind.TEXT, QuestionKind.LONG})
ASKED_KINDS = (
    QuestionKind.RATING,
    QuestionKind.CHOICE,
    QuestionKind.SEVERAL,
    QuestionKind.NUMBER,
    QuestionKind.TEXT,
    QuestionKind.LONG,
)


@dataclass(frozen=True)
class Bar:
    """One answer, how many gave it, and what share of those who answered that is, in percent (rounded half up)."""

    label: str
    count: int
    percent: int


@dataclass(frozen=True)
class Figures:
    """What numbers come to, each with at most one decimal."""

    mean: str
    median: str
    lowest: str
    highest: str


@dataclass(frozen=True)
class Result:
    """What was answered to one question; `is_hidden`: by too few who could be recognised, and nothing is given."""

    question: Question
    answered: int
    bars: tuple[Bar, ...] = ()
    figures: Figures | None = None
    texts: tuple[str, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True)
class Slice:
    """One venue or one audience: how many were asked and answered; None where it is too small to be told."""

    id: str
    asked: int
    answered: int | None
    rate: int | None


@dataclass(frozen=True)
class Results:
    """A survey, counted. `is_hidden`: fewer answers in all than an anonymous survey shows."""

    asked: int
    answered: int
    rate: int | None
    is_hidden: bool
    venues: tuple[Slice, ...]
    audiences: tuple[Slice, ...]
    questions: tuple[Result, ...]


def percent(part: int, whole: int) -> int:
    """Rounded half up."""
    return (200 * part + whole) // (2 * whole) if whole else 0


def count(found: SurveyView, *, venue_id: str = "", audience_id: str = "") -> Results:
    """Everything that was answered so far, or by a venue or an audience that may be shown on its own; any other counts
    as not said."""
    asked, answers = queries.count_asked(found.id), queries.list_answers(found.id)
    anonymous = found.facts.anonymous
    given = Counter(each.group for each in answers)
    venues = _slices(asked, given, "venue_id", anonymous=anonymous)
    audiences = _slices(asked, given, "audience_id", anonymous=anonymous)
    shown = {each.id for each in (*venues, *audiences) if each.answered is not None}
    venue_id, audience_id = (each if each in shown else "" for each in (venue_id, audience_id))
    # One cut at a time: two together would make groups that nobody has looked at.
    audience_id = "" if venue_id else audience_id
    chosen = [each for each in answers if _is_in(each.group, venue_id, audience_id)]
    asked_here = sum(number for group, number in asked.items() if _is_in(group, venue_id, audience_id))
    is_hidden = anonymous and len(answers) < rules.SMALLEST_GROUP
    return Results(
        asked=asked_here,
        answered=len(chosen),
        rate=percent(len(chosen), asked_here) if asked_here else None,
        is_hidden=is_hidden,
        venues=venues,
        audiences=audiences,
        questions=() if is_hidden else tuple(_result(each, chosen, anonymous) for each in found.questions),
    )


def _is_in(group: Group, venue_id: str, audience_id: str) -> bool:
    return venue_id in ("", group.venue_id) and audience_id in ("", group.audience_id)


def _slices(
    asked: Mapping[Group, int], given: Mapping[Group, int], field: str, *, anonymous: bool
) -> tuple[Slice, ...]:
    """In the order of ids; whoever shows them orders them as the conference has them."""
    totals: Counter[str] = Counter()
    answered: Counter[str] = Counter()
    for group, number in asked.items():
        totals[getattr(group, field)] += number
    for group, number in given.items():
        answered[getattr(group, field)] += number
    hidden = rules.hidden_groups({key: answered[key] for key in totals}, anonymous=anonymous)
    return tuple(
        Slice(key, total, None, None)
        if key in hidden
        else Slice(key, total, answered[key], percent(answered[key], total))
        for key, total in sorted(totals.items())
    )


def _result(question: Question, answers: Sequence[AnswerView], anonymous: bool) -> Result:
    given = [each.answers[question.key] for each in answers if question.key in each.answers]
    # Asked of some alone, it says who they are as a group does.
    narrow = bool(question.audiences or question.condition)
    if anonymous and narrow and len(given) < rules.SMALLEST_GROUP:
        return Result(question, len(given), is_hidden=True)
    if question.kind in _FREE:
        texts = [str(each) for each in given]
        return Result(question, len(given), texts=tuple(sorted(texts) if anonymous else texts))
    if question.kind is QuestionKind.NUMBER:
        numbers = sorted(Decimal(each) for each in given)
        return Result(question, len(given), _bins(numbers), _figures(numbers))
    if question.kind is QuestionKind.RATING:
        counts = Counter(str(each) for each in given)
        bars = tuple(_bar(each, counts[each], len(given)) for each in reversed(RATINGS))
        return Result(question, len(given), bars, _figures(sorted(Decimal(each) for each in given)))
    return Result(question, len(given), _choices(question, given))


def _choices(question: Question, given: Sequence[Any]) -> tuple[Bar, ...]:
    """A bar for each choice, and one for all that are called the same: who took it twice took it once."""
    keys: dict[str, set[str]] = {}
    for each in question.choices:
        keys.setdefault(i18n.pick(each.label), set()).add(each.key)
    taken = [set(each) if isinstance(each, list) else {each} for each in given]
    return tuple(_bar(label, sum(bool(each & named) for each in taken), len(given)) for label, named in keys.items())


def _bar(label: str, number: int, whole: int) -> Bar:
    return Bar(label, number, percent(number, whole))


def _figures(numbers: Sequence[Decimal]) -> Figures | None:
    if not numbers:
        return None
    mean = sum(numbers, Decimal(0)) / len(numbers)
    return Figures(*(_plain(each) for each in (mean, Decimal(median(numbers)), numbers[0], numbers[-1])))


def _plain(number: Decimal) -> str:
    rounded = number.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{rounded.to_integral_value() if rounded == rounded.to_integral_value() else rounded:f}"


def _bins(numbers: Sequence[Decimal]) -> tuple[Bar, ...]:
    """A bar for each number where they are few, else for steps of one width."""
    distinct = sorted(set(numbers))
    if len(distinct) <= MOST_BINS:
        return tuple(_bar(f"{each.normalize():f}", numbers.count(each), len(numbers)) for each in distinct)
    low, wide = distinct[0], (distinct[-1] - distinct[0]) / MOST_BINS
    counts = Counter(min(int((each - low) / wide), MOST_BINS - 1) for each in numbers)
    return tuple(
        _bar(f"{_plain(low + wide * at)} – {_plain(low + wide * (at + 1))}", counts[at], len(numbers))
        for at in range(MOST_BINS)
    )
