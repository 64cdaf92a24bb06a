"""What one content may name (its resources), and what it did: those alone come with it, each of the right kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeVar

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from pdf.contents import plane
from pdf.contents.colours import space_of
from pdf.contents.graphics import Done, Drawing, Font, Identity, Kind, Named, Pattern, Space
from pdf.contents.inline import Inline
from pdf.contents.plane import Reach
from pdf.contents.tokens import Pairs, Tokens, unclear
from pdf.errors import PdfError
from pdf.refusing import name_of

_PLAIN = re.compile(rb"[A-Za-z0-9_.+-]{1,127}")
_DEFAULTS = (b"DefaultGray", b"DefaultRGB", b"DefaultCMYK")
_STENCIL = 2  # ISO 32000-2 Table 74
_T = TypeVar("_T")

_Category = Literal["/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading"]


class Walk(Protocol):
    """Who goes through the file (pdf.contents.drawings)."""

    source: Pdf

    def form(self, form: Stream, around: Scope, kind: Kind) -> Done: ...
    def drawn_font(self, font: Object, around: Scope) -> Object: ...


class Scope:
    """The resources of one content (graphics.Things): what it may name, and what it did."""

    def __init__(self, walk: Walk, resources: object, identity: Identity) -> None:
        self._walk, self._resources = walk, resources
        self.identity = identity
        self._there: dict[_Category, dict[bytes, Object]] = {}
        self._used: dict[str, dict[str, Object]] = {}
        self._known: dict[tuple[str, bytes], Any] = {}
        for name in _DEFAULTS:
            if name in self._all("/ColorSpace"):
                self._use("/ColorSpace", name, self._all("/ColorSpace")[name])

    def again(self) -> Scope:
        """The same for another content."""
        return Scope(self._walk, self._resources, self.identity)

    def used(self) -> Dictionary:
        """A resource dictionary of what was named."""
        return Dictionary({category: Dictionary(named) for category, named in self._used.items()})

    def font(self, name: bytes) -> Font:
        return self._once(("/Font", name), lambda: self._font(name, self._find("/Font", name)))

    def drawing(self, name: bytes) -> Drawing:
        return self._once(("/XObject", name), lambda: self._drawing(name))

    def state(self, name: bytes) -> Named:
        return self._once(("/ExtGState", name), lambda: self._state(name))

    def space(self, name: bytes) -> Space:
        def found() -> Space:
            if name == b"Pattern":
                return Space(b"/Pattern", 0, is_pattern=True)
            space = self._find("/ColorSpace", name)
            return space_of(space, self._use("/ColorSpace", name, space))

        return self._once(("/ColorSpace", name), found)

    def pattern(self, name: bytes) -> Pattern:
        return self._once(("/Pattern", name), lambda: self._pattern(name))

    def shading(self, name: bytes) -> bytes:
        def found() -> bytes:
            return self._use("/Shading", name, self._find("/Shading", name))

        return self._once(("/Shading", name), found)

    def inline(self, said: Pairs, tokens: Tokens) -> Drawing:
        image = Inline(said)
        named = self._space_object(image.named_space)
        space = None if named is None else space_of(named, b"")
        data = image.data(tokens, image.components(space))

        def found() -> bytes:
            return self._use("/XObject", b"", image.picture(self._walk.source, data, named))

        written = self._once(("inline", bytes(said) + data), found)
        return Drawing(written, is_form=False, is_stencil=image.is_stencil)

    def _space_object(self, name: bytes | None) -> Object | None:
        return None if name is None else self._find("/ColorSpace", name)

    def _font(self, name: bytes, font: Object) -> Font:
        if not isinstance(font, Dictionary):
            raise unclear("a font that is none")
        is_drawn = name_of(font, "/Subtype") == "/Type3"
        return Font(self._use("/Font", name, self._walk.drawn_font(font, self) if is_drawn else font), is_drawn)

    def _drawing(self, name: bytes) -> Drawing:
        drawing = self._find("/XObject", name)
        if not isinstance(drawing, Stream):
            raise unclear("a picture that is none")
        kind = name_of(drawing, "/Subtype")
        if kind == "/PS":  # run by printers alone
            raise PdfError("PostScript in it", code="pdf_script")
        if kind == "/Form":
            done = self._walk.form(drawing, self, Kind.FORM)
            return Drawing(self._use("/XObject", name, done.stream), is_form=True, reach=done.reach)
        if kind != "/Image":
            raise unclear("neither a picture nor a form")
        is_stencil = bool(drawing.get(Name.ImageMask, False))
        return Drawing(self._use("/XObject", name, drawing), is_form=False, is_stencil=is_stencil)

    def _state(self, name: bytes) -> Named:
        state = self._find("/ExtGState", name)
        if not isinstance(state, Dictionary):
            raise unclear("a graphics state that is none")
        anew, font, reach = Dictionary(dict(state.items())), None, Reach()
        choice, mask = state.get(Name.Font), state.get(Name.SMask)
        if isinstance(choice, Array) and len(choice) == 2:
            font = self._font(name, choice[0])
            anew.Font = Array([self._used["/Font"][font.written.decode()], choice[1]])
        if isinstance(mask, Dictionary):
            group = mask.get(Name.G)
            if not isinstance(group, Stream):
                raise unclear("a mask without a drawing")
            done = self._walk.form(group, self, Kind.FORM)
            anew.SMask = Dictionary(dict(mask.items()) | {"/G": done.stream})
            reach = done.reach
        width, ends = state.get(Name.LW), state.get(Name.LC)
        return Named(
            self._use("/ExtGState", name, anew),
            font,
            reach,
            float(width) if isinstance(width, int | Decimal) else None,
            None if ends is None else ends == 1,
            Name.D in state,
        )

    def _pattern(self, name: bytes) -> Pattern:
        pattern = self._find("/Pattern", name)
        is_stencil = False
        if isinstance(pattern, Stream) and pattern.get(Name.PatternType) == 1:
            is_stencil = pattern.get(Name.PaintType) == _STENCIL
            kind = Kind.STENCIL if is_stencil else Kind.PATTERN
            done = self._walk.form(pattern, self, kind)
            if done.reach.lines > plane.FARTHEST:
                raise unclear("a pattern that reaches too far")
            pattern = done.stream
        elif not isinstance(pattern, Dictionary):
            raise unclear("a pattern that is none")
        return Pattern(self._use("/Pattern", name, pattern), is_stencil)

    def _find(self, category: _Category, name: bytes) -> Object:
        found = self._all(category).get(name)
        if found is None:
            raise unclear(f"{category[1:]} {name[:40]!r} is not there")
        return found

    def _all(self, category: _Category) -> dict[bytes, Object]:
        if category not in self._there:
            resources = self._resources
            named = resources.get(category) if isinstance(resources, Dictionary) else None
            found = dict(named.items()) if isinstance(named, Dictionary) else {}
            self._there[category] = {_octets(name): value for name, value in found.items()}
        return self._there[category]

    def _use(self, category: _Category, name: bytes, thing: Object) -> bytes:
        """Put a thing among the resources; the name under which the content finds it, as it is written."""
        used = self._used.setdefault(category, {})
        plain = "/" + name.decode() if _PLAIN.fullmatch(name) else ""
        number = len(used)
        while not plain or plain in used:
            plain = f"/Y{number}" if f"Y{number}".encode() not in self._all(category) else ""
            number += 1
        used[plain] = thing
        return plain.encode()

    def _once(self, key: tuple[str, bytes], find: Callable[[], _T]) -> _T:
        """What was found before under this category and name, or what `find` finds now."""
        if key not in self._known:
            self._known[key] = find()
        found: _T = self._known[key]
        return found


def _octets(name: str) -> bytes:
    """Of a key as the library gives it, with its slash; Chinese programs write names in GBK as well as in UTF-8."""
    return name[1:].encode("utf-8", "surrogateescape")
