"""The child's side of pdf.intake: opens foreign PDFs with pikepdf. Never imported by the web process."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf

from pdf.errors import PdfError

_MOST_PAGES = 300
_LONGEST_SIDE = 3_400.0  # points; A0 is 2384 × 3370
_MOST_DEEP = 64
_SCRIPTS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/RichMediaExecute"}
# What a text to be signed has no use for: names of scripts, old digests, other people's metadata, page thumbnails.
_DROPPED = ("/OpenAction", "/AA", "/Names", "/Metadata", "/PieceInfo", "/StructTreeRoot", "/MarkInfo", "/Collection")


def rebuild_here(pdf: bytes) -> bytes:
    """See pdf.intake.rebuild. Raises PdfError."""
    if b"%PDF-" not in pdf[:1024]:  # ISO 32000-1 Annex H.3.4.1: readers accept a header in the first 1,024 bytes
        raise PdfError("no PDF header", code="not_a_pdf")
    try:
        with pikepdf.open(io.BytesIO(pdf)) as source:
            if source.is_encrypted and not source.allow.modify_other:
                raise PdfError("encrypted", code="pdf_encrypted")
            _refuse_what_acts(source)
            _check_pages(source)
            return _written_anew(source)
    except pikepdf.PasswordError as error:
        raise PdfError("a password is asked for", code="pdf_encrypted") from error
    except PdfError:
        raise
    except (pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, RuntimeError) as error:
        # pikepdf names what it foresees; what else a broken file runs into is a broken file all the same.
        raise PdfError(f"{type(error).__name__}: {error}"[:200], code="not_a_pdf") from error


def _refuse_what_acts(source: Pdf) -> None:
    """Refuse signatures, scripts, XFA and attachments: to drop them silently would change what was sent."""
    form = source.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary):
        if Name.XFA in form:
            raise PdfError("an XFA form", code="pdf_xfa")
        if int(form.get(Name.SigFlags, 0)) & 1:
            raise PdfError("signatures in it", code="pdf_signed")
    if len(source.attachments):
        raise PdfError("files attached", code="pdf_attachment")
    for thing in source.objects:
        for part in _dictionaries(thing):
            _refuse_part(part)


def _refuse_part(part: Object) -> None:
    kind, action = _name(part, "/Type"), _name(part, "/S")
    if _name(part, "/FT") == "/Sig" and Name.V in part:
        raise PdfError("a signature in it", code="pdf_signed")
    if action in _SCRIPTS or Name.JS in part:
        raise PdfError(f"an action: {action or 'JavaScript'}", code="pdf_script")
    if kind == "/Filespec" and Name.EF in part:
        raise PdfError("a file attached", code="pdf_attachment")


def _dictionaries(thing: Object) -> Iterator[Object]:
    """The dictionaries of one indirect object, its direct children included, without following references."""
    waiting = [(thing, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > _MOST_DEEP:
            raise PdfError("nested too deep", code="not_a_pdf")
        if isinstance(part, pikepdf.Dictionary | pikepdf.Stream):
            yield part
            children = list(part.values()) if isinstance(part, pikepdf.Dictionary) else list(part.stream_dict.values())
        elif isinstance(part, pikepdf.Array):
            children = list(part)
        else:
            continue
        waiting += [(child, depth + 1) for child in children if isinstance(child, Object) and not child.is_indirect]


def _name(part: Object, key: str) -> str:
    value = part.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _check_pages(source: Pdf) -> None:
    count = len(source.pages)
    if not count:
        raise PdfError("no page", code="pdf_no_page")
    if count > _MOST_PAGES:
        raise PdfError(f"{count} pages", code="too_many_pages")
    for number, page in enumerate(source.pages, start=1):
        left, bottom, right, top = (float(value) for value in page.mediabox)
        if not 0 < max(abs(right - left), abs(top - bottom)) <= _LONGEST_SIDE:
            raise PdfError(f"page {number}", code="page_too_large")


def _written_anew(source: Pdf) -> bytes:
    """Form values drawn into the pages, then the pages alone into a new file: what nothing reaches stays behind."""
    if Name.AcroForm in source.Root:
        source.generate_appearance_streams()
        source.flatten_annotations("print")
    for key in (*_DROPPED, "/AcroForm"):
        if key in source.Root:
            del source.Root[key]
    with Pdf.new() as target:
        target.pages.extend(source.pages)
        for page in target.pages:
            for key in ("/AA", "/PieceInfo", "/Metadata", "/Thumb"):
                if key in page.obj:
                    del page.obj[key]
        file = io.BytesIO()
        # A 2 kB nested bomb costs seconds where streams are decoded: they are copied as they are.
        target.save(
            file,
            deterministic_id=True,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            compress_streams=False,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            min_version="1.7",
        )
    return file.getvalue()
