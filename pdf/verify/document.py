"""A PDF as a row of revisions, each with what it changed, read strictly (signing.md 6)."""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from functools import cached_property

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import ObjStreamRef

from pdf.verify.counting import check_sections
from pdf.verify.limits import VerifyLimits, within
from pdf.verify.objects import Data, Plain, Ref, Stream, as_dict, plain
from pdf.verify.packing import ObjectStream, OddlyPacked, Unpacker
from pdf.verify.reading import Effort, Read, read_object
from pdf.verify.sections import history, read_sections
from pdf.verify.verdict import Finding, failed, unsure
from pdf.verify.verdict import Sub as S

# Line ends and blanks alone, a few of them: at \v, \f and long runs viewers stop, and build a table of their own.
END = re.compile(rb"startxref[\r\n ]{1,4}([1-9]\d{0,9})[\r\n ]{1,4}%%EOF(?:\r\n|\r|\n)?")
_TAIL = 64
_LONGEST_END = 2_048
_SHORT = 16 * 1024
_OF_SECTIONS = {"/Size", "/Prev", "/XRefStm", "/Type", "/Length", "/Filter", "/DecodeParms", "/W", "/Index"}


def _revision_of(entry: tuple[int, int | ObjStreamRef | None]) -> int:
    return entry[0]


class Document:
    """Strict reading of a PDF. Raises Finding, and whatever pyHanko's parser raises on a broken file."""

    def __init__(self, data: Data, limits: VerifyLimits) -> None:
        self.data = data
        self.limits = limits
        if bytes(data[:5]) != b"%PDF-":
            raise Finding(failed("not-a-pdf"))
        if bytes(data[-_LONGEST_END:]).rfind(b"%%EOF") < 0:  # the library would look for it octet by octet
            raise Finding(failed("broken-file", detail="EOF marker not found"))
        # The stream interface of an mmap has no `readinto`; a BytesIO shares the bytes it is given.
        stream = io.BytesIO(data) if isinstance(data, bytes) else data
        check_sections(stream, limits, len(data))
        self._reader = PdfFileReader(stream, strict=True)
        if self._reader.encrypted:
            raise Finding(unsure("encrypted", S.GENERIC))
        self._unpacker = Unpacker(self._reader, len(data))
        self.sections = read_sections(self._reader, self._unpacker, data, limits)
        self._history = history(self.sections)
        self._objects: dict[int, Read] = {}
        self._bent: set[int] = set()  # where objects stand that pyHanko alone could read
        self._octets = 0  # of all objects read
        self._effort = Effort(limits.words_of(len(data)))
        self._odd: set[int] = set()  # where streams stand that pyHanko alone could unpack
        self._bent_inside: set[tuple[int | None, int]] = set()  # place of the container, number
        self._is_measuring = False
        self._containers: dict[int, ObjectStream] = {}
        self._decoded: dict[tuple[Ref, int | ObjStreamRef | None], bytes] = {}

    @property
    def last(self) -> int:
        return len(self.sections) - 1

    def trailer(self, revision: int) -> dict[str, Plain]:
        """The trailer as it stands at a revision, without what belongs to the cross-reference stream itself."""
        return self._trailers[revision]

    @cached_property
    def _trailers(self) -> list[dict[str, Plain]]:
        """What each revision's trailer says over those before it; pyHanko's word from the first misspelt one on."""
        found: list[dict[str, Plain]] = []
        value: dict[str, Plain] = {}
        is_misspelt = False
        for at, section in enumerate(self.sections):
            is_misspelt = is_misspelt or bool(section.misspelt)
            value = as_dict(plain(self._reader.trailer.flatten(at))) if is_misspelt else {**value, **section.trailer}
            found.append({key: entry for key, entry in value.items() if key not in _OF_SECTIONS})
        return found

    def place(self, ref: Ref, revision: int) -> int | None:
        """The byte offset of an object as of a revision; its container's if it is packed in an object stream."""
        marker = self._marker(ref, revision)
        if isinstance(marker, ObjStreamRef):
            return self.place(Ref(marker.obj_stream_id), revision)
        return marker

    def is_defined(self, ref: Ref, revision: int) -> bool:
        return self._marker(ref, revision) is not None

    def changed_at(self, ref: Ref) -> int | None:
        """The last revision that wrote an object, or None."""
        return self._written(ref, self.last)

    def changed_at_or_before(self, ref: Ref, revision: int) -> int:
        """The last revision up to `revision` that wrote an object. Raises Finding if none did."""
        written = self._written(ref, revision)
        if written is not None:
            return written
        raise Finding(failed("broken-file", detail=f"object {ref.number} is nowhere"))

    def changed_between(self, before: int | None, after: int) -> set[Ref]:
        """What the revisions behind `before` (None: from the first on) up to `after` wrote."""
        first = 0 if before is None else before + 1
        return {ref for section in self.sections[first : after + 1] for ref in section.changed}

    @cached_property
    def section_refs(self) -> frozenset[Ref]:
        """The cross-reference streams among the objects: what they point to, the trailer points to."""
        return frozenset(section.stream_ref for section in self.sections if section.stream_ref)

    @cached_property
    def first_written(self) -> dict[int, int]:
        """Each number that anything ever bore, whatever its generation, and the first revision that wrote it."""
        found: dict[int, int] = {}
        for at, section in enumerate(self.sections):
            for ref in section.changed | ({section.stream_ref} if section.stream_ref else set()):
                found.setdefault(ref.number, at)
        return found

    def value(self, ref: Ref, revision: int) -> Plain:
        """An object as of a revision; None where there is none."""
        return self._read(ref, revision)[0]

    def resolve(self, value: Plain, revision: int) -> Plain:
        """Follow references (at most 16) to a value as of a revision."""
        for _ in range(16):
            if not isinstance(value, Ref):
                return value
            value = self.value(value, revision)
        raise Finding(failed("broken-file", detail="a chain of references without end"))

    def span(self, ref: Ref, revision: int) -> tuple[int, int, Plain]:
        """Where an unpacked object stands (from its number to after its value), and the value."""
        value, end = self._read(ref, revision)
        start = self.place(ref, revision)
        return (-1 if start is None else start, end, value)

    def decoded(self, ref: Ref, revision: int) -> bytes:
        """A stream's bytes out of their filters, within limits; short ones are kept for the next who asks."""
        known = (ref, self._marker(ref, revision))
        if known in self._decoded:
            return self._decoded[known]
        data = self._unpacked(ref, revision)
        if len(data) <= _SHORT:
            self._decoded[known] = data
        return data

    def revision_ending(self, end: int) -> int | None:
        """The revision that a file cut at `end` would open at, or None if no file ends there."""
        tail = bytes(self.data[max(0, end - _TAIL) : end])
        match = END.fullmatch(tail, max(0, tail.rfind(b"startxref")))
        inside = [at for at, section in enumerate(self.sections) if section.start < end]
        if match is None or not inside or inside != list(range(len(inside))):
            return None
        return inside[-1] if int(match[1]) == self.sections[inside[-1]].declared_start else None

    def is_plain(self, ref: Ref, revision: int) -> bool:
        """Whether an object was read by ourselves: is of the one form, which every program reads alike."""
        self._read(ref, revision)
        marker = self._marker(ref, revision)
        if isinstance(marker, ObjStreamRef):
            container = Ref(marker.obj_stream_id)
            return (
                (self.place(container, revision), ref.number) not in self._bent_inside
                and self.is_plain(container, revision)
                and self.is_plainly_packed(container, revision)
            )
        return marker not in self._bent

    def _read(self, ref: Ref, revision: int) -> tuple[Plain, int]:
        """An object and where it ends (0 in an object stream); read once for each place, not for each revision."""
        marker = self._marker(ref, revision)
        if marker is None:
            return None, 0
        if isinstance(marker, ObjStreamRef):
            container = Ref(marker.obj_stream_id)
            value, is_plain = self.container(container, revision).read(marker.ix_in_stream, ref.number)
            if not is_plain:
                self._bent_inside.add((self.place(container, revision), ref.number))
            return value, 0
        if marker not in self._objects:
            found = read_object(self.data, marker, lambda length: self._measured(length, revision), self._effort)
            if found is None:
                self._bent.add(marker)
                found = Read(ref, plain(self._object(ref, revision)), int(self._reader.stream.tell()))
                if not isinstance(found.value, Stream):
                    self._effort.spend_on(max(0, found.end - marker))
            # Objects that lie in one another could be read for as long as there are numbers.
            self._octets += max(0, found.end - marker)
            within("read-bytes", self._octets, 2 * len(self.data))
            self._objects[marker] = found
        found = self._objects[marker]
        if found.ref != ref:
            raise Finding(failed("broken-file", detail=f"object {ref.number} is not where it should be"))
        return found.value, found.end

    def _measured(self, ref: Ref, revision: int) -> Plain:
        """A stream's length that stands in an object of its own; such an object needs no other to be read."""
        if self._is_measuring:
            return None
        self._is_measuring = True
        try:
            return self.value(ref, revision)
        finally:
            self._is_measuring = False

    def _unpacked(self, ref: Ref, revision: int) -> bytes:
        """A stream's bytes out of their filters: those that we read ourselves, where we did."""
        value, marker = self.value(ref, revision), self._marker(ref, revision)
        if not isinstance(value, Stream) or not isinstance(marker, int):
            raise Finding(failed("broken-file", detail=f"object {ref.number} is no stream"))
        if marker in self._bent:
            stream = self._object(ref, revision)
            if not isinstance(stream, generic.StreamObject):
                raise Finding(failed("broken-file", detail=f"object {ref.number} is no stream"))
            return bytes(stream.data)
        found = self._objects[marker]
        said = {key: self.resolve(value.entries.get(key), revision) for key in ("/Filter", "/DecodeParms")}
        data = bytes(self.data[found.begin : found.stop])
        try:
            return self._unpacker.plainly(said, data)
        except OddlyPacked:
            self._odd.add(marker)
            return self._unpacker.anyhow(said, data)

    def is_plainly_packed(self, ref: Ref, revision: int) -> bool:
        """Whether a stream that was decoded was unpacked by ourselves: every program unpacks it alike."""
        marker = self._marker(ref, revision)
        return marker not in self._bent and marker not in self._odd

    def container(self, container: Ref, revision: int) -> ObjectStream:
        """The object stream of this number as of a revision. Raises Finding where there is none."""
        # The place is the key: a container of the same number in another revision is another one.
        place = self.place(container, revision)
        if place is None or isinstance(self._marker(container, revision), ObjStreamRef):
            raise Finding(failed("broken-file", detail=f"no object stream {container.number}"))
        if place not in self._containers:
            entries = as_dict(self._read(container, revision)[0])
            if "/DecodeParms" in entries:
                self._odd.add(place)
            self._containers[place] = ObjectStream(
                entries, self.decoded(container, revision), self._reader, self._effort
            )
        return self._containers[place]

    def _marker(self, ref: Ref, revision: int) -> int | ObjStreamRef | None:
        found = self._history.get(ref, [])
        count = bisect_right(found, revision, key=_revision_of)
        return found[count - 1][1] if count else None

    def _written(self, ref: Ref, revision: int) -> int | None:
        found = self._history.get(ref, [])
        count = bisect_right(found, revision, key=_revision_of)
        return next((at for at, marker in reversed(found[:count]) if marker is not None), None)

    def _object(self, ref: Ref, revision: int) -> object:
        return self._reader.get_object(self._reference(ref), revision=revision)  # type: ignore[no-untyped-call]

    def _reference(self, ref: Ref) -> generic.Reference:
        return generic.Reference(ref.number, ref.generation, self._reader)
