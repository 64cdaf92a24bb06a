"""What the pages of reminders send."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import time
from typing import Any

from core.errors import Invalid
from core.reader import Reader
from core.values import Texts
from events.reminders import rules
from events.reminders.rules import MINUTES, Anchor, Group, Rule, Scope, Timing, Unit

SHOWN = ("all", "sent", "unsent")


def read_rule(data: Mapping[str, Any], *, venues: Collection[str], audiences: Collection[str]) -> Rule:
    """`anchor`; `amount` and `unit` before a beginning, or `fixed` (`2026-07-01T18:00` by each venue's clocks);
    `scope`, `venues`, `audiences` (lists of ids, none for everybody), `groups`; `subject` and `words`, each with `_en`.

    Raises Invalid.
    """
    reader = Reader()
    anchor = Anchor(reader.choice(data.get("anchor"), "$.anchor", list(Anchor), Anchor.VENUE))
    scope = Scope(reader.choice(data.get("scope"), "$.scope", list(Scope), Scope.ALL))
    timing = _fixed(reader, data) if anchor is Anchor.FIXED else _before(reader, data, anchor)
    rule = Rule(
        timing=timing,
        scope=scope,
        venues=_known(reader, data.get("venues"), "venues", venues) if scope is Scope.CHOSEN else (),
        audiences=_known(reader, data.get("audiences"), "audiences", audiences),
        groups=tuple(Group(each) for each in _known(reader, data.get("groups"), "groups", list(Group))),
        subject=_both(reader, data, "subject", rules.LONGEST_SUBJECT),
        words=_both(reader, data, "words", rules.LONGEST_WORDS, lines=True),
    )
    problems = [*reader.problems, *rules.find_problems(rule, has_online=False)]
    if problems:
        raise Invalid(problems)
    return rule


def _before(reader: Reader, data: Mapping[str, Any], anchor: Anchor) -> Timing:
    unit = Unit(reader.choice(data.get("unit"), "$.unit", list(Unit), Unit.DAYS))
    text = str(data.get("amount") or "").strip()
    amount = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    minutes = amount * MINUTES[unit]
    if not 1 <= minutes <= rules.MOST_DAYS * MINUTES[Unit.DAYS]:
        reader.problem("$.amount", "reminder_bad_amount", most=rules.MOST_DAYS)
    return Timing(anchor, minutes)


def _fixed(reader: Reader, data: Mapping[str, Any]) -> Timing:
    text = str(data.get("fixed") or "").strip()
    day, _, hour = text.partition("T")
    fixed_on = reader.day(day, "$.fixed")
    fixed_time = reader.time_of_day(hour, "$.fixed") if hour else time(0)
    if not hour and not any(each.path == "$.fixed" for each in reader.problems):
        reader.problem("$.fixed", "bad_time", value=text[:40])
    return Timing(Anchor.FIXED, 0, fixed_on, fixed_time)


def _known(reader: Reader, given: object, name: str, known: Collection[str]) -> tuple[str, ...]:
    """Those that were chosen, in the order in which they are known."""
    chosen = {str(each)[:60] for each in given} if isinstance(given, Sequence) and not isinstance(given, str) else set()
    for each in sorted(chosen - set(known)):
        reader.problem(f"$.{name}", "not_an_option", value=each, known=str(len(known)))
    return tuple(each for each in known if each in chosen)


def _both(reader: Reader, data: Mapping[str, Any], name: str, limit: int, *, lines: bool = False) -> Texts:
    told = {"zh-CN": name, "en": f"{name}_en"}
    found = {
        language: reader.text(data.get(field), f"$.{field}", limit=limit, required=False, lines=lines)
        for language, field in told.items()
    }
    return {language: text for language, text in found.items() if text}


def values_of(rule: Rule) -> dict[str, Any]:
    """What stands in the form of a rule that is there."""
    timing = rule.timing
    unit = next(each for each in Unit if timing.minutes % MINUTES[each] == 0)
    fixed = f"{timing.fixed_on}T{timing.fixed_time:%H:%M}" if timing.fixed_on and timing.fixed_time else ""
    return {
        "anchor": str(timing.anchor),
        "amount": str(timing.minutes // MINUTES[unit]) if timing.minutes else "1",
        "unit": str(unit) if timing.minutes else str(Unit.DAYS),
        "fixed": fixed,
        "scope": str(rule.scope),
        "venues": list(rule.venues),
        "audiences": list(rule.audiences),
        "groups": [str(each) for each in rule.groups],
        "subject": rule.subject.get("zh-CN", ""),
        "subject_en": rule.subject.get("en", ""),
        "words": rule.words.get("zh-CN", ""),
        "words_en": rule.words.get("en", ""),
    }


def empty(own: Sequence[str]) -> dict[str, Any]:
    """What stands in the form of a new rule; `own`: the venues of who plans only some."""
    timing = Timing(Anchor.VENUE, MINUTES[Unit.DAYS])
    return values_of(Rule(timing, Scope.CHOSEN if own else Scope.ALL, venues=tuple(own)))


def read_shown(data: Mapping[str, Any]) -> str:
    """Whom a log shows: `all`, `sent`, `unsent`."""
    given = str(data.get("shown") or "")
    return given if given in SHOWN else "all"


def read_page(data: Mapping[str, Any]) -> int:
    """Which page, from 1."""
    text = str(data.get("page") or "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def read_people(data: Mapping[str, Any]) -> int:
    """How many people the page named that was confirmed; -1 where it named none."""
    text = str(data.get("people") or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1
