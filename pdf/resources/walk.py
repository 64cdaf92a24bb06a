"""The child's side of pdf.intake: all that kept pages refer to is made anew, or refused where readers part.

Pictures, drawings, fonts, colours, patterns and states each have a closed list of what may be in them (ISO 32000-2 8
and 9). What every program writes and no reader shows is left out; what one reader shows and another does not raises
PdfError `pdf_unclear` (params `page`, from 1, and `reason`).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from decimal import InvalidOperation

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf, Stream

from pdf.errors import PdfError
from pdf.resources import fonts, shadings, states, streams, values
from pdf.resources.colours import Colours
from pdf.resources.images import Images
from pdf.resources.values import unclear

_MOST_DEEP = 64
_DEFAULTS = frozenset({"/DefaultGray", "/DefaultRGB", "/DefaultCMYK"})
_LEAST_STEP = 0.5  # points between tiles: of smaller ones readers make grays of their own, or nothing


def settle(target: Pdf) -> None:
    """Make anew what the pages of `target` reach; raises PdfError `pdf_unclear`, `pdf_too_complex`."""
    walk = _Walk(target)
    for number, page in enumerate(target.pages, start=1):
        try:
            walk.page(page.obj)
        except PdfError as error:
            error.params.setdefault("page", number)
            raise
        except (InvalidOperation, pikepdf.PdfError, struct.error) as error:
            raise PdfError(f"page {number}: {error}"[:200], code="pdf_unclear", page=number, reason="broken") from error


class _Walk:
    """Through all that pages reach, each thing once, and as one kind of thing."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._colours = Colours(pdf)
        self._images = Images(self._colours)
        self._kinds: dict[tuple[int, int], str] = {}
        self._depth = 0

    def page(self, page: Object) -> None:
        """One page's own entries, and what its contents may name."""
        group = states.group(values.entry(page, "/Group"), self._colours, is_mask=False)
        if group is not None:
            page.Group = group
        elif Name.Group in page:
            del page["/Group"]
        self._resources(page)

    def _resources(self, holder: Object) -> None:
        """The resources of a page, drawing, pattern or font; a holder without any uses its page's."""
        resources = values.entry(holder, "/Resources")
        if resources is None:
            return
        if not isinstance(resources, Dictionary):
            raise unclear("resources that are none")
        if not self._is_new(resources, "resources"):
            return
        self._depth += 1
        if self._depth > _MOST_DEEP:
            raise PdfError("drawings in drawings without end", code="pdf_too_complex")
        kept: dict[str, object] = {"/ColorSpace": self._spaces(values.entry(resources, "/ColorSpace"))}
        kinds: dict[str, Callable[[Object], object]] = {
            "/XObject": self._drawing_or_picture,
            "/Font": self._font,
            "/ExtGState": self._state,
            "/Pattern": self._pattern,
            "/Shading": self._shading,
        }
        for key, settle_one in kinds.items():
            kept[key] = self._each(values.entry(resources, key), settle_one)
        kept["/Properties"] = self._each(values.entry(resources, "/Properties"), lambda _: Dictionary())
        values.settle(resources, kept)
        self._depth -= 1

    def _each(self, named: object, settle_one: Callable[[Object], object]) -> Dictionary | None:
        if not isinstance(named, Dictionary):
            return None
        found = {key: settle_one(part) for key, part in named.items()}
        return Dictionary(found) if found else None

    def _spaces(self, named: object) -> Dictionary | None:
        if not isinstance(named, Dictionary):
            return None
        found: dict[str, Object] = self._colours.defaults(named)
        for key, said in named.items():
            if key not in _DEFAULTS:
                found[key] = self._colours.read(said).written
        return Dictionary(found) if found else None

    def _is_new(self, part: Object, kind: str) -> bool:
        """Whether a thing has not been made anew yet; raises `pdf_unclear` for one that is two kinds of things."""
        if not part.is_indirect:
            return True
        known = self._kinds.get(part.objgen)
        if known is None:
            self._kinds[part.objgen] = kind
        elif known != kind:
            raise unclear("one thing used as two")
        return known is None

    def _drawing_or_picture(self, said: Object) -> Object:
        part = values.stream(said, "picture or drawing")
        kind = values.name(part, "/Subtype")
        if kind == "/Form":
            return self._form(part)
        if kind == "/PS":  # run by printers alone
            raise PdfError("PostScript in it", code="pdf_script")
        if kind != "/Image":
            raise unclear("neither a picture nor a drawing")
        if self._is_new(part, "image"):
            self._images.settle(part)
        return part

    def _mask(self, said: object) -> Stream:
        return self._form(said, is_mask=True)

    def _form(self, said: object, *, is_mask: bool = False) -> Stream:
        form = values.stream(said, "drawing")
        if values.name(form, "/Subtype") != "/Form":
            raise unclear("a drawing that does not say so")
        group = states.group(values.entry(form, "/Group"), self._colours, is_mask=is_mask)
        if not self._is_new(form, "mask" if group is not None and "/CS" in group and is_mask else "form"):
            return form
        box = values.box(values.entry(form, "/BBox"), "bounds of a drawing")
        if box[0] == box[2] or box[1] == box[3]:
            streams.write(form, b"")  # cut to its bounds, it shows nothing; WeasyPrint makes such ones
        else:
            streams.rewrite(form)
        entries: dict[str, object] = {
            "/Type": Name.XObject,
            "/Subtype": Name.Form,
            "/BBox": values.row(box),
            "/Matrix": values.matrix(values.entry(form, "/Matrix"), "matrix of a drawing"),
            "/Group": group,
            "/Resources": values.entry(form, "/Resources"),
            "/Filter": Name.FlateDecode,
        }
        values.settle(form, entries)
        self._resources(form)
        return form

    def _font(self, said: Object) -> Object:
        font = values.dictionary(said, "font")
        if not self._is_new(font, "font"):
            return font
        fonts.settle(self._pdf, font)
        if font.Subtype == Name.Type3:
            for letter in font.CharProcs.values():
                if self._is_new(letter, "letter"):
                    streams.rewrite(values.stream(letter, "letter"))
                    values.settle(letter, {"/Filter": Name.FlateDecode})
            self._resources(font)
        return font

    def _state(self, said: Object) -> Object:
        state = values.dictionary(said, "state")
        if self._is_new(state, "state"):
            values.settle(state, states.read(self._pdf, state, self._colours, self._mask))
        return state

    def _pattern(self, said: Object) -> Object:
        pattern = values.dictionary(said, "pattern")
        if not self._is_new(pattern, "pattern"):
            return pattern
        kind = values.entry(pattern, "/PatternType")
        turn = values.matrix(values.entry(pattern, "/Matrix"), "matrix of a pattern")
        entries: dict[str, object] = {"/Type": Name.Pattern, "/PatternType": kind, "/Matrix": turn}
        if kind == 2:
            shading = self._shading(values.entry(pattern, "/Shading"), has_ground=True)
            values.settle(pattern, entries | {"/Shading": shading})
            return pattern
        if kind != 1 or not isinstance(pattern, Stream):
            raise unclear("a pattern of an unknown kind")
        values.settle(pattern, entries | self._tile(pattern))
        self._resources(pattern)
        return pattern

    def _tile(self, pattern: Stream) -> dict[str, object]:
        box = values.box(values.entry(pattern, "/BBox"), "bounds of a pattern")
        steps = {key: values.number(values.entry(pattern, key), "steps of a pattern") for key in ("/XStep", "/YStep")}
        if box[0] == box[2] or box[1] == box[3] or 0 in steps.values():
            raise unclear("a pattern without bounds")
        _check_steps(list(steps.values()), values.entry(pattern, "/Matrix"))
        streams.rewrite(pattern)
        return {
            "/PaintType": values.whole(values.entry(pattern, "/PaintType"), "kind of pattern", least=1, most=2),
            "/TilingType": values.whole(values.entry(pattern, "/TilingType"), "kind of pattern", least=1, most=3),
            "/BBox": values.row(box),
            **{key: values.kept(step) for key, step in steps.items()},
            "/Resources": values.entry(pattern, "/Resources"),
            "/Filter": Name.FlateDecode,
        }

    def _shading(self, said: object, *, has_ground: bool = False) -> Object:
        """One that a pattern uses keeps its ground, which is none for what `sh` paints (8.7.4.3): MuPDF paints it."""
        shading = values.dictionary(said, "shading")
        kind = "ground" if has_ground and values.entry(shading, "/Background") is not None else "shading"
        if self._is_new(shading, kind):
            shadings.settle(self._pdf, shading, self._colours, has_ground=has_ground)
        return shading


def _check_steps(steps: list[values.Number], matrix: object) -> None:
    turn = [1, 0, 0, 1] if matrix is None else values.numbers(matrix, 6, "matrix of a pattern")
    sides = (math.hypot(*turn[:2]), math.hypot(*turn[2:4]))
    if any(abs(float(step)) * side < _LEAST_STEP for step, side in zip(steps, sides, strict=True)):
        raise unclear("a pattern of tiles too small to see")
