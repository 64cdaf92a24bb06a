"""Incremental updates: where the objects of a finished file stand, and how a revision is written after its last byte.

Files frozen by us, and every revision after that, have classic cross-reference tables; others are refused by name.
"""

from __future__ import annotations

import hashlib
import re
from functools import cached_property

from pdf.errors import StructureUnsupported
from pdf.sign import syntax
from pdf.sign.syntax import Dictionary

_SUBSECTION = re.compile(rb"[\x00\t\n\x0c\r ]*(\d{1,10}) (\d{1,7})[ ]*(?:\r\n|\n|\r)")
_OBJECT = re.compile(rb"[\x00\t\n\x0c\r ]*(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj")
_STARTXREF = re.compile(rb"startxref[\x00\t\n\x0c\r ]+(\d{1,12})[\x00\t\n\x0c\r ]+%%EOF[\x00\t\n\x0c\r ]*\Z")
_STREAM = re.compile(rb">>[\x00\t\n\x0c\r ]*stream\r?\n")
_ENTRY = 20
_MOST_SECTIONS = 2_000


class Head:
    """A file as it stands: every object's newest place; raises StructureUnsupported where it is not one of ours."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        found = _STARTXREF.search(data, max(0, len(data) - 64))
        if found is None:
            raise StructureUnsupported("the file does not end in startxref and %%EOF")
        self.startxref = int(found[1])
        self._offsets: dict[int, int] = {}
        self.trailer = self._read_sections()

    @cached_property
    def size(self) -> int:
        """The first object number that is free."""
        stated = int(self.trailer.get(b"Size", b"0"))
        return max(stated, max(self._offsets, default=0) + 1)

    @cached_property
    def root(self) -> int:
        return self._number(self.trailer, b"Root")

    @cached_property
    def catalog(self) -> Dictionary:
        return self.dictionary(self.root)

    @cached_property
    def acroform(self) -> int:
        return self._number(self.catalog, b"AcroForm")

    @cached_property
    def fields(self) -> dict[str, int]:
        """Field name → object number, for the fields at the top of the form."""
        form = self.dictionary(self.acroform)
        found = {}
        for number in self.array(form.get(b"Fields", b"")):
            name = self.dictionary(number).get(b"T", b"")
            found[name.removeprefix(b"(").removesuffix(b")").decode("ascii", "replace")] = number
        return found

    def dictionary(self, number: int) -> Dictionary:
        """An object's dictionary, as it is newest."""
        return syntax.read_dictionary(self.data, self._start(number))

    def array(self, value: bytes) -> list[int]:
        """The object numbers in an array of references, given itself or by reference."""
        number = syntax.reference(value)
        if number is None:
            return syntax.references(value)
        start = self._start(number)
        return syntax.references(self.data[start : self.data.find(b"endobj", start)])

    def stream(self, number: int) -> bytes:
        """The bytes of a stream without filter, as we write validation data."""
        values = self.dictionary(number)
        found = _STREAM.search(self.data, self._start(number))
        if found is None or b"Filter" in values or not values.get(b"Length", b"").isdigit():
            raise StructureUnsupported(f"object {number} is no plain stream")
        return self.data[found.end() : found.end() + int(values[b"Length"])]

    def pages(self) -> list[int]:
        """The object numbers of all pages, in order."""
        found: list[int] = []
        seen: set[int] = set()
        waiting = [self._number(self.catalog, b"Pages")]
        while waiting:
            number = waiting.pop()
            if number in seen:
                raise StructureUnsupported("the page tree turns in a circle")
            seen.add(number)
            node = self.dictionary(number)
            if b"Kids" in node:
                waiting.extend(reversed(self.array(node[b"Kids"])))
            else:
                found.append(number)
        return found

    def _start(self, number: int) -> int:
        offset = self._offsets.get(number, 0)
        found = _OBJECT.match(self.data, offset) if offset else None
        if found is None or int(found[1]) != number or int(found[2]):
            raise StructureUnsupported(f"object {number} is not where the table says")
        return syntax.skip_space(self.data, found.end())

    @staticmethod
    def _number(values: Dictionary, key: bytes) -> int:
        number = syntax.reference(values.get(key, b""))
        if number is None:
            raise StructureUnsupported(f"/{key.decode()} is no reference")
        return number

    def _read_sections(self) -> Dictionary:
        newest: Dictionary | None = None
        at, seen = self.startxref, set[int]()
        while True:
            if at in seen or len(seen) > _MOST_SECTIONS:
                raise StructureUnsupported("the cross-reference sections turn in a circle")
            seen.add(at)
            trailer = self._read_section(at)
            newest = newest or trailer
            if b"Prev" not in trailer:
                return newest
            try:
                at = int(trailer[b"Prev"])
            except ValueError as error:
                raise StructureUnsupported("/Prev is no number") from error

    def _read_section(self, at: int) -> Dictionary:
        data = self.data
        if data[at : at + 4] != b"xref":
            raise StructureUnsupported("a cross-reference stream, or no table where one should be")
        at += 4
        while found := _SUBSECTION.match(data, at):
            first, count = int(found[1]), int(found[2])
            start, at = found.end(), found.end() + count * _ENTRY
            if at > len(data):
                raise StructureUnsupported("a cross-reference table is cut off")
            self._read_entries(first, start, at)
        start = syntax.skip_space(data, at)
        if data[start : start + 7] != b"trailer":
            raise StructureUnsupported("a cross-reference table has no trailer")
        trailer = syntax.read_dictionary(data, start + 7)
        if trailer.keys() & {b"XRefStm", b"Encrypt"}:
            raise StructureUnsupported("hybrid or encrypted files are not signed here")
        return trailer

    def _read_entries(self, first: int, start: int, end: int) -> None:
        data, offsets = self.data, self._offsets
        for number, at in enumerate(range(start, end, _ENTRY), first):
            if number not in offsets:
                try:
                    offsets[number] = int(data[at : at + 10]) if data[at + 17] == 0x6E else 0
                except ValueError as error:
                    raise StructureUnsupported("a cross-reference entry is broken") from error


class Update:
    """A revision in the making: objects are put after the head, then closed by table and trailer."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self._next = head.size
        self._offsets: dict[int, int] = {}
        self._out = bytearray(b"" if head.data.endswith(b"\n") else b"\n")

    def new(self) -> int:
        """A fresh object number."""
        self._next += 1
        return self._next - 1

    def put(self, number: int, body: bytes) -> int:
        """Write an object, and give the place of its body in the finished file."""
        self._offsets[number] = len(self.head.data) + len(self._out)
        self._out += b"%d 0 obj\n" % number
        start = len(self.head.data) + len(self._out)
        self._out += body
        self._out += b"\nendobj\n"
        return start

    def put_stream(self, number: int, values: Dictionary, content: bytes) -> None:
        lengthened = syntax.write_dictionary({**values, b"Length": b"%d" % len(content)})
        # Both characters: a content that ends with a carriage return must not look a byte shorter than it is.
        self.put(number, lengthened + b"\nstream\n" + content + b"\r\nendstream")

    def close(self) -> bytearray:
        """The whole increment, to stand right after the head's last byte."""
        startxref = len(self.head.data) + len(self._out)
        # ISO 32000-2 §14.4: the first identifier stays, the second changes with the content.
        changed = hashlib.sha256(bytes(self._out)).hexdigest()[:32].upper().encode()
        trailer = {key: value for key, value in self.head.trailer.items() if key in (b"Root", b"Info")}
        first = re.match(rb"\[\s*(<[0-9A-Fa-f]*>)", self.head.trailer.get(b"ID", b""))
        trailer[b"Size"] = b"%d" % self._next
        trailer[b"Prev"] = b"%d" % self.head.startxref
        trailer[b"ID"] = b"[%s <%s>]" % (first[1] if first else b"<%s>" % changed, changed)
        self._out += self._table() + b"trailer\n" + syntax.write_dictionary(trailer)
        self._out += b"\nstartxref\n%d\n%%%%EOF\n" % startxref
        return self._out

    def _table(self) -> bytes:
        lines = [b"xref\n"]
        numbers = sorted(self._offsets)
        for number in numbers:
            if number - 1 not in self._offsets:
                count = next(n for n in range(1, len(numbers) + 2) if number + n not in self._offsets)
                lines.append(b"%d %d\n" % (number, count))
            lines.append(b"%010d 00000 n \n" % self._offsets[number])
        return b"".join(lines)
