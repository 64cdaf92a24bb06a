"""Codes of the PDF room, found in its source: every PdfError that is raised, and the reasons of the verifier."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools import text_uses
from tools.check_arrows import source_files
from tools.findings import ROOT

BASE = "PdfError"


@dataclass(frozen=True, order=True)
class PdfCode:
    """A code, the class that carries it, and what is said where it is raised (or the class's own words)."""

    code: str
    kind: str
    says: str


def find(root: Path = ROOT) -> list[PdfCode]:
    """All codes below `root`/pdf, in order."""
    trees = [ast.parse(path.read_bytes()) for path in source_files(root) if path.relative_to(root).parts[0] == "pdf"]
    classes = _errors([node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)])
    found = {PdfCode(code, name, _says(node)) for name, node in classes.items() for code in _own(node)}
    found |= {code for tree in trees for code in _raised(tree, classes)}
    return sorted(found)


def _errors(nodes: list[ast.ClassDef]) -> dict[str, ast.ClassDef]:
    found = {node.name: node for node in nodes if node.name == BASE}
    while more := {
        node.name: node
        for node in nodes
        if node.name not in found and any(text_uses.name_of(base) in found for base in node.bases)
    }:
        found |= more
    return found


def _says(node: ast.ClassDef) -> str:
    """The docstring without the clause on `code`, which the table says by itself."""
    if node.name == BASE:
        return "anything else, in the words of the library that failed"
    return (ast.get_docstring(node) or "").split("\n")[0].split("; `code`")[0].split("; `params")[0].rstrip(".")


def _own(node: ast.ClassDef) -> Iterator[str]:
    for line in node.body:
        targets = (
            line.targets if isinstance(line, ast.Assign) else [line.target] if isinstance(line, ast.AnnAssign) else []
        )
        value = getattr(line, "value", None)
        if [getattr(target, "id", "") for target in targets] == ["code"] and isinstance(value, ast.Constant):
            yield str(value.value)


def _raised(tree: ast.AST, classes: dict[str, ast.ClassDef]) -> Iterator[PdfCode]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or (name := text_uses.name_of(node.func)) not in classes:
            continue
        for code in (code for word in node.keywords if word.arg == "code" for code in text_uses.strings(word.value)):
            yield PdfCode(code, name, _literal(node) or _says(classes[name]))


def _literal(call: ast.Call) -> str:
    """The message as it stands at this place, with … where a value comes in; empty where it comes from elsewhere."""
    found = text_uses.strings(call.args[0]) if call.args else []
    text = found[0].replace(text_uses.HOLE, "…") if found else ""
    return text if any(letter.isalpha() for letter in text) else ""
