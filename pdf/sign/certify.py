"""Freezing: every field is made first, then the platform certifies that only filling in and signing may follow."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime

import pikepdf
from cryptography import x509
from cryptography.x509.oid import NameOID

from pdf import cms
from pdf.errors import AlreadySigned, FieldProblem, StructureUnsupported
from pdf.pki import Authority
from pdf.sign import syntax
from pdf.sign.archive import with_validation_data
from pdf.sign.cades import signed_and_stamped
from pdf.sign.dictionary import PADES, close_with_range, described, fill_contents, put_signature, range_digest
from pdf.sign.revision import Head, Update
from pdf.sign.sealing import add_seals
from pdf.sign.tagging import tag_fields
from pdf.sign.values import (
    PLATFORM_FIELD,
    RESERVE,
    SEAL_GROUP,
    SIGNER_KEY,
    TIMESTAMP_FIELD,
    UNSEEN,
    FieldSigner,
    FieldSpec,
    SealSpec,
)
from pdf.tsa.protocol import Timestamper
from pdf.writing import written

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PRINTED_AND_LOCKED = 132  # annotation flags Print and Locked
_SIGNATURES_EXIST_APPEND_ONLY = 3
_FIELD_WORDS = "电子签名 Electronic signature"
# DocMDP P=2: filling in and signing are allowed after this signature, nothing else (ISO 32000-2 §12.8.2.2).
_CERTIFICATION = (
    b"[<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 2 /V /1.2 >> >>]"
)


def freeze(
    pdf: bytes,
    *,
    fields: Sequence[FieldSpec],
    seals: Sequence[SealSpec] = (),
    ink: Sequence[Sequence[int]] = (),
    platform: Authority,
    timestamper: Timestamper | None,
    at: datetime,
) -> bytes:
    """The file with all signature fields made and the platform's certification (DocMDP P=2) as its last revision.

    `seals` are in it too, unseen until their signers draw them; those on the edges keep clear of the `ink` there, as
    pdf.edges reads it. From here on only `prepare`/`finish` and `seal` may change it. Raises AlreadySigned,
    FieldProblem (`field_name`, `field_doubled`, `field_page`, `field_box`, `seal_field`), AppearanceRefused,
    StructureUnsupported, TimestampUnavailable.
    """
    return _certified(_with_fields(pdf, fields, seals, ink), platform=platform, timestamper=timestamper, at=at)


def attest(
    pdf: bytes,
    *,
    platform: Authority,
    timestamper: Timestamper,
    chain: Sequence[x509.Certificate],
    crls: Sequence[bytes],
    at: datetime,
    ocsps: Sequence[bytes] = (),
) -> bytes:
    """A paper that nobody but the platform signs, certified, with timestamp and validation data (level B-LT).

    Its one signature covers the whole file, which is how validators of PDF/A read ISO 19005-3 §6.4.3: the validation
    data lie inside what is signed (docs/decisions/0019). `chain`, `crls`, `ocsps` as for `seal`. Raises as `freeze`.
    """
    whole = with_validation_data(_with_fields(pdf, ()), chain=chain, crls=crls, ocsps=ocsps, at=at)
    return _certified(whole, platform=platform, timestamper=timestamper, at=at)


def _certified(pdf: bytes, *, platform: Authority, timestamper: Timestamper | None, at: datetime) -> bytes:
    head = Head(pdf)
    update = Update(head)
    signature, field = update.new(), head.fields[PLATFORM_FIELD]
    name = platform.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    entries = described(at, name=str(name), reason="", location="")
    entries[b"Reference"] = _CERTIFICATION
    placeholder = put_signature(update, signature, subfilter=PADES, entries=entries, reserve=RESERVE)
    update.put(field, syntax.write_dictionary({**head.dictionary(field), b"V": syntax.ref(signature)}))
    permissions = syntax.write_dictionary({b"DocMDP": syntax.ref(signature)})
    update.put(head.root, syntax.write_dictionary({**head.catalog, b"Perms": permissions}))
    increment, byte_range = close_with_range(update, placeholder)
    attributes = cms.signed_attributes(range_digest(head.data, increment, byte_range), platform.certificate)
    signed = signed_and_stamped(
        attributes,
        cms.checked_signature(cms.sign_attributes(platform.key, attributes), attributes, platform.certificate),
        platform.certificate,
        chain=platform.chain,
        timestamper=timestamper,
    )
    return head.data + fill_contents(increment, len(head.data), byte_range, signed)


def _with_fields(
    pdf: bytes, fields: Sequence[FieldSpec], seals: Sequence[SealSpec] = (), ink: Sequence[Sequence[int]] = ()
) -> bytes:
    """The file rewritten with a classic table and empty signature fields, the same bytes for the same input."""
    _check_names([spec.name for spec in fields] + [spec.field + SEAL_GROUP for spec in seals])
    try:
        opened = pikepdf.open(io.BytesIO(pdf))
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise StructureUnsupported("not a PDF that can be opened") from error
    with opened as document:
        _check_unsigned(document)
        widgets = [_bound(_widget(document, spec.name, spec.page, spec.box), spec.signer) for spec in fields]
        widgets.append(_widget(document, PLATFORM_FIELD, 0, None))
        widgets += add_seals(document, seals, fields, ink)
        tag_fields(document, words=_FIELD_WORDS)
        form = pikepdf.Dictionary(
            Fields=document.make_indirect(pikepdf.Array(widgets)), SigFlags=_SIGNATURES_EXIST_APPEND_ONLY
        )
        document.Root.AcroForm = document.make_indirect(form)
        _declare_extension(document)
        return written(document)


def _check_names(names: Sequence[str]) -> None:
    taken = set[str]()
    for name in names:
        if not _NAME.fullmatch(name) or name.startswith((PLATFORM_FIELD, TIMESTAMP_FIELD)):
            raise FieldProblem(f"{name!r} is no name for a field", code="field_name", field=name)
        if name in taken:
            raise FieldProblem(f"{name} stands twice", code="field_doubled", field=name)
        taken.add(name)


def _check_unsigned(document: pikepdf.Pdf) -> None:
    if document.is_encrypted:
        raise StructureUnsupported("encrypted files are not frozen")
    if "/Perms" in document.Root or "/DSS" in document.Root:
        raise AlreadySigned
    form = document.Root.get("/AcroForm")
    for field in form.get("/Fields", ()) if form is not None else ():
        if field.get("/FT") == pikepdf.Name.Sig:
            raise AlreadySigned
        raise StructureUnsupported("form fields must be flattened first")


def _widget(document: pikepdf.Pdf, name: str, page_number: int, box: tuple[float, ...] | None) -> pikepdf.Object:
    """A field merged with its only widget, hung on its page."""
    if not 0 <= page_number < len(document.pages):
        raise FieldProblem(f"there is no page {page_number}", code="field_page", field=name)
    page = document.pages[page_number]
    if box is not None:
        _check_box(page, name, box)
    widget = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T=pikepdf.String(name),
            F=_PRINTED_AND_LOCKED,
            Rect=pikepdf.Array([round(each, 3) for each in box or UNSEEN]),
            P=page.obj,
        )
    )
    if not page.obj.get("/Annots", pikepdf.Array()).is_indirect:
        page.obj.Annots = document.make_indirect(page.obj.get("/Annots", pikepdf.Array()))
    page.obj.Annots.append(widget)
    return widget


def _bound(widget: pikepdf.Object, signer: FieldSigner | None) -> pikepdf.Object:
    """The field with for whom it is, for verification and, in words, for who hears the file read."""
    if signer is not None:
        organisations = pikepdf.Array([_text(each) for each in signer.organisations])
        stated = pikepdf.Dictionary(Name=_text(signer.name), Organisations=organisations)
        if signer.identifier:
            stated.Identifier = _text(signer.identifier)
        widget[SIGNER_KEY] = stated
        widget.TU = pikepdf.String(f"{_FIELD_WORDS}: {signer.shown}")
    return widget


def _text(text: str) -> pikepdf.String:
    """Always UTF-16: PDFDocEncoding, which the library prefers, is read in more than one way."""
    return pikepdf.String(b"\xfe\xff" + text.encode("utf-16-be"))


def _check_box(page: pikepdf.Page, name: str, box: tuple[float, ...]) -> None:
    left, bottom, right, top = (float(each) for each in page.mediabox)
    inside = left <= box[0] < box[2] <= right and bottom <= box[1] < box[3] <= top
    if not inside or box[2] - box[0] < 10 or box[3] - box[1] < 10:
        raise FieldProblem(f"{name} does not lie on its page", code="field_box", field=name)


def _declare_extension(document: pikepdf.Pdf) -> None:
    # EN 319 142-1 §5.5: files before PDF 2.0 name the ESIC extension for ETSI.CAdES.detached and the DSS.
    if str(document.pdf_version) < "2.0":
        extensions = document.Root.get("/Extensions", pikepdf.Dictionary())
        extensions.ESIC = pikepdf.Dictionary(BaseVersion=pikepdf.Name("/1.7"), ExtensionLevel=5)
        document.Root.Extensions = extensions
