"""What issuers say of the certificates that they made: revocation lists (RFC 5280 §6.3) and OCSP (RFC 6960 §3.2).

Both come from the file or kit that is judged, so each is believed only where the issuer itself signed it, or (OCSP) a
responder that this very issuer certified for it. What cannot be read, or somebody else signed, says nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from pdf.pki.authorities import Revoked

_COMPROMISED = (x509.ReasonFlags.key_compromise, x509.ReasonFlags.ca_compromise, x509.ReasonFlags.aa_compromise)
_STRONG = ("sha256", "sha384", "sha512", "sha3-256", "sha3-384", "sha3-512")
_UNREADABLE = (ValueError, TypeError, NotImplementedError, x509.InvalidVersion, UnsupportedAlgorithm)
_MOST_RESPONSES = 2_000


@dataclass(frozen=True)
class Revocation:
    """When a certificate stopped to count, and whether its key may have been in other hands before that."""

    at: datetime
    compromised: bool


def earliest(found: Iterable[Revocation | None]) -> Revocation | None:
    """The first revocation in time, and of several at one time one for a lost key; None where there is none."""
    return min((each for each in found if each), key=lambda each: (each.at, not each.compromised), default=None)


def known_revocation(revoked: Revoked) -> Revocation:
    """What a caller knows, as a list would say it: in whole seconds."""
    return Revocation(revoked.at.replace(microsecond=0), revoked.reason in _COMPROMISED)


@dataclass(frozen=True)
class _Said:
    """One statement about one certificate: None for `revoked` is "good"; it holds until `until` (None: not said)."""

    revoked: Revocation | None
    until: datetime | None


class Statements:
    """The lists and responses at hand, asked certificate by certificate."""

    def __init__(self) -> None:
        self._lists: dict[bytes, list[x509.CertificateRevocationList]] = {}
        self._responses: dict[int, list[tuple[ocsp.OCSPResponse, ocsp.OCSPSingleResponse]]] = {}
        self._known: set[bytes] = set()
        self._signed_lists: dict[x509.Certificate, list[x509.CertificateRevocationList]] = {}
        self._authorised: dict[tuple[int, x509.Certificate], bool] = {}
        self._said: dict[tuple[x509.Certificate, x509.Certificate], list[_Said]] = {}

    def add_list(self, der: bytes) -> None:
        """Take a revocation list in DER; its signature is checked at use."""
        if self._is_new(der):
            try:
                found = x509.load_der_x509_crl(der)
                self._lists.setdefault(found.issuer.public_bytes(), []).append(found)
            except _UNREADABLE:
                return

    def add_response(self, der: bytes) -> None:
        """Take an OCSP response in DER; its signature is checked at use."""
        if self._is_new(der):
            try:
                response = ocsp.load_der_ocsp_response(der)
                if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
                    return
                for single in response.responses:
                    self._responses.setdefault(single.serial_number, []).append((response, single))
            except _UNREADABLE:
                return

    def revocation(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Revocation | None:
        """The earliest revocation that this issuer states."""
        return earliest(said.revoked for said in self._about(certificate, issuer))

    def cover(self, certificate: x509.Certificate, issuer: x509.Certificate, moment: datetime) -> bool:
        """Whether the issuer's word on this certificate is at hand and had not run out at the moment."""
        return any(said.until is None or said.until >= moment for said in self._about(certificate, issuer))

    def _is_new(self, der: bytes) -> bool:
        is_new = der not in self._known and len(self._known) < _MOST_RESPONSES
        self._known.add(der)
        if is_new:
            self._said.clear()
            self._signed_lists.clear()
        return is_new

    def _about(self, certificate: x509.Certificate, issuer: x509.Certificate) -> list[_Said]:
        pair = (certificate, issuer)
        if pair not in self._said:
            self._said[pair] = [*self._listed(certificate, issuer), *self._answered(certificate, issuer)]
        return self._said[pair]

    def _listed(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Iterable[_Said]:
        if issuer not in self._signed_lists:
            named = self._lists.get(issuer.subject.public_bytes(), [])
            self._signed_lists[issuer] = [crl for crl in named if _is_list_signed(crl, issuer)]
        for crl in self._signed_lists[issuer]:
            entry = crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if entry is not None:
                yield _Said(_revocation(entry), crl.next_update_utc)
            elif _speaks_of(crl, certificate):
                yield _Said(None, crl.next_update_utc)

    def _answered(self, certificate: x509.Certificate, issuer: x509.Certificate) -> Iterable[_Said]:
        for response, single in self._responses.get(certificate.serial_number, []):
            if not _is_about(single, issuer) or not self._is_authorised(response, issuer):
                continue
            if single.certificate_status is ocsp.OCSPCertStatus.GOOD:
                yield _Said(None, single.next_update_utc)
            elif single.certificate_status is ocsp.OCSPCertStatus.REVOKED and single.revocation_time_utc:
                compromised = single.revocation_reason in _COMPROMISED
                yield _Said(Revocation(single.revocation_time_utc, compromised), single.next_update_utc)

    def _is_authorised(self, response: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
        key = (id(response), issuer)
        if key not in self._authorised:
            self._authorised[key] = _is_answer_signed(response, issuer) or any(
                self._is_delegate(each, response, issuer) and _is_answer_signed(response, each)
                for each in _carried(response)
            )
        return self._authorised[key]

    def _is_delegate(self, responder: x509.Certificate, response: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
        """RFC 6960 §4.2.2.2: certified for OCSP by the very issuer, valid when it answered, and not revoked then."""
        try:
            responder.verify_directly_issued_by(issuer)
            usage = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        except (*_UNREADABLE, InvalidSignature, x509.ExtensionNotFound, x509.DuplicateExtension):
            return False
        produced = response.produced_at_utc
        if ExtendedKeyUsageOID.OCSP_SIGNING not in usage or not (
            responder.not_valid_before_utc <= produced <= responder.not_valid_after_utc
        ):
            return False
        revoked = min((said.revoked.at for said in self._listed(responder, issuer) if said.revoked), default=None)
        return revoked is None or revoked > produced


def _carried(response: ocsp.OCSPResponse) -> list[x509.Certificate]:
    try:
        return list(response.certificates)
    except _UNREADABLE:
        return []


def _is_answer_signed(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool:
    """Whether the response names this certificate's subject or key as its responder, and its key signed it."""
    named = response.responder_name
    if named is not None and named != signer.subject:
        return False
    try:
        if named is None and response.responder_key_hash != _hashed(_bits(signer), "sha1"):
            return False
        algorithm = response.signature_hash_algorithm
        if algorithm is None or algorithm.name not in _STRONG:
            return False
        key, signature, signed = signer.public_key(), response.signature, response.tbs_response_bytes
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), algorithm)
        else:
            return False
    except (*_UNREADABLE, InvalidSignature):
        return False
    return True


def _is_about(single: ocsp.OCSPSingleResponse, issuer: x509.Certificate) -> bool:
    """Whether CertID names this issuer (RFC 6960 §4.1.1); the serial number was compared before."""
    try:
        algorithm = single.hash_algorithm.name
        return single.issuer_name_hash == _hashed(
            issuer.subject.public_bytes(), algorithm
        ) and single.issuer_key_hash == _hashed(_bits(issuer), algorithm)
    except _UNREADABLE:
        return False


def _hashed(data: bytes, algorithm: str) -> bytes:
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def _bits(certificate: x509.Certificate) -> bytes:
    """The octets of subjectPublicKey, without the algorithm around them."""
    key = certificate.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if isinstance(key, rsa.RSAPublicKey):
        return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _is_list_signed(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except (TypeError, ValueError, UnsupportedAlgorithm, InvalidSignature):
        return False  # made by a key of another kind


def _speaks_of(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether not being listed means good: not in a delta, nor in a list of other certificates (RFC 5280 §5.2)."""
    try:
        for extension in crl.extensions:
            match extension.value:
                case x509.IssuingDistributionPoint() as point:
                    wrong_kind = (
                        point.only_contains_user_certs if _is_authority(certificate) else (point.only_contains_ca_certs)
                    )
                    partial = point.indirect_crl or point.only_some_reasons or point.only_contains_attribute_certs
                    if wrong_kind or partial:
                        return False
                case x509.DeltaCRLIndicator():
                    return False
                case x509.UnrecognizedExtension() if extension.critical:
                    return False
    except (*_UNREADABLE, x509.DuplicateExtension):
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def _revocation(entry: x509.RevokedCertificate) -> Revocation:
    at, reason = entry.revocation_date_utc, None
    for extension in entry.extensions:
        if isinstance(extension.value, x509.InvalidityDate):
            at = min(at, extension.value.invalidity_date_utc)
        elif isinstance(extension.value, x509.CRLReason):
            reason = extension.value.reason
    return Revocation(at, reason in _COMPROMISED)
