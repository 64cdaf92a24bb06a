"""What a signer gets: a request read with suspicion, a leaf certificate with the custody written into it."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from pdf.errors import PkiError
from pdf.pki.authorities import NOWHERE, Authority, Places, Shape, build
from pdf.pki.names import SubjectName
from pdf.pki.oids import DOCUMENT_SIGNING, SPECIMEN_POLICY, KeyCustody

LONGEST_REQUEST = 4096  # octets; a P-256 request without attributes is about 200


def issue_leaf(
    issuer: Authority,
    public_key: ec.EllipticCurvePublicKey,
    subject: SubjectName,
    *,
    custody: KeyCustody,
    not_before: datetime,
    not_after: datetime,
    specimen: bool = False,
    places: Places = NOWHERE,
) -> x509.Certificate:
    """A signer's certificate for digital signature and content commitment, `custody` stated as its policy.

    Raises PkiError `specimen_mixed` where `specimen` and the issuer's own mark differ: a certificate for show never
    stands below a real root, nor a real one below a root for show.
    """
    if specimen != issuer.specimen:
        raise PkiError("specimens are issued below the specimen root alone", code="specimen_mixed")
    _check_curve(public_key)
    shape = Shape(
        ("digital_signature", "content_commitment"),
        (DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION),
        (custody.policy, *((SPECIMEN_POLICY,) if specimen else ())),
    )
    named = subject.marked_specimen() if specimen else subject
    return build(issuer, public_key, named, shape, not_before=not_before, not_after=not_after, places=places)


def read_csr(request: bytes) -> ec.EllipticCurvePublicKey:
    """The key of a PKCS#10 request in DER whose owner proved to hold it; nothing else in the request counts.

    Raises PkiError `request_malformed`, `key_unsuitable` (not P-256), `possession_not_proved`.
    """
    if len(request) > LONGEST_REQUEST:
        raise PkiError("the request is too long", code="request_malformed")
    try:
        csr = x509.load_der_x509_csr(request)
        public_key = csr.public_key()
        proved = csr.is_signature_valid
    except (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm) as error:
        raise PkiError("not a PKCS#10 request", code="request_malformed") from error
    if not isinstance(public_key, ec.EllipticCurvePublicKey):
        raise PkiError("only ECDSA P-256 keys are taken", code="key_unsuitable")
    _check_curve(public_key)
    if not proved:
        raise PkiError("the request is not signed by its own key", code="possession_not_proved")
    return public_key


def _check_curve(public_key: ec.EllipticCurvePublicKey) -> None:
    if not isinstance(public_key.curve, ec.SECP256R1):
        raise PkiError("only ECDSA P-256 keys are taken", code="key_unsuitable")
