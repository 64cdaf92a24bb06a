"""Streams out of their filters, and the objects packed in one: read by ourselves, unpacked by pyHanko within limits."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader

from pdf.verify.objects import Name, Plain, Ref, plain
from pdf.verify.reading import WHITE, read_value
from pdf.verify.verdict import Finding, failed

_WHITE = b"\0\t\n\f\r "
_NUMBERS = re.compile(
    rb"[" + WHITE + rb"]*+(?:\d{1,10}[" + WHITE + rb"]++\d{1,10}(?:[" + WHITE + rb"]++|\Z))*+",
)


def unpacked(
    reader: PdfFileReader, said: Mapping[str, Plain], data: bytes, purpose: DecodePurpose = DecodePurpose.GENERIC
) -> bytes:
    """A stream's bytes out of the filters that its dictionary names, within pyHanko's limits on expansion.

    Raises Finding, and what pyHanko raises on bytes that are packed in no such way.
    """
    known = {key: said.get(key) for key in ("/Filter", "/DecodeParms")}
    entries = {generic.NameObject(key): _given(value) for key, value in known.items() if value is not None}
    stream = generic.StreamObject(entries, encoded_data=data)
    stream.container_ref = generic.TrailerReference(reader)  # type: ignore[no-untyped-call]  # its limits count
    return bytes(stream.read_data(purpose))


def _given(value: Plain) -> generic.PdfObject:
    match value:
        case None:
            return generic.NullObject()
        case bool():
            return generic.BooleanObject(value)  # type: ignore[no-untyped-call]
        case int():
            return generic.NumberObject(value)  # type: ignore[no-untyped-call]
        case Name(text=text):
            return generic.NameObject(text)
        case list():
            return generic.ArrayObject([_given(each) for each in value])
        case dict():
            given = {generic.NameObject(key): _given(each) for key, each in value.items()}
            return generic.DictionaryObject(given)  # type: ignore[no-untyped-call]
    raise Finding(failed("broken-file", detail="a stream that is packed in an unusual way"))


class ObjectStream:
    """The objects packed in one stream (ISO 32000-1 §7.5.7), its header read once."""

    def __init__(self, entries: dict[str, Plain], data: bytes, reader: PdfFileReader) -> None:
        count, first = entries.get("/N"), entries.get("/First")
        if entries.get("/Type") != Name("/ObjStm") or type(count) is not int or type(first) is not int:
            raise Finding(failed("broken-file", detail="a malformed object stream"))
        if not 0 <= first <= len(data) or not _NUMBERS.fullmatch(data, 0, first):
            raise Finding(failed("broken-file", detail="a malformed object stream"))
        header = [int(number) for number in data[:first].split()]
        if len(header) != 2 * count:
            raise Finding(failed("broken-file", detail="a malformed object stream"))
        self.numbers, self._offsets = header[::2], [first + offset for offset in header[1::2]]
        if len(set(self.numbers)) != count:
            raise Finding(failed("broken-file", detail="an object stream that holds an object twice"))
        self._first = first
        self._data = data
        self._reader = reader

    def read(self, index: int, number: int) -> tuple[Plain, bool]:
        """The object at an index, which must carry this number, and whether it is of the one form."""
        if not 0 <= index < len(self.numbers) or self.numbers[index] != number:
            raise Finding(failed("broken-file", detail=f"object {number} is not where it should be"))
        if found := self._read_plainly(index):
            value, is_plain = found[0], True
        else:
            stream = io.BytesIO(self._data)
            stream.seek(self._offsets[index])
            read = generic.read_object(stream, generic.Reference(number, 0, self._reader))
            if isinstance(read, generic.StreamObject):
                raise Finding(failed("broken-file", detail=f"object {number} may not be packed"))
            value, is_plain = plain(read), False
        if isinstance(value, Ref):
            raise Finding(failed("broken-file", detail=f"object {number} may not be packed"))
        return value, is_plain

    def _read_plainly(self, index: int) -> tuple[Plain, int] | None:
        """An object that fills the room up to the next one, the first all behind the header; else None."""
        start = self._offsets[index] if index else self._first
        stop = self._offsets[index + 1] if index + 1 < len(self._offsets) else len(self._data)
        found = read_value(self._data, start) if self._offsets[index] < stop else None
        white = self._data[start : self._offsets[index]] + self._data[found[1] : stop] if found else b""
        fills = found is not None and self._offsets[index] < found[1] <= stop
        return found if fills and not white.strip(_WHITE) else None
