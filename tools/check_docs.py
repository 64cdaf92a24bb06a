"""`python -m tools.check_docs`: links lead somewhere, every refusal is explained, `make` targets in texts exist."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import text_uses
from tools.findings import ROOT, Finding, report

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"(?m)^#{1,6}\s+(.+?)\s*#*$")
_MAKE = re.compile(r"`make ([a-z][a-z-]*)")
ERRORS = "docs/errors.md"


def anchor(heading: str) -> str:
    """The fragment that a heading is reached by: lower case, spaces as hyphens, punctuation dropped."""
    text = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def documents(root: Path) -> list[Path]:
    """All Markdown of the project itself: what git knows, or what it would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.md"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode()
    return sorted(path for name in listed.split("\0") if name and (path := root / name).is_file())


def check(root: Path, files: list[Path]) -> list[Finding]:
    """All findings in these documents and about docs/errors.md."""
    targets = set(re.findall(r"(?m)^([a-z][a-z-]*):", (root / "Makefile").read_text()))
    found = [finding for path in files for finding in _check_file(path, root, targets)]
    return [*found, *_unexplained(root)]


def _check_file(path: Path, root: Path, targets: set[str]) -> Iterator[Finding]:
    source = path.read_text(encoding="utf-8")
    where = str(path.relative_to(root))
    prose = _FENCE.sub(lambda found: "\n" * found[0].count("\n"), source)
    for link in _LINK.finditer(prose):
        if wrong := _wrong_link(link[1], path):
            yield Finding(where, prose.count("\n", 0, link.start()) + 1, "link", wrong)
    for word in _MAKE.finditer(source):
        if word[1] not in targets:
            yield Finding(where, source.count("\n", 0, word.start()) + 1, "make", f"there is no `make {word[1]}`")


def _wrong_link(target: str, source: Path) -> str:
    if re.match(r"[a-z]+:", target):
        return ""
    name, _, fragment = target.partition("#")
    aim = (source.parent / name).resolve() if name else source
    if not aim.exists():
        return f"{target} leads nowhere"
    if fragment and aim.suffix == ".md" and fragment not in map(anchor, _HEADING.findall(aim.read_text("utf-8"))):
        return f"{target}: no such heading"
    return ""


def _unexplained(root: Path) -> Iterator[Finding]:
    """Codes that the product refuses with and that the list for integrators lacks."""
    page = root / ERRORS
    if not page.exists():
        return
    explained = set(re.findall(r"`([a-z0-9_]+)`", page.read_text(encoding="utf-8")))
    uses, _ = text_uses.find(root)
    for use in sorted(uses, key=lambda use: (use.path, use.line)):
        code = use.id.removeprefix("error-")
        asked = use.sure and use.id.startswith("error-") and not use.id.endswith("-next") and not use.has_hole
        if asked and code not in explained:
            yield Finding(use.path, use.line, "errors", f"{code} is not in {ERRORS}")


if __name__ == "__main__":
    found = documents(ROOT)
    sys.exit(report("documents", check(ROOT, found), len(found)))
