"""How answers are counted."""

from __future__ import annotations

from events.registration.question_rules import Choice, Question, QuestionKind
from events.surveys.queries import AnswerView, Group
from events.surveys.results import _result

CALLED_ALIKE = Question(
    "food",
    QuestionKind.SEVERAL,
    {"zh-CN": "口味", "en": "Food"},
    {},
    choices=(
        Choice("a", {"zh-CN": "清淡", "en": "Light"}),
        Choice("b", {"zh-CN": "麻辣", "en": "Hot"}),
        Choice("c", {"zh-CN": "清淡", "en": "Light"}),
    ),
)


def test_choices_that_are_called_the_same_are_one_bar_and_who_took_both_counts_once() -> None:
    taken = (["a", "c"], ["c"], ["b", "b"])
    found = _result(
        CALLED_ALIKE, [AnswerView("reg_1", Group("v", "a"), {"food": each}, None) for each in taken], anonymous=False
    )
    assert [(bar.count, bar.percent) for bar in found.bars] == [(2, 67), (1, 33)]
    assert len({bar.label for bar in found.bars}) == 2
