"""Functions that mix colours (ISO 32000-2 7.10), each made anew from what its kind needs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pikepdf import Array, Dictionary, Object, Pdf, Stream

from pdf.resources import calculators, streams, tables, values
from pdf.resources.tables import Function, Samples, Table
from pdf.resources.values import Number, unclear

_MOST_DEEP = 8
_MOST_SAMPLES = 16 * 1024 * 1024  # bytes
_BITS = frozenset({1, 2, 4, 8, 12, 16, 24, 32})
_MOST_PARTS = 1_000
_STEEPEST = 10  # beyond, a curve is a step, and the last digit decides on which side of it a colour is
_JUMP = 0.02


@dataclass(frozen=True)
class _Read:
    """A function as it is written out, and what it makes of numbers."""

    written: Object
    call: Function


def read(pdf: Pdf, function: object, *, inputs: int, outputs: int) -> Object:
    """The function anew; raises `pdf_unclear` unless it makes `outputs` numbers of `inputs`.

    A curve, and parts that meet, stay what they are; all that readers reckon with in different ways (programs, parts
    with a jump between them, samples of several inputs) becomes a table.
    """
    return _read(pdf, function, inputs, outputs, 0).written


def _read(pdf: Pdf, function: object, inputs: int, outputs: int, depth: int) -> _Read:
    part = values.dictionary(function, "function")
    if depth > _MOST_DEEP:
        raise unclear("functions nested too deep")
    domain = _pairs(part, "/Domain", inputs)
    kind = values.entry(part, "/FunctionType")
    limits = values.entry(part, "/Range")
    span = None if limits is None else _pairs(part, "/Range", outputs)
    if kind == 2 and inputs == 1:
        return _exponential(part, domain, span, outputs)
    if kind == 3 and inputs == 1:
        return _stitched(pdf, part, domain, span, outputs, depth)
    if kind not in (0, 4) or span is None:
        raise unclear("a function of an unknown kind")
    stream = values.stream(part, "function")
    if kind == 4:
        return _tabled(pdf, _worked_out(streams.unpacked(stream), tuple(domain), tuple(span)), domain, span)
    return _sampled(pdf, stream, domain, span, outputs)


def read_many(pdf: Pdf, function: object, *, inputs: int, outputs: int) -> Object:
    """As `read`; or one function for each output, in an array."""
    if not isinstance(function, Array):
        return read(pdf, function, inputs=inputs, outputs=outputs)
    if len(function) != outputs:
        raise unclear("too many functions, or too few")
    return Array([read(pdf, each, inputs=inputs, outputs=1) for each in function])


@lru_cache(maxsize=64)
def _worked_out(source: bytes, domain: tuple[Number, ...], span: tuple[Number, ...]) -> Table:
    """The table of a program: files repeat theirs on every page."""
    program = calculators.parse(source)
    if calculators.length(program) * tables.work(len(domain) // 2) > tables.MOST_STEPS:
        raise unclear("a function that is too long")
    return tables.made(lambda point: calculators.run(program, point, len(span) // 2), domain, span)


def _tabled(pdf: Pdf, table: Table, domain: list[Number], span: list[Number]) -> _Read:
    entries: dict[str, object] = {
        "/FunctionType": 0, "/Domain": values.row(domain), "/Range": values.row(span),
        "/Size": Array(list(table.size)), "/BitsPerSample": 8,
    }  # fmt: skip
    ends = [float(side - 1) for side in table.size]
    encode = [each for end in ends for each in (0.0, end)]
    call = _from_samples(table.samples, table.size, 255, domain, span, encode, list(map(float, span)))
    return _Read(_stream(pdf, table.samples, entries), call)


def _between(value: float, source: Sequence[float], target: Sequence[float]) -> float:
    """7.10.2: from one interval to another."""
    if source[0] == source[1]:
        return float(target[0])
    return target[0] + (value - source[0]) * (target[1] - target[0]) / (source[1] - source[0])


def _clipped(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _from_samples(
    samples: Samples, size: Sequence[int], full: int, domain: Sequence[Number], span: Sequence[Number],
    encode: Sequence[float], decode: Sequence[float],
) -> Function:  # fmt: skip
    axes, ranges = _floats(domain), _floats(span)
    encoded, decoded = _floats(encode), _floats(decode)

    def call(point: Sequence[float]) -> list[float]:
        at = [_between(_clipped(each, *axis), axis, to) for each, axis, to in zip(point, axes, encoded, strict=True)]
        found = tables.mixed(samples, size, len(ranges), at)
        return [
            _clipped(_between(each, (0, full), to), *limits)
            for each, to, limits in zip(found, decoded, ranges, strict=True)
        ]

    return call


def _floats(pairs: Sequence[Number | float]) -> list[tuple[float, float]]:
    return [(float(pairs[at]), float(pairs[at + 1])) for at in range(0, len(pairs), 2)]


def _stream(pdf: Pdf, data: bytes, entries: dict[str, object]) -> Object:
    made = Stream(pdf, b"")
    streams.write(made, data)
    for key, value in entries.items():
        made[key] = value
    return pdf.make_indirect(made)


def _pairs(part: Object, key: str, count: int) -> list[Number]:
    found = values.numbers(values.entry(part, key), 2 * count, f"function's {key}")
    if any(low > high for low, high in values.spans(found)):
        raise unclear(f"function's {key}: upside down")
    return found


def _common(domain: list[Number], span: list[Number] | None) -> dict[str, object]:
    entries: dict[str, object] = {"/Domain": values.row(domain)}
    return entries if span is None else entries | {"/Range": values.row(span)}


def _limited(found: list[float], span: list[Number] | None) -> list[float]:
    if span is None:
        return found
    return [_clipped(each, *limits) for each, limits in zip(found, _floats(span), strict=True)]


def _exponential(part: Object, domain: list[Number], span: list[Number] | None, outputs: int) -> _Read:
    ends = {}
    for key, usual in (("/C0", 0), ("/C1", 1)):
        given = values.entry(part, key)
        found = [usual] if given is None else values.numbers(given, outputs, f"function's {key}")
        if len(found) != outputs:
            raise unclear(f"function's {key} is missing")
        ends[key] = found
    power = values.number(values.entry(part, "/N"), "function's /N", least=0, most=_STEEPEST)
    if domain[0] < 0 and power != int(power):
        raise unclear("a power of less than nothing")
    (axis,), n = _floats(domain), float(power)
    sides = [(float(one), float(other)) for one, other in zip(ends["/C0"], ends["/C1"], strict=True)]

    def call(point: Sequence[float]) -> list[float]:
        share = _clipped(point[0], *axis) ** n
        return _limited([one + share * (other - one) for one, other in sides], span)

    entries = {"/FunctionType": 2, "/N": values.kept(power), **{key: values.row(each) for key, each in ends.items()}}
    return _Read(Dictionary(_common(domain, span) | entries), call)


def _stitched(
    pdf: Pdf, part: Object, domain: list[Number], span: list[Number] | None, outputs: int, depth: int
) -> _Read:
    parts = values.entry(part, "/Functions")
    if not isinstance(parts, Array) or not 1 <= len(parts) <= _MOST_PARTS:
        raise unclear("a function of no parts")
    bounds = values.numbers(values.entry(part, "/Bounds"), len(parts) - 1, "function's /Bounds")
    edges = [domain[0], *bounds, domain[1]]
    if any(one > other for one, other in itertools.pairwise(edges)):
        raise unclear("function's /Bounds: not in order")
    encode = values.numbers(values.entry(part, "/Encode"), 2 * len(parts), "function's /Encode")
    made = [_read(pdf, each, 1, outputs, depth + 1) for each in parts]
    pieces = list(zip(itertools.pairwise(map(float, edges)), _floats(encode), made, strict=True))

    def call(point: Sequence[float]) -> list[float]:
        at = _clipped(point[0], float(domain[0]), float(domain[1]))
        source, target, inner = next((each for each in pieces if at < each[0][1]), pieces[-1])
        return _limited(list(inner.call([_between(at, source, target)])), span)

    if not _meet(pieces):
        ranges = span or [each for _ in range(outputs) for each in (0, 1)]
        return _tabled(pdf, tables.made(call, domain, ranges), domain, ranges)
    entries = {
        "/FunctionType": 3,
        "/Functions": Array([pdf.make_indirect(each.written) for each in made]),
        "/Bounds": values.row(bounds),
        "/Encode": values.row(encode),
    }
    return _Read(Dictionary(_common(domain, span) | entries), call)


def _meet(pieces: Sequence[tuple[tuple[float, float], tuple[float, float], _Read]]) -> bool:
    """Whether each part ends where the next begins: on a jump, the last digit decides which side a reader takes."""
    for (_, one, before), (_, other, after) in itertools.pairwise(pieces):
        sides = zip(before.call([one[1]]), after.call([other[0]]), strict=True)
        if any(abs(left - right) > _JUMP for left, right in sides):
            return False
    return all(source[0] < source[1] for source, _, _ in pieces)


@dataclass(frozen=True)
class _Bits:
    """Samples of any number of bits, side by side."""

    data: bytes
    bits: int

    def __getitem__(self, at: int) -> int:
        begin = at * self.bits
        first, last = begin // 8, (begin + self.bits + 7) // 8
        shift = 8 * last - begin - self.bits
        return (int.from_bytes(self.data[first:last]) >> shift) & ((1 << self.bits) - 1)


def _sampled(pdf: Pdf, stream: Stream, domain: list[Number], span: list[Number], outputs: int) -> _Read:
    inputs = len(domain) // 2
    given = values.numbers(values.entry(stream, "/Size"), inputs, "function's /Size", least=1)
    bits = values.whole(values.entry(stream, "/BitsPerSample"), "function's bits")
    size = [values.whole(side, "function's /Size", least=1, most=_MOST_SAMPLES) for side in given]
    count = math.prod(size) * outputs
    length = -(-count * bits // 8)
    samples = streams.unpacked(stream)
    if bits not in _BITS or length > _MOST_SAMPLES or len(samples) < length:
        raise unclear("a function of too few samples")
    usual = [each for side in size for each in (0, side - 1)]
    encode = _said(stream, "/Encode", usual)
    decode = _said(stream, "/Decode", span)
    call = _from_samples(
        _Bits(samples, bits), size, (1 << bits) - 1, domain, span,
        [float(each) for each in encode], [float(each) for each in decode],
    )  # fmt: skip
    if inputs > 1 or encode != usual:
        if any(side > limit for side, limit in zip(size, tables.sides(inputs), strict=True)):
            raise unclear("a function of too many samples")
        return _tabled(pdf, tables.made(call, domain, span), domain, span)
    entries: dict[str, object] = {
        **_common(domain, span), "/FunctionType": 0, "/Size": values.row(size), "/BitsPerSample": bits,
        "/Decode": values.row(decode),
    }  # fmt: skip
    return _Read(_stream(pdf, samples[:length], entries), call)


def _said(stream: Stream, key: str, usual: Sequence[Number]) -> list[Number]:
    given = values.entry(stream, key)
    return list(usual) if given is None else values.numbers(given, len(usual), f"function's {key}")
