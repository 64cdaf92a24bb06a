"""Seal fields in a file that is about to be certified: every picture and place is fixed, and none is seen yet.

A mark is a read-only check box whose "on" appearance is the seal; its signer's revision ticks it, which is the filling
in of a form that DocMDP P=2 allows (docs/decisions/0018). One field has one widget: validators follow no others.
"""

from __future__ import annotations

import io
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from pdf.errors import AppearanceRefused, FieldProblem, StructureUnsupported
from pdf.sign import seams
from pdf.sign.pictures import Picture, stored, text_picture
from pdf.sign.seams import Mark
from pdf.sign.sheets import Sheet, read_sheet
from pdf.sign.values import SEAL_GROUP, SEAL_SHOWN, FieldSpec, SealSpec
from pdf.writing import written

# Print, Locked and LockedContents: nobody ticks it by hand, and readers draw its appearance, not a box of theirs.
_FLAGS = 4 | 128 | 512
_READ_ONLY = 1
_LABEL = 5.0  # points: small, and still read on paper
_DOTS = 8  # pixels a point for the label
_GREY = (70, 76, 88)
# Like ink: what stands below stays readable (ISO 32000-2 §11.3.5.2).
_INK = b"/Ink gs"


def add_seals(
    document: pikepdf.Pdf,
    seals: Sequence[SealSpec],
    fields: Sequence[FieldSpec],
    ink: Sequence[Sequence[int]] = (),
) -> list[pikepdf.Object]:
    """One group of unticked marks for each seal, hung on their pages; they go into the form's fields.

    `ink` as in `seams.over_edges`. Raises FieldProblem `seal_field` (no such signature field), AppearanceRefused for a
    picture or label.
    """
    sheets = [read_sheet(page) for page in document.pages]
    by_name = {spec.name: spec for spec in fields}
    over: dict[str, Mark] = {}
    for spec in seals:
        field = by_name.get(spec.field)
        if field is None:
            raise FieldProblem(f"there is no field {spec.field}", code="seal_field", field=spec.field)
        over[spec.field] = seams.over_signature(sheets[field.page], field.page, field.box)
    slices = _slices(sheets, seals, fields, over, ink)
    return [_Group(document, spec, sheets).make([over[spec.field], *slices.get(spec.field, ())]) for spec in seals]


def draw_seals(
    pdf: bytes, *, fields: Sequence[FieldSpec], seals: Sequence[SealSpec], ink: Sequence[Sequence[int]] = ()
) -> bytes:
    """The file with the marks of all seals drawn into its pages, where `freeze` of the same values puts them.

    For looking at only: it has no field. Raises as `add_seals`, and StructureUnsupported.
    """
    try:
        opened = pikepdf.open(io.BytesIO(pdf))
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise StructureUnsupported("not a PDF that can be opened") from error
    with opened as document:
        for group in add_seals(document, seals, fields, ink):
            for mark in group.Kids:
                mark.AS = Name(SEAL_SHOWN)
        document.flatten_annotations("all")
        return written(document)


def _slices(
    sheets: Sequence[Sheet],
    seals: Sequence[SealSpec],
    fields: Sequence[FieldSpec],
    over: Mapping[str, Mark],
    ink: Sequence[Sequence[int]],
) -> dict[str, list[Mark]]:
    """The marks on the edges by signature field, out of the way of the signatures and of the marks over them."""
    taken = defaultdict(list)
    for spec in fields:
        taken[spec.page].append(sheets[spec.page].on_sheet(spec.box))
    for mark in over.values():
        taken[mark.page].append(mark.box)
    on_edges = [spec for spec in seals if spec.edges]
    wanted = {spec.rows for spec in on_edges}
    found = {rows: seams.over_edges(sheets, rows=rows, ink=ink, taken=taken) for rows in wanted}
    return {spec.field: found[spec.rows][spec.row] for spec in on_edges}


@dataclass(frozen=True)
class _Words:
    image: pikepdf.Object
    width: float
    height: float


class _Group:
    """The marks of one seal in the making: the picture stands once in the file, every mark shows its part of it."""

    def __init__(self, document: pikepdf.Pdf, spec: SealSpec, sheets: Sequence[Sheet]) -> None:
        self._document, self._spec, self._sheets = document, spec, sheets
        self._picture = _image(document, _seal(spec.picture))
        words = text_picture(spec.label, spec.font, spec.font_index, round(_LABEL * _DOTS), _GREY)
        scale = min(1 / _DOTS, seams.DIAMETER / words.width)
        self._words = _Words(_image(document, words), words.width * scale, words.height * scale)
        self._empty = _form(document, (1.0, 1.0), (1, 0, 0, 1), b"", Dictionary())
        self._forms: dict[tuple[int, int, bool, int], pikepdf.Object] = {}

    def make(self, marks: Sequence[Mark]) -> pikepdf.Object:
        """The group with its marks; a group has no widget and no type of its own."""
        kids = [self._mark(number, mark) for number, mark in enumerate(marks)]
        group = Dictionary(T=String(self._spec.field + SEAL_GROUP), Kids=Array(kids))
        made = self._document.make_indirect(group)
        for kid in kids:
            kid.Parent = made
        return made

    def _mark(self, number: int, mark: Mark) -> pikepdf.Object:
        page, sheet = self._document.pages[mark.page], self._sheets[mark.page]
        widget = self._document.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Btn,
                T=String(str(number)),
                TU=String(self._spec.label),
                Ff=_READ_ONLY,
                F=_FLAGS,
                Rect=Array([round(each, 3) for each in sheet.on_page(mark.box)]),
                P=page.obj,
                V=Name.Off,
                AS=Name.Off,
                AP=Dictionary(N=Dictionary({"/Off": self._empty, SEAL_SHOWN: self._form(mark, sheet)})),
            )
        )
        if not page.obj.get("/Annots", Array()).is_indirect:
            page.obj.Annots = self._document.make_indirect(page.obj.get("/Annots", Array()))
        page.obj.Annots.append(widget)
        return widget

    def _form(self, mark: Mark, sheet: Sheet) -> pikepdf.Object:
        key = (mark.part, mark.parts, mark.beside, sheet.turn)
        if key not in self._forms:
            size = (mark.box[2] - mark.box[0], mark.box[3] - mark.box[1])
            names = Dictionary(Seal=self._picture, Words=self._words.image)
            ink = Dictionary(Ink=Dictionary(Type=Name.ExtGState, BM=Name.Multiply))
            content = self._beside(mark, size) if mark.beside else self._above(size)
            resources = Dictionary(XObject=names, ExtGState=ink)
            self._forms[key] = _form(self._document, size, sheet.upright, content, resources)
        return self._forms[key]

    def _beside(self, mark: Mark, size: tuple[float, float]) -> bytes:
        """The words climb along the left side of the slice, which ends at the very edge."""
        wide = seams.DIAMETER / mark.parts
        start = size[0] - wide
        clip = b"%s 0 %s %s re W n" % (_n(start), _n(wide), _n(size[1]))
        whole = _place(seams.DIAMETER, 0, 0, seams.DIAMETER, start - mark.part * wide, 0)
        words = self._words
        foot = (size[1] - words.width) / 2
        left = start - (seams.LABEL_BESIDE - words.height) / 2
        climbing = _place(0, words.width, -words.height, 0, left, foot)
        return b"q %s q %s %s /Seal Do Q %s /Words Do Q" % (_INK, clip, whole, climbing)

    def _above(self, size: tuple[float, float]) -> bytes:
        """The whole mark over its line of words."""
        words = self._words
        whole = _place(seams.DIAMETER, 0, 0, seams.DIAMETER, 0, size[1] - seams.DIAMETER)
        line = _place(words.width, 0, 0, words.height, (size[0] - words.width) / 2, 0)
        return b"q %s q %s /Seal Do Q %s /Words Do Q" % (_INK, whole, line)


def _seal(png: bytes) -> Picture:
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as opened:
            image = opened.convert("RGBA")
    except (OSError, SyntaxError, ValueError, zlib.error) as error:
        raise AppearanceRefused("the seal is no PNG", code="seal_malformed") from error
    if image.width != image.height or image.getchannel("A").getbbox() is None:
        raise AppearanceRefused("the seal is no square picture", code="seal_malformed")
    return stored(image)


def _image(document: pikepdf.Pdf, picture: Picture) -> pikepdf.Object:
    """An image with its mask."""

    def made(data: bytes, width: int, height: int, space: Name) -> pikepdf.Stream:
        image = pikepdf.Stream(document, data, Filter=Name.FlateDecode)
        image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, space
        image.Width, image.Height, image.BitsPerComponent = width, height, 8
        return image

    size = (1, 1) if picture.one_colour else (picture.width, picture.height)
    colours = made(picture.colours, *size, Name.DeviceRGB)
    colours.SMask = made(picture.mask, picture.width, picture.height, Name.DeviceGray)
    return colours


def _form(
    document: pikepdf.Pdf,
    size: tuple[float, float],
    upright: tuple[int, int, int, int],
    content: bytes,
    resources: Dictionary,
) -> pikepdf.Object:
    form = pikepdf.Stream(document, content)
    form.Type, form.Subtype, form.Resources = Name.XObject, Name.Form, resources
    form.BBox = Array([0, 0, round(size[0], 3), round(size[1], 3)])
    form.Matrix = Array([*upright, 0, 0])
    return form


def _place(*numbers: float) -> bytes:
    return b" ".join(_n(each) for each in numbers) + b" cm"


def _n(value: float) -> bytes:
    return b"%.4f" % value
