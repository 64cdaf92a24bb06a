"""A document that sends its reader nowhere is caught by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.check_docs import anchor, check


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "Makefile").write_text("test: setup ## Tests\n\trun\nsetup:\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# The house\n\n## 1. Rooms & arrows\n\n[up](../README.md) `make test`\n")
    (tmp_path / "README.md").write_text("[a](docs/a.md#1-rooms--arrows) [web](https://example.test)\n")
    return tmp_path


def messages(tree: Path) -> list[str]:
    return [finding.message for finding in check(tree, [tree / "README.md", tree / "docs" / "a.md"])]


def test_good_documents_have_no_finding(tree: Path) -> None:
    assert messages(tree) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[b](docs/b.md)", "docs/b.md leads nowhere"),
        ("![stage](docs/stage.png)", "docs/stage.png leads nowhere"),
        ("[a](docs/a.md#2-words)", "docs/a.md#2-words: no such heading"),
        ("run `make coffee`", "there is no `make coffee`"),
    ],
)
def test_a_planted_fault_is_caught(tree: Path, text: str, message: str) -> None:
    (tree / "README.md").write_text(text)
    assert messages(tree) == [message]


def test_a_refusal_that_the_list_lacks_is_caught(tree: Path) -> None:
    (tree / "core").mkdir()
    (tree / "core" / "errors.py").write_text('class Refusal(Exception):\n    code = "refused"\nRefusal("too_late")\n')
    (tree / "docs" / "errors.md").write_text("| `refused` | 400 |\n")
    assert messages(tree) == ["too_late is not in docs/errors.md"]


def test_a_heading_is_reached_by_its_words() -> None:
    assert anchor("`yunqian verify` — 核验 (files)") == "yunqian-verify--核验-files"
