"""The picture of a signature: it stays inside the rectangle that was there before, or it is no picture of one.

Readers scale a form's /BBox into the annotation's /Rect and clip to it (ISO 32000-2 §12.5.5). Where there is none, or
one without room, each does as it likes: pdfium then draws over the whole page, which others have signed.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pdf.verify.increments import Sides
from pdf.verify.limits import within
from pdf.verify.objects import Name, Plain, Ref, Stream, as_dict, as_numbers, refs_in
from pdf.verify.reading import WHITE, string_end

_FORM, _FLATE = Name("/Form"), Name("/FlateDecode")
_OUTSIDE = {"/F", "/FFilter", "/FDecodeParms", "/DecodeParms", "/Ref", "/OPI", "/PS", "/Subtype2"}
_OUR_KEYS = {"/Type", "/Subtype", "/BBox", "/Resources", "/Length"}
_IMAGE_KEYS = {
    "/Type", "/Subtype", "/Width", "/Height", "/BitsPerComponent", "/ColorSpace", "/Filter", "/Length",
}  # fmt: skip
_MOST_PICTURES = 64
_MOST_CONTENT = 1_000_000
_LEAST = Decimal("0.01")  # pdfium takes less than a thousandth for nothing, and then does not scale
_ROUNDED = Decimal("0.002")  # sizes are written to a thousandth
_NUMBER = rb"-?\d{1,7}(?:\.\d{1,3})?"
# What pdf.sign.appearance writes: pictures, each in its place, and the thin line above the captions.
_PICTURE = rb"q %b 0 0 %b %b %b cm /P\d{1,2} Do Q".replace(b"%b", _NUMBER)
_LINE = rb"q 0\.4 w 0\.55 0\.58 0\.65 RG %b %b m %b %b l S Q".replace(b"%b", _NUMBER)
_OUR_CONTENT = re.compile(rb"(?:%b(?:\n%b)*)?(?:(?:^|\n)%b)?" % (_PICTURE, _PICTURE, _LINE))
_USED = re.compile(rb"(/P\d+) Do")
_OPERATOR = re.compile(
    rb"[" + WHITE + rb"]*+(?:%[^\r\n]*+|/[^" + WHITE + rb"()<>\[\]{}/%]*+|<<|>>|<[0-9A-Fa-f" + WHITE + rb"]*+>|[\[\]]"
    rb"|(?P<string>\()|(?P<word>[^" + WHITE + rb"()<>\[\]{}/%]++)|\Z)"
)


def is_framed(sides: Sides, widget: dict[str, Plain], look: Plain) -> bool:
    """Whether the new appearance `look` (/AP) of a widget is one form that keeps to the widget's rectangle."""
    if isinstance(look, Ref) and sides.is_new(look):
        look = sides.new(look)
    shown = look.get("/N") if isinstance(look, dict) and look.keys() == {"/N"} else None
    form = sides.new(shown) if isinstance(shown, Ref) and sides.is_new(shown) else None
    if not isinstance(shown, Ref) or not isinstance(form, Stream) or form.entries.get("/Subtype") != _FORM:
        return False
    content = sides.document.decoded(shown, sides.increment.after)
    within("picture-bytes", len(content), _MOST_CONTENT)
    if sides.increment.ours:
        return _is_ours(sides, widget, form, content)
    return sides.document.is_plainly_packed(shown, sides.increment.after) and _is_kept_in(form, content)


def _is_kept_in(form: Stream, content: bytes) -> bool:
    """A form of another program: its frame is said in place, and nothing in it ends the clipping."""
    frame, matrix = as_numbers(form.entries.get("/BBox")), as_numbers(form.entries.get("/Matrix", [1, 0, 0, 1, 0, 0]))
    if len(frame) != 4 or len(matrix) != 6 or form.entries.keys() & _OUTSIDE:
        return False
    if form.entries.get("/Filter") not in (None, _FLATE, [_FLATE]):
        return False
    wide, high = abs(frame[2] - frame[0]), abs(frame[3] - frame[1])  # any two corners: ISO 32000-2 §7.9.5
    if wide == high == 0:  # of a signature that nobody sees, as some programs write it
        return not content.strip(b"\0\t\n\f\r ")
    turned = matrix[0] * matrix[3] - matrix[1] * matrix[2]
    return wide >= _LEAST and high >= _LEAST and turned != 0 and _is_balanced(content)


def _is_balanced(content: bytes) -> bool:
    """Whether every Q has its q, in content that can be told apart at all (pictures written inline cannot)."""
    at = saved = 0
    while found := _OPERATOR.match(content, at):
        at, word = found.end(), found["word"]
        if found["string"]:
            at = string_end(content, at) or 0
        saved += (word == b"q") - (word == b"Q")
        if not at or saved < 0 or word == b"BI":
            return not content
        if at == len(content):
            return True
    return False


def _is_ours(sides: Sides, widget: dict[str, Plain], form: Stream, content: bytes) -> bool:
    """What pdf.sign.appearance writes, and nothing besides: pictures in a frame as large as the widget."""
    entries, rect, frame = form.entries, as_numbers(widget.get("/Rect")), as_numbers(form.entries.get("/BBox"))
    resources = entries.get("/Resources")
    if entries.keys() != _OUR_KEYS or len(rect) != 4 or len(frame) != 4 or not isinstance(resources, dict):
        return False
    wide, high = rect[2] - rect[0], rect[3] - rect[1]
    same = frame[:2] == [0, 0] and abs(wide - frame[2]) <= _ROUNDED >= abs(high - frame[3])
    pictures = resources.get("/XObject", {})
    return (
        same
        and min(wide, high, frame[2], frame[3]) >= _LEAST
        and entries["/Type"] == Name("/XObject")
        and resources.keys() <= {"/XObject"}
        and isinstance(pictures, dict)
        and len(pictures) <= _MOST_PICTURES
        and all(_is_picture(sides, each) for each in pictures.values())
        and _OUR_CONTENT.fullmatch(content) is not None
        and {name.decode() for name in _USED.findall(content)} <= pictures.keys()
    )


def _is_picture(sides: Sides, value: Plain) -> bool:
    """A new image with its mask, which is new as well."""
    return _is_image(sides, value, "/DeviceRGB", {"/SMask"}) and _is_image(
        sides, as_dict(sides.after(value)).get("/SMask"), "/DeviceGray", set()
    )


def _is_image(sides: Sides, value: Plain, space: str, more: set[str]) -> bool:
    image = sides.new(value) if isinstance(value, Ref) and sides.is_new(value) else None
    return (
        isinstance(image, Stream)
        and image.entries.keys() == _IMAGE_KEYS | more
        and image.entries["/Type"] == Name("/XObject")
        and image.entries["/Subtype"] == Name("/Image")
        and image.entries["/ColorSpace"] == Name(space)
        and image.entries["/Filter"] == Name("/FlateDecode")
        and image.entries["/BitsPerComponent"] == 8
        and len(list(refs_in(image))) == len(more)
    )
