"""The texts of both languages as data: which ids there are, what each one needs, and where the two differ."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from tools.findings import Finding

LOCALES = ("zh-CN", "en")


@dataclass(frozen=True)
class Text:
    """One message: where it stands and the variables that fill it."""

    path: str
    line: int
    variables: frozenset[str]


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:
        self.names.add(node.id.name)


def read(root: Path, locale: str) -> tuple[dict[str, Text], list[Finding]]:
    """All messages of a locale by id, and what is wrong with its files."""
    texts: dict[str, Text] = {}
    findings: list[Finding] = []
    for path in sorted((root / "locales" / locale).glob("*.ftl")):
        source = path.read_text(encoding="utf-8")
        where = str(path.relative_to(root))
        for entry in FluentParser().parse(source).body:
            line = source.count("\n", 0, entry.span.start if entry.span else 0) + 1
            if isinstance(entry, ast.Junk):
                findings.append(Finding(where, line, "syntax", entry.annotations[0].message or "not Fluent"))
            elif isinstance(entry, ast.Message):
                name = entry.id.name
                if name in texts:
                    findings.append(Finding(where, line, "twice", f"{name} stands in {texts[name].path} already"))
                visitor = _Variables()
                visitor.visit(entry)
                texts[name] = Text(where, line, frozenset(visitor.names))
    return texts, findings


def differences(catalogues: dict[str, dict[str, Text]]) -> list[Finding]:
    """Ids that one language lacks, ids in files of different names, variables that one language does not use."""
    chinese, english = (catalogues[locale] for locale in LOCALES)
    findings = []
    for here, there, other in ((chinese, english, "en"), (english, chinese, "zh-CN")):
        for name, text in here.items():
            if name not in there:
                findings.append(Finding(text.path, text.line, "missing", f"{name} is not in {other}"))
    for name in sorted(chinese.keys() & english.keys()):
        text, twin = chinese[name], english[name]
        if Path(text.path).name != Path(twin.path).name:
            findings.append(Finding(text.path, text.line, "file", f"{name} stands in {twin.path}"))
        if text.variables != twin.variables:
            only = ", ".join(sorted(f"${variable}" for variable in text.variables ^ twin.variables))
            findings.append(Finding(text.path, text.line, "variables", f"{name}: only one language uses {only}"))
    return findings
