"""How the bytes of a later revision are laid out: objects, section, trailer, and nothing that nobody lists.

Viewers do not read as the verifier reads: one ignores an odd entry, the next builds a table of its own from all that
looks like an object. So a revision after a signature has one form, in which there is nothing to read differently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pdf.verify.document import END, Document
from pdf.verify.increments import Increment
from pdf.verify.index import Index
from pdf.verify.objects import Name, Plain, Ref, as_dict
from pdf.verify.own_form import check_own_form
from pdf.verify.reading import COMMENT, WHITE
from pdf.verify.sections import Section
from pdf.verify.verdict import Reason, failed

# ISO 32000-2 §7.2.3. Comments that say which program wrote the file stand between objects too.
_GAP = re.compile(rb"[" + WHITE + rb"]*+(?:" + COMMENT + rb"[" + WHITE + rb"]*+){0,16}+")
# What programs that mend a file take for the beginning of an object: three words, whatever white stands between them.
_AN_OBJECT = re.compile(rb"obj(?<=[" + WHITE + rb"\v\d]obj)")
_BETWEEN = rb"(?:[" + WHITE + rb"\v]|%[^\r\n]*+[\r\n])"
_OPENING = re.compile(rb"\d" + _BETWEEN + rb"++\d++" + _BETWEEN + rb"*+\Z")
# What may be the end of one that begins further before: white or comments, one of them perhaps begun before.
_ENDLESS = re.compile(rb"(?:[^\r\n]*+[\r\n])?+" + _BETWEEN + rb"*+(?:\d++" + _BETWEEN + rb"*+)?+\Z")
_BEFORE = (256, 2_048)
_MOST_WORDS = 1_000  # `obj` behind a digit or white in strings and streams: by chance once in some ten megabytes
_MOST_NUMBERS = 4_000_000  # pdfium gives up at 4,194,304 and builds a table of its own
_TRAILER = {"/Size", "/Prev", "/Root", "/Info", "/ID"}
_STREAM = {"/Type", "/Length", "/Filter"}
_SECTION_STREAM = _TRAILER | _STREAM | {"/DecodeParms", "/W", "/Index"}
_OBJECT_STREAM = _STREAM | {"/N", "/First"}
_FLATE = Name("/FlateDecode")


def check_layout(document: Document, increment: Increment, index: Index) -> list[Reason]:
    """What is wrong with the form of an increment's revisions; `section` counts from 0. `index`: of all before it."""
    revisions = _Revisions(document, increment, index)
    found = [failed("read-differently", detail=each, section=revisions.revision) for each in revisions.faults()]
    return found or check_own_form(document, increment)


class _Revisions:
    """Revisions in the order of the file; `at` is where the one at hand, `revision`, begins."""

    def __init__(self, document: Document, increment: Increment, index: Index) -> None:
        self.document = document
        self.increment = increment
        self.index = index
        self.data = document.data
        self.at = increment.start
        self.revision = increment.after

    def faults(self) -> Iterator[str]:
        for revision in range(self.increment.before + 1, self.increment.after + 1):
            self.revision = revision
            section = self.document.sections[revision]
            if section.misspelt:
                yield section.misspelt
                return
            if not all(self.document.is_plain(ref, revision) for ref in section.changed):
                yield "an object that programs read differently"
                return
            yield from self._section(section, revision)
            yield from self._packed(section, revision)
            stop = self._tiled(section, revision)
            if stop is None:
                yield "bytes that belong to no object"
                return
            if self._lookalikes(stop, len(self._starts(section))):
                yield "something that looks like an object inside another"
            self.at = stop
        if self.at != self.increment.end:
            yield "bytes that belong to no object"

    def _section(self, section: Section, revision: int) -> Iterator[str]:
        """The section's own words: its place, what it frees, and its trailer."""
        earlier, own = self.document.sections[revision - 1], section.trailer
        if section.start != section.declared_start or own.get("/Prev") != earlier.declared_start:
            yield "a cross-reference section that is not exactly where it is said to be"
        known = _SECTION_STREAM if section.stream_ref else _TRAILER
        if own.keys() - known - self.document.trailer(revision - 1).keys() or not isinstance(own.get("/Root"), Ref):
            yield "a trailer with other entries than a trailer has"
        highest = max((ref.number for ref in section.changed), default=0)
        highest = max(highest, *section.free_numbers, section.stream_ref.number if section.stream_ref else 0, 0)
        if not self._is_size(own.get("/Size"), max(earlier.size, highest + 1)):
            yield "a trailer with a wrong size"
        first = self.document.first_written
        # A free object 1 at the head of a table shifts all numbers by one for poppler.
        if any(first.get(number, revision + 1) <= revision or number == 1 for number in section.free_numbers):
            yield "an object that is freed"
        if any(
            first[ref.number] < revision and not self.document.is_defined(ref, revision - 1) for ref in section.changed
        ):
            yield "an object with a number that something else bore"
        if section.stream_ref and not _is_plainly_packed(own, "/XRef"):
            yield "a cross-reference stream that is packed in an unusual way"
        if section.stream_ref and not self._is_nothing_else(section, section.stream_ref, revision):
            yield "a cross-reference stream with the number of another object"

    def _is_nothing_else(self, section: Section, ref: Ref, revision: int) -> bool:
        """Whether this is a new number: MuPDF and qpdf show a cross-reference stream in place of what bore it."""
        return (
            ref.generation == 0
            and self.document.first_written[ref.number] == revision
            and ref.number not in section.free_numbers
            and ref.number not in self.index.referrers
            and ref not in section.packed
            and section.offsets.get(ref, section.start) == section.start
        )

    def _is_size(self, said: Plain, needed: int) -> bool:
        """ISO 32000-2 table 15: one more than the highest number. Programs of others keep some numbers in reserve."""
        most = needed if self.increment.ours else _MOST_NUMBERS
        return type(said) is int and needed <= said <= most <= _MOST_NUMBERS

    def _packed(self, section: Section, revision: int) -> Iterator[str]:
        """Object streams hold what the section lists in them, and stand in the same revision."""
        listed: dict[int, dict[int, int]] = {}
        for ref, (container, index) in section.packed.items():
            listed.setdefault(container, {})[index] = ref.number
        for container, members in listed.items():
            ref = Ref(container)
            first = self.document.first_written.get(container)
            if ref not in section.offsets or first != revision or container in self.index.referrers:
                yield "an object stream of another revision"
                return
            value = self.document.value(ref, revision)
            numbers = self.document.container(ref, revision).numbers
            if members != dict(enumerate(numbers)):
                yield "an object stream with members that nobody lists"
            if as_dict(value).keys() - _OBJECT_STREAM or not _is_plainly_packed(as_dict(value), "/ObjStm"):
                yield "an object stream that is packed in an unusual way"

    def _starts(self, section: Section) -> set[int]:
        return set(section.offsets.values()) | ({section.start} if section.stream_ref else set())

    def _tiled(self, section: Section, revision: int) -> int | None:
        """Where the revision ends if its objects, then the section, then %%EOF fill it; None if anything else does."""
        at = self.at
        places = sorted((place, ref) for ref, place in section.offsets.items() if place != section.start)
        for place, ref in places:
            stop = self._object(ref, revision)
            if stop is None or self._after_gap(at) != place:
                return None
            at = stop
        if self._after_gap(at) != section.start:
            return None
        at = section.end
        if section.stream_ref and not self._begins(section.stream_ref, section.start):
            return None
        closing = END.match(self.data, self._after_gap(at))
        return closing.end() if closing and int(closing[1]) == section.start else None

    def _object(self, ref: Ref, revision: int) -> int | None:
        """Where an object ends that begins exactly at its place, or None."""
        start, stop, _ = self.document.span(ref, revision)
        return stop if self._begins(ref, start) else None

    def _begins(self, ref: Ref, start: int) -> bool:
        opening = b"%d %d obj" % ref
        return bytes(self.data[start : start + len(opening)]) == opening

    def _after_gap(self, at: int) -> int:
        found = _GAP.match(self.data, at)
        return found.end() if found else at

    def _lookalikes(self, stop: int, objects: int) -> bool:
        """Whether a program that looks for `12 0 obj` and at no table would find others than these so many objects."""
        found = 0
        for count, match in enumerate(_AN_OBJECT.finditer(self.data, self.at, stop)):
            found += self._is_begun(match.start())
            if found > objects or count > objects + _MOST_WORDS:
                return True
        return found != objects

    def _is_begun(self, at: int) -> bool:
        """Whether two numbers may stand before; where white and comments have no end, that counts as much."""
        for length in _BEFORE:
            before = bytes(self.data[max(0, at - length) : at])
            if _OPENING.search(before) or len(before) < length or not _ENDLESS.match(before):
                return _OPENING.search(before) is not None
        return True


def _is_plainly_packed(entries: Mapping[str, Plain], kind: str) -> bool:
    """A stream of this type, as it is or packed by Flate alone, of a length that is said in place."""
    return (
        entries.get("/Type") == Name(kind)
        and entries.get("/Filter") in (None, _FLATE, [_FLATE])
        and isinstance(entries.get("/Length"), int)
    )
