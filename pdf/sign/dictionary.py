"""The signature dictionary with its placeholder, and the byte range around it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pdf.errors import PlaceholderTooSmall
from pdf.sign import syntax
from pdf.sign.revision import Update

_BYTE_RANGE_ROOM = 40
PADES = b"/ETSI.CAdES.detached"
DOCUMENT_TIMESTAMP = b"/ETSI.RFC3161"

ByteRange = tuple[int, int, int, int]


@dataclass(frozen=True)
class Placeholder:
    """Where in the finished file the hexadecimal contents begin (at `<`) and end (after `>`), and the byte range."""

    contents: int
    end: int
    byte_range_at: int


def put_signature(
    update: Update, number: int, *, subfilter: bytes, entries: syntax.Dictionary, reserve: int
) -> Placeholder:
    """Write a signature dictionary with room for `reserve` octets of CMS and for its byte range."""
    kind = b"/DocTimeStamp" if subfilter == DOCUMENT_TIMESTAMP else b"/Sig"
    opening = b"<< /Type %s /Filter /Adobe.PPKLite /SubFilter %s /ByteRange " % (kind, subfilter)
    hexadecimal = b"<" + b"0" * (2 * reserve) + b">"
    rest = syntax.write_dictionary(entries)[2:]
    between = b" " * _BYTE_RANGE_ROOM + b" /Contents "
    start = update.put(number, opening + between + hexadecimal + rest)
    contents = start + len(opening) + len(between)
    return Placeholder(contents, contents + len(hexadecimal), start + len(opening))


def close_with_range(update: Update, placeholder: Placeholder) -> tuple[bytes, ByteRange]:
    """The finished increment with its byte range filled in: everything but the contents, to the last byte."""
    increment = update.close()
    base = len(update.head.data)
    byte_range = (0, placeholder.contents, placeholder.end, base + len(increment) - placeholder.end)
    written = (b"[%d %d %d %d]" % byte_range).ljust(_BYTE_RANGE_ROOM)
    at = placeholder.byte_range_at - base
    increment[at : at + _BYTE_RANGE_ROOM] = written
    return bytes(increment), byte_range


def range_digest(head: bytes, increment: bytes, byte_range: ByteRange) -> bytes:
    """SHA-256 over the byte range of head and increment together."""
    base = len(head)
    hasher = hashlib.sha256(head)
    view = memoryview(increment)
    hasher.update(view[: byte_range[1] - base])
    hasher.update(view[byte_range[2] - base :])
    return hasher.digest()


def fill_contents(increment: bytes, base: int, byte_range: ByteRange, contents: bytes) -> bytes:
    """The increment with `contents` in its placeholder; raises PlaceholderTooSmall (params needed, reserved)."""
    start, end = byte_range[1] - base + 1, byte_range[2] - base - 1
    if 2 * len(contents) > end - start:
        raise PlaceholderTooSmall(needed=len(contents), reserved=(end - start) // 2)
    return increment[:start] + contents.hex().encode().ljust(end - start, b"0") + increment[end:]


def described(at: datetime, *, name: str, reason: str, location: str) -> syntax.Dictionary:
    """The entries for people; the time is the signer's side's claim, the timestamp is the proof."""
    entries = {b"M": syntax.date_string(at)}
    for key, text in ((b"Name", name), (b"Reason", reason), (b"Location", location)):
        if text:
            entries[key] = syntax.text_string(text)
    return entries
