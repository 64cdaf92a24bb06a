"""Keys and certificates as PEM text; where they are kept, and by which password, is the caller's."""

from __future__ import annotations

from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from pdf.errors import PkiError


def dump_certificates(certificates: Iterable[x509.Certificate]) -> bytes:
    """All of them, one after the other."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def load_certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Every certificate in the text, in order; raises PkiError `pem_malformed` for none or a broken one."""
    try:
        return tuple(x509.load_pem_x509_certificates(pem))
    except ValueError as error:
        raise PkiError("no readable certificate", code="pem_malformed") from error


def dump_key(key: ec.EllipticCurvePrivateKey, *, password: bytes | None = None) -> bytes:
    """PKCS#8, encrypted where there is a password."""
    encryption: KeySerializationEncryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def load_key(pem: bytes, *, password: bytes | None = None) -> ec.EllipticCurvePrivateKey:
    """A P-256 key; raises PkiError `pem_malformed` (also for a wrong password), `key_unsuitable`."""
    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise PkiError("no readable key, or another password", code="pem_malformed") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise PkiError("only ECDSA P-256 keys are taken", code="key_unsuitable")
    return key
