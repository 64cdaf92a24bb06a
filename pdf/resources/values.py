"""Numbers, names and dictionaries out of foreign files, in the one way in which all readers read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from pdf.errors import PdfError

# pdfium counts in single precision and in 32 bits, others in other ways: beyond this they part.
_FARTHEST = 10_000_000
_DIGITS = 10  # after the point

Number = int | Decimal


def unclear(reason: str) -> PdfError:
    """What readers draw in different ways; `reason` is short, and for people who mend files."""
    return PdfError(reason, code="pdf_unclear", reason=reason)


def number(value: object, what: str, *, least: Number = -_FARTHEST, most: Number = _FARTHEST) -> Number:
    """An integer or decimal within bounds; raises `pdf_unclear`."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise unclear(f"{what}: no number")
    if isinstance(value, Decimal) and not value.is_finite():
        raise unclear(f"{what}: no number")
    if not least <= value <= most:
        raise unclear(f"{what}: out of range")
    return value


def whole(value: object, what: str, *, least: int = 0, most: int = _FARTHEST) -> int:
    """An integer; 8.0 is taken for 8."""
    found = number(value, what, least=least, most=most)
    if found != int(found):
        raise unclear(f"{what}: not whole")
    return int(found)


def numbers(value: object, count: int | None, what: str, *, least: Number = -_FARTHEST) -> list[Number]:
    """As many numbers as `count`, or any number of them."""
    if not isinstance(value, Array) or (count is not None and len(value) != count):
        raise unclear(f"{what}: not {'numbers' if count is None else count}")
    return [number(each, what, least=least) for each in items(value)]


def items(array: Array) -> list[object]:
    """The elements, scalars as Python's own; raises `pdf_unclear` where one looks like a number and is none."""
    try:
        return list(array)
    except InvalidOperation as error:
        raise unclear("a number that is none") from error


def entry(part: Object, key: str) -> object:
    """The value under a key, or None; raises `pdf_unclear` where it looks like a number and is none."""
    try:
        return part.get(key)
    except InvalidOperation as error:
        raise unclear(f"{key}: no number") from error


def name(part: Object, key: str) -> str:
    """The name under this key with its slash; empty where there is none, or something else."""
    return text(entry(part, key))


def text(value: object) -> str:
    """A name with its slash, byte for byte (Chinese programs write names in GBK too); empty for what is none."""
    return bytes(value).decode("latin-1") if isinstance(value, Name) else ""


def flag(part: Object, key: str) -> bool:
    """True or false, false where it is missing; raises `pdf_unclear` for anything else."""
    value = entry(part, key)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise unclear(f"{key}: neither true nor false")


def kept(value: Number) -> int | Object:
    """A number as it is written out: plain digits, which pikepdf would cut to six of them."""
    if value == int(value):
        return int(value)
    return Object.parse(f"{value:.{_DIGITS}f}".rstrip("0").encode())


def row(values: Iterable[Number]) -> Array:
    """These numbers in an array."""
    return Array([kept(value) for value in values])


def settle(part: Object, entries: Mapping[str, object]) -> None:
    """Leave nothing in a dictionary or stream but these entries; None means: not at all."""
    for key in list(part.keys()):
        if key not in entries and key != "/Length":
            del part[key]
    for key, value in entries.items():
        if value is not None:
            part[key] = value
        elif key in part:
            del part[key]


def dictionary(value: object, what: str) -> Dictionary | Stream:
    """The value if it is a dictionary; of a stream its entries count too."""
    if not isinstance(value, Dictionary | Stream):
        raise unclear(f"{what}: no dictionary")
    return value


def stream(value: object, what: str) -> Stream:
    """The value if it is a stream; raises `pdf_unclear`."""
    if not isinstance(value, pikepdf.Stream):
        raise unclear(f"{what}: no stream")
    return value


def matrix(value: object, what: str) -> Array | None:
    """Six numbers that can be turned back; None where the matrix is left out or changes nothing."""
    if value is None:
        return None
    found = numbers(value, 6, what)
    a, b, c, d = (Decimal(each) for each in found[:4])
    if a * d == b * c:
        raise unclear(f"{what}: everything upon one line")
    return None if list(found) == [1, 0, 0, 1, 0, 0] else row(found)


def box(value: object, what: str) -> list[Number]:
    """Left, bottom, right, top in order; raises `pdf_unclear` for anything but four numbers."""
    one = numbers(value, 4, what)
    return [min(one[0], one[2]), min(one[1], one[3]), max(one[0], one[2]), max(one[1], one[3])]


def spans(values: Sequence[Number]) -> list[tuple[Number, Number]]:
    """Pairs of a lower and an upper bound."""
    return list(zip(values[::2], values[1::2], strict=True))
