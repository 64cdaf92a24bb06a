"""Asking the issuers of foreign certificates for their word on them: revocation lists and OCSP over HTTP.

Only addresses in certificates that chain to a chosen anchor are asked, where `Reach` allows it. What comes back
is material: whether an issuer signed it is seen where it is used (pdf.verify.revocation).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from pdf.pki.reaching import Reach, Unreached, ask, split

LONGEST_LIST = 10_000_000  # octets
LONGEST_RESPONSE = 100_000
MOST_ADDRESSES = 3  # of a kind in one certificate: who issues one must not keep us asking
_PATIENCE = 4  # time-outs for all addresses of a path together
_HEADERS = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}


@dataclass
class Heard:
    """What issuers sent, in DER, and what went wrong, a line per address."""

    lists: list[bytes] = field(default_factory=list)
    responses: list[bytes] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def ask_issuers(path: Sequence[x509.Certificate], *, timeout: float, reach: Reach) -> Heard:
    """Ask about every certificate of a path (leaf first) but the last; `timeout` in seconds for each answer.

    OCSP where an address is stated and answers, else the list; who does not answer is passed over. Never raises.
    """
    heard, until = Heard(), time.monotonic() + _PATIENCE * timeout

    def first(urls: Sequence[str], question: bytes | None, longest: int) -> list[bytes]:
        """The first answer that is not empty; none where nobody gives one."""
        for url in filter(reach.allows, urls):
            end = min(time.monotonic() + timeout, until)
            try:
                answer = ask(url, question, _HEADERS if question else {}, longest=longest, until=end, reach=reach)
            except Unreached as why:
                heard.troubles.append(f"{url}: {why}")
                continue
            if answer:
                return [answer]
        return []

    for certificate, issuer in pairwise(path):
        # RFC 5019 §2.1.1: CertID by SHA-1, which every responder knows; nothing hangs on its strength.
        asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303
        said = first(responder_addresses(certificate), asked.public_bytes(Encoding.DER), LONGEST_RESPONSE)
        heard.responses += said
        if not said:
            heard.lists += first(list_addresses(certificate), None, LONGEST_LIST)
    return heard


def list_addresses(certificate: x509.Certificate) -> list[str]:
    """Where the issuer's list is, as the certificate says (RFC 5280 §4.2.1.13)."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    names = [name for point in points for name in point.full_name or ()]
    return _web([name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)])


def responder_addresses(certificate: x509.Certificate) -> list[str]:
    """Where the issuer's OCSP responder is (RFC 5280 §4.2.2.1)."""
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    places = [each.access_location for each in access if each.access_method == AuthorityInformationAccessOID.OCSP]
    return _web([place.value for place in places if isinstance(place, x509.UniformResourceIdentifier)])


def _web(urls: Sequence[str]) -> list[str]:
    return [url for url in urls if split(url)][:MOST_ADDRESSES]
