"""The child's side of what pdf.render is told to set line by line: WeasyPrint's text engine without its layout.

Whoever has measured every line needs no boxes, no cascade and no breaking of lines, which are nine tenths of the time.
Shaping, directions, the choice of fonts for rare characters and their embedding are those of every other document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import pydyf
from weasyprint.draw.text import draw_first_line
from weasyprint.matrix import Matrix
from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import FROM_UNITS, ffi, gobject, pango, unicode_to_char_p
from weasyprint.text.fonts import FontConfiguration, get_font_description

_PIXELS = 4 / 3  # in a point
_BOLD = {False: 400, True: 700}
# Who measured by the widths of single glyphs gets those: CSS `font-kerning: none; font-variant-ligatures: none`.
_PLAIN = b"kern=0,liga=0,clig=0,dlig=0,hlig=0,calt=0"
_REFERENCE = re.compile(rb"(\d+) 0 R")

Section = Sequence[dict[str, Any]]  # paragraphs, as pdf.render.Paragraph says


class Typesetter:
    """Sets the lines of one document onto its pages while those are painted, and names them in its tree of tags."""

    def __init__(self, fonts: FontConfiguration) -> None:
        self._fonts = fonts
        self._contexts: dict[bool, Any] = {}
        self._descriptions: dict[tuple[str, float, bool], Any] = {}
        self._plain: Any = None
        self._marked: list[list[list[int]]] = []  # by page and section: the number of each paragraph's marked content

    def paint_on(self, page: Any, sections: Sequence[Section]) -> None:
        """Have these sections painted above what the page shows. Pages are painted in their order."""
        page.paint = partial(self._paint, page.paint, sections)

    def _paint(self, paint: Any, sections: Sequence[Section], stream: Any, scale: float = 1) -> None:
        paint(stream, scale)
        first = len(stream._tags)
        numbers = iter(range(first, first + sum(map(len, sections))))
        marked = []
        with stream.stacked():
            stream.transform(a=scale, d=scale)
            for section in sections:
                marked.append([self._set(stream, number, each) for each, number in zip(section, numbers, strict=False)])
        self._marked.append(marked)
        _name_every_glyph(stream._fonts.values())

    def _set(self, stream: Any, number: int, paragraph: dict[str, Any]) -> int:
        stream.begin_marked_content("P", _properties(number, paragraph))
        red, green, blue = (int(paragraph["colour"][at : at + 2], 16) / 255 for at in (1, 3, 5))
        stream.set_color_rgb(red, green, blue)
        size = paragraph["size"] * _PIXELS
        baseline = paragraph["baseline"] * _PIXELS
        lines = [_Line(self._layout(paragraph, size), text, size) for text in paragraph["lines"]]
        widths = [line.width for line in lines]
        for line, width in zip(lines, widths, strict=True):
            left = paragraph["left"] * _PIXELS + (paragraph["width"] * _PIXELS - width) * paragraph["free_before"]
            if paragraph["is_rtl"] and not paragraph["free_before"]:
                left += max(widths) - width  # its lines begin one below the other, at their right
            stream.begin_text()
            draw_first_line(stream, line, "clip", "none", Matrix(d=-1, e=left, f=baseline))
            stream.end_text()
            baseline += paragraph["leading"] * _PIXELS
        stream.end_marked_content()
        return number

    def _layout(self, paragraph: dict[str, Any], size: float) -> Any:
        layout = ffi.gc(pango.pango_layout_new(self._context(paragraph["is_rtl"])), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(layout, False)
        key = (",".join(paragraph["families"]), size, paragraph["is_bold"])
        if key not in self._descriptions:
            self._descriptions[key] = get_font_description(
                {
                    "font_family": paragraph["families"],
                    "font_style": "normal",
                    "font_stretch": "normal",
                    "font_weight": _BOLD[paragraph["is_bold"]],
                    "font_size": size,
                    "font_variant_caps": "normal",
                    "font_variation_settings": "normal",
                }
            )
        pango.pango_layout_set_font_description(layout, self._descriptions[key])
        if not paragraph["is_shaped"]:
            pango.pango_layout_set_attributes(layout, self._plain_features())
        return layout

    def _context(self, is_rtl: bool) -> Any:
        if is_rtl not in self._contexts:
            context = ffi.gc(pango.pango_font_map_create_context(self._fonts.font_map), gobject.g_object_unref)
            pango.pango_context_set_round_glyph_positions(context, False)
            pango.pango_context_set_base_dir(context, PANGO_DIRECTION["rtl" if is_rtl else "ltr"])
            language, _kept = unicode_to_char_p("zh-CN")
            pango.pango_context_set_language(context, pango.pango_language_from_string(language))
            self._contexts[is_rtl] = context
        return self._contexts[is_rtl]

    def _plain_features(self) -> Any:
        if self._plain is None:
            self._plain = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
            pango.pango_attr_list_insert(self._plain, pango.pango_attr_font_features_new(_PLAIN))
        return self._plain

    def tag(self, pdf: Any) -> None:
        """Say in the finished file's tree of tags what was set: a section of paragraphs for each (ISO 14289-1 §7.1)."""
        root = _object(pdf, pdf.catalog["StructTreeRoot"])
        top, parents = _object(pdf, root["K"][0]), _object(pdf, root["ParentTree"])["Nums"]
        for page, sections in enumerate(self._marked):
            for numbers in sections:
                section = _element(pdf, "Sect", top.reference, page)
                top["K"].append(section.reference)
                for element in _paragraphs(pdf, section, page, numbers):
                    parents[2 * page + 1].append(element.reference)


def _properties(number: int, paragraph: dict[str, Any]) -> Any:
    """Glyphs that were put together or moved do not tell their letters: those of shaped scripts are said beside them
    (ISO 32000-1 §14.9.4)."""
    properties = pydyf.Dictionary({"MCID": number})
    if paragraph["is_shaped"]:
        properties["ActualText"] = pydyf.String(" ".join(paragraph["lines"]))
    return properties


def _name_every_glyph(fonts: Iterable[Any]) -> None:
    """Where several glyphs stand for one cluster of letters, those behind the first stand for nothing visible: an
    empty entry is a malformed table to readers (ISO 32000-1 §9.10.3)."""
    for font in fonts:
        for glyph, text in font.to_unicode.items():
            font.to_unicode[glyph] = text or "\u200b"


class _Line:
    """One line as `draw_first_line` wants it: a box of text and its layout at once."""

    max_width = None

    def __init__(self, layout: Any, text: str, size: float) -> None:
        self.layout, self.text = layout, text
        self.style = {"font_size": size}
        self.pango_layout = self
        self.baseline = 0.0
        pointer, _kept = unicode_to_char_p(text)
        pango.pango_layout_set_text(layout, pointer, -1)

    def get_first_line(self) -> tuple[Any, None]:
        return pango.pango_layout_get_line_readonly(self.layout, 0), None

    @property
    def width(self) -> float:
        extents = ffi.new("PangoRectangle *")
        pango.pango_layout_line_get_extents(self.get_first_line()[0], ffi.NULL, extents)
        return float(extents.width * FROM_UNITS)


def _paragraphs(pdf: Any, section: Any, page: int, numbers: Sequence[int]) -> Iterator[Any]:
    for number in numbers:
        element = _element(pdf, "P", section.reference, page)
        element["K"].append(number)
        section["K"].append(element.reference)
        yield element


def _element(pdf: Any, kind: str, parent: bytes, page: int) -> Any:
    element = pydyf.Dictionary(
        {"Type": "/StructElem", "S": f"/{kind}", "K": pydyf.Array(), "Pg": pdf.page_references[page], "P": parent}
    )
    pdf.add_object(element)
    return element


def _object(pdf: Any, reference: bytes) -> Any:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError("no reference")
    return pdf.objects[int(found[1])]
