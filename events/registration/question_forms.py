"""What the form builder's pages send."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Invalid
from core.reader import Reader
from core.values import Texts
from events.registration import question_rules as rules
from events.registration.question_rules import CHOOSING, Choice, Condition, Question, QuestionKind

LONGEST_NOTICE = 2000  # characters
MOST_RETENTION_DAYS = 3650


def _finish(reader: Reader) -> None:
    if reader.problems:
        raise Invalid(reader.problems)


def _both(reader: Reader, data: Mapping[str, Any], name: str, limit: int, *, lines: bool = False) -> Texts:
    """A text from `name` (Chinese) and `<name>_en`; what is missing is told by `question_rules.find_problems`."""
    told = {"zh-CN": name, "en": f"{name}_en"}
    found = {
        language: reader.text(data.get(field), f"$.{field}", limit=limit, required=False, lines=lines)
        for language, field in told.items()
    }
    return {language: text for language, text in found.items() if text}


def read_question(
    data: Mapping[str, Any], key: str, *, audiences: Collection[str], before: Sequence[Choice] = ()
) -> Question:
    """A question: `kind`, `label`, `help` (each with `_en`), `required` (yes), `choices` (one a line:
    `中文 | English`), `audiences` (a list of keys, none for everybody), `condition` (`<question>=<value>`, or nothing).

    `before` are the choices that it had, so that they keep their keys. Raises Invalid.
    """
    reader = Reader()
    kind = QuestionKind(reader.choice(data.get("kind"), "$.kind", list(QuestionKind), QuestionKind.TEXT))
    label = _both(reader, data, "label", rules.LONGEST_LABEL, lines=kind is QuestionKind.CONSENT)
    help_text = _both(reader, data, "help", rules.LONGEST_HELP, lines=True)
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


@dataclass(frozen=True)
class NoticeForm:
    """Who has people's data, for what, and for how many days after the conference."""

    controller: Texts
    purpose: Texts
    retention_days: int


def read_notice(data: Mapping[str, Any]) -> NoticeForm:
    """`controller`, `purpose` (each with `_en`, each in both languages or in none) and `retention_days` (1 to 3,650).
    Raises Invalid."""
    reader = Reader()
    controller = _both(reader, data, "controller", 200)
    purpose = _both(reader, data, "purpose", LONGEST_NOTICE, lines=True)
    for name, texts in (("controller", controller), ("purpose", purpose)):
        if len(texts) == 1:
            lacking = "" if "en" in texts else "_en"
            reader.problem(f"$.{name}{lacking}", "label_missing", language="zh-CN" if "en" in texts else "en")
    text = str(data.get("retention_days") or "").strip()
    days = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= days <= MOST_RETENTION_DAYS:
        reader.problem("$.retention_days", "bad_days", most=MOST_RETENTION_DAYS)
    _finish(reader)
    return NoticeForm(controller, purpose, days)
