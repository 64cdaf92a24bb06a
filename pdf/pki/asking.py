"""Asking the issuers of foreign certificates for their word on them: revocation lists and OCSP over HTTP.

Only addresses in certificates that chain to a chosen anchor are asked. What comes back is material: whether an issuer
signed it is seen where it is used (pdf.verify.revocation).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlsplit

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID
from urllib3.exceptions import HTTPError

LONGEST_LIST = 10_000_000  # octets
LONGEST_RESPONSE = 100_000
MOST_ADDRESSES = 3  # of a kind in one certificate: who issues one must not keep us asking
_PIECE = 65_536
_HEADERS = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}


@dataclass
class Heard:
    """What issuers sent, in DER, and what went wrong, a line per address."""

    lists: list[bytes] = field(default_factory=list)
    responses: list[bytes] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def ask_issuers(path: Sequence[x509.Certificate], *, timeout: float, hosts: Collection[str] | None = None) -> Heard:
    """Ask about every certificate of a path (leaf first) but the last; `timeout` in seconds for each answer.

    Only at these `hosts`, where they are given. OCSP where an address is stated and answers, else the list; who does
    not answer is passed over.
    """
    heard = Heard()
    for certificate, issuer in pairwise(path):
        responders = _allowed(responder_addresses(certificate), hosts)
        asked = [*_answers(certificate, issuer, responders, heard, timeout)]
        if not asked:
            for url in _allowed(list_addresses(certificate), hosts):
                found = _get(url, None, LONGEST_LIST, timeout, heard)
                if found:
                    heard.lists.append(found)
                    break
    return heard


def _allowed(urls: Sequence[str], hosts: Collection[str] | None) -> list[str]:
    return [url for url in urls if hosts is None or urlsplit(url).hostname in hosts]


def _answers(
    certificate: x509.Certificate, issuer: x509.Certificate, urls: Sequence[str], heard: Heard, timeout: float
) -> Sequence[bytes]:
    # RFC 5019 §2.1.1: CertID by SHA-1, which every responder knows; nothing hangs on its strength.
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303
    for url in urls:
        found = _get(url, asked.public_bytes(Encoding.DER), LONGEST_RESPONSE, timeout, heard)
        if found:
            heard.responses.append(found)
            return [found]
    return []


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
    found = [url for url in urls if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname]
    return found[:MOST_ADDRESSES]


def _get(url: str, body: bytes | None, longest: int, timeout: float, heard: Heard) -> bytes | None:
    until = time.monotonic() + timeout
    method, headers = ("GET", {}) if body is None else ("POST", _HEADERS)
    try:
        with requests.request(
            method, url, data=body, headers=headers, timeout=timeout, stream=True, allow_redirects=False
        ) as response:
            if response.status_code != 200:
                heard.troubles.append(f"{url}: HTTP status {response.status_code}")
                return None
            answer = b""
            while piece := response.raw.read1(_PIECE, decode_content=True):
                answer += piece
                if len(answer) > longest or time.monotonic() > until:
                    heard.troubles.append(f"{url}: the answer is too long or took too long")
                    return None
            return answer
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        heard.troubles.append(f"{url}: {type(error).__name__}")
        return None
