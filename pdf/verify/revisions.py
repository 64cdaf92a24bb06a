"""The revisions of a file, each with what it changed, for people: who signed, which fields came, what else was touched.

It decides nothing (`changes` does); it tells what there is, also in a file that fails.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Sized

from pdf.verify.document import Document
from pdf.verify.fields import text
from pdf.verify.objects import Name, Plain, Ref, Stream, as_dict
from pdf.verify.seals import is_mark_shown
from pdf.verify.signatures import Judged
from pdf.verify.verdict import Change, Indication, Reason, RevisionKind, RevisionVerdict

_EOF = re.compile(rb"%%EOF(?:\r\n|\r|\n)?")
_STORE = {"/Certs": "certificates", "/CRLs": "lists", "/OCSPs": "responses", "/VRI": "entries"}
_STRUCTURE = ("/Fields", "/Certs", "/CRLs", "/OCSPs", "/VRI", "/SigFlags")


def list_revisions(
    document: Document, judged: Sequence[Judged], fields: Sequence[Ref], reasons: Sequence[Reason]
) -> tuple[RevisionVerdict, ...]:
    """Every revision in its order. Raises Finding, and what pyHanko's parser raises on a broken file."""
    signed = {document.revision_ending(each.signed.range.end): each for each in judged}
    refused = {
        Ref(number) for each in reasons if each.indication is Indication.TOTAL_FAILED
        if isinstance(number := each.params.get("object"), int)
    }  # fmt: skip
    unclear = {each.params["section"] for each in reasons if "section" in each.params}
    first = min((at for at in signed if at is not None), default=document.last)
    last = max((at for at in signed if at is not None), default=document.last)
    is_open = any(each.code == "not-whole-file" for each in reasons)
    rows: list[RevisionVerdict] = []
    before: int | None = None
    for at, end in _ends(document):
        mark = signed.get(at)
        changes = [] if before is None else [*_Difference(document, before, at).changes(fields)]
        own = range(0 if before is None else before + 1, at + 1)
        touched = set().union(*(document.sections[each].changed for each in own))
        rows.append(
            RevisionVerdict(
                number=len(rows) + 1,
                bytes=end,
                kind=_kind(mark, changes, is_first=before is None),
                field=mark.name if mark else None,
                signer=mark.signer_name if mark else None,
                signed_at=mark.time if mark else None,
                signed_at_source=mark.time_source if mark else None,
                changes=tuple(changes),
                allowed=at <= first
                or ((at <= last or not is_open) and not touched & refused and unclear.isdisjoint(own)),
            )
        )
        before = at
    return tuple(rows)


def _ends(document: Document) -> Iterator[tuple[int, int]]:
    """Each revision that a file cut there would open at, and where that is."""
    found: re.Match[bytes] | None = None
    asked = len(document.data) + 1
    for at, section in enumerate(document.sections):
        # One walk through the file, however many sections come before the next end.
        if not asked <= section.start <= (found.start() if found else len(document.data)):
            found, asked = _EOF.search(document.data, section.start), section.start
        if found and document.revision_ending(found.end()) == at:
            yield at, found.end()
        elif at == document.last:
            yield at, len(document.data)


def _kind(mark: Judged | None, changes: Sequence[Change], *, is_first: bool) -> RevisionKind:
    if mark and mark.signed.is_timestamp:
        return RevisionKind.TIMESTAMP
    if mark:
        return RevisionKind.CERTIFICATION if mark.signed.permission is not None else RevisionKind.SIGNATURE
    if is_first:
        return RevisionKind.TEXT
    only_data = {each.what for each in changes} - {"metadata"} == {"validation-data"}
    return RevisionKind.VALIDATION_DATA if only_data else RevisionKind.OTHER


class _Difference:
    """What differs between two revisions, told in kinds of things that people know."""

    def __init__(self, document: Document, before: int, after: int) -> None:
        self._document, self._before, self._after = document, before, after
        sections = document.sections[before + 1 : after + 1]
        self._changed = document.changed_between(before, after)
        self._containers = {section.stream_ref for section in sections} | {
            Ref(container) for section in sections for container, _ in section.packed.values()
        }

    def changes(self, fields: Sequence[Ref]) -> Iterable[Change]:
        """Fields by name, validation data by number, everything else counted by its kind."""
        added = [ref for ref in fields if ref in self._changed and not self._document.is_defined(ref, self._before)]
        if added:
            names = [text(as_dict(self._document.value(ref, self._after)).get("/T")) for ref in added]
            yield Change("fields-added", {"n": len(added), "names": ", ".join(names)[:200]})
        data = self._validation_data()
        if any(data.values()):
            yield Change("validation-data", data)
        yield from self._counted(set(fields))

    def _counted(self, fields: set[Ref]) -> Iterator[Change]:
        found: Counter[str] = Counter()
        filled: list[str] = []
        root = self._document.trailer(self._after).get("/Root")
        for ref in self._changed - fields - self._containers - {root}:
            new = self._document.value(ref, self._after)
            is_new = not self._document.is_defined(ref, self._before)
            old = None if is_new else self._document.value(ref, self._before)
            what = None if old == new else _new(as_dict(new)) if is_new else _changed(as_dict(old), as_dict(new), new)
            if what == "form-filled":
                filled.append(text(as_dict(new).get("/T")))
            elif what:
                found[what] += 1
        if filled:
            yield Change("form-filled", {"n": len(filled), "names": ", ".join(sorted(filled))[:200]})
        tree = found.pop("page-tree", 0)
        if tree and not found["pages-added"]:
            found["pages-changed"] += tree
        yield from (Change(what, {"n": count}) for what, count in sorted(found.items()) if count)

    def _validation_data(self) -> dict[str, str | int]:
        before, after = self._store(self._before), self._store(self._after)
        return {name: max(0, len(after[key]) - len(before[key])) for key, name in _STORE.items()}

    def _store(self, revision: int) -> dict[str, Sized]:
        document = self._document
        root = as_dict(document.resolve(document.trailer(revision).get("/Root"), revision))
        store = as_dict(document.resolve(root.get("/DSS"), revision))
        found = {key: document.resolve(store.get(key), revision) for key in _STORE}
        return {key: value if isinstance(value, dict | list) else () for key, value in found.items()}


def _new(entries: dict[str, Plain]) -> str | None:
    """What kind of thing was added; None for what is only seen through something else."""
    if entries.get("/Type") == Name("/Page"):
        return "pages-added"
    return "annotations-added" if _is_annotation(entries) else None


def _changed(old: dict[str, Plain], new: dict[str, Plain], value: Plain) -> str | None:
    """What kind of thing was changed; None for what signing needs and nobody sees."""
    kind = new.get("/Type")
    if kind == Name("/Page"):
        differing = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        return "pages-changed" if differing - {"/Annots"} else None
    if kind == Name("/Pages"):
        return "page-tree"
    if is_mark_shown(new) and not is_mark_shown(old):
        return "seal-drawn"
    if "/FT" in new:
        return "form-filled"
    if _is_annotation(new):
        return "annotations-changed"
    if kind == Name("/Metadata") or {"/Producer", "/ModDate"} & new.keys():
        return "metadata"
    if isinstance(value, list) or any(key in new for key in _STRUCTURE):
        return None
    return "contents-changed" if isinstance(value, Stream) else "others"


def _is_annotation(entries: dict[str, Plain]) -> bool:
    return entries.get("/Type") == Name("/Annot") or {"/Subtype", "/Rect"} <= entries.keys()
