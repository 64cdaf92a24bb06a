"""What this installation signs with, as values: roots, authorities, what was replaced and what is revoked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from core import clock
from core.errors import Refusal
from pdf import pki, tsa
from signing.trust.keys import ISSUING, NAMES, PLATFORM, ROOT, TIMESTAMPING, KeyFolder, Root


@dataclass(frozen=True, eq=False)
class Trust:
    """What this installation signs with; `roots` begins with the one in use, then come its predecessors."""

    roots: tuple[Root, ...]
    issuing: pki.Authority
    platform: pki.Authority
    timestamping: pki.Authority
    retired_issuers: tuple[pki.Authority, ...]
    retired: tuple[tuple[str, x509.Certificate], ...]
    revoked: tuple[pki.Revoked, ...]

    @classmethod
    def read(cls, keys: KeyFolder) -> Trust:
        """What lies in the folder, whose lock is held; raises ConfigError where something cannot be read."""
        return cls(
            roots=keys.read_roots(),
            **{name: keys.read(name) for name in NAMES[1:]},
            retired_issuers=keys.retired_issuers(),
            retired=keys.retired(),
            revoked=keys.read_revoked(),
        )

    @property
    def root_certificate(self) -> x509.Certificate:
        return self.roots[0].certificate

    @property
    def root(self) -> pki.Authority | None:
        """The root in use; None while its key is kept elsewhere."""
        return self.roots[0].authority

    @property
    def anchors(self) -> tuple[x509.Certificate, ...]:
        """What a stranger must trust to check our files: the root in use, and those that older files stand on."""
        return tuple(each.certificate for each in self.roots)

    @property
    def crossing(self) -> tuple[x509.Certificate, ...]:
        """What the roots say of each other."""
        return tuple(each for root in self.roots for each in root.crossing)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate of the root in use, hex: printed on every completion certificate."""
        return self.root_certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """What goes beside new certificates: issuing CA in use, root, and what older roots say of that one."""
        return (*self.issuing.path, *self.crossing)

    @property
    def issuers(self) -> tuple[pki.Authority, ...]:
        """Every issuing CA whose certificates may still be asked about, the one in use first."""
        return (self.issuing, *self.retired_issuers)

    @cached_property
    def responder(self) -> tsa.LocalTimestamper:
        """The built-in timestamp authority."""
        return tsa.LocalTimestamper(self.timestamping, clock=clock.now)

    def above(self, leaf: x509.Certificate) -> tuple[x509.Certificate, ...]:
        """The issuing CA that made this certificate, and those above it; raises Refusal `certificate_not_ours`."""
        for issuer in self.issuers:
            if authority_id(leaf) == key_id(issuer.certificate):
                return issuer.path
        raise Refusal("certificate_not_ours", status=422)

    def revoked_below(self, issuer: x509.Certificate) -> list[pki.Revoked]:
        """Of our own revoked certificates those that this root or issuing CA issued."""
        below = {each.serial_number for _, each in self.own_certificates() if authority_id(each) == key_id(issuer)}
        return [each for each in self.revoked if each.serial in below]

    @property
    def platform_name(self) -> str:
        """Who seals files and signs manifests, by the common name in the certificate."""
        return common_name(self.platform.certificate)

    def own_certificates(self) -> tuple[tuple[str, x509.Certificate], ...]:
        """(name, certificate) of all of ours below a root: those in use, then the replaced ones."""
        used = ((ISSUING, self.issuing), (PLATFORM, self.platform), (TIMESTAMPING, self.timestamping))
        replaced = ((name, each) for name, each in self.retired if name != ROOT)
        return (*((name, each.certificate) for name, each in used), *replaced)


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name, which every certificate of ours has."""
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def key_id(certificate: x509.Certificate) -> str:
    """The subject key identifier, hex: the name of an authority in addresses."""
    return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest.hex()


def authority_id(certificate: x509.Certificate) -> str:
    """The identifier of the key above a certificate, hex; empty where it states none."""
    try:
        stated = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    except x509.ExtensionNotFound:
        return ""
    return (stated or b"").hex()
