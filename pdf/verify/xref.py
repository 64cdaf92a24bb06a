"""What a cross-reference section says, read by ourselves in one form (ISO 32000-2 §7.5.4, §7.5.8).

Where a table or stream bends the form, each viewer reads it in a way of its own, or builds one anew from whatever looks
like an object anywhere in the file. So what bends it is told, and what is ambiguous however it is written is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pdf.verify.objects import Data, Plain
from pdf.verify.verdict import Finding, failed

_XREF = re.compile(rb"xref ?(?:\r\n|\n|\r)")
_SUBSECTION = re.compile(rb"(0|[1-9]\d{0,9}) (0|[1-9]\d{0,9}) ?(?:\r\n|\n|\r)")
_NOTHING = re.compile(rb"0 0 ?(?:\r\n|\n|\r)(?=trailer)")
_ROWS = re.compile(rb"(?:\d{10} \d{5} [nf](?: \n| \r|\r\n))*+")
_TRAILER = re.compile(rb"trailer[\r\n ]{0,4}(?=<<)")
_ROW = 20
_AT_ONCE = 1_000 * _ROW  # the regular expression keeps a few hundred octets for each row of one match
_WIDTHS = ((0, 1), (1, 8), (0, 8))


class Misspelt(Exception):
    """A section that is not of the one form; pyHanko, and each viewer in its way, may read it all the same."""


@dataclass
class Entries:
    """What a section says of each number: in use (generation, offset), packed (container, place), free (generation)."""

    used: dict[int, tuple[int, int]] = field(default_factory=dict)
    packed: dict[int, tuple[int, int]] = field(default_factory=dict)
    freed: dict[int, int] = field(default_factory=dict)
    end: int = 0  # behind the last number
    is_ordered: bool = True
    next_free: int = 0  # the highest number that a free one names as the next

    def begin(self, first: int, count: int) -> None:
        """Note a run of numbers."""
        self.is_ordered = self.is_ordered and count > 0 and first >= self.end
        self.end = max(self.end, first + count)

    def check(self, size: Plain) -> None:
        """Raises Misspelt for runs that are empty or out of order, and for a number that /Size does not hold."""
        if not self.is_ordered:
            raise Misspelt("runs of a cross-reference section that are empty or out of order")
        if not isinstance(size, int) or self.end > size or (self.next_free and self.next_free >= size):
            raise Misspelt("a number past the size of its cross-reference section")

    def add(self, number: int, kind: int, first: int, second: int) -> None:
        """Take one entry of kind 0 to 2. Raises Finding for another kind, and for a number that stood already."""
        if number in self.used or number in self.packed or number in self.freed:
            raise Finding(failed("broken-file", detail=f"object {number} stands twice in one cross-reference section"))
        if kind == 1:
            self.used[number] = (second, first)
        elif kind == 2:
            self.packed[number] = (first, second)
        elif kind == 0:
            self.freed[number] = second
            self.next_free = max(self.next_free, first)
        else:
            raise Finding(failed("broken-file", detail=f"a cross-reference entry of kind {kind}"))


def read_table(data: Data, at: int, most: int) -> tuple[Entries, int]:
    """The table at `at`, and where the dictionary of its trailer begins. Raises Misspelt, Finding.

    `most`: how many entries are read at all.
    """
    begun = _XREF.match(data, at)
    if begun is None:
        raise Misspelt("no cross-reference table where one is said to be")
    entries, at = Entries(), begun.end()
    if nothing := _NOTHING.match(data, at):
        at = nothing.end()
    while head := _SUBSECTION.match(data, at):
        number, count = int(head[1]), int(head[2])
        entries.begin(number, count)
        start, at = head.end(), head.end() + count * _ROW
        if count > most or at > len(data) or not _are_rows(data, start, at):
            raise Misspelt("a cross-reference entry that is not of twenty bytes")
        for place in range(start, at, _ROW):
            kind = 1 if data[place + 17] == 0x6E else 0
            entries.add(number, kind, int(data[place : place + 10]), int(data[place + 11 : place + 16]))
            number += 1
    trailer = _TRAILER.match(data, at)
    if trailer is None:
        raise Misspelt("a cross-reference table without its trailer")
    return entries, trailer.end()


def _are_rows(data: Data, start: int, end: int) -> bool:
    parts = range(start, end, _AT_ONCE)
    return all(_ROWS.fullmatch(data, part, min(part + _AT_ONCE, end)) for part in parts)


def read_rows(entries: Mapping[str, Plain], data: bytes, most: int) -> Entries:
    """A cross-reference stream from its dictionary and its decoded bytes. Raises Misspelt, Finding."""
    widths = _integers(entries.get("/W"))
    index = _integers(entries.get("/Index", [0, entries.get("/Size")]))
    if len(widths) != 3 or any(not low <= each <= high for each, (low, high) in zip(widths, _WIDTHS, strict=True)):
        raise Misspelt("the widths of a cross-reference stream")
    runs = list(zip(index[::2], index[1::2], strict=False))
    count = sum(length for _, length in runs)
    if len(index) % 2 or min(index, default=0) < 0 or count > most or count * sum(widths) != len(data):
        raise Misspelt("the index of a cross-reference stream")
    found = Entries()
    for first, length in runs:
        found.begin(first, length)
    numbers = (number for first, length in runs for number in range(first, first + length))
    one, two = widths[0], widths[0] + widths[1]
    for number, at in zip(numbers, range(0, len(data), sum(widths)), strict=True):
        row = data[at : at + sum(widths)]
        kind = int.from_bytes(row[:one]) if one else 1
        found.add(number, kind, int.from_bytes(row[one:two]), int.from_bytes(row[two:]))
    return found


def _integers(value: Plain) -> list[int]:
    if not isinstance(value, list):
        return []
    if any(type(each) is not int for each in value):
        raise Misspelt("a number of a cross-reference stream that is none")
    return [each for each in value if isinstance(each, int)]
