"""The operators of content streams (ISO 32000-2 Annex A): how many operands of which kind each takes, and no other."""

from __future__ import annotations

from pdf.contents import plane, thin
from pdf.contents.tokens import COUNTS, Named, Operand, Row, Text, Written, unclear

_OTHERS: dict[bytes, tuple[type, ...]] = {
    b"d": (Row, bytes), b"ri": (Named,), b"gs": (Named,), b"CS": (Named,), b"cs": (Named,), b"sh": (Named,),
    b"Do": (Named,), b"Tf": (Named, bytes), b"Tj": (Text,), b"TJ": (Row,), b"'": (Text,), b'"': (bytes, bytes, Text),
}  # fmt: skip
_KINDS: dict[bytes, tuple[type, ...]] = {name: (bytes,) * count for name, count in COUNTS.items()} | _OTHERS
# Colours in a space that was chosen before: as many numbers as it says, and the name of a pattern.
COLOURS = frozenset({b"sc", b"scn", b"SC", b"SCN"})
# What other programs may read out of a page without drawing it: dropped, so that it says nothing else than the page.
MARKS = frozenset({b"BMC", b"BDC", b"EMC", b"MP", b"DP"})

STARTS = frozenset({b"m", b"re"})
PATHS = STARTS | {b"l", b"c", b"v", b"y", b"h"}
CLIPS = frozenset({b"W", b"W*"})
FILLS = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"})
STROKES = frozenset({b"S", b"s", b"B", b"B*", b"b", b"b*"})
PAINTS = FILLS | STROKES | {b"n"}
DEVICES = {
    b"g": (b"DeviceGray", 1), b"rg": (b"DeviceRGB", 3), b"k": (b"DeviceCMYK", 4),
    b"G": (b"DeviceGray", 1), b"RG": (b"DeviceRGB", 3), b"K": (b"DeviceCMYK", 4),
}  # fmt: skip
SHOWS = frozenset({b"Tj", b"TJ", b"'", b'"'})
PLACES = frozenset({b"Td", b"TD", b"Tm", b"T*"})
TEXT_STATES = frozenset({b"Tc", b"Tw", b"Tz", b"TL", b"Ts"})
INTENTS = frozenset({b"AbsoluteColorimetric", b"RelativeColorimetric", b"Saturation", b"Perceptual"})


def check(operator: bytes, operands: list[Operand]) -> None:
    """Raises `pdf_unclear` unless the operator is known and has exactly the operands that it takes."""
    kinds = _KINDS.get(operator)
    if kinds is None:
        raise unclear(f"operator {operator[:20]!r}")
    if len(operands) != len(kinds):
        raise unclear(f"{len(operands)} operands of {operator.decode()}")
    for operand, kind in zip(operands, kinds, strict=True):
        if type(operand) is not kind and type(operand) is not Written:
            raise unclear(f"an operand of {operator.decode()}")


def whole(operand: Operand, most: int, what: str) -> bytes:
    """A small integer from 0; 1.0 is taken for 1. Raises `pdf_unclear`."""
    number = bytes(operand)
    head, _, rest = number.partition(b".")
    if rest.strip(b"0") or not head.isdigit() or int(head) > most:
        raise unclear(f"{what} {number.decode()}")
    return b"%d" % int(head)


def clamped(operand: Operand, most: float = 1) -> bytes:
    """A number that is brought between 0 and `most`, as all readers do with colours."""
    number = bytes(operand)
    value = float(number)
    return b"0" if value <= 0 else number if value <= most else b"%d" % most


def dashes(row: Operand, phase: Operand, matrix: plane.Matrix) -> tuple[bytes, bytes]:
    """The operands of `d` for lines with round ends, and with others; dashes too small to see are a whole line.

    Raises `pdf_unclear` for lengths below 0.
    """
    assert isinstance(row, Row)  # noqa: S101 - checked; for the type checker
    lengths = [each for each in row.items if type(each) is bytes]
    values = [float(each) for each in lengths]
    if len(lengths) != len(row.items) or any(each < 0 for each in values):
        raise unclear("dashes that are no lengths")
    if thin.are_line(lengths, matrix):
        return b"[] 0", b"[] 0"
    start = bytes(phase)
    if float(start) < 0:  # ISO 32000-2 8.4.3.6
        start = b"%.6f" % (float(start) % (2 * sum(values)))
    round_ends, others = (b"[" + b" ".join(each) + b"] " + start for each in (lengths, thin.without_dots(lengths)))
    return round_ends, others


def shown(row: Operand) -> bytes:
    """The operand of `TJ`: strings and numbers. Raises `pdf_unclear`."""
    if isinstance(row, Written):
        return row.octets
    assert isinstance(row, Row)  # noqa: S101 - checked; for the type checker
    if any(type(each) not in (bytes, Text) for each in row.items):
        raise unclear("TJ of something else than strings and numbers")
    return bytes(row)
