"""Reading one object quickly where it holds a long hexadecimal string: pyHanko takes such a string digit by digit."""

from __future__ import annotations

import io
import re
import secrets

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import read_object_header

from pdf.verify.objects import Data, Plain, Ref, Stream, plain

_LONG = re.compile(rb"<[0-9A-Fa-f]{1024,}>")
_END = b"endobj"


def read_signature_object(data: Data, offset: int, reader: PdfFileReader) -> tuple[Ref, Plain, int] | None:
    """The object at an offset and where it ends, or None if it must be read the long way.

    The long string is replaced by a short one that nobody could foresee, the object parsed, and the value put back.
    Where the short one does not come out as exactly one string, the long one was none itself: the long way decides.
    """
    end = data.find(_END, offset)
    found = _LONG.search(data, offset, end) if end > 0 else None
    if found is None or len(found[0]) % 2:
        return None
    mark = secrets.token_bytes(16)
    stream = io.BytesIO(
        data[offset : found.start()] + b"<%s>" % mark.hex().encode() + data[found.end() : end + len(_END)]
    )
    number, generation = read_object_header(stream, strict=True)  # type: ignore[no-untyped-call]
    parsed = generic.read_object(stream, generic.Reference(number, generation, reader))
    rest = stream.read()
    value, count = _put_back(plain(parsed), mark, bytes.fromhex(found[0][1:-1].decode("ascii")))
    if count != 1 or rest.strip() != _END or isinstance(value, Stream):
        return None
    return Ref(number, generation), value, end + len(_END)


def _put_back(value: Plain, mark: bytes, content: bytes) -> tuple[Plain, int]:
    if value == mark and isinstance(value, bytes):
        return content, 1
    if isinstance(value, dict):
        pairs = {key: _put_back(each, mark, content) for key, each in value.items()}
        return {key: each for key, (each, _) in pairs.items()}, sum(count for _, count in pairs.values())
    if isinstance(value, list):
        items = [_put_back(each, mark, content) for each in value]
        return [each for each, _ in items], sum(count for _, count in items)
    return value, 0
