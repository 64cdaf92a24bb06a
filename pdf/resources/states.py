"""Graphics states named by contents (ISO 32000-2 8.4.5): what all readers obey, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from pdf.resources import functions, values
from pdf.resources.colours import Colours
from pdf.resources.values import unclear

_BLENDS = frozenset(
    {
        "/Normal", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten", "/ColorDodge", "/ColorBurn",
        "/HardLight", "/SoftLight", "/Difference", "/Exclusion", "/Hue", "/Saturation", "/Color", "/Luminosity",
    }
)  # fmt: skip
# What steers inks of a press: overprinting, screens, undercolours. On a screen some readers obey, some do not.
_UNCHANGED = frozenset({"/Identity", "/Default"})


def read(pdf: Pdf, state: Object, colours: Colours, form: Callable[[object], Stream]) -> dict[str, object]:
    """What is kept of a graphics state; `form` settles the drawing of its mask. Raises `pdf_unclear`."""
    entries: dict[str, object] = {"/Type": Name.ExtGState}
    for key, most in (("/LW", 100_000), ("/ML", 100_000), ("/ca", 1), ("/CA", 1)):
        if (value := values.entry(state, key)) is not None:
            entries[key] = values.kept(values.number(value, f"state's {key}", least=0, most=most))
    for key in ("/LC", "/LJ"):
        if (value := values.entry(state, key)) is not None:
            entries[key] = values.whole(value, f"state's {key}", most=2)
    if (dashes := values.entry(state, "/D")) is not None:
        entries["/D"] = _dashes(dashes)
    if (blend := values.entry(state, "/BM")) is not None:
        entries["/BM"] = _blend(blend)
    if (mask := values.entry(state, "/SMask")) is not None:
        entries["/SMask"] = _mask(pdf, mask, colours, form)
    if (adjusts := values.entry(state, "/SA")) is not None:
        entries["/SA"] = values.flag(state, "/SA") if isinstance(adjusts, bool) else None
    _refuse_odd(state)
    return entries


def _refuse_odd(state: Object) -> None:
    for key in ("/TR", "/TR2"):
        said = values.entry(state, key)
        if said is not None and values.text(said) not in _UNCHANGED:
            raise unclear("colours turned for a printer")
    if values.entry(state, "/Font") is not None:
        raise unclear("a font chosen by a graphics state")
    if values.flag(state, "/AIS"):
        raise unclear("an unusual transparency")


def _dashes(said: object) -> Array:
    if not isinstance(said, Array) or len(said) != 2:
        raise unclear("dashes")
    lengths = values.numbers(said[0], None, "dashes", least=0)
    phase = values.number(values.items(said)[1], "dashes")
    if lengths and not any(lengths):
        raise unclear("dashes of no length")
    return Array([values.row(lengths), values.kept(phase)])


def _blend(said: object) -> Name:
    """One name; of several, readers take the first that they know, which is the first where all know it."""
    first = values.items(said)[0] if isinstance(said, Array) and len(said) else said
    written = values.text(first)
    if written == "/Compatible":
        written = "/Normal"
    if written not in _BLENDS:
        raise unclear("an unknown way of mixing colours")
    return Name(written)


def _mask(pdf: Pdf, said: object, colours: Colours, form: Callable[[object], Stream]) -> Object:
    if values.text(said) == "/None":
        return Name("/None")
    mask = values.dictionary(said, "mask")
    kind = values.name(mask, "/S")
    if kind not in ("/Alpha", "/Luminosity"):
        raise unclear("a mask of an unknown kind")
    drawing = form(values.entry(mask, "/G"))
    group = values.entry(drawing, "/Group")
    if group is None:
        raise unclear("a mask without a group")
    entries: dict[str, object] = {"/Type": Name.Mask, "/S": Name(kind), "/G": drawing}
    turned = values.entry(mask, "/TR")
    if turned is not None and values.text(turned) != "/Identity":
        made = functions.read(pdf, turned, inputs=1, outputs=1)  # Chromium turns masks round with it
        entries["/TR"] = made if made.is_indirect else pdf.make_indirect(made)
    if (back := values.entry(mask, "/BC")) is not None and kind == "/Luminosity":
        space = values.entry(values.dictionary(group, "group"), "/CS")
        if space is None:
            raise unclear("a mask's ground without a colour space")
        entries["/BC"] = values.row(values.numbers(back, colours.read(space).components, "a mask's ground"))
    return Dictionary(entries)


def group(said: object, colours: Colours, *, is_mask: bool) -> Dictionary | None:
    """A transparency group (11.6.6) anew; None for any other.

    Most readers mix all colours as red, green and blue, and knock nothing out (/K); those that obey would show other
    colours. A mask keeps its own space, in which its ground is said.
    """
    if said is None:
        return None
    part = values.dictionary(said, "group")
    if values.name(part, "/S") != "/Transparency":
        return None
    entries: dict[str, object] = {"/Type": Name.Group, "/S": Name.Transparency}
    if (space := values.entry(part, "/CS")) is not None:
        found = colours.read(space)
        if found.family in ("Pattern", "Indexed", "Separation", "DeviceN", "Lab"):
            raise unclear("a group in an unusual colour space")
        entries["/CS"] = found.written if is_mask else Name.DeviceRGB
    values.flag(part, "/K")
    if values.flag(part, "/I"):
        entries["/I"] = True
    return Dictionary(entries)
