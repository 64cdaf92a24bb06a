"""Every page of a ceremony says what it is: one that asks for `is_demo` alone would show a rehearsal as real."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.findings import ROOT

# Pages of no ceremony: lists, and what is looked at before there is one.
_OF_NO_CEREMONY = frozenset({"ceremonies/import.html", "ceremonies/list.html"})
# What these say is for who plans: a demo's row in the list, the specimen seals that only a demo is offered; the
# completion certificate asks for a rehearsal before.
_ASK_FOR_DEMO = frozenset({"ceremonies/list.html", "seals/seals.html", "evidence/report.html"})
_OURS = ("agreements", "captions", "ceremonies", "cues", "drawpads", "drills", "evidence", "meetings", "preflight")
_OURS += ("presence", "reports", "screens", "seals", "seat", "stage", "thanks", "uploads", "witnesses")


def renderings() -> Iterator[tuple[str, str, ast.Call]]:
    """(where, template, call) of every page that a view of signing makes."""
    for path in sorted((ROOT / "signing").rglob("*views.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "render_template":
                name = node.args[0].value if isinstance(node.args[0], ast.Constant) else "?"
                yield f"{path.relative_to(ROOT)}:{node.lineno}", str(name), node


def test_every_page_of_a_ceremony_is_told_its_mark() -> None:
    silent, halves = [], []
    for where, template, call in renderings():
        told = {each.arg: ast.unparse(each.value) for each in call.keywords}
        if None in told or template in _OF_NO_CEREMONY:
            continue
        if "demo" not in told:
            silent.append(f"{where} {template}")
        elif "is_demo" in told["demo"]:
            halves.append(f"{where} {template}")
    assert silent == []
    assert halves == []


def test_no_template_of_a_ceremony_asks_for_a_demo_alone() -> None:
    asking = {
        str(path.relative_to(ROOT / "templates"))
        for folder in _OURS
        for path in (ROOT / "templates" / folder).rglob("*.html")
        if re.search(r"\bis_demo\b", path.read_text(encoding="utf-8"))
    }
    assert asking <= _ASK_FOR_DEMO
