"""Functions that mix colours (ISO 32000-2 7.10), each made anew from what its kind needs."""

from __future__ import annotations

import itertools

from pikepdf import Array, Dictionary, Object, Pdf, Stream

from pdf.resources import calculators, streams, values
from pdf.resources.values import Number, unclear

_MOST_DEEP = 8
_MOST_SAMPLES = 16 * 1024 * 1024  # bytes
_BITS = frozenset({1, 2, 4, 8, 12, 16, 24, 32})
_MOST_INPUTS, _MOST_OUTPUTS, _MOST_PARTS = 32, 32, 1_000


def read(pdf: Pdf, function: object, *, inputs: int, outputs: int, depth: int = 0) -> Object:
    """The function anew; raises `pdf_unclear` unless it makes `outputs` numbers of `inputs`."""
    part = values.dictionary(function, "function")
    if depth > _MOST_DEEP:
        raise unclear("functions nested too deep")
    domain = _pairs(part, "/Domain", inputs)
    kind = values.entry(part, "/FunctionType")
    limits = values.entry(part, "/Range")
    span = None if limits is None else _pairs(part, "/Range", outputs)
    common: dict[str, object] = {"/Domain": values.row(domain)}
    if span is not None:
        common["/Range"] = values.row(span)
    if kind == 2 and inputs == 1:
        return Dictionary(common | _exponential(part, domain, outputs))
    if kind == 3 and inputs == 1:
        return Dictionary(common | _stitched(pdf, part, domain, outputs, depth))
    if kind not in (0, 4) or span is None:
        raise unclear("a function of an unknown kind")
    stream = values.stream(part, "function")
    if kind == 4:
        program = calculators.read(streams.unpacked(stream), inputs=inputs, outputs=outputs)
        return _stream(pdf, program, common | {"/FunctionType": 4})
    entries, samples = _sampled(stream, inputs, outputs)
    return _stream(pdf, samples, common | entries)


def read_many(pdf: Pdf, function: object, *, inputs: int, outputs: int) -> Object:
    """As `read`; or one function for each output, in an array."""
    if not isinstance(function, Array):
        return read(pdf, function, inputs=inputs, outputs=outputs)
    if len(function) != outputs:
        raise unclear("too many functions, or too few")
    return Array([read(pdf, each, inputs=inputs, outputs=1) for each in function])


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


def _exponential(part: Object, domain: list[Number], outputs: int) -> dict[str, object]:
    ends = {}
    for key, usual in (("/C0", 0), ("/C1", 1)):
        given = values.entry(part, key)
        found = [usual] if given is None else values.numbers(given, outputs, f"function's {key}")
        if len(found) != outputs:
            raise unclear(f"function's {key} is missing")
        ends[key] = values.row(found)
    power = values.number(values.entry(part, "/N"), "function's /N", least=0, most=1_000)
    if domain[0] < 0 and power != int(power):
        raise unclear("a power of less than nothing")
    return {"/FunctionType": 2, "/N": values.kept(power), **ends}


def _stitched(pdf: Pdf, part: Object, domain: list[Number], outputs: int, depth: int) -> dict[str, object]:
    parts = values.entry(part, "/Functions")
    if not isinstance(parts, Array) or not 1 <= len(parts) <= _MOST_PARTS:
        raise unclear("a function of no parts")
    bounds = values.numbers(values.entry(part, "/Bounds"), len(parts) - 1, "function's /Bounds")
    edges = [domain[0], *bounds, domain[1]]
    if any(one > other for one, other in itertools.pairwise(edges)):
        raise unclear("function's /Bounds: not in order")
    encode = values.numbers(values.entry(part, "/Encode"), 2 * len(parts), "function's /Encode")
    made = [read(pdf, each, inputs=1, outputs=outputs, depth=depth + 1) for each in parts]
    return {
        "/FunctionType": 3,
        "/Functions": Array([pdf.make_indirect(each) for each in made]),
        "/Bounds": values.row(bounds),
        "/Encode": values.row(encode),
    }


def _sampled(stream: Stream, inputs: int, outputs: int) -> tuple[dict[str, object], bytes]:
    given = values.entry(stream, "/Size")
    size = values.numbers(given, inputs, "function's /Size", least=1)
    bits = values.whole(values.entry(stream, "/BitsPerSample"), "function's bits")
    count = outputs * bits
    for side in size:
        count *= values.whole(side, "function's /Size", least=1, most=_MOST_SAMPLES)
    length = -(-count // 8)
    samples = streams.unpacked(stream)
    if bits not in _BITS or length > _MOST_SAMPLES or len(samples) < length:
        raise unclear("a function of too few samples")
    entries: dict[str, object] = {"/FunctionType": 0, "/Size": values.row(size), "/BitsPerSample": bits}
    for key, pairs in (("/Encode", inputs), ("/Decode", outputs)):
        if values.entry(stream, key) is not None:
            entries[key] = values.row(values.numbers(values.entry(stream, key), 2 * pairs, f"function's {key}"))
    return entries, samples[:length]
