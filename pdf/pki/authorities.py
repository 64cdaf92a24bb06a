"""Certificates that the installation makes for itself, and its revocation lists. All keys are ECDSA P-256."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, ObjectIdentifier

from pdf.errors import PkiError
from pdf.pki.keys import new_key
from pdf.pki.names import SubjectName
from pdf.pki.oids import DOCUMENT_SIGNING, SPECIMEN_POLICY, TIMESTAMP_POLICY, KeyCustody, is_specimen


@dataclass(frozen=True)
class Authority:
    """A key with its certificate and the certificates above it, root last (empty for a root)."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    def __post_init__(self) -> None:
        if self.key.public_key() != self.certificate.public_key():
            raise PkiError("the key is not the certificate's", code="key_not_certified")

    @property
    def specimen(self) -> bool:
        """True where everything below is for show only."""
        return is_specimen(self.certificate)

    @property
    def path(self) -> tuple[x509.Certificate, ...]:
        """The certificate and those above it."""
        return (self.certificate, *self.chain)


@dataclass(frozen=True)
class Places:
    """Where a certificate's reader finds its issuer's list, OCSP responder and certificate; empty: nowhere."""

    crl: str = ""
    ocsp: str = ""
    issuer: str = ""


NOWHERE = Places()


@dataclass(frozen=True)
class Revoked:
    """One certificate that counts no more from `at` on."""

    serial: int
    at: datetime
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified

    @property
    def stated(self) -> x509.ReasonFlags | None:
        """The reason as lists write it: none for an unspecified one (RFC 5280 §5.3.1)."""
        return None if self.reason is x509.ReasonFlags.unspecified else self.reason


@dataclass(frozen=True)
class Shape:
    """What makes one kind of certificate that kind."""

    usage: tuple[str, ...]
    purposes: tuple[ObjectIdentifier, ...] = ()
    policies: tuple[ObjectIdentifier, ...] = ()
    purposes_critical: bool = False
    ca_depth: int | None = None


_CUSTODIES = tuple(custody.policy for custody in KeyCustody)
_USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
           "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
_CA_USAGE = ("key_cert_sign", "crl_sign")
# Below a root stand those that follow it one after the other (cross_certify), and the last one's issuing CA.
_MOST_SUCCESSORS = 7
_ISSUED = (*_CUSTODIES, TIMESTAMP_POLICY)


def create_root(
    subject: SubjectName,
    *,
    not_before: datetime,
    not_after: datetime,
    specimen: bool = False,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Authority:
    """A new self-signed root; one for show (`specimen`) is marked in name and policy, and so is all below it.

    `key` here and below: the new authority's own, which may be a RemoteKey; a fresh one in memory if not given.
    """
    key = key or new_key()
    named = subject.marked_specimen() if specimen else subject
    shape = Shape(_CA_USAGE, policies=(SPECIMEN_POLICY,) if specimen else (), ca_depth=_MOST_SUCCESSORS + 1)
    return Authority(key, build(None, key, named, shape, not_before=not_before, not_after=not_after))


def issue_ca(
    issuer: Authority,
    subject: SubjectName,
    *,
    not_before: datetime,
    not_after: datetime,
    places: Places = NOWHERE,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Authority:
    """An issuing CA for leaves only; its policies leave no room for specimens unless the root is a specimen."""
    policies = (*_ISSUED, *((SPECIMEN_POLICY,) if issuer.specimen else ()))
    shape = Shape(_CA_USAGE, policies=policies, ca_depth=0)
    return _issue_own(issuer, subject, shape, not_before, not_after, places, key)


def cross_certify(
    issuer: Authority, root: x509.Certificate, *, not_before: datetime, not_after: datetime, places: Places = NOWHERE
) -> x509.Certificate:
    """What one root of ours says of another one's name and key (RFC 9810 §4.4: new with old, old with new)."""
    key = root.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise PkiError("a root of another kind of key", code="not_a_ca")
    shape = Shape(_CA_USAGE, policies=_ISSUED, ca_depth=_MOST_SUCCESSORS)
    return build(issuer, key, root.subject, shape, not_before=not_before, not_after=not_after, places=places)


def issue_platform(
    issuer: Authority,
    subject: SubjectName,
    *,
    not_before: datetime,
    not_after: datetime,
    places: Places = NOWHERE,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Authority:
    """The key that certifies frozen files and signs manifests: custody `server`, said so in its policy."""
    shape = Shape(
        ("digital_signature", "content_commitment"),
        (DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION),
        (KeyCustody.SERVER.policy, *((SPECIMEN_POLICY,) if issuer.specimen else ())),
    )
    return _issue_own(issuer, subject, shape, not_before, not_after, places, key)


def issue_tsa(
    issuer: Authority,
    subject: SubjectName,
    *,
    not_before: datetime,
    not_after: datetime,
    places: Places = NOWHERE,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Authority:
    """A timestamp authority: time-stamping is its only and critical purpose (RFC 3161 §2.3)."""
    policies = (TIMESTAMP_POLICY, *((SPECIMEN_POLICY,) if issuer.specimen else ()))
    shape = Shape(("digital_signature",), (ExtendedKeyUsageOID.TIME_STAMPING,), policies, purposes_critical=True)
    return _issue_own(issuer, subject, shape, not_before, not_after, places, key)


def make_crl(
    issuer: Authority, revoked: Sequence[Revoked] = (), *, number: int, this_update: datetime, next_update: datetime
) -> bytes:
    """A complete revocation list in DER; `number` must grow from one list to the next (RFC 5280 §5.2.3)."""
    builder = x509.CertificateRevocationListBuilder(issuer.certificate.subject, this_update, next_update)
    for item in revoked:
        entry = x509.RevokedCertificateBuilder(item.serial, item.at)
        if item.stated:
            entry = entry.add_extension(x509.CRLReason(item.stated), critical=False)
        builder = builder.add_revoked_certificate(entry.build())
    builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    builder = builder.add_extension(_authority_id(issuer), critical=False)
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _issue_own(
    issuer: Authority,
    subject: SubjectName,
    shape: Shape,
    not_before: datetime,
    not_after: datetime,
    places: Places,
    key: ec.EllipticCurvePrivateKey | None,
) -> Authority:
    key = key or new_key()
    named = subject.marked_specimen() if issuer.specimen else subject
    certificate = build(issuer, key, named, shape, not_before=not_before, not_after=not_after, places=places)
    return Authority(key, certificate, issuer.path)


def build(
    issuer: Authority | None,
    key: ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey,
    subject: SubjectName | x509.Name,
    shape: Shape,
    *,
    not_before: datetime,
    not_after: datetime,
    places: Places = NOWHERE,
) -> x509.Certificate:
    """A certificate by `issuer`, or by `key` itself where there is none; raises PkiError `validity`, `not_a_ca`."""
    _check_issue(issuer, not_before, not_after)
    public_key = key if isinstance(key, ec.EllipticCurvePublicKey) else key.public_key()
    name = subject if isinstance(subject, x509.Name) else subject.to_x509()
    builder = x509.CertificateBuilder(
        issuer.certificate.subject if issuer else name,
        name,
        public_key,
        x509.random_serial_number(),
        not_before,
        not_after,
    )
    for extension, critical in _extensions(issuer, public_key, shape, places):
        builder = builder.add_extension(extension, critical=critical)
    if issuer:
        return builder.sign(issuer.key, hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePublicKey):
        raise PkiError("a root needs its private key", code="not_a_ca")
    return builder.sign(key, hashes.SHA256())


def _check_issue(issuer: Authority | None, not_before: datetime, not_after: datetime) -> None:
    if not not_before < not_after:
        raise PkiError("a certificate must begin before it ends", code="validity")
    if issuer is None:
        return
    if not issuer.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
        raise PkiError("the issuer is no certificate authority", code="not_a_ca")
    # Certificates know whole seconds; a leaf may end in the very second in which its issuer does.
    if not_after.replace(microsecond=0) > issuer.certificate.not_valid_after_utc:
        raise PkiError("a certificate must end with its issuer or before", code="validity")


def _extensions(
    issuer: Authority | None, public_key: ec.EllipticCurvePublicKey, shape: Shape, places: Places
) -> list[tuple[x509.ExtensionType, bool]]:
    is_ca = shape.ca_depth is not None
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=is_ca, path_length=shape.ca_depth), True),
        (x509.KeyUsage(**{usage: usage in shape.usage for usage in _USAGES}), True),
        (x509.SubjectKeyIdentifier.from_public_key(public_key), False),
    ]
    if issuer:
        extensions.append((_authority_id(issuer), False))
    if shape.purposes:
        extensions.append((x509.ExtendedKeyUsage(shape.purposes), shape.purposes_critical))
    if shape.policies:
        policies = [x509.PolicyInformation(policy, None) for policy in shape.policies]
        extensions.append((x509.CertificatePolicies(policies), False))
    return extensions + [(extension, False) for extension in _pointers(places)]


def _pointers(places: Places) -> list[x509.ExtensionType]:
    """CRL distribution point and authority information access (RFC 5280 §4.2.1.13, §4.2.2.1)."""
    found: list[x509.ExtensionType] = []
    if places.crl:
        where = [x509.UniformResourceIdentifier(places.crl)]
        found.append(x509.CRLDistributionPoints([x509.DistributionPoint(where, None, None, None)]))
    methods = (
        (AuthorityInformationAccessOID.OCSP, places.ocsp),
        (AuthorityInformationAccessOID.CA_ISSUERS, places.issuer),
    )
    access = [x509.AccessDescription(kind, x509.UniformResourceIdentifier(url)) for kind, url in methods if url]
    if access:
        found.append(x509.AuthorityInformationAccess(access))
    return found


def _authority_id(issuer: Authority) -> x509.AuthorityKeyIdentifier:
    subject_id = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(subject_id)
