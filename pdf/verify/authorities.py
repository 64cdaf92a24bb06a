"""Which authorities stand below the anchors: each certificate is believed once a key that is believed signed it.

A file may bring any number of certificates that name one another: paths are looked for among the believed ones alone,
or twelve namesakes make more paths than there is time for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko_certvalidator.authority import TrustAnchor
from pyhanko_certvalidator.registry import CertificateRegistry, TrustManager
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

import pdf.asn1  # noqa: F401 - its classes are set up before threads meet them
from pdf.verify.limits import within

_MOST_CERTIFICATES = 2_000
_MOST_CHECKS = 2 * _MOST_CERTIFICATES  # a renewed root has two keys, not hundreds
_MOST_OF_NAMES = 500_000  # octets; asn1crypto takes microseconds for each letter of a name that it compares
_MOST_STEPS = 1_000  # towards anchors, along all paths of one leaf: a handful, but for who holds a believed key
_SIGNATURES = DefaultSignatureValidator()
# The library asserts that a key is of the signature's kind.
_UNSIGNED = (InvalidSignature, UnsupportedAlgorithm, AssertionError, KeyError, TypeError, ValueError)


class Authorities:
    """Grown from the anchors down, in whatever order certificates come; no certificate is tried twice with a key."""

    def __init__(self, anchors: Iterable[asn1_x509.Certificate]) -> None:
        self.given: dict[bytes, asn1_x509.Certificate] = {}
        self._believed: set[bytes] = set()
        self._keys: defaultdict[str, dict[bytes, keys.PublicKeyInfo]] = defaultdict(dict)
        self._waiting: defaultdict[str, list[asn1_x509.Certificate]] = defaultdict(list)
        self._tried: dict[tuple[bytes, bytes], bool] = {}
        self._octets = 0
        for anchor in anchors:
            self._keys[anchor.subject.hashable][anchor.public_key.dump()] = anchor.public_key

    def under(self, anchor: asn1_x509.Certificate) -> Authorities:
        """The same certificates below another anchor; what was tried here is not tried again. Raises Finding."""
        found = Authorities([anchor])
        found._tried = self._tried
        for each in self.given.values():
            found.add(each)
        return found

    def registry(self) -> CertificateRegistry:
        """The believed ones in the order they came, for one search; it raises Finding `limits` if that takes long."""
        registry = _Registry()
        registry.register_multiple(each for der, each in self.given.items() if der in self._believed)
        return registry

    def add(self, certificate: asn1_x509.Certificate) -> None:
        """Take an authority's certificate; beyond 2,000 none. Raises Finding `limits` where names have no end."""
        if not certificate.ca or certificate.dump() in self.given or len(self.given) >= _MOST_CERTIFICATES:
            return
        self._octets += len(certificate.subject.dump()) + len(certificate.issuer.dump())
        within("authority-names", self._octets, _MOST_OF_NAMES)
        self.given[certificate.dump()] = certificate
        issuer = certificate.issuer.hashable
        if not any(self._signed(certificate, key) for key in self._keys[issuer].values()):
            self._waiting[issuer].append(certificate)
            return
        found = [certificate]
        while found:
            each = found.pop()
            self._believed.add(each.dump())
            found.extend(self._below(each))

    def _below(self, authority: asn1_x509.Certificate) -> Iterator[asn1_x509.Certificate]:
        """Which of those that waited for a key of this name its key has signed."""
        name, key = authority.subject.hashable, authority.public_key
        if key.dump() in self._keys[name]:
            return
        self._keys[name][key.dump()] = key
        waiting, self._waiting[name] = self._waiting[name], []
        for each in waiting:
            if self._signed(each, key):
                yield each
            else:
                self._waiting[name].append(each)

    def _signed(self, certificate: asn1_x509.Certificate, key: keys.PublicKeyInfo) -> bool:
        pair = certificate.dump(), key.dump()
        if pair not in self._tried:
            within("authorities", len(self._tried) + 1, _MOST_CHECKS)
            self._tried[pair] = is_signed(certificate, key)
        return self._tried[pair]


class _Registry(CertificateRegistry):
    """Counts the steps of a search: authorities that are believed can still name one another in circles."""

    def __init__(self) -> None:
        super().__init__()
        self._steps = 0

    def find_potential_issuers(
        self, cert: asn1_x509.Certificate, trust_manager: TrustManager
    ) -> Iterator[TrustAnchor | asn1_x509.Certificate]:
        self._steps += 1
        within("steps", self._steps, _MOST_STEPS)
        yield from super().find_potential_issuers(cert, trust_manager)


def is_signed(certificate: asn1_x509.Certificate, key: keys.PublicKeyInfo) -> bool:
    """Whether a key made a certificate's signature, as path validation sees it."""
    try:
        _SIGNATURES.validate_signature(
            certificate["signature_value"].native, certificate["tbs_certificate"].dump(), key,
            certificate["signature_algorithm"],
        )  # fmt: skip
    except _UNSIGNED:
        return False
    return True
