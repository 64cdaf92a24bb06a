"""docs/threat-model.md lists every act that is recorded, and every act that it lists is recorded."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("accounts", "core", "events", "projects", "signing", "web")
_ACTION = re.compile(r"[a-z]+\.[a-z0-9_]+")


def recorded() -> set[str]:
    """What the product's calls of `audit.record`, or of a function that passes its action on, name."""
    files = (file for room in ROOMS for file in (ROOT / room).rglob("*.py"))
    return {action for file in files for action in _actions(ast.parse(file.read_bytes()))}


def _actions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            yield from _literals(*(node.args[:2] if name in {"record", "_record"} else ()))
            yield from _literals(*(each.value for each in node.keywords if each.arg == "action"))
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "action":
            yield from _literals(node.value)


def _literals(*nodes: ast.expr) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant | ast.IfExp):
            for each in ast.walk(node):
                if isinstance(each, ast.Constant) and isinstance(each.value, str) and _ACTION.fullmatch(each.value):
                    yield each.value


def listed() -> set[str]:
    """The entries of the table under "What the trail tells"."""
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    table = text.partition("## What the trail tells")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    return {action for row in rows for action in re.findall(r"`([^`]+)`", row)}


def test_every_act_of_the_threat_model_is_recorded() -> None:
    assert listed() - recorded() == set()


def test_every_act_that_is_recorded_stands_in_the_threat_model() -> None:
    assert recorded() - listed() == set()
