"""A text that one language lacks, that nobody says, or that is said without what it needs is caught by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.check_translations import check

PYTHON = """
from core.errors import Forbidden, Problem, Refusal
class Closed(Refusal):
    code = "agreement_closed"
def act(state, fine):
    t("seat-title", name="x")
    t(f"seat-state-{state}")
    t("seat-yes" if fine else "seat-no")
    raise Forbidden("not_your_turn")
    Problem("$.a", "required", {})
"""
TEMPLATE = """{{ t("seat-hint") }} {{ t("seat-step-" ~ step) }} {% set label = "seat-label" %}"""
SCRIPT = """const a = say("seat-live"); const b = say(`seat-live-${kind}`); const c = { id: 'seat-kept' };"""
IDS = """seat-title = 名 { $name }
seat-state-open = 开
seat-yes = 是
seat-no = 否
seat-hint = 提示
seat-step-one = 一
seat-label = 标
seat-live = 实时
seat-live-lost = 断
seat-kept = 留
error-refused = 否
error-refused-next = 再
error-not_your_turn = 未到
error-not_your_turn-next = 等
error-agreement_closed = 关
error-agreement_closed-next = 看
problem-required = 必填
"""
CORE = 'class Refusal(Exception):\n    code = "refused"\nclass Forbidden(Refusal): ...\nclass Problem: ...\n'
FILES = {
    "core/errors.py": CORE,
    "signing/seats/views.py": PYTHON,
    "templates/seat/seat.html": TEMPLATE,
    "web/assets/seat.ts": SCRIPT,
    "locales/zh-CN/seat.ftl": IDS,
    "locales/en/seat.ftl": IDS,
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def add(tree: Path, name: str, text: str) -> None:
    path = tree / name
    path.write_text((path.read_text() if path.exists() else "") + text)


def found(tree: Path) -> set[tuple[str, str]]:
    return {(finding.rule, finding.message) for finding in check(tree)[0]}


def test_a_whole_tree_has_no_finding(tree: Path) -> None:
    assert check(tree) == ([], 4)


def test_a_text_that_one_language_lacks(tree: Path) -> None:
    add(tree, "locales/zh-CN/seat.ftl", "seat-step-two = 二\n")
    assert found(tree) == {("missing", "seat-step-two is not in en")}


def test_a_text_in_a_file_of_another_name(tree: Path) -> None:
    add(tree, "locales/zh-CN/seat.ftl", "seat-step-two = 二\n")
    add(tree, "locales/en/other.ftl", "seat-step-two = two\n")
    assert found(tree) == {("file", "seat-step-two stands in locales/en/other.ftl")}


def test_a_variable_that_one_language_does_not_use(tree: Path) -> None:
    for locale, text in (("zh-CN", "二 { $n }"), ("en", "two")):
        add(tree, f"locales/{locale}/seat.ftl", f"seat-step-two = {text}\n")
    assert found(tree) == {("variables", "seat-step-two: only one language uses $n")}


def test_a_variable_inside_a_choice_counts(tree: Path) -> None:
    add(tree, "locales/zh-CN/seat.ftl", "seat-step-two = { $n } 步\n")
    add(tree, "locales/en/seat.ftl", "seat-step-two = { $n ->\n    [one] a step\n   *[other] { $n } steps\n }\n")
    assert found(tree) == set()


def test_an_id_that_stands_twice(tree: Path) -> None:
    for locale in ("zh-CN", "en"):
        add(tree, f"locales/{locale}/seat.ftl", "seat-yes = 又\n")
    assert {rule for rule, _ in found(tree)} == {"twice"}


def test_a_line_that_is_not_fluent(tree: Path) -> None:
    for locale in ("zh-CN", "en"):
        add(tree, f"locales/{locale}/seat.ftl", "seat-step-two { two }\n")
    assert {rule for rule, _ in found(tree)} == {"syntax"}


def test_a_text_that_nothing_says(tree: Path) -> None:
    for locale in ("zh-CN", "en"):
        add(tree, f"locales/{locale}/seat.ftl", "seat-forgotten = 忘\n")
    assert found(tree) == {("unused", "nothing says seat-forgotten")}


MISSING = [
    ("signing/seats/views.py", 't("seat-absent")\n', "there is no text seat-absent"),
    ("signing/seats/views.py", 'i18n.t("seat-absent")\n', "there is no text seat-absent"),
    ("signing/seats/views.py", 't(f"seat-absent-{1}")\n', "no text has an id like seat-absent-…"),
    ("signing/seats/views.py", 'Problem("$", "absent", {})\n', "there is no text problem-absent"),
    ("signing/seats/views.py", 'reader.problem("$", "absent")\n', "there is no text problem-absent"),
    ("templates/seat/seat.html", '{{ t("seat-absent") }}', "there is no text seat-absent"),
    ("templates/seat/seat.html", '{{ t("seat-absent-" ~ x) }}', "no text has an id like seat-absent-…"),
    ("web/assets/seat.ts", 'say("seat-absent")', "there is no text seat-absent"),
    ("signing/seats/views.py", 't("seat-title")\n', "seat-title needs $name"),
    ("templates/seat/seat.html", '{{ t("seat-title", nmae=1) }}', "seat-title needs $name"),
]


@pytest.mark.parametrize(("file", "text", "message"), MISSING)
def test_what_is_said_and_not_there(tree: Path, file: str, text: str, message: str) -> None:
    add(tree, file, text)
    assert [message] == [found_message for _, found_message in found(tree)]


def test_a_refusal_needs_what_is_wrong_and_what_to_do_next(tree: Path) -> None:
    add(tree, "signing/seats/views.py", 'raise Closed("too_late")\n')
    assert found(tree) == {
        ("unknown", "there is no text error-too_late"),
        ("unknown", "there is no text error-too_late-next"),
    }


def test_arguments_that_come_as_a_dict_are_not_guessed(tree: Path) -> None:
    add(tree, "signing/seats/views.py", 't("seat-title", **facts)\n')
    assert found(tree) == set()
