"""Where texts are used: in Python, in templates and in page scripts, by whole ids or by ids with a hole in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, nodes

from tools.check_arrows import source_files

HOLE = "\0"
_SHIPS = frozenset({"core", "accounts", "signing", "events", "projects", "pdf", "web"})
_SAYS = frozenset({"t", "say", "both"})
_SCRIPT_STRING = re.compile(r"""(?P<call>\bsay\(\s*)?(?P<quote>["'`])(?P<text>(?:[a-z0-9_-]|\$\{[^}]*\})+)(?P=quote)""")


@dataclass(frozen=True)
class Use:
    """A string that is, or could be, an id. HOLE stands where a value comes in; `sure`: it is asked for as a text."""

    path: str
    line: int
    id: str
    sure: bool
    arguments: frozenset[str] | None = None

    @property
    def has_hole(self) -> bool:
        return HOLE in self.id

    def matches(self, name: str) -> bool:
        """Whether this id may become `name`; too little beside a hole matches nothing."""
        parts = self.id.split(HOLE)
        return len("".join(parts)) >= 5 and re.fullmatch(".+".join(re.escape(part) for part in parts), name) is not None


def find(root: Path) -> tuple[list[Use], int]:
    """All uses below `root`, and the number of files looked at."""
    python = [path for path in source_files(root) if path.relative_to(root).parts[0] in _SHIPS]
    refusals = _refusal_names(python)
    templates = sorted((root / "templates").rglob("*.html"))
    scripts = sorted((root / "web" / "assets").rglob("*.ts"))
    uses = [use for path in python for use in _in_python(path, root, refusals)]
    uses += [use for path in templates for use in _in_template(path, root)]
    uses += [use for path in scripts for use in _in_script(path, root)]
    return uses, len(python) + len(templates) + len(scripts)


def _refusal_names(files: list[Path]) -> frozenset[str]:
    """Names of all classes that end in core.errors.Refusal."""
    bases = {
        node.name: {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}
        for path in files
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef)
    }
    found = {"Refusal"}
    while more := {name for name, parents in bases.items() if parents & found} - found:
        found |= more
    return frozenset(found)


def _in_python(path: Path, root: Path, refusals: frozenset[str]) -> Iterator[Use]:
    where = str(path.relative_to(root))
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _in_call(node, where, refusals)
        elif isinstance(node, ast.ClassDef) and node.name in refusals:
            yield from _in_refusal_class(node, where)
        elif isinstance(node, ast.Constant | ast.JoinedStr):
            yield from (Use(where, node.lineno, text, sure=False) for text in strings(node))


def _in_call(node: ast.Call, where: str, refusals: frozenset[str]) -> Iterator[Use]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    keywords = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
    arguments = None if any(keyword.arg is None for keyword in node.keywords) else keywords
    if name in _SAYS and node.args:
        yield from (Use(where, node.lineno, text, True, arguments) for text in strings(node.args[0]))
    elif name in refusals and node.args:
        yield from (
            Use(where, node.lineno, f"error-{code}{tail}", True)
            for code in strings(node.args[0])
            for tail in ("", "-next")
        )
    elif name in {"Problem", "problem"} and len(node.args) > 1:
        yield from (Use(where, node.lineno, f"problem-{code}", True) for code in strings(node.args[1]))


def _in_refusal_class(node: ast.ClassDef, where: str) -> Iterator[Use]:
    for line in node.body:
        if isinstance(line, ast.Assign) and [getattr(target, "id", "") for target in line.targets] == ["code"]:
            for code in strings(line.value):
                yield from (Use(where, line.lineno, f"error-{code}{tail}", True) for tail in ("", "-next"))


def name_of(node: ast.expr) -> str:
    """The last word of a name: `Conflict` for `errors.Conflict`; empty for anything else."""
    return str(getattr(node, "attr", "") or getattr(node, "id", ""))


def strings(node: ast.expr) -> list[str]:
    """What this expression may be as a string: one for a literal, two for `a if x else b`, none if anything."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values]
        return ["".join(parts)]
    if isinstance(node, ast.IfExp):
        return [*strings(node.body), *strings(node.orelse)]
    return []


def _in_template(path: Path, root: Path) -> Iterator[Use]:
    where = str(path.relative_to(root))
    tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in _SAYS and call.args:
            arguments = None if call.dyn_kwargs else frozenset(keyword.key for keyword in call.kwargs)
            yield from (Use(where, call.lineno, text, True, arguments) for text in _template_strings(call.args[0]))
    for constant in tree.find_all(nodes.Const):
        yield from (Use(where, constant.lineno, text, sure=False) for text in _template_strings(constant))


def _template_strings(node: nodes.Node) -> list[str]:
    if isinstance(node, nodes.Const):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, nodes.Concat | nodes.Add):
        parts = node.nodes if isinstance(node, nodes.Concat) else [node.left, node.right]
        return ["".join((_template_strings(part) or [HOLE])[0] for part in parts)]
    if isinstance(node, nodes.CondExpr):
        return [*_template_strings(node.expr1), *(_template_strings(node.expr2) if node.expr2 else [])]
    return []


def _in_script(path: Path, root: Path) -> Iterator[Use]:
    where = str(path.relative_to(root))
    text = path.read_text(encoding="utf-8")
    for found in _SCRIPT_STRING.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Use(where, line, re.sub(r"\$\{[^}]*\}", HOLE, found["text"]), sure=bool(found["call"]))
