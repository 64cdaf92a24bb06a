"""`python -m tools.error_codes [--write]`: docs/errors.md, made from the code and the catalogues.

Without --write it says whether the document is what it should be, and exits with 1 if not.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser
from fluent.syntax import ast as fluent

from tools import pdf_codes, text_uses
from tools.check_arrows import source_files
from tools.findings import ROOT

DOCUMENT = ROOT / "docs" / "errors.md"
LOCALES = ("en", "zh-CN")
_SHIPS = {"core", "accounts", "signing", "events", "projects", "web"}
_HEAD = """# Refusals

Every way in which the product says no. Made by `python -m tools.error_codes --write` from the code and the catalogues
(`locales/*/`); a test compares them.

A page shows the sentence and what to do now. Programs (an address below `/api/`, or `Accept: application/json`) get
`{"error": {"code", "message", "next", "problems": [{"path", "code", "message"}]}}` in the reader's language with the
status below; `429` comes with `Retry-After`. Codes never change their meaning; sentences may. `{…}` stands for a value.

"""
_VERDICTS = """## Reasons of a verdict

Why `yunqian verify` and the page /verify do not pass a file; none of them is an error of the program. A reason belongs
to TOTAL-FAILED or INDETERMINATE. With `--json`, `reasons` has `code`, `message` and `params` of each.
"""
_PDF = """## Codes of the PDF room

`pdf.errors.PdfError.code`. They reach people only where a refusal above words them: `appearance_refused` (the drawing
or typed name), `bad_certificate_request` (the PKCS#10 request), `revision_moved` (`head_mismatch`),
`signature_mismatch`, `timestamp_unavailable`, and settings that stop the start (keys). In background work they end the
attempt, and their words stand in `job.last_error` ([operations](operations.md#work-that-failed)).
"""


def statuses(root: Path = ROOT) -> dict[str, set[int]]:
    """HTTP statuses by code; a code with a value inside (`code_…`) has `*` there."""
    trees = [ast.parse(path.read_bytes()) for path in source_files(root) if path.relative_to(root).parts[0] in _SHIPS]
    classes = {node.name: node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    found: dict[str, set[int]] = {}
    for name, node in classes.items():
        if (status := _class_status(name, classes)) and (code := _class_value(node, "code")):
            found.setdefault(str(code), set()).add(status)
    for tree in trees:
        for code, status in _calls(tree, classes):
            found.setdefault(code, set()).add(status)
    return found


def _class_value(node: ast.ClassDef, name: str) -> object:
    for line in node.body:
        if isinstance(line, ast.Assign) and [getattr(target, "id", "") for target in line.targets] == [name]:
            return line.value.value if isinstance(line.value, ast.Constant) else None
    return None


def _class_status(name: str, classes: dict[str, ast.ClassDef]) -> int | None:
    """The status of a class that ends in Refusal; none for any other class."""
    if name not in classes:
        return None
    node = classes[name]
    parents = {text_uses.name_of(base) for base in node.bases} - {
        name
    }  # `class Link(other.Link)` is its own parent by name
    inherited = next((found for parent in parents if (found := _class_status(parent, classes))), None)
    if name != "Refusal" and inherited is None:
        return None
    own = _class_value(node, "status")
    return own if isinstance(own, int) else inherited


def _calls(tree: ast.AST, classes: dict[str, ast.ClassDef]) -> Iterator[tuple[str, int]]:
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        status = _class_status(text_uses.name_of(node.func), classes)
        if status is None:
            continue
        given = {word.arg: word.value for word in node.keywords}
        if isinstance(value := given.get("status"), ast.Constant) and isinstance(value.value, int):
            status = value.value
        for expression in [*node.args[:1], *([given["code"]] if "code" in given else [])]:
            for code in [*text_uses.strings(expression), *_returned(expression, functions)]:
                yield code.replace(text_uses.HOLE, "*"), status


def _returned(expression: ast.expr, functions: dict[str, ast.FunctionDef]) -> list[str]:
    """All strings inside the function of the same file that is called for the code, as in Conflict(_why_not(state))."""
    called = functions.get(text_uses.name_of(expression.func)) if isinstance(expression, ast.Call) else None
    inside = ast.walk(called) if called is not None else ()
    return [node.value for node in inside if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@cache
def sentences(locale: str) -> dict[str, str]:
    """All messages of a locale as plain text, with `{name}` where a value comes in and plurals in their main form."""
    bundle, names = FluentBundle([locale], use_isolating=False), {}
    for path in sorted((ROOT / "locales" / locale).glob("*.ftl")):
        text = path.read_text(encoding="utf-8")
        resource = FluentParser().parse(text)
        bundle.add_resource(resource)
        for entry in resource.body:
            if isinstance(entry, fluent.Message) and entry.value is not None:
                source = text[entry.span.start : entry.span.end] if entry.span else ""
                names[entry.id.name] = set(re.findall(r"\$([a-zA-Z_]\w*)", source))
    return {name: _plain(bundle, name, variables) for name, variables in names.items()}


def _plain(bundle: FluentBundle, name: str, variables: set[str]) -> str:
    pattern = bundle.get_message(name).value
    if pattern is None:
        return ""
    text, _ = bundle.format_pattern(pattern, {variable: f"{{{variable}}}" for variable in variables})
    return " ".join(str(text).split()).replace("|", "\\|")


def document() -> str:
    """The text of docs/errors.md as it should be."""
    from web.errors import HTTP_CODES

    known = statuses()
    for status, code in HTTP_CODES.items():
        known.setdefault(code, set()).add(status)
    english, chinese = (sentences(locale) for locale in LOCALES)
    lines = [_HEAD, "| Code | Status | What is wrong | What to do | 原因 | 怎么办 |", "|---|---|---|---|---|---|"]
    for name in sorted(english):
        if not name.startswith("error-") or name.endswith("-next"):
            continue
        code = name.removeprefix("error-")
        cells = [f"`{code}`", _status_cell(code, known)]
        cells += [texts.get(id, "") for texts in (english, chinese) for id in (name, f"{name}-next")]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "## Problems of an input", "", "With status 422, each with the JSON path of what is wrong.", ""]
    lines += ["| Code | What is wrong | 原因 |", "|---|---|---|"]
    for name in sorted(english):
        if name.startswith("problem-"):
            lines.append(f"| `{name.removeprefix('problem-')}` | {english[name]} | {chinese.get(name, '')} |")
    lines += _verdict_lines(english, chinese) + _pdf_lines()
    return "\n".join([lines[0].rstrip("\n"), "", *lines[1:]]) + "\n"


def _verdict_lines(english: dict[str, str], chinese: dict[str, str]) -> list[str]:
    from pdf.verify.messages import TEMPLATES

    lines = ["", _VERDICTS, "| Reason | Why | 原因 |", "|---|---|---|"]
    for code, template in TEMPLATES.items():
        name = f"verify-reason-{code}"
        lines.append(f"| `{code}` | {english.get(name, template)} | {chinese.get(name, '')} |")
    return lines


def _pdf_lines() -> list[str]:
    lines = ["", _PDF, "| Code | Error | What it says |", "|---|---|---|"]
    return lines + [f"| `{each.code}` | `{each.kind}` | {each.says} |" for each in pdf_codes.find()]


def _status_cell(code: str, known: dict[str, set[int]]) -> str:
    found = known.get(code) or {
        status
        for pattern, statuses in known.items()
        if "*" in pattern and re.fullmatch(re.escape(pattern).replace(r"\*", ".+"), code)
        for status in statuses
    }
    return ", ".join(map(str, sorted(found)))


def main(arguments: list[str]) -> int:
    wanted = document()
    if "--write" in arguments:
        DOCUMENT.write_text(wanted, encoding="utf-8")
        return 0
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == wanted:
        return 0
    print("docs/errors.md is not up to date: run python -m tools.error_codes --write", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
