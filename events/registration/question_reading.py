"""Questions as their forms send them, for every feature that asks some."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from core.errors import Invalid
from core.reader import Reader
from core.values import Texts
from events.registration import question_rules as rules
from events.registration.question_rules import CHOOSING, FORM_KINDS, Choice, Condition, Question, QuestionKind


def _finish(reader: Reader) -> None:
    if reader.problems:
        raise Invalid(reader.problems)


def read_question(
    data: Mapping[str, Any],
    key: str,
    *,
    audiences: Collection[str],
    before: Sequence[Choice] = (),
    kinds: Sequence[QuestionKind] = FORM_KINDS,
) -> Question:
    """A question: `kind`, `label`, `help` (each with `_en`), `required` (yes), `choices` (one a line:
    `中文 | English`), `audiences` (a list of keys, none for everybody), `condition` (`<question>=<value>`, or nothing).

    `before` are the choices that it had, so that they keep their keys; `kinds` what it may be.
    Raises Invalid.
    """
    reader = Reader()
    kind = QuestionKind(reader.choice(data.get("kind"), "$.kind", kinds, QuestionKind.TEXT))
    label = reader.both(data, "label", limit=rules.LONGEST_LABEL, lines=kind is QuestionKind.CONSENT)
    help_text = reader.both(data, "help", limit=rules.LONGEST_HELP, lines=True)
    chosen = reader.known_keys(data.get("audiences"), "$.audiences", set(audiences), what="audience", least=0)
    labels = _choices(reader, data) if kind in CHOOSING else []
    _finish(reader)
    return Question(
        key=key,
        kind=kind,
        label=label,
        help=help_text,
        required=data.get("required") == "yes",
        choices=rules.keep_choices(before, labels),
        audiences=chosen,
        condition=_condition(str(data.get("condition") or "")),
    )


def _choices(reader: Reader, data: Mapping[str, Any]) -> list[Texts]:
    text = reader.text(data.get("choices"), "$.choices", limit=20_000, required=False, lines=True)
    found = []
    for line in filter(None, (each.strip() for each in text.splitlines())):
        chinese, _, english = (part.strip() for part in line.partition("|"))
        for part in (chinese, english):
            reader.text(part, "$.choices", limit=rules.LONGEST_CHOICE, required=False)
        found.append({name: part for name, part in (("zh-CN", chinese), ("en", english)) if part})
    return found


def _condition(text: str) -> Condition | None:
    question, _, value = text.partition("=")
    return Condition(question, value) if question else None


def values_of(question: Question) -> dict[str, Any]:
    """What stands in the form of a question that is there."""
    condition = question.condition
    return {
        "kind": str(question.kind),
        "label": question.label.get("zh-CN", ""),
        "label_en": question.label.get("en", ""),
        "help": question.help.get("zh-CN", ""),
        "help_en": question.help.get("en", ""),
        "required": "yes" if question.required else "",
        "choices": "\n".join(
            f"{each.label.get('zh-CN', '')} | {each.label.get('en', '')}" for each in question.choices
        ),
        "audiences": list(question.audiences),
        "condition": f"{condition.question}={condition.value}" if condition else "",
    }


def read_key(data: Mapping[str, Any]) -> str:
    """The key by which a new question is known, so that a form sent twice adds one; raises Invalid."""
    reader = Reader()
    key = reader.key(data.get("key") or "", "$.key", set())
    _finish(reader)
    return key
