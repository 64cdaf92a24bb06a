"""An authority that issues people's own certificates, as an operator may accept it, with its revocation lists."""

from __future__ import annotations

import copy
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID, ObjectIdentifier

from core import config
from pdf import pki

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
DAY = timedelta(days=1)
_SHA256 = hashes.SHA256()
SIGNING = ("digital_signature", "content_commitment")
_USAGES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
           "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip


@cache
def key(kind: str = "p256", number: int = 0) -> Key:
    """p256, p384, p521, rsa2048, rsa1024 …; the same one for the same number, since RSA takes its time."""
    curves: dict[str, ec.EllipticCurve] = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
    if kind in curves:
        return ec.generate_private_key(curves[kind])
    return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))


def sign_raw(private: Key, data: bytes) -> bytes:
    """As WebCrypto signs: raw r and s, or RSASSA-PKCS1-v1_5, with SHA-256."""
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(data, padding.PKCS1v15(), hashes.SHA256())
    r, s = decode_dss_signature(private.sign(data, ec.ECDSA(hashes.SHA256())))
    length = (private.curve.key_size + 7) // 8
    return r.to_bytes(length, "big") + s.to_bytes(length, "big")


@dataclass(frozen=True)
class Own:
    """A certificate that somebody has, with its key and the certificates between it and the root."""

    key: Key
    leaf: x509.Certificate
    above: tuple[x509.Certificate, ...]

    @property
    def digest(self) -> str:
        return self.leaf.fingerprint(hashes.SHA256()).hex()

    @property
    def der(self) -> bytes:
        return self.leaf.public_bytes(Encoding.DER)

    @property
    def above_der(self) -> tuple[bytes, ...]:
        return tuple(each.public_bytes(Encoding.DER) for each in self.above)


class ForeignCA:
    """A root (P-384), an intermediate (P-256 or RSA), and whoever asks gets a certificate."""

    def __init__(
        self, name: str = "样例外部 CA", *, policies: Sequence[ObjectIdentifier] = (), kind: str = "p256"
    ) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.root_key, self.key = key("p384", hash(name)), key(kind, hash(name) + 1)
        self.policies = tuple(policies)
        self.root = self._issue(None, self.root_key, subject(f"{name} Root"), ca=True, days=3650)
        self.certificate = self._issue(self.root, self.key, subject(f"{name} Personal"), ca=True, days=1800)

    def _issue(
        self, issuer: x509.Certificate | None, private: Key, name: x509.Name, *, ca: bool, days: int
    ) -> x509.Certificate:
        return self._build(name, private, issuer, self.root_key, self.now - DAY, self.now + days * DAY, ca=ca)

    def _build(
        self,
        name: x509.Name,
        private: Key,
        issuer: x509.Certificate | None,
        by: Key,
        not_before: datetime,
        not_after: datetime,
        *,
        ca: bool = False,
        usage: Sequence[str] | None = None,
        extra: Sequence[x509.ExtensionType] = (),
        digest: hashes.SHA224 | hashes.SHA256 = _SHA256,
    ) -> x509.Certificate:
        used = usage or (("key_cert_sign", "crl_sign") if ca else SIGNING)
        builder = x509.CertificateBuilder(
            issuer.subject if issuer else name, name, private.public_key(), x509.random_serial_number(), not_before,
            not_after,
        )  # fmt: skip
        builder = builder.add_extension(x509.BasicConstraints(ca, None), True)
        builder = builder.add_extension(x509.KeyUsage(**{each: each in used for each in _USAGES}), True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), False)
        builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)
        if self.policies:
            stated = [x509.PolicyInformation(policy, None) for policy in self.policies]
            builder = builder.add_extension(x509.CertificatePolicies(stated), False)
        for extension in extra:
            builder = builder.add_extension(extension, False)
        return builder.sign(by, digest)

    def limited_to(self, *purposes: ObjectIdentifier) -> ForeignCA:
        """The same authority with another intermediate certificate, which states purposes."""
        other = copy.copy(self)
        other.certificate = self._build(
            self.certificate.subject, self.key, self.root, self.root_key, self.now - DAY, self.now + 1800 * DAY,
            ca=True, extra=(x509.ExtendedKeyUsage(purposes),),
        )  # fmt: skip
        return other

    def issue(self, name: str | x509.Name = "样例甲", *, kind: str = "p256", number: int = 0, begin: timedelta = -DAY,
              end: timedelta = 365 * DAY, usage: Sequence[str] | None = None,
              extra: Sequence[x509.ExtensionType] = (), ca: bool = False,
              digest: hashes.SHA224 | hashes.SHA256 = _SHA256) -> Own:  # fmt: skip
        """A certificate below the intermediate; times are counted from now."""
        private = key(kind, number)
        named = subject(name) if isinstance(name, str) else name
        leaf = self._build(
            named,
            private,
            self.certificate,
            self.key,
            self.now + begin,
            self.now + end,
            usage=usage,
            extra=extra,
            ca=ca,
            digest=digest,
        )
        return Own(private, leaf, (self.certificate,))

    def with_root_ending(self, end: timedelta) -> ForeignCA:
        """The same authority with another root certificate for the same name and key; `end` is counted from now."""
        other = copy.copy(self)
        other.root = self._build(
            self.root.subject, self.root_key, None, self.root_key, self.now - 400 * DAY, self.now + end, ca=True
        )
        return other

    def lists(self, *revoked: x509.Certificate, until: timedelta = 30 * DAY) -> tuple[bytes, bytes]:
        """The intermediate's list with these on it, and the root's, DER."""
        return (
            self._list(self.certificate, self.key, revoked, until),
            self._list(self.root, self.root_key, (), until),
        )

    def _list(self, issuer: x509.Certificate, by: Key, revoked: Sequence[x509.Certificate], until: timedelta) -> bytes:
        builder = x509.CertificateRevocationListBuilder(issuer.subject, self.now - DAY, self.now + until)
        for each in revoked:
            entry = x509.RevokedCertificateBuilder(each.serial_number, self.now - timedelta(hours=1))
            builder = builder.add_revoked_certificate(entry.build())
        builder = builder.add_extension(x509.CRLNumber(1), False)
        return builder.sign(by, hashes.SHA256()).public_bytes(Encoding.DER)


def subject(name: str, organisation: str = "") -> x509.Name:
    parts = [(NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, name)]
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts if text])


@contextmanager
def accepted(folder: Path, *authorities: ForeignCA, lists: Sequence[bytes] = (), **settings: Any) -> Iterator[None]:
    """The installation accepts these authorities' certificates inside the block, and has their lists in files."""
    before = config.settings()
    anchors, crls = folder / "external-anchors", folder / "external-lists"
    anchors.mkdir(exist_ok=True)
    crls.mkdir(exist_ok=True)
    for number, authority in enumerate(authorities):
        (anchors / f"{number}.pem").write_bytes(pki.dump_certificates([authority.root]))
    for number, crl in enumerate(lists):
        (crls / f"{number}.crl").write_bytes(crl)
    values = {"external_anchors": anchors, "external_lists": crls if lists else None, **settings}
    config.use(before.model_copy(update=values))
    try:
        yield
    finally:
        config.use(before)


def openssl_p12(own: Own, password: str, folder: Path, *options: str) -> bytes:
    """A .p12 by the openssl command."""
    pem, out = folder / "own.pem", folder / "own.p12"
    private = own.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.write_bytes(private + pki.dump_certificates([own.leaf, *own.above]))
    command = ["openssl", "pkcs12", "-export", "-in", str(pem), "-out", str(out), "-passout", f"pass:{password}"]
    subprocess.run([*command, *options], check=True, capture_output=True)
    return out.read_bytes()
