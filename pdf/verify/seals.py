"""Specimen seals of a certified file: each belongs to one signature field, and shows in that signer's revision alone.

A group named `<field>-seal` holds read-only check boxes, made before the certification with their pictures and places.
Signing `<field>` may tick all of them at once, and nothing else may ever touch any of it (docs/decisions/0018).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pdf.verify.document import Document
from pdf.verify.fields import text
from pdf.verify.limits import within
from pdf.verify.objects import Name, Plain, Ref, as_dict, as_list, refs_in

_SUFFIX = "-seal"
_OFF, _SHOWN = Name("/Off"), Name("/Used")
_MOST_MARKS = 10_000


@dataclass(frozen=True)
class Seals:
    """The marks by the name of the signature field that they belong to, and whose each of their objects is."""

    marks: Mapping[str, tuple[Ref, ...]] = field(default_factory=dict)
    owner: Mapping[Ref, str] = field(default_factory=dict)

    def shown_by(self, name: str, old: Callable[[Ref], Plain], new: Callable[[Ref], Plain]) -> set[Ref]:
        """The marks of this field, where its revision does nothing to them but show all; else none."""
        marks = self.marks.get(name, ())
        return set(marks) if all(_is_shown(as_dict(old(mark)), as_dict(new(mark))) for mark in marks) else set()


def read_seals(document: Document, revision: int) -> Seals:
    """The seals of the form as of the certified revision. Raises Finding past the limits."""
    root = as_dict(document.resolve(document.trailer(revision).get("/Root"), revision))
    form = as_dict(document.resolve(root.get("/AcroForm"), revision))
    marks: dict[str, tuple[Ref, ...]] = {}
    owner: dict[Ref, str] = {}
    for group in as_list(document.resolve(form.get("/Fields"), revision)):
        entries = as_dict(document.resolve(group, revision))
        title = text(document.resolve(entries.get("/T"), revision))
        kids = [kid for kid in as_list(document.resolve(entries.get("/Kids"), revision)) if isinstance(kid, Ref)]
        if not title.endswith(_SUFFIX) or "/FT" in entries or not isinstance(group, Ref):
            continue
        within("seal-marks", len(owner) + len(kids), _MOST_MARKS)
        values = {kid: as_dict(document.value(kid, revision)) for kid in kids}
        if not all(_is_mark(value, group) for value in values.values()):
            continue
        name = title.removesuffix(_SUFFIX)
        marks[name] = tuple(kids)
        owner |= dict.fromkeys([group, *kids], name)
        owner |= dict.fromkeys(_pictures(document, revision, values), name)
    return Seals(marks, owner)


def is_mark_shown(entries: Mapping[str, Plain]) -> bool:
    """Whether a changed form field is a mark of a seal that shows now; for telling what a revision did."""
    return entries.get("/FT") == Name("/Btn") and entries.get("/AS") == _SHOWN and "/Parent" in entries


def _is_mark(entries: dict[str, Plain], group: Ref) -> bool:
    states = as_dict(as_dict(entries.get("/AP")).get("/N"))
    return (
        entries.get("/FT") == Name("/Btn")
        and entries.get("/Parent") == group
        and "/Kids" not in entries
        and states.keys() == {_OFF.text, _SHOWN.text}
        and all(isinstance(state, Ref) for state in states.values())
    )


def _is_shown(old: dict[str, Plain], new: dict[str, Plain]) -> bool:
    hidden = old.get("/V") == _OFF == old.get("/AS")
    return hidden and new == {**old, "/V": _SHOWN, "/AS": _SHOWN}


def _pictures(document: Document, revision: int, marks: Mapping[Ref, dict[str, Plain]]) -> set[Ref]:
    """What the appearances of the marks are made of."""
    found: set[Ref] = set()
    stack = [ref for entries in marks.values() for ref in refs_in(entries.get("/AP"))]
    while stack:
        ref = stack.pop()
        if ref not in found:
            found.add(ref)
            within("objects", len(found), _MOST_MARKS)
            stack.extend(refs_in(document.value(ref, revision)))
    return found
