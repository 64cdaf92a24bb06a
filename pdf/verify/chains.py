"""Chains from a certificate up to an anchor, as of a moment (RFC 5280 §6); what is said of their revocation.

What a file carries is material for building chains, never an anchor. Nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, TypeVar

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
    ValidationError,
)

import pdf.asn1
from pdf.pki.anchors import Anchors
from pdf.pki.names import CUT, DESCRIPTION
from pdf.pki.oids import SPECIMEN_POLICY, KeyCustody, custody_of, policies_of
from pdf.verify.authorities import Authorities
from pdf.verify.certificates import is_short_key, read_certificate, read_x509
from pdf.verify.parts import MOST_OF_A_CERTIFICATE
from pdf.verify.revocation import Revocation, Statements, earliest, known_revocation
from pdf.verify.verdict import Finding, Reason, Sub, failed, unsure

pdf.asn1.set_up()  # those of the path validation, too

_T = TypeVar("_T")
_WEAK = {"md2", "md5", "sha1", "sha224"}


@dataclass(frozen=True)
class Chain:
    """Leaf first, anchor last; `ours` says that the anchor may speak of custody."""

    certificates: tuple[x509.Certificate, ...]
    ours: bool = True

    @property
    def leaf(self) -> x509.Certificate:
        return self.certificates[0]

    @property
    def anchor(self) -> x509.Certificate:
        return self.certificates[-1]

    @property
    def custody(self) -> KeyCustody | None:
        """What the leaf states, if every authority between it and the anchor may state it; the signer's own else.

        Below an authority of signers' own certificates a leaf may state what it likes.
        """
        if not self.ours:
            return KeyCustody.EXTERNAL
        stated = custody_of(self.leaf)
        if stated is None or len(self.certificates) < 2:
            return None
        # A root's own certificate below another root's word on the same key says nothing: the word above it does.
        above = pairwise(self.certificates[1:])
        between = [each for each, next_ in above if _key(each) != _key(next_)] or self.certificates[1:]
        return stated if all(stated.policy in policies_of(each) for each in between) else None

    @property
    def is_specimen(self) -> bool:
        return any(SPECIMEN_POLICY in policies_of(each) for each in (self.leaf, self.certificates[-1]))


class Material:
    """Anchors, and what files bring along: certificates, and statements about their revocation."""

    def __init__(self, anchors: Anchors | Sequence[x509.Certificate]) -> None:
        self.anchors = Anchors.of(anchors)
        self._platform = [_asn1(anchor) for anchor in self.anchors.platform]
        self._for_signatures = [_asn1(anchor) for anchor in self.anchors.for_signatures]
        self._for_timestamps = [_asn1(anchor) for anchor in self.anchors.for_timestamps]
        self._authorities = Authorities(map(_asn1, self.anchors.all))
        self.add_certificates(map(_asn1, self.anchors.crossing))
        self.statements = Statements()
        # Apart from the statements that a file brings: these lift no file to a level that needs its own.
        self._known = {(by, each.serial): known_revocation(each) for by, each in self.anchors.revoked}
        self._chains: dict[tuple[bytes, bool], tuple[Chain, datetime, datetime]] = {}

    def add_certificates(self, certificates: Iterable[asn1_x509.Certificate]) -> None:
        """Take certificates of authorities; a chain goes through no others. Raises Finding `limits`."""
        for certificate in certificates:
            self._authorities.add(certificate)

    def add_certificate_der(self, der: bytes) -> None:
        """Take a certificate in DER; one that cannot be read, or has no end, is no material."""
        if len(der) > MOST_OF_A_CERTIFICATE:
            return
        try:
            read_x509(der)
        except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm):
            return
        self.add_certificates([read_certificate(der)])

    def chain(self, leaf: asn1_x509.Certificate, at: datetime, *, proved: bool, stamps: bool = False) -> Chain:
        """The chain that was valid at a moment. Raises Finding; `proved` says that the moment is a timestamp's.

        `stamps`: the leaf is a timestamp authority's.
        """
        key = (leaf.dump(), stamps)
        known = self._chains.get(key)
        if known and known[1] <= at <= known[2]:
            return known[0]
        chain, found = self._best(leaf, at, proved=proved, stamps=stamps)
        # Without revocation data a path depends on time through validity alone: good once, good for all that time.
        begin = max(certificate.not_valid_before for certificate in found)
        end = min(certificate.not_valid_after for certificate in found)
        if begin <= at <= end:
            self._chains[key] = (chain, begin, end)
        return chain

    def _best(
        self, leaf: asn1_x509.Certificate, at: datetime, *, proved: bool, stamps: bool
    ) -> tuple[Chain, list[asn1_x509.Certificate]]:
        """The path below a platform's anchor that states custody, else the shortest below such an anchor, else any.

        An authority below another anchor can certify the platform's key anew, and its certificate may stand first
        among what the file brings: then the same leaf has two paths, and the stranger's says less. Raises Finding.
        """
        every = self._for_timestamps if stamps else self._for_signatures
        paths = []
        for roots in [[each] for each in self._platform] if len(every) > 1 else []:
            try:
                paths.append(self._path(leaf, at, roots, proved=proved))
            except Finding:
                continue  # what it was is said of all anchors together
        if not paths:
            return self._path(leaf, at, every, proved=proved)
        return min(paths, key=lambda one: (one[0].custody is None, len(one[1])))

    def _path(
        self, leaf: asn1_x509.Certificate, at: datetime, roots: list[asn1_x509.Certificate], *, proved: bool
    ) -> tuple[Chain, list[asn1_x509.Certificate]]:
        context = ValidationContext(
            trust_roots=roots,
            certificate_registry=self._authorities.registry(),
            moment=at,
            allow_fetching=False,
            weak_hash_algos=_WEAK,
        )
        # An anchor that is the leaf itself is trusted as it is; its time still counts.
        try:
            path = _run(CertificateValidator(leaf, validation_context=context).async_validate_path())
        except (ValidationError, PathBuildingError) as error:
            raise Finding(_reason(error, leaf, proved)) from error
        except (UnsupportedAlgorithm, NotImplementedError) as error:
            # SM2 among them: nothing is known against it, and nothing can be said for it.
            weak = Sub.CRYPTO_CONSTRAINTS_FAILURE
            raise Finding(unsure("weak-algorithm", weak, signer=common_name(leaf) or "?")) from error
        found = [certificate for certificate in reversed(list(path)) if isinstance(certificate, asn1_x509.Certificate)]
        if not found or not _within_validity(found[0], at):
            raise Finding(_reason(None, leaf, proved))
        if len(found) > 1 and not _may_issue(found[-1]):
            general = Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE
            raise Finding(unsure("chain-invalid", general, signer=common_name(leaf) or "?"))
        # The library knows sizes of RSA and DSA keys; the anchor is trusted as it is, the leaf's key is `cms`' matter.
        if any(is_short_key(each) for each in found[1:-1]):
            raise Finding(unsure("weak-algorithm", Sub.CRYPTO_CONSTRAINTS_FAILURE, signer=common_name(leaf) or "?"))
        certificates = tuple(_x509(certificate) for certificate in found)
        return Chain(certificates, ours=certificates[-1] in self.anchors.platform), found

    def leads_to(self, anchor: x509.Certificate, chain: Chain, at: datetime) -> bool:
        """Whether a chain also comes down from another anchor, which vouches for its own (a root's successor)."""
        below = Material(Anchors(platform=(anchor,)))
        try:
            below._authorities = self._authorities.under(_asn1(anchor))
            below.add_certificates(map(_asn1, chain.certificates[1:]))
            below.chain(_asn1(chain.leaf), at, proved=True)
        except Finding:
            return False
        return True

    def revocation(self, chain: Chain) -> Revocation | None:
        """The earliest revocation of the chain's leaf, as its issuer states it."""
        return next(self._revocations(chain), None)

    def authority_revocation(self, chain: Chain) -> Revocation | None:
        """The earliest revocation of any authority between leaf and anchor."""
        above = list(self._revocations(chain))[1:]
        return min((each for each in above if each), key=lambda each: each.at, default=None)

    def has_revocation_data(self, chain: Chain, moment: datetime) -> bool:
        """Whether the issuer's word, not run out at the moment, is at hand for every certificate below the anchor."""
        pairs = list(pairwise(chain.certificates))
        return bool(pairs) and all(self.statements.cover(each, issuer, moment) for each, issuer in pairs)

    def _revocations(self, chain: Chain) -> Iterator[Revocation | None]:
        for each, issuer in pairwise(chain.certificates):
            known = self._known.get((_key_id(issuer), each.serial_number)) if self._known else None
            yield earliest((self.statements.revocation(each, issuer), known))


def _key(certificate: x509.Certificate) -> bytes:
    """Its key as it stands there, of whatever kind: some kinds cannot be read."""
    return bytes(_asn1(certificate).public_key.dump())


def _key_id(issuer: x509.Certificate) -> str:
    return x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest.hex()


def _reason(error: Exception | None, leaf: asn1_x509.Certificate, proved: bool) -> Reason:
    name = common_name(leaf) or "?"
    match error:
        case None | ExpiredError() if proved:
            return failed("expired", Sub.EXPIRED, signer=name)
        case NotYetValidError() if proved:
            return failed("not-yet-valid", Sub.NOT_YET_VALID, signer=name)
        case None | ExpiredError() | NotYetValidError():
            return unsure("out-of-bounds", Sub.OUT_OF_BOUNDS_NO_POE, signer=name)
        case DisallowedAlgorithmError():
            return unsure("weak-algorithm", Sub.CRYPTO_CONSTRAINTS_FAILURE, signer=name)
        case PathValidationError() | InvalidCertificateError() if leaf.self_signed == "no":
            return unsure("chain-invalid", Sub.CERTIFICATE_CHAIN_GENERAL_FAILURE, signer=name)
    return unsure("no-chain", Sub.NO_CERTIFICATE_CHAIN_FOUND, signer=name)


def _within_validity(certificate: asn1_x509.Certificate, at: datetime) -> bool:
    return bool(certificate.not_valid_before <= at <= certificate.not_valid_after)


def _may_issue(anchor: asn1_x509.Certificate) -> bool:
    """RFC 5280 §4.2.1.9, §4.2.1.3: path validation takes an anchor as it is, a leaf that somebody trusts as well.

    Certificates of version 1 say nothing of it: whoever gives one as an anchor vouches for it (§6.1.4 (k)).
    """
    if anchor["tbs_certificate"]["version"].native == "v1":
        return True
    usage = anchor.key_usage_value
    return bool(anchor.ca) and (usage is None or "key_cert_sign" in usage.native)


def common_name(certificate: asn1_x509.Certificate) -> str | None:
    """The subject's common name (the last one), or None."""
    return _subject(certificate, "common_name")


def organisation_name(certificate: asn1_x509.Certificate) -> str | None:
    """The subject's organisation (the last one), or None; whole where its attribute is too short and says so (…)."""
    name, whole = _subject(certificate, "organization_name"), _subject(certificate, DESCRIPTION.dotted_string)
    cut = name is not None and name.endswith(CUT)
    return whole if cut and whole and whole.startswith(str(name).removesuffix(CUT)) else name


def identifier_of(certificate: asn1_x509.Certificate) -> str | None:
    """What keeps the subject apart from its namesakes (serialNumber, the last one), or None."""
    return _subject(certificate, "serial_number")


def _subject(certificate: asn1_x509.Certificate, key: str) -> str | None:
    value = certificate.subject.native.get(key)
    if isinstance(value, list):
        value = value[-1]
    return value if isinstance(value, str) else None


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return read_certificate(certificate.public_bytes(Encoding.DER))


def _x509(certificate: asn1_x509.Certificate) -> x509.Certificate:
    return read_x509(certificate.dump())


def _run(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Drive a coroutine that never waits: where nothing is fetched, no event loop is needed."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        value: _T = stop.value
        return value
    coroutine.close()
    raise RuntimeError("chain building waited for something")
