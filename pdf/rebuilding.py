"""The child's side of pdf.intake: opens foreign PDFs with pikepdf. Never imported by the web process."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from decimal import Decimal

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

from pdf.contents import drawings
from pdf.embedding import refuse_missing_fonts
from pdf.errors import PdfError
from pdf.flattening import Value, flatten
from pdf.refusing import refuse_what_acts
from pdf.resources import walk
from pdf.silencing import silence
from pdf.writing import written

_LONGEST_SIDE, _SHORTEST_SIDE = 3_400.0, 72.0  # points; A0 is 2384 × 3370
_FARTHEST = 20_000.0  # how far from the origin a page may lie
_MOST_DEEP = 64
# A page is what it shows; all else of it (actions, thumbnails, private data, other boxes) stays behind.
_PAGE_KEYS = frozenset({"/Type", "/Parent", "/Resources", "/Contents", "/Group", "/MediaBox", "/Rotate"})
_RESOURCES = frozenset(
    {"/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font", "/Properties", "/ProcSet"}
)
# What makes a picture look otherwise elsewhere, or says what nobody sees: layers, versions for print, old data.
_DROPPED = (
    "/OC", "/Alternates", "/OPI", "/Ref", "/Metadata", "/PieceInfo", "/LastModified", "/StructParent",
    "/StructParents", "/AF", "/Measure", "/PtData",
)  # fmt: skip
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_LAYERS = (Name.OCG, Name.OCMD)


def rebuild_here(payload: bytes) -> bytes:
    """See pdf.intake.rebuild: a line of JSON {most_pages}, then the file. Raises PdfError.

    The answer begins with a line of JSON too: {pages, silenced, values}: how many, which carried invisible words, and
    what pdf.filled is to look for.
    """
    head, _, pdf = payload.partition(b"\n")
    most_pages = int(json.loads(head)["most_pages"])
    if b"%PDF-" not in pdf[:1024]:  # ISO 32000-1 Annex H.3.4.1: readers accept a header in the first 1,024 bytes
        raise PdfError("no PDF header", code="not_a_pdf")
    try:
        with pikepdf.open(io.BytesIO(pdf), inherit_page_attributes=False) as source:
            if source.is_encrypted:  # the empty password opens some: taking off what somebody put on is not for us
                raise PdfError("encrypted", code="pdf_encrypted")
            _check_tree(source, most_pages)
            refuse_what_acts(source)
            _check_pages(source)
            return _written_anew(source, flatten(source))
    except pikepdf.PasswordError as error:
        raise PdfError("a password is asked for", code="pdf_encrypted") from error
    except PdfError:
        raise
    except (pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, RuntimeError) as error:
        # pikepdf names what it foresees; what else a broken file runs into is a broken file all the same.
        raise PdfError(f"{type(error).__name__}: {error}"[:200], code="not_a_pdf") from error


def _check_tree(source: Pdf, most_pages: int) -> None:
    """Walk the page tree ourselves first: the library would follow loops and a million kids for as long as it takes.

    What pages inherit (ISO 32000-2 7.7.3.4) becomes their own.
    """
    seen: set[tuple[int, int]] = set()
    pages = 0
    waiting: list[tuple[object, int, dict[str, Object]]] = [(source.Root.get(Name.Pages), 0, {})]
    while waiting:
        node, depth, above = waiting.pop()
        if not isinstance(node, Dictionary):
            continue
        if depth > _MOST_DEEP or (node.is_indirect and node.objgen in seen):
            raise PdfError("a page tree that runs in circles", code="pdf_too_complex")
        seen.add(node.objgen)
        own = above | {key: node[key] for key in _INHERITED if key in node}
        kids = node.get(Name.Kids)
        if not isinstance(kids, Array):
            pages += 1
            for key, value in own.items():
                node[key] = value
        elif len(kids) > most_pages:
            pages = len(kids)
        else:
            waiting += [(kid, depth + 1, own) for kid in kids]
        if pages > most_pages or len(seen) > 4 * most_pages + _MOST_DEEP:
            raise PdfError(f"{pages} pages", code="too_many_pages", pages=pages, limit=most_pages)
    if not pages:
        raise PdfError("no page", code="pdf_no_page")


def _check_pages(source: Pdf) -> None:
    if not len(source.pages):
        raise PdfError("no page", code="pdf_no_page")
    for number, page in enumerate(source.pages, start=1):
        box = _shown_box(page)
        sides = (box[2] - box[0], box[3] - box[1])
        # Readers differ on /UserUnit: a page has one size, or none that we could vouch for.
        if (
            not all(_SHORTEST_SIDE <= side <= _LONGEST_SIDE for side in sides)
            or not all(abs(value) <= _FARTHEST for value in box)
            or page.obj.get(Name.UserUnit, 1) != 1
        ):
            raise PdfError(f"page {number}", code="page_too_large", page=number)
        page.obj.MediaBox = Array(box)
        if Name.Rotate in page.obj:  # written anew: 90.0 is a quarter to some readers and nothing to others
            page.obj.Rotate = _quarter_turns(page.obj.get(Name.Rotate))


def _shown_box(page: pikepdf.Page) -> list[float]:
    """What a reader shows: the crop box inside the media box (ISO 32000-2 14.11.2), left, bottom, right, top."""
    media, crop = _ordered(page.mediabox), _ordered(page.cropbox)
    return [max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])]


def _ordered(box: Array) -> list[float]:
    left, bottom, right, top = (float(value) for value in box)
    return [min(left, right), min(bottom, top), max(left, right), max(bottom, top)]


def _quarter_turns(turned: object) -> int:
    if not isinstance(turned, int | Decimal) or turned % 90 != 0:
        return 0
    return int(turned) % 360


def _written_anew(source: Pdf, values: list[Value]) -> bytes:
    """The pages alone in a new file: what nothing reaches stays behind."""
    for number, page in enumerate(source.pages, start=1):
        _strip_page(source, page.obj, number)
    drawings.write_anew(source)
    head = json.dumps({"pages": len(source.pages), "silenced": silence(source), "values": values}).encode()
    with Pdf.new() as target:
        target.pages.extend(source.pages)
        refuse_missing_fonts(target.pages)
        walk.settle(target)
        for thing in target.objects:
            for part in _dictionaries(thing):
                _strip(part)
        return head + b"\n" + written(target)


def _strip_page(source: Pdf, page: Object, number: int) -> None:
    """Leave what the page shows, and see that its content can be read to the end."""
    for key in [key for key in page.keys() if key not in _PAGE_KEYS]:  # noqa: SIM118 - iterating gives other things
        del page[key]
    resources = page.get(Name.Resources)
    if isinstance(resources, Dictionary):
        for key in [key for key in resources.keys() if key not in _RESOURCES]:  # noqa: SIM118 - as above
            del resources[key]
    source.get_warnings()
    for content in _contents(page):
        try:
            content.read_bytes()
        except pikepdf.PdfError as error:
            if "bad_alloc" in str(error):
                raise MemoryError from error
            raise PdfError(f"page {number}: {error}"[:200], code="page_broken", page=number) from error
    if said := source.get_warnings():
        raise PdfError(f"page {number}: {said[0]}"[:200], code="page_broken", page=number)


def _contents(page: Object) -> list[pikepdf.Stream]:
    content = page.get(Name.Contents)
    parts = list(content) if isinstance(content, Array) else [content]
    return [part for part in parts if isinstance(part, pikepdf.Stream)]


def _dictionaries(thing: Object) -> Iterator[Object]:
    """The dictionaries of one indirect object, its direct children included, without following references."""
    waiting = [thing]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Dictionary | pikepdf.Stream):
            yield part
            children = list(part.values()) if isinstance(part, Dictionary) else list(part.stream_dict.values())
        elif isinstance(part, Array):
            children = list(part)
        else:
            continue
        waiting += [child for child in children if isinstance(child, Object) and not child.is_indirect]


def _strip(part: Object) -> None:
    if part.get(Name.Type) in _LAYERS:
        for key in list(part.keys()):
            del part[key]
        return
    if part.get(Name.Subtype) == Name.PS:  # a PostScript XObject is run by printers alone
        raise PdfError("PostScript in it", code="pdf_script")
    # In a stream's own dictionary alone: elsewhere these may be names that people gave to fonts and pictures.
    for key in _DROPPED if isinstance(part, pikepdf.Stream) else ():
        if key in part.stream_dict:
            del part.stream_dict[key]
