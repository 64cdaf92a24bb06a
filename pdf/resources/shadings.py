"""Shadings (ISO 32000-2 8.7.4.5) made anew, each from what its kind needs."""

from __future__ import annotations

from pikepdf import Array, Name, Object, Pdf, Stream

from pdf.resources import functions, streams, values
from pdf.resources.colours import Colours, Space
from pdf.resources.values import unclear

_FROM_FUNCTION, _AXIAL, _RADIAL = 1, 2, 3
_TRIANGLES, _LATTICE, _PATCHES = 4, 5, (6, 7)
_BITS_OF_PLACES = frozenset({1, 2, 4, 8, 12, 16, 24, 32})
_BITS_OF_COLOURS = frozenset({1, 2, 4, 8, 12, 16})
_BITS_OF_FLAGS = frozenset({2, 4, 8})


def settle(pdf: Pdf, shading: Object, colours: Colours, *, has_ground: bool) -> None:
    """Write a shading anew in its place, with what is seen around it or without; raises `pdf_unclear`."""
    kind = values.whole(values.entry(shading, "/ShadingType"), "kind of shading", least=1, most=7)
    space = colours.read(values.entry(shading, "/ColorSpace"))
    if space.family == "Pattern":
        raise unclear("a shading of patterns")
    entries: dict[str, object] = {"/ShadingType": kind, "/ColorSpace": space.written}
    if has_ground and (ground := values.entry(shading, "/Background")) is not None:
        entries["/Background"] = values.row(values.numbers(ground, space.components, "ground of a shading"))
    if (edge := values.entry(shading, "/BBox")) is not None:
        entries["/BBox"] = values.row(values.box(edge, "edge of a shading"))
    if kind >= _TRIANGLES:
        stream = values.stream(shading, "shading")
        entries |= _meshed(pdf, stream, kind, space)
        streams.rewrite(stream)
        entries["/Filter"] = Name.FlateDecode
    elif isinstance(shading, Stream):
        raise unclear("a shading with data that it does not need")
    else:
        entries |= _computed(pdf, shading, kind, space)
    values.settle(shading, entries)


def _computed(pdf: Pdf, shading: Object, kind: int, space: Space) -> dict[str, object]:
    inputs = 2 if kind == _FROM_FUNCTION else 1
    entries: dict[str, object] = {"/Function": _function(pdf, shading, space, inputs)}
    if (domain := values.entry(shading, "/Domain")) is not None:
        found = values.numbers(domain, 2 * inputs, "domain of a shading")
        if any(low > high for low, high in values.spans(found)):
            raise unclear("domain of a shading: upside down")
        entries["/Domain"] = values.row(found)
    if kind == _FROM_FUNCTION:
        entries["/Matrix"] = values.matrix(values.entry(shading, "/Matrix"), "matrix of a shading")
        return entries
    coords = values.numbers(values.entry(shading, "/Coords"), 4 if kind == _AXIAL else 6, "ends of a shading")
    if kind == _AXIAL and coords[:2] == coords[2:]:
        raise unclear("a shading of no length")
    if kind == _RADIAL and (coords[2] < 0 or coords[5] < 0 or coords[:3] == coords[3:]):
        raise unclear("a shading of no width")
    entries["/Coords"] = values.row(coords)
    if (extend := values.entry(shading, "/Extend")) is not None:
        if not isinstance(extend, Array) or len(extend) != 2 or not all(isinstance(e, bool) for e in extend):
            raise unclear("ends of a shading")
        entries["/Extend"] = Array(list(extend))
    return entries


def _function(pdf: Pdf, shading: Object, space: Space, inputs: int) -> Object:
    if space.family == "Indexed":
        raise unclear("a shading through a palette")
    said = values.entry(shading, "/Function")
    made = functions.read_many(pdf, said, inputs=inputs, outputs=space.components)
    return made if made.is_indirect else pdf.make_indirect(made)


def _meshed(pdf: Pdf, shading: Stream, kind: int, space: Space) -> dict[str, object]:
    entries: dict[str, object] = {}
    wanted = [("/BitsPerCoordinate", _BITS_OF_PLACES), ("/BitsPerComponent", _BITS_OF_COLOURS)]
    wanted += [("/BitsPerFlag", _BITS_OF_FLAGS)] if kind != _LATTICE else []
    for key, allowed in wanted:
        bits = values.whole(values.entry(shading, key), f"shading's {key}")
        if bits not in allowed:
            raise unclear(f"shading's {key}")
        entries[key] = bits
    if kind == _LATTICE:
        entries["/VerticesPerRow"] = values.whole(
            values.entry(shading, "/VerticesPerRow"), "rows of a shading", least=2
        )
    colours = space.components
    if values.entry(shading, "/Function") is not None:
        entries["/Function"], colours = _function(pdf, shading, space, 1), 1
    decode = values.numbers(values.entry(shading, "/Decode"), 4 + 2 * colours, "decoding of a shading")
    entries["/Decode"] = values.row(decode)
    return entries
