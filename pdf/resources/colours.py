"""Colour spaces (ISO 32000-2 8.6) made anew: known families, the right counts, and nothing that a reader may ignore."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from pdf.resources import functions, profiles, streams, values
from pdf.resources.values import unclear

_DEVICE = {"/DeviceGray": 1, "/DeviceRGB": 3, "/DeviceCMYK": 4}
_SHORT = {"/G": "/DeviceGray", "/RGB": "/DeviceRGB", "/CMYK": "/DeviceCMYK"}
_PLAIN = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
_DEFAULTS = {"/DefaultGray": 1, "/DefaultRGB": 3, "/DefaultCMYK": 4}
_MOST_DEEP = 4
_MOST_INKS = 32
_PALETTE = 256
_GAMMAS = (0.5, 4)  # beyond, readers that ignore the space show something else


@dataclass(frozen=True)
class Space:
    """A colour space as it is written out, its family without the slash, and how many numbers make a colour."""

    written: Object
    family: str
    components: int


class Colours:
    """The colour spaces of one file; what was made of one is kept for the next use."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._made: dict[tuple[int, int], Space] = {}
        self._profiles: dict[tuple[bytes, int], Object | None] = {}

    def read(self, said: object, *, depth: int = 0) -> Space:
        """The space anew; raises `pdf_unclear`."""
        if depth > _MOST_DEEP:
            raise unclear("colour spaces nested too deep")
        if isinstance(said, Name):
            written = _SHORT.get(values.text(said), values.text(said))
            if written == "/Pattern":
                return Space(Name.Pattern, "Pattern", 0)
            if written not in _DEVICE:
                raise unclear(f"colour space {written[:40]}")
            return Space(Name(written), written[1:], _DEVICE[written])
        if not isinstance(said, Array) or not len(said):
            raise unclear("no colour space")
        if not said.is_indirect:
            return self._of_family(said, depth)
        if said.objgen not in self._made:
            space = self._of_family(said, depth)
            written_once = self._pdf.make_indirect(space.written) if isinstance(space.written, Array) else space.written
            self._made[said.objgen] = Space(written_once, space.family, space.components)
        return self._made[said.objgen]

    def defaults(self, named: Object) -> dict[str, Object]:
        """Those of DefaultGray, DefaultRGB and DefaultCMYK that change no more than a profile does."""
        found: dict[str, Object] = {}
        for key, components in _DEFAULTS.items():
            said = values.entry(named, key)
            if isinstance(said, Array) and len(said) and values.text(said[0]) in ("/ICCBased", "/CalGray", "/CalRGB"):
                space = self.read(said)
                if space.components == components and isinstance(space.written, Array):
                    found[key] = space.written
        return found

    def _of_family(self, said: Array, depth: int) -> Space:
        parts = values.items(said)
        family = values.text(parts[0])
        if len(parts) == 1:
            return self.read(parts[0], depth=depth + 1)
        if family == "/ICCBased" and len(parts) == 2:
            return self._of_profile(parts[1])
        if family in ("/CalGray", "/CalRGB", "/Lab") and len(parts) == 2:
            return _measured(family, values.dictionary(parts[1], "colour space"))
        if family in ("/Indexed", "/I") and len(parts) == 4:
            return self._palette(parts, depth)
        if family == "/Separation" and len(parts) == 4:
            return self._inks(parts, [parts[1]], depth)
        if family == "/DeviceN" and len(parts) in (4, 5) and isinstance(parts[1], Array):
            return self._inks(parts, values.items(parts[1]), depth)
        if family == "/Pattern" and len(parts) == 2:
            base = self._base(parts[1], depth)
            return Space(Array([Name.Pattern, base.written]), "Pattern", base.components)
        raise unclear(f"colour space {family[:40]}")

    def _base(self, said: object, depth: int) -> Space:
        """What others may be built upon: neither a palette nor a pattern."""
        space = self.read(said, depth=depth + 1)
        if space.family in ("Pattern", "Indexed"):
            raise unclear("a colour space upon a palette or pattern")
        return space

    def _of_profile(self, said: object) -> Space:
        """With its profile where that is plain, else what every reader takes for a broken one (8.6.5.5)."""
        stream = values.stream(said, "colour profile")
        components = values.whole(values.entry(stream, "/N"), "colours of a profile", least=1, most=4)
        if components not in _PLAIN:
            raise unclear("a profile of two colours")
        profile = streams.unpacked(stream)
        key = (hashlib.sha256(profile).digest(), components)
        if key not in self._profiles:
            self._profiles[key] = self._profile(profile, components)
        kept = self._profiles[key]
        if kept is None:
            return Space(Name(_PLAIN[components]), _PLAIN[components][1:], components)
        return Space(Array([Name.ICCBased, kept]), "ICCBased", components)

    def _profile(self, profile: bytes, components: int) -> Object | None:
        if not profiles.is_plain(profile, components):
            return None
        made = Stream(self._pdf, b"")
        streams.write(made, profile)
        made.N = components
        return self._pdf.make_indirect(made)

    def _palette(self, parts: list[object], depth: int) -> Space:
        """Always of 256 colours, the last one repeated: readers differ on what stands beyond the end."""
        base = self._base(parts[1], depth)
        highest = values.whole(parts[2], "palette", most=_PALETTE - 1)
        if isinstance(parts[3], Stream):
            table = streams.unpacked(parts[3])
        elif isinstance(parts[3], String):
            table = bytes(parts[3])
        else:
            raise unclear("a palette without colours")
        length = (highest + 1) * base.components
        if len(table) < base.components:
            raise unclear("a palette without colours")
        table = table[:length].ljust(length, b"\0")
        table += table[-base.components :] * (_PALETTE - 1 - highest)
        return Space(Array([Name.Indexed, base.written, _PALETTE - 1, String(table)]), "Indexed", 1)

    def _inks(self, parts: list[object], names: list[object], depth: int) -> Space:
        family = values.text(parts[0])
        inks = [values.text(each) for each in names if isinstance(each, Name)]
        # Readers paint an ink called None, or do not (8.6.6.4).
        if not 1 <= len(inks) <= _MOST_INKS or len(inks) != len(names) or set(inks) == {"/None"}:
            raise unclear("a colour of no ink")
        base = self._base(parts[2], depth)
        if base.family in ("Separation", "DeviceN"):
            raise unclear("inks upon inks")
        tint = functions.read(self._pdf, parts[3], inputs=len(inks), outputs=base.components)
        # A device that has an ink of the given name takes it, and leaves out what all others show (8.6.6.4).
        said = Name.Ink1 if family == "/Separation" else Array([Name(f"/Ink{at + 1}") for at in range(len(inks))])
        tint = tint if tint.is_indirect else self._pdf.make_indirect(tint)
        return Space(Array([Name(family), said, base.written, tint]), family[1:], len(inks))


def _measured(family: str, about: Object) -> Space:
    """CalGray, CalRGB and Lab; the first two become plain where they would turn light into dark."""
    white = values.numbers(values.entry(about, "/WhitePoint"), 3, "white point", least=0)
    if white[1] != 1 or not all(0 < each < 2 for each in white):
        raise unclear("an impossible white point")
    entries: dict[str, object] = {"/WhitePoint": values.row(white)}
    if family == "/Lab":
        span = values.entry(about, "/Range")
        if span is not None:
            found = values.numbers(span, 4, "range of a colour space", least=-128)
            if any(low >= high or high > 128 for low, high in values.spans(found)):
                raise unclear("range of a colour space")
            entries["/Range"] = values.row(found)
        return Space(Array([Name.Lab, Dictionary(entries)]), "Lab", 3)
    components = 1 if family == "/CalGray" else 3
    gamma = values.entry(about, "/Gamma")
    if gamma is not None:
        curves = [values.number(gamma, "gamma")] if components == 1 else values.numbers(gamma, 3, "gamma")
        if not all(_GAMMAS[0] <= each <= _GAMMAS[1] for each in curves):
            return Space(Name(_PLAIN[components]), _PLAIN[components][1:], components)
        entries["/Gamma"] = values.kept(curves[0]) if components == 1 else values.row(curves)
    if components == 3 and values.entry(about, "/Matrix") is not None:
        turn = values.numbers(values.entry(about, "/Matrix"), 9, "matrix of a colour space")
        if not all(-1 <= each <= 2 for each in turn) or not _is_like(turn, white):
            return Space(Name.DeviceRGB, "DeviceRGB", 3)
        entries["/Matrix"] = values.row(turn)
    return Space(Array([Name(family), Dictionary(entries)]), family[1:], components)


def _is_like(turn: list[values.Number], white: list[values.Number]) -> bool:
    """Whether full red, green and blue make about the white, and each has its usual share of the light."""
    sums = [sum(turn[axis::3]) for axis in range(3)]
    near = all(abs(total - want) < 0.2 for total, want in zip(map(float, sums), map(float, white), strict=True))
    return near and 0.1 <= turn[1] <= 0.45 and turn[4] >= 0.45 and 0 <= turn[7] <= 0.2
