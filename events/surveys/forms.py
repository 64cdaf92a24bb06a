"""What the pages of surveys send."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.errors import Invalid
from core.reader import Reader
from events.registration.asking_service import Question
from events.surveys import rules
from events.surveys.rules import MINUTES, Facts, Reach


def read_facts(data: Mapping[str, Any], *, venues: Collection[str], audiences: Collection[str]) -> Facts:
    """`title`, `intro` (each with `_en`), `anonymous` (yes or no), `reach`, `venues` and `audiences` (lists of ids,
    none for all), `amount` and `unit` after the end, `days_open`. Raises Invalid."""
    reader = Reader()
    facts = Facts(
        title=reader.both(data, "title", limit=rules.LONGEST_TITLE),
        intro=reader.both(data, "intro", limit=rules.LONGEST_INTRO, lines=True),
        anonymous=reader.choice(data.get("anonymous"), "$.anonymous", ["yes", "no"], "yes") == "yes",
        reach=Reach(reader.choice(data.get("reach"), "$.reach", list(Reach), Reach.CAME)),
        venues=_known(reader, data.get("venues"), "venues", venues),
        audiences=_known(reader, data.get("audiences"), "audiences", audiences),
        delay=_delay(reader, data),
        days_open=_whole(reader, data, "days_open", least=1, most=rules.MOST_DAYS_OPEN, code="survey_bad_days"),
    )
    for name, texts in (("title", facts.title), ("intro", facts.intro)):
        lacking = [each for each in ("zh-CN", "en") if each not in texts]
        for each in lacking if name == "title" or len(lacking) == 1 else ():
            reader.problem(f"$.{name}{'_en' if each == 'en' else ''}", "label_missing", language=each)
    if reader.problems:
        raise Invalid(reader.problems)
    return facts


def _known(reader: Reader, given: object, name: str, known: Collection[str]) -> tuple[str, ...]:
    """Those that were chosen, in the order in which they are known; all of them stand for none."""
    chosen = {str(each)[:60] for each in given} if isinstance(given, Sequence) and not isinstance(given, str) else set()
    for each in sorted(chosen - set(known)):
        reader.problem(f"$.{name}", "not_an_option", value=each, known=str(len(known)))
    return tuple(each for each in known if each in chosen)


def _delay(reader: Reader, data: Mapping[str, Any]) -> int:
    unit = reader.choice(data.get("unit"), "$.unit", list(MINUTES), "hours")
    most = rules.MOST_DELAY_DAYS * MINUTES["days"] // MINUTES[unit]
    return MINUTES[unit] * _whole(reader, data, "amount", least=0, most=most, code="survey_bad_delay")


def _whole(reader: Reader, data: Mapping[str, Any], name: str, *, least: int, most: int, code: str) -> int:
    text = str(data.get(name) or "").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else -1
    if not least <= number <= most:
        reader.problem(f"$.{name}", code, least=least, most=most)
        return least
    return number


def values_of(facts: Facts) -> dict[str, Any]:
    """What stands in the form of a survey that is there."""
    whole = [each for each, minutes in MINUTES.items() if facts.delay and facts.delay % minutes == 0]
    unit = whole[0] if whole else "hours"
    return {
        **{
            f"{name}{end}": getattr(facts, name).get(language, "")
            for name in ("title", "intro")
            for language, end in (("zh-CN", ""), ("en", "_en"))
        },
        "anonymous": "yes" if facts.anonymous else "no",
        "reach": str(facts.reach),
        "venues": list(facts.venues),
        "audiences": list(facts.audiences),
        "amount": str(facts.delay // MINUTES[unit]),
        "unit": unit,
        "days_open": str(facts.days_open),
    }


def read_typed(form: Any, questions: Sequence[Question]) -> dict[str, list[str]]:
    """What was sent for each question, by its key; `form` of several values a name."""
    return {each.key: [str(value) for value in form.getlist(f"q_{each.key}")] for each in questions}
