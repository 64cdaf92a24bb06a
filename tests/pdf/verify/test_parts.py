"""Lists inside a signature that nothing signs are counted before anything in them is read."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
import pytest
from asn1crypto import cms as asn1
from cryptography.hazmat.primitives.serialization import Encoding

from pdf import der, sign
from pdf.verify import authorities, cms, parts, stores
from pdf.verify.chains import Material
from pdf.verify.verdict import Finding
from tests.pdf import signing_world as world
from tests.pdf.verify.test_good_files import codes, judged

Bloat = Callable[[list[bytes], list[bytes]], None]
_SHA512 = bytes.fromhex("300b0609608648016503040203")


def signed() -> bytes:
    here = world.world().platform
    return sign.sign_detached(b"words", key=here.key, certificate=here.certificate, chain=here.chain)


def bloated(change: Bloat) -> bytes:
    """A CMS whose parts, and those of its signer, were changed."""
    kind, content = der.read_one(signed()).children()
    (data,) = content.children()
    outer = [each.raw for each in data.children()]
    (signer,) = der.read_one(outer[-1]).children()
    inner = [each.raw for each in signer.children()]
    change(outer, inner)
    outer[-1] = der.tlv(der.SET, der.sequence(*inner))
    return der.sequence(kind.raw, der.explicit(0, der.sequence(*outer)))


def digests(count: int, octets: int = 0) -> Bloat:
    def change(outer: list[bytes], _inner: list[bytes]) -> None:
        large = der.sequence(der.tlv(der.OID, b"\x01" * octets)) if octets else b""
        outer[1] = der.tlv(der.SET, der.read_one(outer[1]).content + large + _SHA512 * count)

    return change


def certificates(count: int, octets: int = 0) -> Bloat:
    def change(outer: list[bytes], _inner: list[bytes]) -> None:
        more = der.sequence(der.octet_string(b"1" * octets)) if octets else b""
        given = der.read_one(outer[3]).content
        outer[3] = der.tlv(0xA0, given + more + next(der.read_all(given)).raw * count)

    return change


def unsigned(count: int, values: int = 1, octets: int = 0) -> Bloat:
    def change(_outer: list[bytes], inner: list[bytes]) -> None:
        kind = der.oid("1.2.3") if not octets else der.tlv(der.OID, b"\x81" * octets + b"\x01")
        inner.append(der.tlv(0xA1, der.sequence(kind, der.tlv(der.SET, der.null() * values)) * count))

    return change


def named_signer(octets: int) -> Bloat:
    def change(_outer: list[bytes], inner: list[bytes]) -> None:
        inner[1] = der.tlv(0x80, b"1" * octets)

    return change


@pytest.mark.parametrize("change", [digests(15), certificates(50), unsigned(64), unsigned(1, values=16)])
def test_a_signature_of_as_many_parts_as_anybody_needs_is_read(change: Bloat) -> None:
    assert cms.parse(bloated(change), "A")


@pytest.mark.parametrize(
    "change",
    [
        digests(16), digests(0, 20_000), certificates(100), certificates(0, 70_000), unsigned(65),
        unsigned(1, values=17), unsigned(1, octets=20_000), named_signer(20_000),
    ],
    ids=[
        "digests", "a long digest", "certificates", "a long certificate", "attributes", "values", "a long attribute",
        "a long name",
    ],
)  # fmt: skip
def test_a_signature_of_more_or_larger_parts_is_not_read(change: Bloat) -> None:
    with pytest.raises(Finding) as refused:
        cms.parse(bloated(change), "A")
    assert (refused.value.reason.code, refused.value.reason.params["what"]) == ("limits", "signature-parts")


def test_a_token_in_the_security_store_has_no_more_parts_either() -> None:
    assert stores._read_token(signed())
    with pytest.raises(Finding):
        stores._read_token(bloated(digests(16)))


def test_parts_are_counted_without_reading_them(monkeypatch: pytest.MonkeyPatch) -> None:
    data = asn1.ContentInfo.load(bloated(digests(16)))["content"]
    monkeypatch.setattr(asn1.DigestAlgorithms, "_parse_children", lambda *_: pytest.fail("was read"))
    with pytest.raises(Finding):
        parts.check_parts(data)


def with_fields(depth: int, letters: int) -> bytes:
    """A file whose one signature field lies below others."""
    with pikepdf.open(io.BytesIO(world.blank_pdf())) as document:
        field = document.make_indirect(pikepdf.Dictionary(T="x" * letters, FT=pikepdf.Name.Sig))
        for _ in range(depth - 1):
            field = document.make_indirect(pikepdf.Dictionary(T="x" * letters, Kids=[field]))
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


@pytest.mark.parametrize(
    ("depth", "letters", "wanted"),
    [(64, 60, "unsigned"), (65, 1, "field-depth"), (5, 1_000, "field-name")],
)
def test_fields_within_fields_come_to_an_end(depth: int, letters: int, wanted: str) -> None:
    (reason,) = judged(with_fields(depth, letters)).reasons
    assert reason.params.get("what", reason.code) == wanted


def test_names_of_authorities_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = world.everything_signed()
    assert codes(judged(pdf)) == []
    monkeypatch.setattr(authorities, "_MOST_OF_NAMES", 100)
    assert [(each.code, each.params["what"]) for each in judged(pdf).reasons] == [("limits", "authority-names")]


def test_a_certificate_without_end_is_no_material(monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = world.world().ca.path[0].public_bytes(Encoding.DER)
    read: list[bytes] = []
    monkeypatch.setattr("pdf.verify.chains.read_x509", lambda der: read.append(der) or pytest.fail("was read"))
    monkeypatch.setattr("pdf.verify.chains.MOST_OF_A_CERTIFICATE", len(certificate) - 1)
    Material(()).add_certificate_der(certificate)
    assert not read
