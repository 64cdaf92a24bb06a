"""A stranger's timestamp over a finished file, in a revision that viewers read otherwise than a trusting verifier.

All that it takes is a token, which anybody gets: no signer's key, and not the platform's.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pikepdf

import pdf.sign as sign
from pdf.sign import archive, syntax
from pdf.sign.dictionary import close_with_range, fill_contents, range_digest
from pdf.sign.revision import Head, Update
from tests.pdf import signing_world as w

OTHER_TEXT = b"BT /F1 30 Tf 60 760 Td (The price is 1 yuan) Tj ET"
Entry = tuple[int, int, int]


def _same(_update: Update, data: bytes) -> bytes:
    return data


@dataclass(frozen=True)
class Crook:
    """What a revision does otherwise than ours: bytes before its section, its table, and all from the table on."""

    before: Callable[[Update], bytes] = lambda _: b""
    table: Callable[[Update, bytes], bytes] = _same
    tail: Callable[[bytes], bytes] = bytes


class CrookedUpdate(Update):
    """A revision that closes as its author likes."""

    def __init__(self, head: Head, crook: Crook) -> None:
        super().__init__(head)
        self.crook = crook

    def put_twice(self, number: int, first: bytes, second: bytes) -> int:
        """Two objects of one number, the second in the table; gives the first one's place."""
        self.put(number, first)
        place = self._offsets[number]
        self.put(number, second)
        return place

    def close(self) -> bytearray:
        self._out += self.crook.before(self)
        start = len(self._out)
        closed = bytes(super().close())
        return bytearray(closed[:start] + self.crook.tail(closed[start:]))

    def _table(self) -> bytes:
        return self.crook.table(self, super()._table())


class StreamUpdate(Update):
    """A revision that closes with a cross-reference stream; `more` entries are said beside its objects'."""

    def __init__(self, head: Head, more: Callable[[Update], list[tuple[int, Entry]]], before: bytes = b"") -> None:
        super().__init__(head)
        self.more = more
        self.before = before

    def close(self) -> bytearray:
        self._out += self.before
        more = self.more(self)
        own = self.new()
        place = len(self.head.data) + len(self._out)
        said = [(number, (1, offset, 0)) for number, offset in self._offsets.items()]
        said = sorted([*(each for each in said if each[0] not in dict(more)), *more, (own, (1, place, 0))])
        index = b" ".join(b"%d 1" % number for number, _ in said)
        rows = b"".join(bytes([kind]) + one.to_bytes(4) + two.to_bytes(2) for _, (kind, one, two) in said)
        self.put(
            own,
            b"<< /Type /XRef /Size %d /W [1 4 2] /Index [%s] /Prev %d /Length %d /Root %s /ID %s >>\nstream\n"
            % (self._next, index, self.head.startxref, len(rows), *self._kept())
            + rows
            + b"\nendstream",
        )
        self._out += b"startxref\n%d\n%%%%EOF\n" % place
        return self._out

    def _kept(self) -> tuple[bytes, bytes]:
        trailer = self.head.trailer
        return trailer[b"Root"], trailer[b"ID"]


class NumberedUpdate(StreamUpdate):
    """A cross-reference stream that bears a number of its author's choice, and may go unlisted."""

    def __init__(self, head: Head, number: int, *, is_listed: bool) -> None:
        super().__init__(head, lambda _: [])
        self.number, self.is_listed = number, is_listed

    def close(self) -> bytearray:
        place = len(self.head.data) + len(self._out)
        said = sorted(self._offsets.items()) + ([(self.number, place)] if self.is_listed else [])
        index = b" ".join(b"%d 1" % number for number, _ in sorted(said))
        rows = b"".join(b"\1" + at.to_bytes(4) + b"\0\0" for _, at in sorted(said))
        size = max(self._next, self.number + 1)
        entries = b"<< /Type /XRef /Size %d /W [1 4 2] /Index [%s] /Prev %d /Length %d /Root %s /ID %s >>\nstream\n"
        kept = (size, index, self.head.startxref, len(rows), *self._kept())
        self.put(self.number, entries % kept + rows + b"\nendstream")
        self._out += b"startxref\n%d\n%%%%EOF\n" % place
        return self._out


def stamped(update: Update) -> bytes:
    """The file of an update, closed by a document timestamp."""
    head = update.head.data
    placeholder = archive._put_timestamp_field(update)
    increment, byte_range = close_with_range(update, placeholder)
    token = w.world().timestamper.token(range_digest(head, increment, byte_range))
    return head + fill_contents(increment, len(head), byte_range, token)


def crooked(crook: Crook) -> bytes:
    return stamped(CrookedUpdate(Head(finished()), crook))


@lru_cache(maxsize=1)
def frozen() -> bytes:
    """Two pages of words, each in a stream of its own, frozen for three signers."""
    here = w.world()
    with pikepdf.new() as document:
        for number in (1, 2):
            document.add_blank_page(page_size=(595, 842))
            page = document.pages[-1].obj
            font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier)
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=document.make_indirect(font)))
            page.Contents = document.make_stream(b"BT /F1 30 Tf 60 760 Td (Page %d, 1,000,000 yuan) Tj ET" % number)
        out = io.BytesIO()
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return sign.freeze(out.getvalue(), fields=w.FIELDS, platform=here.platform, timestamper=here.timestamper, at=w.NOW)


@lru_cache(maxsize=1)
def finished() -> bytes:
    """Signed by all three and sealed."""
    head = frozen()
    for slot in (1, 2, 3):
        head = w.signed(head, slot=slot, timestamper=w.world().timestamper)
    return w.sealed(head)


@lru_cache(maxsize=1)
def contents() -> int:
    """The number of what the first page shows."""
    head = Head(finished())
    number = syntax.reference(head.dictionary(head.pages()[0])[b"Contents"])
    assert number is not None
    return number


def orphan() -> bytes:
    """What the first page shows instead, listed nowhere."""
    return b"%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (contents(), len(OTHER_TEXT), OTHER_TEXT)


def store(update: Update, more: Mapping[bytes, bytes], streams: Mapping[bytes, bytes]) -> None:
    """Write the security store anew with other entries, and with streams added to its arrays."""
    head = update.head
    number = syntax.reference(head.catalog[b"DSS"])
    assert number is not None
    entries = {**head.dictionary(number), **more}
    for key, content in streams.items():
        added = update.new()
        update.put_stream(added, {}, content)
        kept = head.array(entries[key]) if key in entries else []
        entries[key] = b"[" + b" ".join(syntax.ref(each) for each in [*kept, added]) + b"]"
    update.put(number, syntax.write_dictionary(entries))


def other_pages(update: Update) -> int:
    """A page tree with other words, hung on an entry of the store that no store has."""
    text, page, pages = update.new(), update.new(), update.new()
    update.put_stream(text, {}, OTHER_TEXT)
    update.put(page, b"<< /Type /Page /MediaBox [0 0 595 842] /Contents %d 0 R /Parent %d 0 R >>" % (text, pages))
    update.put(pages, b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % page)
    store(update, {b"X": b"[%d 0 R]" % pages}, {})
    return pages


def catalogs(update: Update) -> tuple[bytes, bytes]:
    """The catalog as it is, and one with other pages."""
    good = syntax.write_dictionary(update.head.catalog)
    return good, re.sub(rb"/Pages \d+ 0 R", b"/Pages %d 0 R" % other_pages(update), good)
