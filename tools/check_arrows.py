"""`python -m tools.check_arrows`: every import in the product, held against tools/arrows.py."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.arrows import FLASK_ELSEWHERE, OURS, Kind, Module, breach, foreign_breach, place
from tools.findings import ROOT, Finding, report

_SKIP = frozenset({"node_modules", "__pycache__", "assets", "_data"})


def source_files(root: Path) -> list[Path]:
    """All Python files of our rooms."""
    found = (path for name in sorted(OURS) for path in (root / name).rglob("*.py"))
    return [path for path in found if not _SKIP & set(path.relative_to(root).parts)]


def check(root: Path) -> list[Finding]:
    """All breaches below `root`."""
    files = source_files(root)
    names = {path: _module_name(path, root) for path in files}
    packages = frozenset(names[path] for path in files if path.name == "__init__.py")
    modules = frozenset(names.values())
    return [finding for path in files for finding in _check_file(path, root, names[path], packages, modules)]


def _module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _check_file(
    path: Path, root: Path, name: str, packages: frozenset[str], modules: frozenset[str]
) -> Iterator[Finding]:
    importer = place(name, packages=packages)
    where = str(path.relative_to(root))
    seen: set[tuple[int, str]] = set()
    for line, target in _imports(ast.parse(path.read_bytes()), name, is_package=path.name == "__init__.py"):
        found = _judge(importer, target, packages, modules)
        if found and (line, found[1]) not in seen:
            seen.add((line, found[1]))
            yield Finding(where, line, *found)


def _judge(importer: Module, target: str, packages: frozenset[str], modules: frozenset[str]) -> tuple[str, str] | None:
    top = target.split(".")[0]
    if top not in OURS:
        return foreign_breach(importer, top)
    # `from a.b import c` may name a module or something inside one.
    known = target if target in modules else target.rpartition(".")[0] or target
    return breach(importer, place(known, packages=packages))


def _imports(tree: ast.AST, name: str, *, is_package: bool) -> Iterator[tuple[int, str]]:
    """(line, dotted target) of every import: at the top, inside functions, for types only, by importlib."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, name, is_package=is_package)
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and _is_import_call(node.func) and node.args:
            target = node.args[0]
            if isinstance(target, ast.Constant) and isinstance(target.value, str):
                yield node.lineno, target.value


def _absolute(node: ast.ImportFrom, name: str, *, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = name.split(".")
    up = node.level - 1 if is_package else node.level
    return ".".join([*parts[: len(parts) - up], *([node.module] if node.module else [])])


def _is_import_call(function: ast.expr) -> bool:
    word = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return word in {"import_module", "__import__"}


def unused_exceptions(root: Path) -> list[str]:
    """Decided exceptions that nothing needs any more."""
    unused = []
    for name, library in FLASK_ELSEWHERE.items():
        path = root / (name.replace(".", "/") + ".py")
        targets = {t.split(".")[0] for _, t in _imports(ast.parse(path.read_bytes()), name, is_package=False)}
        if library not in targets:
            unused.append(name)
    return unused


def kinds(root: Path) -> set[Kind]:
    """The kinds of module that exist below `root`."""
    files = source_files(root)
    packages = frozenset(_module_name(path, root) for path in files if path.name == "__init__.py")
    return {place(_module_name(path, root), packages=packages).kind for path in files}


if __name__ == "__main__":
    sys.exit(report("arrows", check(ROOT), len(source_files(ROOT))))
