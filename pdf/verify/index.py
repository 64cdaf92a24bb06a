"""Which objects point to which: read once over the whole base, then kept up revision by revision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass, field

from pdf.verify.document import Document
from pdf.verify.limits import within
from pdf.verify.linearized import is_as_long_as_it_was
from pdf.verify.objects import Name, Plain, Ref, as_dict, as_list, refs_in
from pdf.verify.verdict import Finding, failed

TRAILER = Ref(0)


@dataclass
class Index:
    """Which objects point to which, over every revision read so far (a superset: pointers once there stay).

    By number alone: viewers pay no heed to generations. `is_plain`: every object and section of the base is of the one
    form; a pointer in another one may have gone unseen. `store`: all objects of the security store, once it was read;
    `walked`: how many were read there, in all revisions.
    """

    referrers: dict[int, set[Ref]] = field(default_factory=lambda: defaultdict(set))
    kids: dict[Ref, list[Ref]] = field(default_factory=dict)
    pages: int = 0
    is_plain: bool = True
    store: frozenset[Ref] | None = None
    walked: int = 0

    def add(self, holder: Ref, value: Plain) -> None:
        for ref in refs_in(value):
            self.referrers[ref.number].add(holder)

    def points_only_from(self, ref: Ref, holders: Set[Ref]) -> bool:
        return self.referrers.get(ref.number, set()) <= holders


def read_base(document: Document, revision: int, end: int) -> Index:
    """Read every object as of a revision once: each must lie inside the first `end` bytes, whole and well formed."""
    index = Index()
    index.add(TRAILER, document.trailer(revision))
    index.is_plain = not any(section.misspelt for section in document.sections[: revision + 1])
    index.is_plain = index.is_plain and not is_as_long_as_it_was(document.data)
    for ref in {ref for section in document.sections[: revision + 1] for ref in section.changed}:
        if not document.is_defined(ref, revision):
            continue
        if ref in document.sections[document.changed_at_or_before(ref, revision)].packed:
            value = document.value(ref, revision)
        else:
            start, stop, value = document.span(ref, revision)
            if not 0 < start < stop <= end:
                raise Finding(failed("objects-outside"))
        index.add(TRAILER if ref in document.section_refs else ref, value)
        index.is_plain = index.is_plain and document.is_plain(ref, revision)
        _note_page(index, ref, value)
        within("pages", index.pages, document.limits.pages)
    _check_page_tree(document, index, revision)
    return index


def _note_page(index: Index, ref: Ref, value: Plain) -> None:
    kind = as_dict(value).get("/Type")
    if kind == Name("/Page"):
        index.pages += 1
    elif kind == Name("/Pages"):
        kids = as_list(as_dict(value).get("/Kids"))
        index.kids[ref] = [kid for kid in kids if isinstance(kid, Ref)]


def _check_page_tree(document: Document, index: Index, revision: int) -> None:
    root = as_dict(document.resolve(document.trailer(revision).get("/Root"), revision))
    top = root.get("/Pages")
    seen: set[Ref] = set()
    stack = [top] if isinstance(top, Ref) else []
    while stack:
        ref = stack.pop()
        if ref in seen:
            raise Finding(failed("page-tree-loop"))
        seen.add(ref)
        stack.extend(index.kids.get(ref, []))
