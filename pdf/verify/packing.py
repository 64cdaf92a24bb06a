"""Streams out of their filters, and the objects packed in one: read by ourselves in one form.

pyHanko reads a row of a predicted stream that stands for itself as zeros, and predicts where viewers do not. What it
unpacks for us lies in the base alone, and leaves doubt there.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping
from itertools import accumulate, pairwise

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader

from pdf.verify.limits import within
from pdf.verify.objects import Name, Plain, Ref, Word, plain
from pdf.verify.reading import WHITE, Effort, read_value
from pdf.verify.verdict import Finding, failed

_MOST_BLANKS = 4_096
# In one container, and octets that say one's number and place: writers pack some hundreds, in a dozen octets each.
_MOST_PACKED, _MOST_OF_A_PLACE = 100_000, 64
_WHITE = b"\0\t\n\f\r "
_FLATE = Name("/FlateDecode")
_PREDICTING = {"/Predictor", "/Columns", "/Colors", "/BitsPerComponent"}
_WIDEST = 17  # of a row in a cross-reference stream: 1 + 8 + 8
# As pyHanko's, in bytes: of one stream, and of all streams together.
_MOST = 256 * 1024 * 1024
_LEAST_IN_ALL, _RATIO_IN_ALL = 256 * 1024 * 1024, 100
_NUMBERS = re.compile(
    rb"[" + WHITE + rb"]*+(?:\d{1,10}[" + WHITE + rb"]++\d{1,10}(?:[" + WHITE + rb"]++|\Z))*+",
)


class OddlyPacked(Exception):
    """A stream that is not packed in the one form; pyHanko, and each viewer in its way, may unpack it all the same."""


class Unpacker:
    """The streams of one document out of their filters, within limits on each and on all of them together."""

    def __init__(self, reader: PdfFileReader, size: int) -> None:
        self._reader = reader
        self._left = max(_LEAST_IN_ALL, _RATIO_IN_ALL * size)

    def plainly(self, said: Mapping[str, Plain], data: bytes) -> bytes:
        """A stream as it stands or by Flate alone, all of it used up, in rows of the kind "up" at most.

        Raises OddlyPacked for any other, and Finding past the limits.
        """
        packing, parameters = said.get("/Filter"), said.get("/DecodeParms")
        if isinstance(packing, list) and len(packing) == 1 and (parameters is None or isinstance(parameters, list)):
            packing, rest = packing[0], parameters or [None]
            parameters = rest[0] if len(rest) == 1 else rest
        if packing is None and parameters is None:
            return data
        if packing != _FLATE or not isinstance(parameters, dict | None):
            raise OddlyPacked
        content = self._inflated(data)
        return content if parameters is None else _unpredicted(content, columns(parameters))

    def anyhow(self, said: Mapping[str, Plain], data: bytes) -> bytes:
        """As pyHanko unpacks it. Raises Finding, and what pyHanko raises on bytes that are packed in no such way."""
        known = {key: said.get(key) for key in ("/Filter", "/DecodeParms")}
        entries = {generic.NameObject(key): _given(value) for key, value in known.items() if value is not None}
        stream = generic.StreamObject(entries, encoded_data=data)
        stream.container_ref = generic.TrailerReference(self._reader)  # type: ignore[no-untyped-call]  # its limits count
        return bytes(stream.read_data(DecodePurpose.GENERIC))

    def _inflated(self, data: bytes) -> bytes:
        most = min(self._left, _MOST)
        stream = zlib.decompressobj()
        try:
            content = stream.decompress(data, most + 1)
        except zlib.error as error:
            raise OddlyPacked from error
        within("unpacked-bytes", len(content), most)
        if not stream.eof or stream.unused_data or stream.unconsumed_tail:
            raise OddlyPacked
        self._left -= len(content)
        return content


def columns(parameters: Mapping[str, Plain]) -> int:
    """How wide the rows are of a stream that is predicted row by row. Raises OddlyPacked for any other prediction."""
    wide, kind = parameters.get("/Columns"), parameters.get("/Predictor")
    if (
        parameters.keys() - _PREDICTING
        or not isinstance(kind, int)
        or not isinstance(wide, int)
        or not 10 <= kind <= 15
        or not 1 <= wide <= _WIDEST
        or (parameters.get("/Colors", 1), parameters.get("/BitsPerComponent", 8)) != (1, 8)
    ):
        raise OddlyPacked
    return wide


def _unpredicted(data: bytes, wide: int) -> bytes:
    """Rows that all are of the kind "up": each octet says by how much it is more than the one above it."""
    row = wide + 1
    if len(data) % row or data[::row].strip(b"\2"):
        raise OddlyPacked
    out = bytearray(len(data) // row * wide)
    for column in range(wide):
        out[column::wide] = bytes(total & 0xFF for total in accumulate(data[column + 1 :: row]))
    return bytes(out)


def _given(value: Plain) -> generic.PdfObject:
    match value:
        case None:
            return generic.NullObject()
        case Word(value=said):
            return generic.BooleanObject(said)  # type: ignore[no-untyped-call]
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

    def __init__(self, entries: dict[str, Plain], data: bytes, reader: PdfFileReader, effort: Effort) -> None:
        count, first = entries.get("/N"), entries.get("/First")
        if entries.get("/Type") != Name("/ObjStm") or type(count) is not int or type(first) is not int:
            raise Finding(failed("broken-file", detail="a malformed object stream"))
        within("objects", count, _MOST_PACKED)
        if not 0 <= first <= min(len(data), (count + 1) * _MOST_OF_A_PLACE) or not _NUMBERS.fullmatch(data, 0, first):
            raise Finding(failed("broken-file", detail="a malformed object stream"))
        header = [int(number) for number in data[:first].split()]
        if len(header) != 2 * count:
            raise Finding(failed("broken-file", detail="a malformed object stream"))
        self.numbers, self._offsets = header[::2], [first + offset for offset in header[1::2]]
        # ISO 32000-1 §7.5.7; or many objects share one room, which is read for each of them.
        if any(offset >= next_ for offset, next_ in pairwise(self._offsets)):
            raise Finding(failed("broken-file", detail="an object stream out of order"))
        if len(set(self.numbers)) != count:
            raise Finding(failed("broken-file", detail="an object stream that holds an object twice"))
        self._first = first
        self._data = data
        self._reader = reader
        self._effort = effort
        self._found: dict[int, tuple[Plain, bool]] = {}

    def read(self, index: int, number: int) -> tuple[Plain, bool]:
        """The object at an index, which must carry this number, and whether it is of the one form."""
        if not 0 <= index < len(self.numbers) or self.numbers[index] != number:
            raise Finding(failed("broken-file", detail=f"object {number} is not where it should be"))
        if index not in self._found:
            self._found[index] = self._read(index, number)
        return self._found[index]

    def _read(self, index: int, number: int) -> tuple[Plain, bool]:
        if found := self._read_plainly(index):
            value, is_plain = found[0], True
        else:
            offset, stop = self._offsets[index], max(self._offsets[index], self._stop(index))
            self._effort.spend_on(stop - offset)
            stream = io.BytesIO(self._data[offset:stop])
            read = generic.read_object(stream, generic.Reference(number, 0, self._reader))
            if isinstance(read, generic.StreamObject):
                raise Finding(failed("broken-file", detail=f"object {number} may not be packed"))
            value, is_plain = plain(read), False
        if isinstance(value, Ref):
            raise Finding(failed("broken-file", detail=f"object {number} may not be packed"))
        return value, is_plain

    def _stop(self, index: int) -> int:
        return self._offsets[index + 1] if index + 1 < len(self._offsets) else len(self._data)

    def _read_plainly(self, index: int) -> tuple[Plain, int] | None:
        """An object that fills the room up to the next one, the first all behind the header; else None."""
        start = self._offsets[index] if index else self._first
        stop = self._stop(index)
        found = read_value(self._data, start, self._effort) if self._offsets[index] < stop else None
        if found is None or not self._offsets[index] < found[1] <= stop:
            return None
        # No more is looked at: many objects can share one room of blanks without end.
        around = (start, self._offsets[index]), (found[1], stop)
        blank = all(end - begin <= _MOST_BLANKS and not self._data[begin:end].strip(_WHITE) for begin, end in around)
        return found if blank else None
