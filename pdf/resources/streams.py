"""Streams of foreign files: which filters they pass, what comes out, and the one form in which they are written."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, StreamDecodeLevel

from pdf.errors import PdfError
from pdf.resources import values
from pdf.resources.values import unclear

# ISO 32000-2 7.4; short names are for inline images (Table 92), and every reader takes them here too.
_SHORT = {
    "/Fl": "/FlateDecode", "/LZW": "/LZWDecode", "/RL": "/RunLengthDecode", "/AHx": "/ASCIIHexDecode",
    "/A85": "/ASCII85Decode", "/DCT": "/DCTDecode", "/CCF": "/CCITTFaxDecode",
}  # fmt: skip
_GENERAL = frozenset({"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/ASCIIHexDecode", "/ASCII85Decode"})
_PICTURE = frozenset({"/DCTDecode", "/CCITTFaxDecode", "/JPXDecode", "/JBIG2Decode"})
_PREDICTORS = frozenset({1, 2, 10, 11, 12, 13, 14, 15})
_LEVEL = 6
_MOST = 256 * 1024 * 1024  # bytes unpacked; A4 at 600 dpi in RGB is 104 million
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Layer:
    """One filter by its long name, and what the file says about it."""

    filter: str
    parameters: Object


def layers_of(stream: Stream) -> list[Layer]:
    """The filters in the order in which they are taken off; raises `pdf_unclear` for unknown ones."""
    said = stream.get("/Filter")
    filters: list[object] = [] if said is None else values.items(said) if isinstance(said, Array) else [said]
    given = stream.get("/DecodeParms")
    parameters: list[object] = [] if given is None else values.items(given) if isinstance(given, Array) else [given]
    if len(parameters) > len(filters) or (parameters and len(filters) > 1 and not isinstance(given, Array)):
        raise unclear("filters and their parameters do not match")
    parameters += [None] * (len(filters) - len(parameters))
    return [_layer(each, about) for each, about in zip(filters, parameters, strict=True)]


def _layer(said: object, about: object) -> Layer:
    written = values.text(said)
    long = _SHORT.get(written, written)
    if long not in _GENERAL | _PICTURE:
        raise unclear(f"filter {written[:40]}")
    return Layer(long, values.dictionary(Dictionary() if about is None else about, "filter parameters"))


def is_of_pictures(layer: Layer) -> bool:
    """Whether this filter makes pixels, and nothing but them."""
    return layer.filter in _PICTURE


def unpacked(stream: Stream) -> bytes:
    """What is in a stream that is no picture; raises `pdf_unclear`."""
    layers = layers_of(stream)
    if any(is_of_pictures(layer) for layer in layers):
        raise unclear("a filter of pictures where none is")
    return taken_off(stream.read_raw_bytes(), layers)


def taken_off(data: bytes, layers: list[Layer]) -> bytes:
    """The data without these layers; raises `pdf_unclear` where it breaks off, and MemoryError."""
    if not layers:
        return data
    with Pdf.new() as scratch:
        packed = Stream(scratch, data)
        packed.Filter = Array([Name(layer.filter) for layer in layers])
        packed.DecodeParms = Array([_parameters(layer) or None for layer in layers])
        try:
            found = packed.read_bytes(StreamDecodeLevel.specialized)
        except pikepdf.PdfError as error:
            if "bad_alloc" in str(error):
                raise MemoryError from error
            raise unclear("data that cannot be unpacked") from error
        if scratch.get_warnings():
            raise unclear("data that breaks off")
    return found


def _parameters(layer: Layer) -> Dictionary:
    if layer.filter not in ("/FlateDecode", "/LZWDecode"):
        return Dictionary()
    about = {
        key: values.whole(values.entry(layer.parameters, key), f"filter's {key}", most=1_000_000)
        for key in ("/Predictor", "/Colors", "/BitsPerComponent", "/Columns", "/EarlyChange")
        if values.entry(layer.parameters, key) is not None
    }
    if about.get("/Predictor", 1) not in _PREDICTORS:
        raise unclear("an unknown predictor")
    return Dictionary(about)


def write(stream: Stream, data: bytes) -> None:
    """Put data in, packed with Flate and nothing else (ISO 32000-2 7.4.4)."""
    stream.write(zlib.compress(data, _LEVEL), filter=Name.FlateDecode)


def rewrite(stream: Stream) -> bytes:
    """Unpack a stream that is no picture and leave it in its one form; what is in it. Raises `pdf_unclear`."""
    data = unpacked(stream)
    layers = layers_of(stream)
    if [layer.filter for layer in layers] == ["/FlateDecode"] and not _parameters(layers[0]):
        clean = plain_flate(stream.read_raw_bytes(), length=len(data))
        if clean is not None:
            stream.write(clean, filter=Name.FlateDecode)
            return data
    write(stream, data)
    return data


def plain_flate(data: bytes, *, length: int) -> bytes | None:
    """`data` without what follows its end, if that is clean Flate of exactly so many bytes; never more in memory."""
    unpacker, seen = zlib.decompressobj(), 0
    waiting = data
    try:
        while not unpacker.eof and seen <= length:
            part = unpacker.decompress(waiting, _CHUNK)
            waiting = unpacker.unconsumed_tail
            if not part and not waiting:
                break
            seen += len(part)
    except zlib.error:
        return None
    if not unpacker.eof or seen != length:
        return None
    return data[: len(data) - len(unpacker.unused_data)]


def check_size(count: int) -> None:
    """Raises PdfError `pdf_too_complex` for pictures that nobody can unpack."""
    if count > _MOST:
        raise PdfError("a picture of too many pixels", code="pdf_too_complex")
