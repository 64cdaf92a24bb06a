"""Rules to begin with, by the kind of conference, with words that can be changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core import i18n
from core.i18n import t
from core.values import Texts
from events.conferences.queries import ConferenceView
from events.reminders.rules import MINUTES, PLACEHOLDERS, Anchor, Rule, Scope, Timing, Unit

_WEEK, _DAY, _HOUR = 7 * MINUTES[Unit.DAYS], MINUTES[Unit.DAYS], MINUTES[Unit.HOURS]
# Who comes from far wants to know a week before.
_TOLD_EARLY = frozenset({"investment", "launch", "signing"})


@dataclass(frozen=True)
class Suggestion:
    """A rule that is offered; `name` tells it from the others."""

    name: str
    rule: Rule


def suggest(conference: ConferenceView) -> list[Suggestion]:
    """For the venues that there are: a week before for some kinds, a day before with what this kind is like, and at
    last two hours before in halls and one hour before online."""
    kinds = {each.is_online for each in conference.venues}
    return [each for each in _all(str(conference.kind)) if (each.rule.scope is Scope.ONLINE) in kinds]


def _all(kind: str) -> Iterator[Suggestion]:
    if kind in _TOLD_EARLY:
        yield _made("hall-week", Scope.HALLS, _WEEK, "week", "hall-week")
    yield _made("hall-day", Scope.HALLS, _DAY, "day", "hall-day", f"hall-{kind}")
    yield _made("online-day", Scope.ONLINE, _DAY, "day", "online-day", f"online-{kind}")
    yield _made("hall-hour", Scope.HALLS, 2 * _HOUR, "hours", "hall-hours")
    yield _made("online-hour", Scope.ONLINE, _HOUR, "hour", "online-hour")


def _made(name: str, scope: Scope, minutes: int, subject: str, *words: str) -> Suggestion:
    timing = Timing(Anchor.VENUE, minutes)
    told = _texts("\n", *(f"reminder-words-{each}" for each in words))
    return Suggestion(name, Rule(timing, scope, subject=_texts("", f"reminder-subject-{subject}"), words=told))


def _texts(between: str, *message_ids: str) -> Texts:
    """In both languages, with the placeholders as an organiser writes them."""
    found = {}
    for locale in i18n.LOCALES:
        with i18n.use_locale(locale):
            marks = {name: "{" + name + "}" for name in PLACEHOLDERS}
            found[locale] = between.join(t(each, **marks) for each in message_ids)
    return found
