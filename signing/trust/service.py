"""The installation's certificates, revocation and clock, as the other rooms use them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from core import clock, config
from core.errors import Refusal
from pdf import pki, tsa
from pdf import verify as pdf_verify
from pdf.errors import PkiError
from pdf.pki.anchors import Anchors
from pdf.verify import Indication
from signing.papers import colons
from signing.trust import sm2, stamps
from signing.trust.authorities import trust
from signing.trust.door_keys import DoorKey, door_key, public_door_keys
from signing.trust.external import anchors as external_anchors
from signing.trust.external import check as check_own_certificate
from signing.trust.external import check_possession
from signing.trust.external import is_offered as takes_own_certificates
from signing.trust.external import kept_lists as external_lists
from signing.trust.external import validation as own_validation
from signing.trust.keys import TIMESTAMPING, Root
from signing.trust.making import BEFORE, LEAF_LIFE, LONGEST_LEAF_LIFE, places_of
from signing.trust.values import Trust, authority_id, common_name, key_id

__all__ = [
    "CRL_LIFE",
    "LEAF_LIFE",
    "LONGEST_LEAF_LIFE",
    "OCSP_LIFE",
    "DoorKey",
    "Trust",
    "authority_id",
    "check_own_certificate",
    "check_possession",
    "colons",
    "door_key",
    "external_anchors",
    "external_lists",
    "key_id",
    "own_validation",
    "public_door_keys",
    "takes_own_certificates",
    "trust",
]

_LOG = structlog.get_logger()
CRL_LIFE = timedelta(days=7)
OCSP_LIFE = timedelta(hours=1)


@dataclass(frozen=True)
class RevokedLeaf:
    """A signer's certificate that counts no more, and which issuing CA (key identifier, hex) made it."""

    issuer_id: str
    revoked: pki.Revoked


def issue_seat_certificate(
    public_key: ec.EllipticCurvePublicKey,
    subject: pki.SubjectName,
    custody: str,
    *,
    needed_until: datetime | None = None,
    rehearsal: bool = False,
) -> x509.Certificate:
    """A certificate for one signer's key: two days from now, or as long as the ceremony needs it (31 at most).

    That for a rehearsal is a specimen.
    """
    now, issuer = clock.now(), trust(rehearsal=rehearsal).issuing
    wanted = max(now + LEAF_LIFE, needed_until or now)
    return pki.issue_leaf(
        issuer,
        public_key,
        subject,
        custody=pki.KeyCustody(custody),
        not_before=now - BEFORE,
        not_after=min(wanted, now + LONGEST_LEAF_LIFE, issuer.certificate.not_valid_after_utc),
        specimen=rehearsal,
        places=pki.NOWHERE if rehearsal else places_of(issuer.certificate, answers_ocsp=True),
    )


def read_certificate_request(der: bytes) -> ec.EllipticCurvePublicKey:
    """The public key of a PKCS#10 request; raises Refusal `bad_certificate_request`."""
    try:
        return pki.read_csr(der)
    except PkiError as error:
        raise Refusal("bad_certificate_request", status=422, reason=error.code) from None


@lru_cache(maxsize=4)
def _third_parties(
    urls: tuple[str, ...], anchors: Path, timeout: float, policies: tuple[str, ...]
) -> tsa.HttpTimestamper:
    roots = pki.load_certificates(anchors.read_bytes())
    return tsa.HttpTimestamper(urls, anchors=roots, timeout=timeout, policies=policies, clock=clock.now)


def third_parties() -> tsa.HttpTimestamper | None:
    """The timestamp authorities that are set; None where there are none."""
    settings = config.settings()
    if not settings.tsa_urls or settings.tsa_anchors is None:
        return None
    return _third_parties(settings.tsa_urls, settings.tsa_anchors, settings.tsa_timeout_seconds, settings.tsa_oids)


def timestamper(policy: str = "installation", *, rehearsal: bool = False) -> tsa.Timestamper:
    """Whose time stands on our signatures: the authorities that are set, else the built-in responder.

    With the policy `fallback` the responder also stands in for authorities that are silent; each stamp says so.
    `policy` is a ceremony's own: `wait`, `refuse`, or `installation` for what is set. In a rehearsal it is always a
    clock of its own: third parties' stamps are paid for, and would say more than a rehearsal may.
    """
    if rehearsal:
        return trust(rehearsal=True).responder
    others = third_parties()
    if others is None:
        return builtin_responder()
    if _policy(policy) == "fallback":
        return tsa.FallbackTimestamper(others, builtin_responder())
    return others


def about_stamps(pdf: bytes, *, rehearsal: bool = False) -> stamps.StampStatements:
    """What issuers say of the certificates of third parties' timestamps in a file; asks over the network."""
    found = trust(rehearsal=rehearsal)
    return stamps.about_stamps(pdf, own=(*found.anchors, *(each.certificate for each in found.issuers)))


def waits_for_time(policy: str = "installation") -> bool:
    """Whether a signature that got no timestamp is kept and stamped later, rather than refused."""
    return _policy(policy) == "wait"


def _policy(of_ceremony: str) -> str:
    return config.settings().tsa_policy if of_ceremony == "installation" else of_ceremony


def builtin_responder() -> tsa.LocalTimestamper:
    """The responder behind POST /tsa."""
    return trust().responder


def is_own_clock(name: str) -> bool:
    """Whether this is the name of our own timestamp authority, the one in use or one that it replaced."""
    found = trust()
    own = [found.timestamping.certificate, *(each for kind, each in found.retired if kind == TIMESTAMPING)]
    return name in {common_name(each) for each in own} or name == common_name(
        trust(rehearsal=True).timestamping.certificate
    )


def sign_head(head: str) -> tuple[bytes, bytes] | None:
    """The SM2 signature (DER) over a head (64 hexadecimal digits) and the public key (PEM); None without a key."""
    key = sm2.find_key()
    return (key.sign(head.encode()), key.public.to_pem()) if key else None


def revocation_lists(revoked: Sequence[RevokedLeaf], *, rehearsal: bool = False) -> list[bytes]:
    """CRLs in DER: the issuing CA's in use, those of its predecessors, those of replaced roots, the root's last.

    All are fresh, but for those of roots whose key is elsewhere.
    """
    found, now = trust(rehearsal=rehearsal), clock.now()
    root, *older = (_root_list(found, each, now) for each in found.roots)
    return [*(_list_of(found, issuer, revoked, now) for issuer in found.issuers), *older, root]


def find_revocation_list(name: str, revoked: Sequence[RevokedLeaf]) -> bytes | None:
    """The list of one authority by its key identifier; `issuing` and `root` are the ones in use. None for others."""
    found, now = trust(), clock.now()
    for root in found.roots:
        if name == key_id(root.certificate) or (name == "root" and root is found.roots[0]):
            return _root_list(found, root, now)
    for issuer in found.issuers:
        if name == key_id(issuer.certificate) or (name == "issuing" and issuer is found.issuing):
            return _list_of(found, issuer, revoked, now)
    return None


def find_authority_certificate(name: str) -> x509.Certificate | None:
    """The certificate of a root or an issuing CA by its key identifier, hex."""
    found = trust()
    known = (*found.anchors, *(each.certificate for each in found.issuers))
    return next((each for each in known if key_id(each) == name), None)


def _list_of(found: Trust, issuer: pki.Authority, revoked: Sequence[RevokedLeaf], now: datetime) -> bytes:
    name = key_id(issuer.certificate)
    entries = [*(each.revoked for each in revoked if each.issuer_id == name), *found.revoked_below(issuer.certificate)]
    return pki.make_crl(issuer, entries, number=int(now.timestamp()), this_update=now, next_update=now + CRL_LIFE)


def _root_list(found: Trust, root: Root, now: datetime) -> bytes:
    if root.authority is None:
        return root.crl or b""
    revoked = found.revoked_below(root.certificate)
    return pki.make_crl(
        root.authority, revoked, number=int(now.timestamp()), this_update=now, next_update=now + CRL_LIFE
    )


def answer_ocsp(request: bytes, find_leaf: Callable[[int, str], pki.Status | None]) -> bytes:
    """The OCSP answer about a certificate of ours, good for an hour.

    `find_leaf` gives what is known of a signer's certificate by serial number and key identifier of its issuer.
    """
    found, now = trust(), clock.now()
    own = {each.serial: each for each in found.revoked}

    def register(issuer: pki.Authority, serial: int) -> pki.Status | None:
        name = key_id(issuer.certificate)
        for _, certificate in found.own_certificates():
            if certificate.serial_number == serial and authority_id(certificate) == name:
                return pki.Status(own.get(serial))
        return find_leaf(serial, name)

    issuers = [*found.issuers, *(root.authority for root in found.roots if root.authority)]
    return pki.answer_ocsp(request, issuers=issuers, register=register, now=now, next_update=now + OCSP_LIFE)


def anchors_of(*, rehearsal: bool) -> Anchors:
    """What a file is to be checked by: the published anchors, or the specimen root alone, by which nothing passes."""
    return Anchors(platform=trust(rehearsal=True).anchors) if rehearsal else published_anchors()


def published_anchors() -> Anchors:
    """What /pki/anchors.pem gives out, each with what it is for: our roots, and the authorities of timestamps and of
    signers' own certificates that are set."""
    extra = config.settings().tsa_anchors
    return Anchors(
        platform=trust().anchors,
        timestamps=pki.load_certificates(extra.read_bytes()) if extra else (),
        signers=external_anchors(),
        crossing=trust().crossing,
    )


def refuse_failing(pdf: bytes, *, name: str, reason: str, rehearsal: bool = False) -> None:
    """That nobody is handed a file that fails, as when an issuer revoked a certificate before its use.

    Raises Hopeless with `reason`, which the host hears of; a file that is too large for our verifier has not failed.
    Where the verifier stumbled itself it raises Failure, and is asked again.
    """
    verdict = pdf_verify.verify_pdf(pdf, name=name, anchors=anchors_of(rehearsal=rehearsal), at=clock.now())
    if verdict.verdict is Indication.TOTAL_PASSED:
        return
    said = sorted({each.code for each in verdict.reasons})
    if rehearsal and said == ["specimen"]:
        return
    _LOG.warning("file_in_doubt", name=name, verdict=str(verdict.verdict), reasons=said)
    if any(each.indication is Indication.TOTAL_FAILED and each.code != "limits" for each in verdict.reasons):
        from core import claims, jobs  # loads Flask, which strangers who verify by the command do without

        if "broken-file" in said:
            why = [str(each.params.get("detail", "")) for each in verdict.reasons]
            raise claims.Failure(f"the file could not be verified: {', '.join(filter(None, why))}", reason=reason)
        raise jobs.Hopeless(f"the file would be {verdict.verdict}: {', '.join(said)}", reason=reason)


def own_anchors(revoked: Sequence[RevokedLeaf]) -> Anchors:
    """What this installation verifies by: the published anchors, and what it has revoked, signers' and its own."""
    found = trust()
    own = {each.serial_number: authority_id(each) for _, each in found.own_certificates()}
    known = ((own[each.serial], each) for each in found.revoked if each.serial in own)
    return replace(published_anchors(), revoked=(*((each.issuer_id, each.revoked) for each in revoked), *known))
