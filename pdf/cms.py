"""CMS SignedData (RFC 5652) made by hand, digests by SHA-256: signatures in files, timestamp tokens, manifests.

Our own keys are P-256. Signers' own certificates (custody `external`) may also have P-384, P-521 or RSA keys: ECDSA
with SHA-256, or RSASSA-PKCS1-v1_5 with SHA-256 (docs/decisions/0015).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from pdf import der
from pdf.errors import SignatureMismatch

RAW_LENGTH = 64  # r and s of P-256, 32 octets each, as WebCrypto returns them
SHORTEST_SIGNATURE, LONGEST_SIGNATURE = RAW_LENGTH, 2048  # octets: P-256, and more than any RSA key that is taken

ID_DATA = "1.2.840.113549.1.7.1"
_ID_SIGNED_DATA = der.oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE = der.oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = der.oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = der.oid("1.2.840.113549.1.9.16.2.47")
_ALGORITHM_PROTECTION = der.oid("1.2.840.113549.1.9.52")
_TIMESTAMP_TOKEN = der.oid("1.2.840.113549.1.9.16.2.14")
_SHA256 = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256 = der.sequence(der.oid("1.2.840.10045.4.3.2"))
_RSA_SHA256 = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.null())  # RFC 4055 §5: the parameters are NULL


def _attribute(kind: bytes, value: bytes) -> bytes:
    return der.sequence(kind, der.tlv(der.SET, value))


def signed_attributes(digest: bytes, certificate: x509.Certificate, *, content_type: str = ID_DATA) -> bytes:
    """The attributes to sign, a DER SET OF: content type, `digest` (SHA-256), certificate hash, algorithms.

    No signing time: PAdES baseline forbids it (EN 319 142-1 §6.3), the time is in the signature dictionary's /M.
    """
    return der.set_of(
        (
            _attribute(_CONTENT_TYPE, der.oid(content_type)),
            _attribute(_MESSAGE_DIGEST, der.octet_string(digest)),
            _attribute(_SIGNING_CERTIFICATE_V2, _encoded(certificate)[2]),
            # RFC 6211: the algorithms are under the signature too: a digest algorithm and [1] a signature algorithm.
            _attribute(_ALGORITHM_PROTECTION, der.sequence(_SHA256 + b"\xa1" + _algorithm(certificate)[1:])),
        )
    )


def signed_data(
    attributes: bytes,
    signature: bytes,
    certificate: x509.Certificate,
    *,
    certificates: Sequence[x509.Certificate] = (),
    content: bytes | None = None,
    content_type: str = ID_DATA,
    timestamp: bytes | None = None,
) -> bytes:
    """A ContentInfo with one signer: `signature` as checked, `attributes` what it covers, `timestamp` a token over it.

    `certificates` go into the set as given. Without `content` the signature is detached.
    """
    inside = () if content is None else (der.explicit(0, der.octet_string(content)),)
    # RFC 5652 §5.1: version 3 if the content is not id-data.
    version = 1 if content_type == ID_DATA else 3
    unsigned = (der.tlv(0xA1, _attribute(_TIMESTAMP_TOKEN, timestamp)),) if timestamp else ()
    signer = der.sequence(
        der.integer(1),
        _encoded(certificate)[1],
        _SHA256,
        b"\xa0" + attributes[1:],
        _algorithm(certificate),
        der.octet_string(signature),
        *unsigned,
    )
    kept = (der.set_of({_encoded(each)[0] for each in certificates}, tag=0xA0),) if certificates else ()
    body = der.sequence(
        der.integer(version),
        der.set_of((_SHA256,)),
        der.sequence(der.oid(content_type), *inside),
        *kept,
        der.set_of((signer,)),
    )
    return der.sequence(_ID_SIGNED_DATA, der.explicit(0, body))


@lru_cache(maxsize=256)
def _encoded(certificate: x509.Certificate) -> tuple[bytes, bytes, bytes]:
    """A certificate as (DER, IssuerAndSerialNumber, SigningCertificateV2 of RFC 5035 with SHA-256, the default)."""
    encoded = certificate.public_bytes(Encoding.DER)
    issuer_and_serial = der.sequence(certificate.issuer.public_bytes(), der.integer(certificate.serial_number))
    reference = der.sequence(der.octet_string(hashlib.sha256(encoded).digest()))
    return encoded, issuer_and_serial, der.sequence(der.sequence(reference))


@lru_cache(maxsize=256)
def _algorithm(certificate: x509.Certificate) -> bytes:
    """The signature algorithm that goes with a certificate's key."""
    return _RSA_SHA256 if isinstance(certificate.public_key(), rsa.RSAPublicKey) else _ECDSA_SHA256


def sign_attributes(key: ec.EllipticCurvePrivateKey, attributes: bytes) -> bytes:
    """What a signer's device does: ECDSA with SHA-256 over the attributes, as raw r and s, 64 octets."""
    r, s = decode_dss_signature(key.sign(attributes, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(RAW_LENGTH // 2, "big") + s.to_bytes(RAW_LENGTH // 2, "big")


def checked_signature(raw: bytes, attributes: bytes, certificate: x509.Certificate) -> bytes:
    """What WebCrypto signed, as CMS has it, after it verified; raises SignatureMismatch for anything else.

    ECDSA: `raw` is r and s, each as long as the curve's order, and comes back in DER. RSA: it stays as it is.
    """
    public_key = certificate.public_key()
    try:
        if isinstance(public_key, rsa.RSAPublicKey):
            public_key.verify(raw, attributes, padding.PKCS1v15(), hashes.SHA256())
            return raw
        if isinstance(public_key, ec.EllipticCurvePublicKey):
            encoded = _ecdsa_der(raw, public_key)
            public_key.verify(encoded, attributes, ec.ECDSA(hashes.SHA256()))
            return encoded
    except InvalidSignature as error:
        raise SignatureMismatch("the signature does not verify with the certificate's key") from error
    raise SignatureMismatch("the certificate's key makes no signatures that are taken here")


def _ecdsa_der(raw: bytes, public_key: ec.EllipticCurvePublicKey) -> bytes:
    length = (public_key.key_size + 7) // 8
    if len(raw) != 2 * length:
        raise SignatureMismatch(f"an ECDSA signature by this key has {2 * length} octets")
    return encode_dss_signature(int.from_bytes(raw[:length], "big"), int.from_bytes(raw[length:], "big"))


def sign_detached(
    content: bytes, *, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate, chain: Sequence[x509.Certificate]
) -> bytes:
    """A detached signature over `content` that `openssl cms -verify -inform DER -binary` takes, as for a manifest."""
    attributes = signed_attributes(hashlib.sha256(content).digest(), certificate)
    signature = key.sign(attributes, ec.ECDSA(hashes.SHA256()))
    return signed_data(attributes, signature, certificate, certificates=(certificate, *chain))
