"""What a certificate says that its key, or the keys below it, may be used for (RFC 5280 §4.2.1.12)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from pdf.pki.oids import DOCUMENT_SIGNING

# A server's certificate signs no agreement.
SIGNING: Final = frozenset(
    {
        DOCUMENT_SIGNING,
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.CLIENT_AUTH,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
        ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),  # Microsoft, document signing
        ObjectIdentifier("1.2.840.113583.1.1.5"),  # Adobe, authentic documents
    }
)
STAMPING: Final = frozenset({ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE})


def may_serve(certificates: Iterable[x509.Certificate], purposes: frozenset[ObjectIdentifier]) -> bool:
    """Whether each of them states no purposes, or one of these among them.

    Asked of authorities too: what they state bounds what they issue, as browsers and Windows read it.
    """
    return all(stated is None or purposes.intersection(stated) for stated in map(_stated, certificates))


def _stated(certificate: x509.Certificate) -> x509.ExtendedKeyUsage | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return None
