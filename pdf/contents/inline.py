"""Inline images (ISO 32000-2 8.9.7): where their data ends, and what they are as pictures of their own."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from pikepdf import Object, Pdf, Stream

from pdf.contents.graphics import Space
from pdf.contents.tokens import Constant, Named, Operand, Pairs, Row, Tokens, unclear

_KEYS = {
    b"BPC": b"BitsPerComponent", b"CS": b"ColorSpace", b"D": b"Decode", b"DP": b"DecodeParms", b"F": b"Filter",
    b"H": b"Height", b"IM": b"ImageMask", b"I": b"Interpolate", b"W": b"Width",
}  # fmt: skip
_KNOWN = frozenset(_KEYS.values())
_SAID_ANYHOW = frozenset({b"Type", b"Subtype", b"L", b"Length"})  # by some programs; we count ourselves
_FILTERS = {
    b"AHx": b"ASCIIHexDecode", b"A85": b"ASCII85Decode", b"LZW": b"LZWDecode", b"Fl": b"FlateDecode",
    b"RL": b"RunLengthDecode", b"CCF": b"CCITTFaxDecode", b"DCT": b"DCTDecode",
}  # fmt: skip
_SPACES = {b"G": b"DeviceGray", b"RGB": b"DeviceRGB", b"CMYK": b"DeviceCMYK", b"I": b"Indexed"}
COMPONENTS = {b"DeviceGray": 1, b"DeviceRGB": 3, b"DeviceCMYK": 4, b"Indexed": 1}
_END = re.compile(rb"[\0\t\n\f\r ]*EI(?=[\0\t\n\f\r ]|\Z)")
_END_SOMEWHERE = re.compile(rb"[\0\t\n\f\r ]EI(?=[\0\t\n\f\r ]|\Z)")
_GOES_ON = re.compile(rb"[\0\t\n\f\r ]*[\t\n\f\r -~]{0,24}")
_LOOKS_ON = 24
_HIGHEST = 65_535


class Inline:
    """The dictionary of an inline image with long names, each key once."""

    def __init__(self, said: Pairs) -> None:
        self.entries: dict[bytes, Operand] = {}
        for short, value in said.items:
            key = _KEYS.get(short, short)
            if key in self.entries or key not in _KNOWN | _SAID_ANYHOW:
                raise unclear(f"inline image with {short[:20]!r} twice, or unknown")
            self.entries[key] = value
        for key in _SAID_ANYHOW:
            self.entries.pop(key, None)
        self.filters = [_long(each, _FILTERS) for each in _several(self.entries.get(b"Filter"))]
        if self.filters:
            self.entries[b"Filter"] = Row([Named(each) for each in self.filters])
        if any(each not in _FILTERS.values() for each in self.filters):
            raise unclear("an inline image with an unknown filter")

    @property
    def is_stencil(self) -> bool:
        return self.entries.get(b"ImageMask") == Constant(b"true")

    @property
    def named_space(self) -> bytes | None:
        """The name of its colour space in the resources, where it is no plain one."""
        space = self.entries.get(b"ColorSpace")
        if not isinstance(space, Named) or _SPACES.get(space.octets, space.octets) in COMPONENTS:
            return None
        return space.octets

    def components(self, named: Space | None) -> int:
        """Numbers to a pixel."""
        if self.is_stencil:
            return 1
        if named is not None:
            return named.components
        space = self.entries.get(b"ColorSpace")
        family = _long(space.items[0] if isinstance(space, Row) and space.items else space, _SPACES)
        if family not in COMPONENTS:
            raise unclear("an inline image without a colour space")
        return COMPONENTS[family]

    def data(self, tokens: Tokens, components: int) -> bytes:
        """What stands between ID and EI; `tokens` go on behind it. Raises `pdf_unclear`."""
        if tokens.data[tokens.at : tokens.at + 1] not in (b"\0", b"\t", b"\n", b"\f", b"\r", b" "):
            raise unclear("an inline image without a space behind ID")
        begins = tokens.at + 1
        for first, last in self._ends(tokens.data, begins, components):
            if end := _END.match(tokens.data, last):
                tokens.at = end.end()
                return tokens.data[first:last]
        raise unclear("an inline image whose end cannot be found")

    def _ends(self, data: bytes, begins: int, components: int) -> Iterator[tuple[int, int]]:
        """Where the data may begin and end, likeliest first."""
        first = self.filters[0] if self.filters else b""
        if not first:
            length = self._rows(components)
            yield begins, begins + length
            if data[begins - 1 : begins + 1] == b"\r\n":
                yield begins + 1, begins + 1 + length
        elif first == b"FlateDecode":
            yield begins, _end_of_flate(data, begins)
        elif first == b"RunLengthDecode":
            yield begins, _end_of_runs(data, begins)
        elif first in (b"ASCIIHexDecode", b"ASCII85Decode"):
            mark = b">" if first == b"ASCIIHexDecode" else b"~>"
            found = data.find(mark, begins)
            if found >= 0:
                yield begins, found + len(mark)
        else:  # their length is known to who unpacks them alone
            for found_end in _END_SOMEWHERE.finditer(data, begins):
                after = data[found_end.end() : found_end.end() + _LOOKS_ON]
                if _GOES_ON.fullmatch(after):
                    yield begins, found_end.start()
                    return

    def _rows(self, components: int) -> int:
        bits = 1 if self.is_stencil else self._whole(b"BitsPerComponent")
        return (self._whole(b"Width") * components * bits + 7) // 8 * self._whole(b"Height")

    def _whole(self, key: bytes) -> int:
        value = self.entries.get(key)
        if not isinstance(value, bytes) or not value.isdigit() or not 0 < int(value) <= _HIGHEST:
            raise unclear(f"an inline image without a {key.decode()}")
        return int(value)

    def picture(self, pdf: Pdf, data: bytes, space: Object | None) -> Stream:
        """The same as a picture of the file; how its samples lie is looked at with the other pictures."""
        stream = pdf.make_stream(data)
        stream["/Type"], stream["/Subtype"] = Object.parse(b"/XObject"), Object.parse(b"/Image")
        for key in (b"Width", b"Height"):
            self._whole(key)
        for key, value in self.entries.items():
            stream["/" + key.decode()] = Object.parse(bytes(value))
        plain = self.entries.get(b"ColorSpace")
        if space is not None:
            stream["/ColorSpace"] = space
        elif plain is not None:
            stream["/ColorSpace"] = Object.parse(_lengthened(plain))
        return stream


def _several(value: Operand | None) -> list[Operand]:
    if value is None or value == Constant(b"null"):
        return []
    return value.items if isinstance(value, Row) else [value]


def _long(value: Operand | None, names: dict[bytes, bytes]) -> bytes:
    return names.get(value.octets, value.octets) if isinstance(value, Named) else b""


def _lengthened(space: Operand) -> bytes:
    """A colour space with long names: a device's, or a palette over one."""
    if isinstance(space, Row):
        return b"[" + b" ".join(_lengthened(each) for each in space.items) + b"]"
    return bytes(Named(_SPACES.get(space.octets, space.octets))) if isinstance(space, Named) else bytes(space)


def _end_of_flate(data: bytes, begins: int) -> int:
    opened = zlib.decompressobj()
    at = begins
    try:
        while not opened.eof:
            piece = opened.unconsumed_tail or data[at : at + 65_536]
            if not piece:
                raise unclear("an inline image that breaks off")
            at += 0 if opened.unconsumed_tail else len(piece)
            opened.decompress(piece, 1 << 20)
    except zlib.error as error:
        raise unclear("an inline image that cannot be unpacked") from error
    return at - len(opened.unused_data)


def _end_of_runs(data: bytes, begins: int) -> int:
    """ISO 32000-2 7.4.5: a length below 128 and so many octets and one, or one octet to repeat; 128 ends it."""
    at = begins
    while at < len(data) and data[at] != 128:
        at += data[at] + 2 if data[at] < 128 else 2
    return at + 1
