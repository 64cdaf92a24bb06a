"""OCSP answers as authorities and their delegates give them, and as those do who have no right to."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from asn1crypto import crl
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.validation import DocumentSecurityStore

from pdf import pki
from tests.pdf import signing_world as world
from tests.pdf.verify import foreign

NOW, HOUR = world.NOW, timedelta(hours=1)


def delegate(
    issuer: pki.Authority, *, for_ocsp: bool = True, until: datetime = NOW + timedelta(days=30)
) -> pki.Authority:
    """A responder that this issuer certified, for OCSP or for something else."""
    key = ec.generate_private_key(ec.SECP256R1())
    usage = ExtendedKeyUsageOID.OCSP_SIGNING if for_ocsp else ExtendedKeyUsageOID.CLIENT_AUTH
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Responder")]))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=2))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .sign(issuer.key, hashes.SHA256())  # type: ignore[arg-type]
    )
    return pki.Authority(key, certificate)


def answer(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    responder: pki.Authority,
    *,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    revoked_at: datetime | None = None,
    until: datetime = NOW + timedelta(days=1),
) -> bytes:
    """The responder's answer about a certificate, its own certificate along with it."""
    if revoked_at:
        status = ocsp.OCSPCertStatus.REVOKED
    built = ocsp.OCSPResponseBuilder().add_response(
        cert=certificate,
        issuer=issuer,
        algorithm=hashes.SHA1(),  # noqa: S303 - as every client asks (RFC 5019 §2.1.1)
        cert_status=status,
        this_update=NOW - timedelta(days=2),
        next_update=until,
        revocation_time=revoked_at,
        revocation_reason=x509.ReasonFlags.superseded if revoked_at else None,
    )
    built = built.responder_id(ocsp.OCSPResponderEncoding.NAME, responder.certificate)
    return (
        built.certificates([responder.certificate])
        .sign(responder.key, hashes.SHA256())  # type: ignore[arg-type]
        .public_bytes(world.Encoding.DER)
    )


def archived(pdf: bytes, *, responses: list[bytes], lists: list[bytes]) -> bytes:
    """The file with these in its DSS, and a document timestamp over it; both by pyHanko."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[foreign.asn1(each) for each in world.world().ca.path],
        crls=[crl.CertificateList.load(each) for each in lists],
        ocsps=[asn1_ocsp.OCSPResponse.load(each) for each in responses],
    )
    stored = io.BytesIO()
    writer.write(stored)
    out = io.BytesIO()
    stamper = signers.PdfTimeStamper(foreign.LoopbackTimeStamper())
    stamper.timestamp_pdf(IncrementalPdfFileWriter(stored), "sha256", output=out)
    return out.getvalue()
