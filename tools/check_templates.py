"""`python -m tools.check_templates`: what the content policy, a screen reader or another language would stumble on."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from tools.findings import ROOT, Finding, report

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
# Whole pages extend a layout; these are what pages are made of, or are no pages.
_NO_PAGES = frozenset({"layouts", "components", "emails", "pdf"})
# Papers and letters stand alone: no content policy, and papers show both languages at once.
_STAND_ALONE = frozenset({"emails", "pdf"})
_FILES_FOR_STRANGERS = frozenset({"templates/evidence/report.html"})  # lies in the evidence kit
_NOT_READ = frozenset({"script", "style", "code", "svg"})
# The name, and terms that are the same in both languages.
_NAME = re.compile(r"云签|Yunqian|\b(?:UTC|SHA|PAdES|PDF|JSON|ZIP|XML|CSV)\b")
_WORD = re.compile(r"[^\W\d_]{2,}")
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905


def blank_jinja(source: str) -> str:
    """The template with expressions as `x` and the rest of Jinja as spaces; lines and columns stay."""

    def blank(found: re.Match[str]) -> str:
        filler = "x" if found[0].startswith("{{") else " "
        return re.sub(r"[^\n]", filler, found[0])

    return _JINJA.sub(blank, source)


def untranslated(text: str) -> str:
    """The words in a text without Jinja, but for the product's name; empty if there is none."""
    return " ".join(word for word in _WORD.findall(_NAME.sub("", text)) if set(word) != {"x"})[:60]


class _Reader(HTMLParser):
    def __init__(self, path: str, *, stands_alone: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.findings: list[Finding] = []
        self._path = path
        self._stands_alone = stands_alone
        self._open: list[tuple[str, bool]] = []

    def _say(self, rule: str, message: str) -> None:
        self.findings.append(Finding(self._path, self.getpos()[0], rule, message))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in _VOID:
            own = "lang" in values or values.get("translate") == "no" or tag in _NOT_READ
            self._open.append((tag, own))
        if tag == "img" and "alt" not in values:
            self._say("img-alt", "an img without alt (empty where it only decorates)")
        for name, value in attrs:
            self._check_attribute(tag, name, (value or "").strip())
        if tag in {"script", "style"} and not self._stands_alone and "nonce" not in values:
            self._say("nonce", f"a {tag} without nonce never runs under the content policy")
        if tag == "a" and values.get("target") == "_blank" and "noopener" not in (values.get("rel") or ""):
            self._say("noopener", 'target="_blank" without rel="noopener"')

    def _check_attribute(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self._say("handler", f"{name} on {tag}: handlers stand in web/assets")
        if name == "style" and not self._stands_alone:
            self._say("style", f"style on {tag}: classes stand in web/assets/css")
        if value.lower().startswith("javascript:"):
            self._say("handler", f"a javascript: address on {tag}")
        loads = name in {"src", "srcset", "poster"} or (tag in {"link", "use"} and name == "href")
        if loads and re.match(r"(https?:)?//", value):
            self._say("foreign", f"{tag} loads {value}: everything comes from this server")
        if name in {"alt", "aria-label", "title", "placeholder"} and not self._stands_alone:
            self._check_words(value)

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _ in self._open]
        if tag in names:  # what a branch of the template left open is closed with it
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        # The language of html is the reader's; an inner lang says that the words are meant in that language.
        # Outside all elements stand class names of blocks and attributes made by macros.
        if self._open and not self._stands_alone and not any(own for tag, own in self._open if tag != "html"):
            self._check_words(data)

    def _check_words(self, text: str) -> None:
        if words := untranslated(text):
            self._say("untranslated", f"words that no catalogue has: {words}")


def check_file(path: Path, root: Path) -> list[Finding]:
    """All findings in one template."""
    source = path.read_text(encoding="utf-8")
    where = str(path.relative_to(root))
    folder = path.relative_to(root / "templates").parts[0]
    stands_alone = folder in _STAND_ALONE or where in _FILES_FOR_STRANGERS
    reader = _Reader(where, stands_alone=stands_alone)
    reader.feed(blank_jinja(source))
    reader.close()
    title = () if stands_alone else _title(where, source)
    return [*reader.findings, *title, *_extends(path, where, folder, source)]


def _title(where: str, source: str) -> Iterator[Finding]:
    for block in re.finditer(r"\{%-?\s*block title\s*-?%\}(.*?)\{%-?\s*endblock", source, re.DOTALL):
        if words := untranslated(blank_jinja(block[1])):
            yield Finding(where, source.count("\n", 0, block.start()) + 1, "untranslated", f"in the title: {words}")


def _extends(path: Path, where: str, folder: str, source: str) -> Iterator[Finding]:
    is_page = folder not in _NO_PAGES and where not in _FILES_FOR_STRANGERS and not path.name.startswith("_")
    if is_page and not re.search(r"\{%-?\s*extends\s+(?:[\"']layouts/|layout\s*-?%)", source):
        yield Finding(where, 1, "extends", "a page extends one of templates/layouts")
    if folder != "pdf" and "|safe" in re.sub(r"\s", "", " ".join(_JINJA.findall(source))):
        yield Finding(where, 1, "safe", "the filter safe switches escaping off: hand over Markup instead")


def check(root: Path) -> tuple[list[Finding], int]:
    """All findings below `root`, and the number of templates."""
    files = sorted((root / "templates").rglob("*.html"))
    return [finding for path in files for finding in check_file(path, root)], len(files)


if __name__ == "__main__":
    sys.exit(report("templates", *check(ROOT)))
