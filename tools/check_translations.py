"""`python -m tools.check_translations`: every text in both languages, everything used there, nothing unused."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import catalogues, text_uses
from tools.catalogues import LOCALES, Text
from tools.findings import ROOT, Finding, report
from tools.text_uses import Use

# Codes become ids of these shapes at run time (core.errors).
_SHAPES = ("{}", "error-{}", "error-{}-next", "problem-{}")
_ID = re.compile(r"[a-z][a-z0-9_-]*")


def check(root: Path) -> tuple[list[Finding], int]:
    """All findings below `root`, and the number of files looked at."""
    read = {locale: catalogues.read(root, locale) for locale in LOCALES}
    uses, files = text_uses.find(root)
    texts = {locale: found for locale, (found, _) in read.items()}
    findings = [finding for _, faults in read.values() for finding in faults]
    findings += catalogues.differences(texts)
    known = texts[LOCALES[0]] | texts[LOCALES[1]]
    findings += {f for use in uses if use.sure for f in _judge_use(use, known)}
    findings += _unused(known, uses)
    return findings, files


def _judge_use(use: Use, known: dict[str, Text]) -> Iterator[Finding]:
    if use.has_hole:
        if len(use.id.split(text_uses.HOLE)[0]) >= 3 and not any(use.matches(name) for name in known):
            shown = use.id.replace(text_uses.HOLE, "…")
            yield Finding(use.path, use.line, "unknown", f"no text has an id like {shown}")
    elif use.id not in known:
        yield Finding(use.path, use.line, "unknown", f"there is no text {use.id}")
    elif use.arguments is not None and (lacking := known[use.id].variables - use.arguments):
        names = ", ".join(f"${name}" for name in sorted(lacking))
        yield Finding(use.path, use.line, "arguments", f"{use.id} needs {names}")


def _unused(known: dict[str, Text], uses: list[Use]) -> Iterator[Finding]:
    plain = {use.id for use in uses if not use.has_hole and _ID.fullmatch(use.id)}
    used = {shape.format(word) for word in plain for shape in _SHAPES}
    holes = [
        use for use in set(uses) if use.has_hole and re.fullmatch(r"[a-z0-9_-]+", use.id.replace(text_uses.HOLE, ""))
    ]
    for name, text in known.items():
        if name not in used and not any(use.matches(name) for use in holes):
            yield Finding(text.path, text.line, "unused", f"nothing says {name}")


if __name__ == "__main__":
    sys.exit(report("translations", *check(ROOT)))
