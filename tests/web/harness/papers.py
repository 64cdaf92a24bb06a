"""Certificates and CMS attributes as the product makes them, from a CA of the lab's own."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509.oid import NameOID

from tests.web.harness.values import Refusal, instant


def issue(ca_key: ec.EllipticCurvePrivateKey, name: str, der: bytes) -> bytes:
    """Check the PKCS#10 request as pdf.pki does, and issue a certificate over its key."""
    request = x509.load_der_x509_csr(der)
    key = request.public_key()
    if (
        not request.is_signature_valid
        or not isinstance(key, ec.EllipticCurvePublicKey)
        or key.curve.name != "secp256r1"
    ):
        raise Refusal(422, "request_invalid", "证书请求无效。")
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ceremony CA")]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=12))
        .sign(ca_key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def check_signature(certificate: bytes | None, signature: bytes, attributes: bytes) -> None:
    """Verify raw r‖s over the attributes against the enrolled certificate."""
    if certificate is None or len(signature) != 64:
        raise Refusal(422, "signature_invalid", "签名无效。")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    public = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(encode_dss_signature(r, s), attributes, ec.ECDSA(hashes.SHA256()))


def signed_attributes(digest: bytes, certificate: bytes) -> bytes:
    """DER of the CMS signed attributes as SET OF, like the product's own."""
    parsed = asn1_x509.Certificate.load(certificate)
    assert parsed.subject is not None
    cert_id = tsp.SigningCertificateV2(
        {"certs": [tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate).digest()})]}
    )
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [core.OctetString(digest)]}),
            cms.CMSAttribute({"type": "signing_certificate_v2", "values": [cert_id]}),
        ]
    )
    return bytes(attributes.dump())


def certificate_json(der: bytes | None) -> dict[str, Any] | None:
    """As POST /certificate answers."""
    if der is None:
        return None
    expires = x509.load_der_x509_certificate(der).not_valid_after_utc
    return {"certificate": base64.b64encode(der).decode(), "key_custody": "client", "expires_at": instant(expires)}
