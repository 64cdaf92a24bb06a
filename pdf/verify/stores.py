"""What a security store may hold (EN 319 142-1 §5.4.2): certificates, lists, answers, and nothing beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import ocsp

import pdf.asn1  # noqa: F401 - its classes are set up before threads meet them
from pdf.verify.certificates import read_x509
from pdf.verify.increments import Sides
from pdf.verify.objects import Name, Plain, Ref, Stream, refs_in
from pdf.verify.parts import check_parts, size

Read = Callable[[bytes], object]
_PACKING = {"/Length", "/Filter", "/DecodeParms", "/Type"}
_UNREADABLE = (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm)


def _read_token(der: bytes) -> object:
    info = cms.ContentInfo.load(der[: size(der)], strict=True)
    if info["content_type"].native != "signed_data" or len(der) != size(der):
        raise ValueError("no token")
    check_parts(info["content"])
    return info


_STORE: dict[str, Read] = {
    "/Certs": read_x509,
    "/CRLs": x509.load_der_x509_crl,
    "/OCSPs": ocsp.load_der_ocsp_response,
}
_ENTRY: dict[str, Read] = {"/Cert": read_x509, "/CRL": x509.load_der_x509_crl, "/OCSP": ocsp.load_der_ocsp_response}


def is_store(sides: Sides, value: Plain) -> bool:
    """Whether a store holds nothing but what one may hold; streams that an increment adds must be what they are for."""
    store = sides.after(value)
    vri = sides.after(store.get("/VRI", {})) if isinstance(store, dict) else None
    if not isinstance(store, dict) or not isinstance(vri, dict) or not _is_known(store, {*_STORE, "/Type", "/VRI"}):
        return False
    kinds = list(_kinds(sides, store, _STORE))
    for entry in vri.values():
        said = sides.after(entry)
        if not isinstance(said, dict) or not _is_known(said, {*_ENTRY, "/Type", "/TU", "/TS"}):
            return False
        kinds.extend(_kinds(sides, said, _ENTRY))
        if "/TS" in said:
            kinds.append((said["/TS"], _read_token))
    if not all(isinstance(each, Ref) for each, _ in kinds):
        return False
    return all(_is_kind(sides, each, read) for each, read in dict.fromkeys(kinds))


def _kinds(sides: Sides, entries: dict[str, Plain], reads: dict[str, Read]) -> Iterator[tuple[Plain, Read]]:
    for key, read in reads.items():
        listed = sides.after(entries.get(key, []))
        for each in listed if isinstance(listed, list) else [None]:
            yield each, read


def _is_known(entries: dict[str, Plain], keys: set[str]) -> bool:
    """Whether nothing else is said, and nothing is hung on what is no list: it would count as reached."""
    said = isinstance(entries.get("/Type", Name("/DSS")), Name) and isinstance(entries.get("/TU", b""), bytes)
    return entries.keys() <= keys and said


def _is_kind(sides: Sides, value: Plain, read: Read) -> bool:
    stream = sides.new(value) if isinstance(value, Ref) else None
    if not isinstance(value, Ref) or not isinstance(stream, Stream):
        return False
    if not sides.is_new(value):
        return True
    if stream.entries.keys() - _PACKING or any(refs_in(stream)):
        return False
    try:
        read(sides.document.decoded(value, sides.increment.after))
    except _UNREADABLE:
        return False
    return True
