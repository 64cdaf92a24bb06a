"""Surveys to begin with, in both languages: what is asked after nearly every conference, and what some kinds add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.i18n import in_every_locale
from core.values import Texts
from events.registration.asking_service import Choice, Condition, Question, QuestionKind

_R, _C, _S, _L, _N = (
    QuestionKind.RATING,
    QuestionKind.CHOICE,
    QuestionKind.SEVERAL,
    QuestionKind.LONG,
    QuestionKind.NUMBER,
)
_COMMON = ("overall", "content", "organising", "place", "parts", "again", "improve")
# name → the keys of its questions, in order.
TEMPLATES: dict[str, tuple[str, ...]] = {
    "general": _COMMON,
    "investment": ("overall", "matching", "intention", "sectors", "amount", "contact", "organising", "improve"),
    "training": ("overall", "content", "teacher", "pace", "use", "topics", "improve"),
    "short": ("overall", "improve"),
}
_KINDS: dict[str, QuestionKind] = {
    **dict.fromkeys(("overall", "content", "organising", "place", "matching", "teacher"), _R),
    **dict.fromkeys(("again", "intention", "contact", "pace", "use"), _C),
    **dict.fromkeys(("parts", "sectors"), _S),
    **dict.fromkeys(("improve", "topics"), _L),
    "amount": _N,
}
_CHOICES = {"again": 3, "intention": 3, "contact": 2, "pace": 3, "use": 3, "parts": 5, "sectors": 6}
# Asked only of who sees something in it.
_CONDITIONS = {"amount": Condition("intention", "c1"), "contact": Condition("intention", "c1")}


@dataclass(frozen=True)
class Template:
    """A survey that is offered; `name` tells it from the others."""

    name: str
    title: Texts
    questions: tuple[Question, ...]


def list_templates() -> list[Template]:
    """All that are offered."""
    return [
        Template(name, in_every_locale(f"survey-template-{name}"), _questions(keys)) for name, keys in TEMPLATES.items()
    ]


def _questions(keys: Sequence[str]) -> tuple[Question, ...]:
    return tuple(
        Question(
            key=key,
            kind=_KINDS[key],
            label=in_every_locale(f"survey-q-{key}"),
            help={},
            required=key == "overall",
            choices=tuple(
                Choice(f"c{number}", in_every_locale(f"survey-q-{key}-{number}"))
                for number in range(1, _CHOICES.get(key, 0) + 1)
            ),
            condition=_CONDITIONS.get(key),
        )
        for key in keys
    )
