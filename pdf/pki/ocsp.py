"""An OCSP responder (RFC 6960): each answer is signed by the very authority that issued the certificate."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from pdf.pki.authorities import Authority, Revoked

LONGEST_REQUEST = 4096
LONGEST_NONCE = 32  # RFC 8954 §2.1: 1 to 32 octets


@dataclass(frozen=True)
class Status:
    """What an authority says of a certificate that it issued: good, or revoked."""

    revoked: Revoked | None = None


# The authority and a serial number → what it says; None for a certificate that it never issued.
Register = Callable[[Authority, int], Status | None]


def answer_ocsp(
    request: bytes, *, issuers: Sequence[Authority], register: Register, now: datetime, next_update: datetime
) -> bytes:
    """The DER OCSPResponse to a DER OCSPRequest about one certificate of one of `issuers`; never raises for its bytes.

    Another authority's certificate is answered `unauthorized`, what cannot be read `malformedRequest`.
    """
    try:
        if len(request) > LONGEST_REQUEST:
            raise ValueError("the request is too long")
        asked = ocsp.load_der_ocsp_request(request)
        nonce = _nonce(asked)
        issuer = next((each for each in issuers if _is_by(each, asked)), None)
    # cryptography reads requests about several certificates as NotImplementedError.
    except (ValueError, TypeError, NotImplementedError, UnsupportedAlgorithm, x509.DuplicateExtension):
        return _unsuccessful(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    if issuer is None:
        return _unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    said = register(issuer, asked.serial_number)
    revoked = said.revoked if said else None
    state = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=asked.issuer_name_hash,
        issuer_key_hash=asked.issuer_key_hash,
        serial_number=asked.serial_number,
        algorithm=asked.hash_algorithm,
        cert_status=state if said else ocsp.OCSPCertStatus.UNKNOWN,
        this_update=now,
        next_update=next_update,
        revocation_time=revoked.at if revoked else None,
        revocation_reason=revoked.stated if revoked else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, issuer.certificate)
    if nonce is not None:
        builder = builder.add_extension(nonce, critical=False)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _nonce(asked: ocsp.OCSPRequest) -> x509.OCSPNonce | None:
    try:
        nonce = asked.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return None
    if not 0 < len(nonce.nonce) <= LONGEST_NONCE:
        raise ValueError("the nonce's length is not allowed")
    return nonce


def _is_by(issuer: Authority, asked: ocsp.OCSPRequest) -> bool:
    """Whether CertID names this authority: hashes of its name and of its key's bits (RFC 6960 §4.1.1)."""
    bits = issuer.certificate.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    algorithm = asked.hash_algorithm.name
    name = hashlib.new(algorithm, issuer.certificate.subject.public_bytes(), usedforsecurity=False).digest()
    key = hashlib.new(algorithm, bits, usedforsecurity=False).digest()
    return bool(asked.issuer_name_hash == name and asked.issuer_key_hash == key)


def _unsuccessful(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
