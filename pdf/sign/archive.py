"""The last revision: validation data (DSS) and a document timestamp over the whole file, which make level B-LTA."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from asn1crypto import cms as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

import pdf.asn1  # noqa: F401 - its classes are set up before threads meet them
from pdf.errors import FieldProblem, StructureUnsupported
from pdf.sign import syntax
from pdf.sign.dictionary import (
    DOCUMENT_TIMESTAMP,
    Placeholder,
    close_with_range,
    fill_contents,
    put_signature,
    range_digest,
)
from pdf.sign.revision import Head, Update
from pdf.sign.values import PLATFORM_FIELD, RESERVE, TIMESTAMP_FIELD, UNSEEN
from pdf.tsa.protocol import Timestamper

_STAMP = re.compile(rf"{TIMESTAMP_FIELD}-\d{{1,3}}\Z")
_CONTENTS = re.compile(rb"<([0-9A-Fa-f]+)>")


def seal(
    head: bytes,
    *,
    chain: Sequence[x509.Certificate],
    crls: Sequence[bytes],
    timestamper: Timestamper,
    at: datetime,
    ocsps: Sequence[bytes] = (),
) -> bytes:
    """The file closed by validation data and a document timestamp; every signature gets its VRI entry.

    `chain` are the certificates above the leaves, the platform and the timestamp authorities (roots too; what stands in
    the signatures is found by itself), `crls` the lists of their issuers and `ocsps` answers of their responders, DER.
    May be called again years later: the new timestamp covers the older one. Raises TimestampUnavailable,
    PlaceholderTooSmall, StructureUnsupported.
    """
    base = Head(head)
    update = Update(base)
    _put_dss(update, [each.public_bytes(Encoding.DER) for each in chain], crls, ocsps, at)
    return _stamped(head, update, timestamper)


def with_validation_data(
    pdf: bytes, *, chain: Sequence[x509.Certificate], crls: Sequence[bytes], ocsps: Sequence[bytes], at: datetime
) -> bytes:
    """A file that is not signed yet, with the data that its signature will be checked with. Arguments as for `seal`."""
    update = Update(Head(pdf))
    _put_dss(update, [each.public_bytes(Encoding.DER) for each in chain], crls, ocsps, at)
    return pdf + bytes(update.close())


def stamp(head: bytes, *, timestamper: Timestamper) -> bytes:
    """The file with a document timestamp over all of it, and nothing else: signing goes on afterwards.

    For signatures that got no timestamp of their own: that is an unsigned attribute inside /Contents, where later
    revisions cover it (docs/decisions/0012). Raises as `seal`.
    """
    return _stamped(head, Update(Head(head)), timestamper)


def archived_until(pdf: bytes) -> datetime:
    """When the first certificate of the newest document timestamp ends: before that it must be covered by another.

    In a paper that has none yet, of the timestamp on the platform's signature: that signature itself is proved for as
    long as its time is. Raises StructureUnsupported where there is neither.
    """
    head = Head(pdf)
    numbered = [(int(name.rpartition("-")[2]), number) for name, number in head.fields.items() if _STAMP.match(name)]
    platform = head.fields.get(PLATFORM_FIELD)
    for field in [*(number for _, number in sorted(numbered, reverse=True)), *([platform] if platform else [])]:
        value = syntax.reference(head.dictionary(field).get(b"V", b""))
        found = _CONTENTS.fullmatch(head.dictionary(value).get(b"Contents", b"")) if value is not None else None
        carried = _carried_certificates(found[1], stamps_only=field == platform) if found else []
        if carried:
            return min(x509.load_der_x509_certificate(each).not_valid_after_utc for each in carried)
    raise StructureUnsupported("the file has no timestamp")


def carried_certificates(pdf: bytes) -> list[bytes]:
    """The certificates (DER) in the signatures of a file and in the timestamps upon them, each once."""
    found = (each for contents in _signature_contents(Head(pdf)) for each in _carried_certificates(contents))
    return list(dict.fromkeys(found))


def _stamped(head: bytes, update: Update, timestamper: Timestamper) -> bytes:
    placeholder = _put_timestamp_field(update)
    increment, byte_range = close_with_range(update, placeholder)
    token = timestamper.token(range_digest(head, increment, byte_range))
    return head + fill_contents(increment, len(head), byte_range, token)


def _put_dss(
    update: Update, certificates: Sequence[bytes], crls: Sequence[bytes], ocsps: Sequence[bytes], at: datetime
) -> None:
    """Write the document security store, keeping every entry of an older one (EN 319 142-1 §5.4.2)."""
    head = update.head
    present = syntax.reference(head.catalog.get(b"DSS", b""))
    old = head.dictionary(present) if present is not None else {}
    kept_certificates = _Kept(update, old.get(b"Certs"))
    kept_crls = _Kept(update, old.get(b"CRLs"))
    kept_ocsps = _Kept(update, old.get(b"OCSPs"))
    above, lists, answers = kept_certificates.put(certificates), kept_crls.put(crls), kept_ocsps.put(ocsps)
    vri_number = syntax.reference(old.get(b"VRI", b""))
    vri = head.dictionary(vri_number) if vri_number is not None else {}
    for contents in _signature_contents(head):
        # ISO 32000-2 table 261: the key is the SHA-1 of the complete hexadecimal string in /Contents.
        key = hashlib.sha1(contents, usedforsecurity=False).hexdigest().upper().encode()
        if key not in vri:
            carried = kept_certificates.put(_carried_certificates(contents))
            entry = {b"Cert": _array([*carried, *above]), b"CRL": _array(lists), b"TU": syntax.date_string(at)}
            if answers:
                entry[b"OCSP"] = _array(answers)
            vri[key] = syntax.ref(_put_new(update, entry))
    dss = {b"Type": b"/DSS", b"Certs": _array(kept_certificates.numbers), b"CRLs": _array(kept_crls.numbers)}
    if kept_ocsps.numbers:
        dss[b"OCSPs"] = _array(kept_ocsps.numbers)
    vri_number = vri_number or update.new()
    update.put(vri_number, syntax.write_dictionary(vri))
    number = present or update.new()
    update.put(number, syntax.write_dictionary({**dss, b"VRI": syntax.ref(vri_number)}))
    if present is None:
        update.put(head.root, syntax.write_dictionary({**head.catalog, b"DSS": syntax.ref(number)}))


class _Kept:
    """The streams of one DSS array, each content once."""

    def __init__(self, update: Update, array: bytes | None) -> None:
        self._update = update
        self._by_content: dict[bytes, int] = {}
        for number in update.head.array(array) if array else ():
            self._by_content[update.head.stream(number)] = number

    @property
    def numbers(self) -> list[int]:
        return list(self._by_content.values())

    def put(self, contents: Iterable[bytes]) -> list[int]:
        """The object numbers of these contents, new ones written."""
        numbers = []
        for content in contents:
            if content not in self._by_content:
                self._by_content[content] = self._update.new()
                self._update.put_stream(self._by_content[content], {}, content)
            numbers.append(self._by_content[content])
        return list(dict.fromkeys(numbers))


def _put_new(update: Update, values: syntax.Dictionary) -> int:
    number = update.new()
    update.put(number, syntax.write_dictionary(values))
    return number


def _array(numbers: Iterable[int]) -> bytes:
    return b"[" + b" ".join(syntax.ref(number) for number in numbers) + b"]"


def _signature_contents(head: Head) -> Iterator[bytes]:
    """The hexadecimal contents of each signature in the file."""
    for number in head.fields.values():
        value = syntax.reference(head.dictionary(number).get(b"V", b""))
        if value is None:
            continue
        found = _CONTENTS.fullmatch(head.dictionary(value).get(b"Contents", b""))
        if found is None:
            raise StructureUnsupported("a signature has no contents")
        yield found[1]


def _carried_certificates(contents: bytes, *, stamps_only: bool = False) -> list[bytes]:
    """The certificates in a signature and in the timestamp upon it, or in the latter alone."""
    try:
        info = asn1.ContentInfo.load(bytes.fromhex(contents.decode()))
        return list(_certificates_of([*([] if stamps_only else [info]), *_stamps_on(info)]))
    except (ValueError, TypeError, KeyError) as error:
        raise StructureUnsupported("a signature cannot be read") from error


def _certificates_of(infos: Iterable[asn1.ContentInfo]) -> Iterator[bytes]:
    for info in infos:
        for choice in info["content"]["certificates"] or ():
            if choice.name == "certificate":
                yield choice.chosen.dump()


def _stamps_on(info: asn1.ContentInfo) -> Iterator[asn1.ContentInfo]:
    for signer in info["content"]["signer_infos"]:
        for attribute in signer["unsigned_attrs"] or ():
            if attribute["type"].native == "signature_time_stamp_token":
                yield from attribute["values"]


def _put_timestamp_field(update: Update) -> Placeholder:
    """Add an invisible field to form and first page, with an empty document timestamp in it."""
    head = update.head
    name = next(name for n in range(1, 1000) if (name := f"{TIMESTAMP_FIELD}-{n}") not in head.fields)
    form, page = head.dictionary(head.acroform), head.pages()[0]
    signature, field = update.new(), update.new()
    placeholder = put_signature(update, signature, subfilter=DOCUMENT_TIMESTAMP, entries={}, reserve=RESERVE)
    widget = {
        b"Type": b"/Annot",
        b"Subtype": b"/Widget",
        b"FT": b"/Sig",
        b"T": syntax.text_string(name),
        b"F": b"132",
        b"Rect": b"[%d %d %d %d]" % UNSEEN,
        b"P": syntax.ref(page),
        b"V": syntax.ref(signature),
    }
    update.put(field, syntax.write_dictionary(widget))
    fields = syntax.reference(form.get(b"Fields", b""))
    annotations = syntax.reference(head.dictionary(page).get(b"Annots", b""))
    if fields is None or annotations is None:
        raise FieldProblem("the form was not made by freezing", code="field_missing", field=name)
    update.put(fields, _array([*head.fields.values(), field]))
    update.put(annotations, _array([*head.array(syntax.ref(annotations)), field]))
    return placeholder
