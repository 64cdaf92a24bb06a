"""DER (X.690) as far as CMS and RFC 3161 need it: a writer of values and a strict reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from pdf.errors import DerError

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
UTF8_STRING, GENERALIZED_TIME, SEQUENCE, SET = 0x0C, 0x18, 0x30, 0x31


def tlv(tag: int, content: bytes) -> bytes:
    """One value of a single-byte `tag`, with the shortest length octets."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content


def sequence(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, b"".join(parts))


def set_of(parts: Iterable[bytes], tag: int = SET) -> bytes:
    """SET OF in DER order (X.690 §11.6); `tag` replaces the outer one where it is implicit."""
    return tlv(tag, b"".join(sorted(parts)))


def integer(value: int) -> bytes:
    """Any whole number, negative ones too, in the fewest octets."""
    length = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return tlv(INTEGER, value.to_bytes(length, "big", signed=True))


def octet_string(value: bytes) -> bytes:
    return tlv(OCTET_STRING, value)


def boolean(value: bool) -> bytes:
    return tlv(BOOLEAN, b"\xff" if value else b"\x00")


def utf8_string(value: str) -> bytes:
    return tlv(UTF8_STRING, value.encode())


def null() -> bytes:
    return b"\x05\x00"


def explicit(number: int, content: bytes) -> bytes:
    """`content` inside a constructed context tag [number]."""
    return tlv(0xA0 | number, content)


def named_bit(number: int) -> bytes:
    """A BIT STRING with the one named bit set and no trailing zero bits (X.690 §11.2.2)."""
    octets = bytearray(number // 8 + 1)
    octets[-1] = 0x80 >> (number % 8)
    return tlv(BIT_STRING, bytes((7 - number % 8,)) + bytes(octets))


def generalized_time(at: datetime) -> bytes:
    """UTC with as many decimals as are not zero (X.690 §11.7); raises DerError for a time without a zone."""
    if at.tzinfo is None:
        raise DerError("a time needs a zone")
    moment = at.astimezone(UTC)
    decimals = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return tlv(GENERALIZED_TIME, f"{moment:%Y%m%d%H%M%S}{decimals}Z".encode())


@lru_cache(maxsize=256)
def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER from its dotted form, arcs of any size."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(OID, b"".join(_base128(arc) for arc in (first * 40 + second, *rest)))


def _base128(arc: int) -> bytes:
    septets = [arc & 0x7F]
    while arc := arc >> 7:
        septets.append(0x80 | arc & 0x7F)
    return bytes(reversed(septets))


@dataclass(frozen=True)
class Node:
    """One value that was read: its tag, its content and all of its octets."""

    tag: int
    content: bytes
    raw: bytes

    def children(self) -> Iterator[Node]:
        """The values inside, in order; raises DerError if this one is primitive."""
        if not self.tag & 0x20:
            raise DerError("a primitive value has no parts")
        return read_all(self.content)

    def as_integer(self) -> int:
        if self.tag != INTEGER or not self.content:
            raise DerError("not an INTEGER")
        if len(self.content) > 1 and (self.content[0], self.content[1] >> 7) in ((0x00, 0), (0xFF, 1)):
            raise DerError("an INTEGER longer than it needs to be")
        return int.from_bytes(self.content, "big", signed=True)

    def as_boolean(self) -> bool:
        if self.tag != BOOLEAN or self.content not in (b"\x00", b"\xff"):
            raise DerError("not a BOOLEAN")
        return self.content == b"\xff"

    def as_octets(self) -> bytes:
        if self.tag != OCTET_STRING:
            raise DerError("not an OCTET STRING")
        return self.content


def read_all(data: bytes) -> Iterator[Node]:
    """Every value in `data`, side by side; raises DerError where it is not DER."""
    at = 0
    while at < len(data):
        node, at = _read_at(data, at)
        yield node


def read_one(data: bytes) -> Node:
    """The one value that fills `data`; raises DerError for anything before, after or instead."""
    node, end = _read_at(data, 0)
    if end != len(data):
        raise DerError("bytes after the value")
    return node


def first_value(data: bytes) -> bytes:
    """The octets of the value that `data` begins with, dropping padding behind it."""
    return _read_at(data, 0)[0].raw


def _read_at(data: bytes, at: int) -> tuple[Node, int]:
    if at + 2 > len(data):
        raise DerError("cut off inside a value")
    tag, length, start = data[at], data[at + 1], at + 2
    if tag & 0x1F == 0x1F:
        raise DerError("tag numbers above 30 are not in use here")
    if length >= 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4 or start + octets > len(data):
            raise DerError("length is indefinite or too long")
        length = int.from_bytes(data[start : start + octets], "big")
        if length < 0x80 or length.bit_length() <= 8 * (octets - 1):
            raise DerError("length octets longer than they need to be")
        start += octets
    end = start + length
    if end > len(data):
        raise DerError("cut off inside a value")
    return Node(tag, data[start:end], data[at:end]), end
