"""The child's side of pdf.intake: what in a foreign PDF acts, hides or is somebody else's, and is refused by name.

Only what the file's root reaches is looked at: what nothing reaches does not come through the rebuild anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

from pdf.errors import PdfError

_MOST_DEEP = 64
_MOST_OBJECTS = 200_000
_SCRIPTS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/RichMediaExecute"} | {
    "/Hide",
    "/SetOCGState",  # what is seen depends on who obeys
}
# ISO 32000-2 Tables 197 and 198: of an annotation or page, when it comes into sight without anybody's doing.
_ON_OPENING = ("/O", "/PO", "/PV")
# ISO 32000-2 Table 171, and 12.6.4 for what plays: annotations that carry another file or a player.
_MEDIA = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D", "/Projection"}
_USES = ("/Print", "/View", "/Export")


def refuse_what_acts(source: Pdf) -> None:
    """Raises PdfError: to drop any of this silently would change what was sent."""
    form = source.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary):
        if Name.XFA in form:
            raise PdfError("an XFA form", code="pdf_xfa")
        if _number(form.get(Name.SigFlags, 0)) & 1:
            raise PdfError("signatures in it", code="pdf_signed")
    if Name.Perms in source.Root and Name.DocMDP in source.Root.Perms:
        raise PdfError("certified", code="pdf_signed")
    names = source.Root.get(Name.Names)
    if Name.Collection in source.Root or (isinstance(names, Dictionary) and Name.EmbeddedFiles in names):
        raise PdfError("files attached", code="pdf_attachment")
    for part in _reached(source.Root):
        _refuse_part(part)
    _refuse_hidden_layers(source)


def _number(value: object) -> int:
    return int(value) if isinstance(value, int) else 0


def _refuse_part(part: Object) -> None:
    kind, action = name_of(part, "/Type"), name_of(part, "/S")
    if name_of(part, "/FT") == "/Sig" and Name.V in part:
        raise PdfError("a signature in it", code="pdf_signed")
    if action in _SCRIPTS or Name.JS in part or _resets_on_opening(part):
        raise PdfError(f"an action: {action or 'JavaScript'}", code="pdf_script")
    # By content: readers take a file specification for one whatever its /Type says (ISO 32000-2 7.11.3).
    if Name.EF in part or kind == "/EmbeddedFile":
        raise PdfError("a file attached", code="pdf_attachment")
    if name_of(part, "/Subtype") in _MEDIA and Name.Rect in part:
        raise PdfError(f"an annotation {part.Subtype}", code="pdf_attachment")
    # ISO 32000-2 7.3.8.2: the stream's data stands in another file, so that other people see other things.
    if isinstance(part, pikepdf.Stream) and Name.F in part.stream_dict:
        raise PdfError("data in another file", code="pdf_attachment")


def _resets_on_opening(part: Object) -> bool:
    """Whether fields lose their values where a reader obeys, before anybody has seen them."""
    acts = part.get(Name.AA)
    waiting = [part.get(Name.OpenAction)]
    waiting += [acts.get(key) for key in _ON_OPENING] if isinstance(acts, Dictionary) else []
    for _ in range(_MOST_DEEP):
        if not waiting:
            return False
        each = waiting.pop()
        if isinstance(each, Dictionary):
            if name_of(each, "/S") == "/ResetForm":
                return True
            waiting.append(each.get(Name.Next))
        elif isinstance(each, Array):  # also a place to go to, which does nothing
            waiting += [item for item in list(each)[:_MOST_DEEP] if isinstance(item, Dictionary)]
    return True


def _reached(root: Object) -> Iterator[Object]:
    """All dictionaries and streams that the root reaches, each once."""
    seen: set[tuple[int, int]] = set()
    waiting = [(root, 0)]
    while waiting:
        part, depth = waiting.pop()
        if part.is_indirect:
            if part.objgen in seen:
                continue
            seen.add(part.objgen)
            depth = 0
        if depth > _MOST_DEEP or len(seen) > _MOST_OBJECTS:
            raise PdfError("nested too deep, or too many objects", code="pdf_too_complex")
        if isinstance(part, Dictionary | pikepdf.Stream):
            yield part
        waiting += [(child, depth + 1) for child in _children(part)]


def _children(part: Object) -> list[Object]:
    if isinstance(part, Dictionary):
        values = list(part.values())
    elif isinstance(part, pikepdf.Stream):
        values = list(part.stream_dict.values())
    else:
        values = list(part)
    return [value for value in values if isinstance(value, Array | Dictionary | pikepdf.Stream)]


def name_of(part: Object, key: str) -> str:
    """The name under this key; empty where there is none, or something else."""
    value = part.get(key)
    return str(value) if isinstance(value, Name) else ""


def _refuse_hidden_layers(source: Pdf) -> None:
    """Layers pass where every reader shows all of them, on screen and in print; the rebuild makes them one."""
    layers = source.Root.get(Name.OCProperties)
    if layers is None:
        return
    configuration = layers.get(Name.D, Dictionary())
    groups = [group for group in layers.get(Name.OCGs, Array()) if isinstance(group, Dictionary)]
    shown = {group.objgen for group in configuration.get(Name.ON, Array())}
    hidden = {group.objgen for group in configuration.get(Name.OFF, Array())}
    base_on = name_of(configuration, "/BaseState") in ("", "/ON")
    for group in groups:
        is_on = group.objgen not in hidden if base_on else group.objgen in shown
        if not is_on or _depends(group):
            raise PdfError("a layer that is not always shown", code="pdf_layers")
    for part in _reached(source.Root):
        if name_of(part, "/Type") == "/OCMD" and (
            Name.VE in part or name_of(part, "/P") not in ("", "/AnyOn", "/AllOn")
        ):
            raise PdfError("a layer shown under conditions", code="pdf_layers")


def _depends(group: Dictionary) -> bool:
    """Whether a layer is shown here and not there: by zoom, by use, in print alone (ISO 32000-2 Table 100)."""
    usage = group.get(Name.Usage)
    if not isinstance(usage, Dictionary):
        return False
    off = any(name_of(usage.get(use, Dictionary()), f"{use}State") == "/OFF" for use in _USES)
    return off or Name.Zoom in usage
