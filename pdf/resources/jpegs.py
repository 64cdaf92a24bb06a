"""JPEG data (ITU-T T.81) with nothing in it but the picture; read by its markers, and not decoded."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from pdf.resources.values import unclear

_SOI, _EOI, _SOS, _DQT, _DHT, _DRI, _COM = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xFE
_PROGRESSIVE, _LAST = 0xC2, 63
_FRAMES = frozenset({0xC0, 0xC1, _PROGRESSIVE})  # baseline, extended, progressive: what every reader has
_APP0, _APP14, _LAST_APP = 0xE0, 0xEE, 0xEF
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # T.81 B.1.1.2: zeros are stuffed, restarts belong to the data
_RGB = b"RGB"


@dataclass
class _Seen:
    """What the markers said so far."""

    width: int = 0
    height: int = 0
    identifiers: bytes = b""
    adobe: int | None = None  # its transform
    is_jfif: bool = False
    progressive: bool = False
    scanned: dict[tuple[int, int], int] = field(default_factory=dict)  # (component, coefficient) → its lowest bit
    quantised: dict[int, int] = field(default_factory=dict)  # component → its table of steps
    begun: set[int] = field(default_factory=set)  # tables of steps that a scan used


@dataclass(frozen=True)
class Jpeg:
    """Clean data: pixels across and down, 1, 3 or 4 components."""

    data: bytes
    width: int
    height: int
    components: int


def cleaned(data: bytes, *, transform: int | None) -> Jpeg:
    """The same picture without comments, cameras' notes and what follows its end. Raises PdfError `pdf_unclear`.

    How its colours are kept is said in one place, which all readers read: Adobe's marker (T.872 6.5.3). `transform`
    is what the PDF says (ISO 32000-2 Table 13), which counts only where the data says nothing itself.
    """
    seen = _Seen()
    parts = _parts(data, seen)
    if len(seen.identifiers) not in (1, 3, 4):
        raise unclear("a JPEG of unusual colours")
    marker = _adobe(seen, transform)
    clean = b"\xff\xd8" + marker + b"".join(parts) + b"\xff\xd9"
    return Jpeg(clean, seen.width, seen.height, len(seen.identifiers))


def _parts(data: bytes, seen: _Seen) -> list[bytes]:
    """The segments that make the picture, from its beginning to its end."""
    if data[:2] != b"\xff\xd8":
        raise unclear("no JPEG")
    at, parts, has_scan = 2, list[bytes](), False
    while True:
        while data[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if at + 2 > len(data) and has_scan:
            _check_whole(seen)
            return parts  # readers end a picture for which the end was forgotten
        if at + 4 > len(data) and data[at : at + 2] != b"\xff\xd9":
            raise unclear("a JPEG that breaks off")
        if data[at] != 0xFF:
            raise unclear("a JPEG with something between its parts")
        marker = data[at + 1]
        if marker == _EOI:
            _check_whole(seen)
            return parts
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        body = data[at + 4 : end]
        if end > len(data) or end < at + 4:
            raise unclear("a JPEG that breaks off")
        if _is_kept(marker, body, seen):
            parts.append(data[at:end])
        if marker == _SOS:
            following = _NEXT_MARKER.search(data, end)
            at, has_scan = following.start() if following else len(data), True
            parts.append(data[end:at])
        else:
            at = end


def _is_kept(marker: int, body: bytes, seen: _Seen) -> bool:
    if marker in _FRAMES:
        _read_frame(body, seen)
        seen.progressive = marker == _PROGRESSIVE
    elif marker == _APP0 and body[:5] == b"JFIF\0":
        seen.is_jfif = True
    elif marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:
        seen.adobe = body[11]
    elif marker == _SOS:
        _check_scan(body, seen)
    elif marker == _DQT:
        _check_quantisation(body, seen)
    elif marker == _DHT:
        _check_codes(body)
    elif marker == _DRI:
        if len(body) != 2:
            raise unclear("a JPEG with a bad interval")
    elif marker != _COM and not _APP0 <= marker <= _LAST_APP:
        raise unclear("a JPEG of an unusual kind")
    return marker != _COM and not _APP0 <= marker <= _LAST_APP


def _read_frame(body: bytes, seen: _Seen) -> None:
    if seen.identifiers or len(body) < 6 or len(body) != 6 + 3 * body[5]:
        raise unclear("a JPEG with two frames, or a broken one")
    bits, seen.height, seen.width = struct.unpack_from(">BHH", body)
    seen.identifiers = body[6::3]
    seen.quantised = dict(zip(seen.identifiers, body[8::3], strict=True))
    if bits != 8 or not seen.width or not seen.height or len(set(seen.identifiers)) != len(seen.identifiers):
        raise unclear("a JPEG with an unusual frame")


def _check_scan(body: bytes, seen: _Seen) -> None:
    wanted = body[1 : 1 + 2 * body[0] : 2] if body else b""
    if not wanted or len(body) != 4 + 2 * body[0] or not set(wanted) <= set(seen.identifiers):
        raise unclear("a JPEG with a broken scan")
    begin, end, bits = body[-3:]
    high, low = bits >> 4, bits & 15
    if seen.progressive:
        _check_bands(begin, end, high, low, len(wanted))
    elif (begin, end) not in ((0, _LAST), (0, 0)) or bits:
        raise unclear("a JPEG with a broken scan")
    for component in wanted:
        for at in range(begin, end + 1) if seen.progressive else range(1):
            _count(component, at, high, low, seen)
        seen.begun.add(seen.quantised[component])


def _count(component: int, at: int, high: int, low: int, seen: _Seen) -> None:
    """T.81 B.2.3, G.1.1.1.1: some readers end with the first scan that holds all, for others the last one counts."""
    before = seen.scanned.get((component, at))
    follows = not high if before is None else seen.progressive and before == high
    if not follows or (at and (component, 0) not in seen.scanned):
        raise unclear("a JPEG whose scans come again")
    seen.scanned[component, at] = low


def _check_bands(begin: int, end: int, high: int, low: int, components: int) -> None:
    """T.81 G.1.1.1.1: constant parts apart from the others, these for one component; bit after bit."""
    is_band = begin == end == 0 or (0 < begin <= end <= _LAST and components == 1)
    if not is_band or low > 13 or (high and high != low + 1):
        raise unclear("a JPEG with a broken scan")


def _check_whole(seen: _Seen) -> None:
    """A picture of which a part never came is one that readers fill up as they like."""
    if not seen.identifiers or not all((component, 0) in seen.scanned for component in seen.identifiers):
        raise unclear("a JPEG without a picture")


def _check_quantisation(body: bytes, seen: _Seen) -> None:
    at = 0
    while at < len(body):
        if body[at] & 15 in seen.begun:
            raise unclear("a JPEG whose tables change within it")
        at += 1 + (128 if body[at] >> 4 else 64)
    if at != len(body):
        raise unclear("a JPEG with a broken table")


def _check_codes(body: bytes) -> None:
    at = 0
    while at + 17 <= len(body):
        at += 17 + sum(body[at + 1 : at + 17])
    if at != len(body):
        raise unclear("a JPEG with a broken table")


def _adobe(seen: _Seen, transform: int | None) -> bytes:
    """Adobe's marker, as readers would guess it where there is none; for four components none stays none."""
    count = len(seen.identifiers)
    said = seen.adobe
    if count == 1 or (count == 4 and said is None):
        if transform and count == 4:
            raise unclear("a JPEG whose colours are turned")
        return b""
    if said is None:
        guessed = 1 if seen.is_jfif or seen.identifiers != _RGB else 0
        said = guessed if transform is None else transform
    if said not in ((0, 1) if count == 3 else (0, 2)):
        raise unclear("a JPEG with an unknown turn of colours")
    return b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + bytes([said])
