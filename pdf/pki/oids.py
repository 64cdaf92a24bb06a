"""Object identifiers of our own arc (docs/oids.md), and what a certificate's policies say."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ObjectIdentifier

# ITU-T X.667: 2.25.<UUID as a whole number> needs no registration. The UUID is 58ea1e46-db67-41bf-8fff-5ef37680c2d6.
ARC: Final = "2.25.118187675180131279027048005338751091414"
SPECIMEN_POLICY: Final = ObjectIdentifier(f"{ARC}.2")
TIMESTAMP_POLICY: Final = ObjectIdentifier(f"{ARC}.3")

# Microsoft's and Adobe's readers look for document signing; NSS (pdfsig) and `openssl cms` for e-mail protection.
DOCUMENT_SIGNING: Final = ObjectIdentifier("1.3.6.1.5.5.7.3.36")


class KeyCustody(StrEnum):
    """Who could use the private key."""

    CLIENT = "client"
    SERVER = "server"
    EXTERNAL = "external"

    @property
    def policy(self) -> ObjectIdentifier:
        """The certificate policy that states this custody."""
        return _POLICIES[self]


_POLICIES: Final = {
    KeyCustody.CLIENT: ObjectIdentifier(f"{ARC}.1.1"),
    KeyCustody.SERVER: ObjectIdentifier(f"{ARC}.1.2"),
    KeyCustody.EXTERNAL: ObjectIdentifier(f"{ARC}.1.3"),
}


def policies_of(certificate: x509.Certificate) -> frozenset[ObjectIdentifier]:
    """The policies that a certificate states; none if it states none."""
    try:
        stated = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(policy.policy_identifier for policy in stated)


def custody_of(certificate: x509.Certificate) -> KeyCustody | None:
    """The custody that a signer's certificate states; None for none, or for more than one (then nothing is stated).

    It is our statement only below an issuing CA of ours: a stranger's CA may write any policy.
    """
    policies = policies_of(certificate)
    stated = [custody for custody in KeyCustody if custody.policy in policies]
    return stated[0] if len(stated) == 1 else None


def states_policy_of_ours(certificate: x509.Certificate) -> bool:
    """Whether it states any policy of our arc: signing platforms issued it, or somebody who plays one."""
    return any(policy.dotted_string.startswith(f"{ARC}.") for policy in policies_of(certificate))


def is_specimen(certificate: x509.Certificate) -> bool:
    """True where the certificate is marked as made for show (示意)."""
    return SPECIMEN_POLICY in policies_of(certificate)
