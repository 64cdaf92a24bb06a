"""A signer's own certificate: read with suspicion, and checked against the authorities that an operator chose.

The chain is built by the same code that verifies files: what may sign here passes there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

import pdf.asn1  # noqa: F401 - its classes are set up before threads meet them
from pdf import cms
from pdf.errors import PkiError, SignatureMismatch
from pdf.pki.anchors import Anchors
from pdf.pki.oids import states_policy_of_ours
from pdf.pki.purposes import SIGNING, may_serve
from pdf.verify.certificates import read_certificate
from pdf.verify.chains import Chain, Material
from pdf.verify.verdict import Finding

LONGEST: Final = 16_384  # octets of one certificate
MOST_ABOVE: Final = 8  # certificates between the signer's and an anchor
_RSA_PSS, _SM_ARC = "1.2.840.113549.1.1.10", "1.2.156.10197."
_LEAST_RSA, _MOST_RSA = 2048, 8192
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)
_UNREADABLE = (ValueError, TypeError, x509.InvalidVersion, UnsupportedAlgorithm, x509.DuplicateExtension)


@dataclass(frozen=True)
class OwnCertificate:
    """A certificate that may sign now, and those above it up to the anchor (empty where it is an anchor itself).

    `is_revocation_known`: the issuers' fresh word on the whole chain was at hand, and it is good.
    """

    leaf: x509.Certificate
    above: tuple[x509.Certificate, ...]
    is_revocation_known: bool

    @property
    def expires_at(self) -> datetime:
        """When the first certificate of the chain ends."""
        return min(each.not_valid_after_utc for each in (self.leaf, *self.above))


def read_certificates(der: bytes, above: Sequence[bytes]) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    """The signer's certificate and what came with it; raises PkiError `external_unreadable`."""
    if len(above) > MOST_ABOVE or any(len(each) > LONGEST for each in (der, *above)):
        raise PkiError("more or longer certificates than a chain has", code="external_unreadable")
    try:
        leaf, *others = (x509.load_der_x509_certificate(each) for each in (der, *above))
        for each in (leaf, *others):
            _ = each.extensions, each.subject, each.issuer
    except _UNREADABLE as error:
        raise PkiError("not a certificate in DER", code="external_unreadable") from error
    return leaf, tuple(others)


def check_alone(leaf: x509.Certificate, *, at: datetime) -> None:
    """What the certificate says by itself: time, kind and strength of key, purpose.

    Raises PkiError `external_not_yet_valid`, `external_expired` (param `at`), `external_key`, `external_key_sm2`,
    `external_key_pss`, `external_usage`, `external_policy`.
    """
    if at < leaf.not_valid_before_utc:
        raise PkiError("not valid yet", code="external_not_yet_valid", at=leaf.not_valid_before_utc)
    if at > leaf.not_valid_after_utc:
        raise PkiError("valid no more", code="external_expired", at=leaf.not_valid_after_utc)
    _check_key(leaf)
    _check_usage(leaf)
    # Custody is our statement alone: whoever states it, or "specimen", brings a certificate of such a platform.
    if states_policy_of_ours(leaf):
        raise PkiError("it states a policy of signing platforms", code="external_policy")


def _check_key(leaf: x509.Certificate) -> None:
    kinds = _key_kinds(leaf)
    if any(each.startswith(_SM_ARC) for each in kinds):
        raise PkiError("an SM2 key", code="external_key_sm2")
    if _RSA_PSS in kinds:  # which `public_key` gives out as any other RSA key
        raise PkiError("an RSA key that may sign with PSS alone", code="external_key_pss")
    try:
        key = leaf.public_key()
    except _UNREADABLE as error:
        raise PkiError("a key of an unknown kind", code="external_key") from error
    if isinstance(key, rsa.RSAPublicKey) and _LEAST_RSA <= key.key_size <= _MOST_RSA:
        return
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES):
        return
    raise PkiError("RSA of 2048 to 8192 bits, P-256, P-384 or P-521 is taken", code="external_key")


def _key_kinds(leaf: x509.Certificate) -> tuple[str, ...]:
    """The identifiers of algorithm and, where one is named, curve (RFC 5480 §2.1.1, GM/T 0006)."""
    algorithm = _asn1(leaf)["tbs_certificate"]["subject_public_key_info"]["algorithm"]
    try:
        parameters = algorithm["parameters"]
        curve = parameters.chosen.dotted if parameters.name == "named" else ""
    except (AttributeError, ValueError, TypeError):
        curve = ""
    return (algorithm["algorithm"].dotted, curve)


def _check_usage(leaf: x509.Certificate) -> None:
    for extension in leaf.extensions:
        match extension.value:
            case x509.BasicConstraints(ca=True):
                raise PkiError("it is an authority's", code="external_usage")
            case x509.KeyUsage() as usage if not (usage.digital_signature or usage.content_commitment):
                raise PkiError("its key may not sign", code="external_usage")
    if not may_serve([leaf], SIGNING):
        raise PkiError("it is for other purposes", code="external_usage")


def build_chain(
    leaf: x509.Certificate, others: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate], *, at: datetime
) -> tuple[x509.Certificate, ...]:
    """The certificates above the leaf, an anchor last, all of them valid at `at`.

    Raises PkiError `external_no_chain`, `external_self_signed`, `external_chain`, `external_anchor_expired` (`at`).
    """
    # RFC 5280 §6.1.1 (d) leaves an anchor's own time to the caller; a root may have been renewed under the same key.
    try:
        return _path(leaf, others, [each for each in anchors if at <= each.not_valid_after_utc], at)
    except PkiError as error:
        if error.code != "external_no_chain":
            raise
        ended = _path(leaf, others, anchors, at)[-1:] or (leaf,)
        last = ended[0].not_valid_after_utc
        raise PkiError("its anchor is valid no more", code="external_anchor_expired", at=last) from error


def _path(
    leaf: x509.Certificate, others: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate], at: datetime
) -> tuple[x509.Certificate, ...]:
    try:
        above = _material(others, anchors).chain(_asn1(leaf), at, proved=False).certificates[1:]
    except Finding as finding:
        known = finding.reason.code == "no-chain"
        code = "external_no_chain" if known else "external_chain"
        raise PkiError(finding.reason.code, code="external_self_signed" if _is_self_signed(leaf) else code) from finding
    if not may_serve(above[:-1], SIGNING):
        raise PkiError("an authority above it is for other purposes", code="external_chain")
    return above


def _is_self_signed(leaf: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(leaf)
    except (*_UNREADABLE, InvalidSignature):
        return False
    return True


def check_revocation(
    leaf: x509.Certificate,
    above: Sequence[x509.Certificate],
    *,
    lists: Iterable[bytes],
    responses: Iterable[bytes],
    at: datetime,
) -> OwnCertificate:
    """What the issuers say of the chain, from CRLs and OCSP responses in DER. Raises PkiError `external_revoked`."""
    material = _material((), above[-1:] or [leaf])
    material.add_certificates([_asn1(each) for each in above])
    for each in lists:
        material.statements.add_list(each)
    for each in responses:
        material.statements.add_response(each)
    chain = material.chain(_asn1(leaf), at, proved=False)
    revoked = [each for each in (material.revocation(chain), material.authority_revocation(chain)) if each]
    if any(each.at <= at for each in revoked):
        raise PkiError("its issuer has revoked it", code="external_revoked")
    return OwnCertificate(leaf, tuple(above), material.has_revocation_data(chain, at))


def about(
    path: Sequence[x509.Certificate], lists: Iterable[bytes], responses: Iterable[bytes]
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Of these statements those that issuers of the path (leaf first) made; what is unreadable is left out."""
    issuers = {each.subject.public_bytes() for each in path[1:]}
    made = tuple(each for each in lists if _issuer_of(each) in issuers)
    return made, tuple(responses)


def _issuer_of(crl: bytes) -> bytes | None:
    try:
        return x509.load_der_x509_crl(crl).issuer.public_bytes()
    except _UNREADABLE:
        return None


def is_covered(
    path: Sequence[x509.Certificate], lists: Iterable[bytes], responses: Iterable[bytes], *, at: datetime
) -> bool:
    """Whether the issuers' word, fresh at a moment, is at hand for every certificate below the anchor."""
    material = _material(path[1:-1], path[-1:])
    for each in lists:
        material.statements.add_list(each)
    for each in responses:
        material.statements.add_response(each)
    return material.has_revocation_data(Chain(tuple(path)), at)


def check_possession(leaf: x509.Certificate, statement: bytes, signature: bytes) -> None:
    """That whoever brings the certificate has its key, as WebCrypto signs; raises PkiError `external_possession`."""
    try:
        cms.checked_signature(signature, statement, leaf)
    except SignatureMismatch as error:
        raise PkiError("the key is not the certificate's", code="external_possession") from error


def _material(others: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate]) -> Material:
    material = Material(Anchors(signers=tuple(anchors)))
    material.add_certificates([_asn1(each) for each in others])
    return material


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return read_certificate(certificate.public_bytes(Encoding.DER))
