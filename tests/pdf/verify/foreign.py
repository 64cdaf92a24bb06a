"""Files that others make: written by hand or by pikepdf, signed by pyHanko with certificates of the signing world."""

from __future__ import annotations

import io
from collections.abc import Mapping

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pdf import pki
from tests.pdf import signing_world as world


def hand_made(objects: Mapping[int, bytes], *, offsets: Mapping[int, int] | None = None) -> bytes:
    """A PDF of these objects, object 1 the catalog; `offsets` overrides what the table says."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    places.update(offsets or {})
    start = len(out)
    size = max(places) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        if number in places:
            out += b"%010d 00000 n \n" % places[number]
        else:
            out += b"0000000000 65535 f \n"
    out += b"trailer\n<< /Size %d /Root 1 0 R /ID [<00> <00>] >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(out)


CONTENT = b"<< /Length 8 >>\nstream\n0 0 m\n\n\n\nendstream"


def one_page(**changes: bytes) -> bytes:
    """A PDF with one page whose objects (`catalog`, `pages`, `page`, `content`, `more`) can be replaced."""
    objects = {
        1: changes.get("catalog", b"<< /Type /Catalog /Pages 2 0 R >>"),
        2: changes.get("pages", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        3: changes.get("page", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"),
        4: changes.get("content", CONTENT),
    }
    return hand_made(objects)


class LoopbackTimeStamper(TimeStamper):
    """pyHanko's view of the built-in responder."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(world.world().timestamper.respond(req.dump()))


def asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def signer_of(who: world.Signer) -> signers.SimpleSigner:
    der = who.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()
    store.register_multiple([asn1(each) for each in world.world().ca.path])
    return signers.SimpleSigner(
        signing_cert=asn1(who.leaf), signing_key=keys.PrivateKeyInfo.load(der), cert_registry=store
    )


def with_fields(pdf: bytes, *names: str) -> bytes:
    """Empty signature fields, added by pyHanko."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    for at, name in enumerate(names):
        fields.append_signature_field(writer, fields.SigFieldSpec(name, box=(20, 20 + 90 * at, 220, 90 + 90 * at)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def signed(pdf: bytes, field: str, *, who: world.Signer | None = None, spec: fields.SigFieldSpec | None = None,
           certify: bool = False, stamped: bool = True, strict: bool = True, **options: object) -> bytes:  # fmt: skip
    """A B-T signature by pyHanko (SimpleSigner), by a stranger whose certificate says nothing of custody."""
    given: dict[str, object] = {
        "md_algorithm": "sha256",
        "subfilter": fields.SigSeedSubFilter.PADES,
        "docmdp_permissions": fields.MDPPerm.FILL_FORMS,
        **options,
    }
    meta = signers.PdfSignatureMetadata(field_name=field, certify=certify, **given)
    pdf_signer = signers.PdfSigner(
        meta, signer_of(who or stranger()), timestamper=LoopbackTimeStamper() if stamped else None, new_field_spec=spec
    )
    out = io.BytesIO()
    pdf_signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf), strict=strict), output=out)
    return out.getvalue()


def stranger() -> world.Signer:
    return world.world().signer("Foreign Signer", pki.KeyCustody.EXTERNAL)


def validation_context() -> ValidationContext:
    return ValidationContext(
        trust_roots=[asn1(world.world().root.certificate)],
        other_certs=[asn1(world.world().ca.certificate)],
        crls=list(world.world().crls),
        allow_fetching=False,
    )
