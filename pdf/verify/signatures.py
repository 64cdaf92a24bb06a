"""Each signature of a file: its cryptography, its time, its chain at that time, and what level that makes.

Times come from timestamp tokens alone. A token's own authority must have been valid when something later proves that
the token stood: the next trusted document timestamp, or the moment of verification (EN 319 102-1 §5.6.3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from asn1crypto import x509 as asn1_x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import InvalidVersion

import pdf.asn1  # noqa: F401 - its classes are set up before threads meet them
from pdf.pki.oids import KeyCustody, is_specimen, policies_of
from pdf.pki.purposes import SIGNING, STAMPING, may_serve
from pdf.verify import cms
from pdf.verify.certificates import read_x509
from pdf.verify.chains import Chain, Material, common_name, organisation_name
from pdf.verify.fields import SignedField
from pdf.verify.objects import Data
from pdf.verify.verdict import (
    Anchor,
    Covers,
    Finding,
    Level,
    Reason,
    SignatureVerdict,
    Sub,
    TimeSource,
    failed,
    unsure,
    weigh,
)

_CLOCKS_APART = timedelta(minutes=5)


@dataclass
class Judged:
    """What was found of one signature so far."""

    signed: SignedField
    parsed: cms.Signed | None = None
    reasons: list[Reason] = field(default_factory=list)
    token: cms.Token | None = None
    chain: Chain | None = None
    clock: Chain | None = None
    time: datetime | None = None
    is_late: bool = False  # its time is that of a document timestamp behind it
    level: Level = Level.B_B
    custody: KeyCustody | None = None

    @property
    def name(self) -> str:
        return self.signed.field.name

    @property
    def signer_name(self) -> str | None:
        """Who signed: the common name in the certificate."""
        return common_name(self.parsed.certificate) if self.parsed else None

    def verdict(self, covers: Covers) -> SignatureVerdict:
        """The outcome in the words of signing.md 6."""
        indication, sub = weigh(self.reasons)
        authority = self.token.signed.certificate if self.token else None
        return SignatureVerdict(
            field=self.name,
            signer=self.signer_name,
            organisation=organisation_name(self.parsed.certificate) if self.parsed else None,
            signed_at=self.time,
            level=None if self.parsed is None else self.level,
            timestamp_authority=common_name(authority) if authority and self.time else None,
            key_custody=self.custody,
            covers=covers,
            verdict=indication,
            sub_indication=sub,
            certification=self.signed.permission is not None,
            anchor=_anchor(self.clock if self.signed.is_timestamp else self.chain),
            timestamp_anchor=_anchor(self.clock if self.time else None),
            signed_at_source=self.time_source,
        )

    @property
    def time_source(self) -> TimeSource | None:
        """What proves its time; None where it has none."""
        if self.time is None:
            return None
        return TimeSource.DOCUMENT if self.signed.is_timestamp or self.is_late else TimeSource.SIGNATURE


def _anchor(chain: Chain | None) -> Anchor | None:
    return Anchor.of(chain.anchor) if chain else None


def judge(
    data: Data, signatures: Sequence[SignedField], material: Material, at: datetime, *, has_store: bool
) -> list[Judged]:
    """Judge signatures given in the order of their revisions; never raises Finding."""
    judged = [Judged(signed) for signed in signatures]
    _check_values(data, judged, material)
    proof, archive = at, None
    for each in reversed(judged):
        if each.parsed is None:
            continue
        try:
            if each.signed.is_timestamp:
                _judge_timestamp(each, material, proof)
            else:
                _judge_signature(each, each.parsed, material, proof, archive=archive, has_store=has_store)
        except Finding as finding:
            each.reasons.append(finding.reason)
        each.reasons.extend(specimen_reasons(each.parsed.certificate, each.name, each.reasons))
        each.clock = _clock_chain(each.token, material, proof)
        if each.signed.is_timestamp and not each.reasons and each.token:
            proof, archive = each.token.at, each.token
    _say_custody(judged, material, at)
    _check_own(judged)
    return judged


def _say_custody(judged: Sequence[Judged], material: Material, at: datetime) -> None:
    """Whose hands a key was in is said by the platform that certified the file, of its own certificates alone.

    A leaf below another anchor than that platform's is the signer's own, whatever it states: where anchors come without
    a word on what they are for, any of their authorities could state a policy of ours. A root that followed the
    platform's, or came before it, is the platform's where that one vouches for it.
    """
    platform = next((each.chain for each in judged if each.signed.permission is not None and each.chain), None)
    for each in judged:
        if each.chain is None or each.signed.is_timestamp:
            continue
        each.custody = each.chain.custody
        if platform is None or platform.custody is not KeyCustody.SERVER or each.chain.anchor == platform.anchor:
            continue
        if not material.leads_to(platform.anchor, each.chain, each.time or at):
            each.custody = KeyCustody.EXTERNAL


def _check_own(judged: Sequence[Judged]) -> None:
    """In a file that the platform certified, signers' own certificates are held to what signing asks of them.

    In files of others they are not: what a certificate must be for is a constraint of whoever verifies
    (EN 319 102-1 §5.1.4), and many of theirs state purposes of a vendor's own.
    """
    if not any(each.signed.permission is not None and each.custody is KeyCustody.SERVER for each in judged):
        return
    for each in judged:
        if each.chain is None or each.custody is not KeyCustody.EXTERNAL:
            continue
        path = each.chain.certificates
        if (each.parsed and each.parsed.certificate.ca) or not may_serve(path[:-1] or path, SIGNING):
            each.reasons.append(unsure("key-usage", Sub.CHAIN_CONSTRAINTS_FAILURE, field=each.name))
        if {KeyCustody.CLIENT.policy, KeyCustody.SERVER.policy} & policies_of(each.chain.leaf):
            each.reasons.append(unsure("foreign-policy", Sub.CHAIN_CONSTRAINTS_FAILURE, field=each.name))


def _check_values(data: Data, judged: Sequence[Judged], material: Material) -> None:
    """Digests (each byte of the file is hashed once) and signature values."""
    hashed = _Hashes(data)
    for each in judged:
        try:
            if each.signed.is_timestamp:
                each.token, reasons = cms.token(each.signed.contents, each.name)
                each.parsed, each.level = each.token.signed, Level.DOCUMENT_TIMESTAMP
                if hashed.digest(each.signed, each.token.algorithm) != each.token.imprint:
                    reasons = [failed("hash-mismatch", Sub.HASH_FAILURE, field=each.name)]
            else:
                each.parsed = cms.parse(each.signed.contents, each.name)
                digest = hashed.digest(each.signed, cms.known_digest(each.parsed, each.name))
                ess = each.signed.field.value is not None and _is_pades(each.signed)
                reasons = cms.check(each.parsed, digest, "data", each.name, ess=ess)
                if each.parsed.data["encap_content_info"]["content"].native is not None:
                    reasons.append(failed("cms-malformed", field=each.name))
            each.reasons.extend(reasons)
            material.add_certificates(each.parsed.certificates)
        except Finding as finding:
            each.reasons.append(finding.reason)


def _is_pades(signed: SignedField) -> bool:
    subfilter = (signed.field.value or {}).get("/SubFilter")
    return "CAdES" in str(subfilter)


class _Hashes:
    """Digests of `file[:gap_start] + file[gap_end:end]` for rising ends, without hashing the beginning again."""

    def __init__(self, data: Data) -> None:
        self._data = memoryview(data)
        self._running = {}  # type: ignore[var-annotated]

    def digest(self, signed: SignedField, algorithm: str) -> bytes:
        span = signed.range
        running, done = self._running.get(algorithm) or (hashlib.new(algorithm), 0)
        if span.gap_start < done:
            running, done = hashlib.new(algorithm), 0
        running.update(self._data[done : span.gap_start])
        self._running[algorithm] = (running, span.gap_start)
        whole = running.copy()
        whole.update(self._data[span.gap_end : span.end])
        return bytes(whole.digest())


def _judge_timestamp(each: Judged, material: Material, proof: datetime) -> None:
    if each.token is None:
        return
    each.reasons.extend(authority_reasons(each.token, material, proof, each.name))
    if not each.reasons:
        each.time = each.token.at


def authority_reasons(token: cms.Token, material: Material, proof: datetime, name: str) -> list[Reason]:
    """Why a token's authority is not to be believed, as of the time by which the token is proved to have stood."""
    certificate = token.signed.certificate
    if token.at > proof + _CLOCKS_APART:
        return [unsure("timestamp-order", Sub.TIMESTAMP_ORDER_FAILURE, field=name)]
    usage = certificate.extended_key_usage_value
    if usage is None or usage.native != ["time_stamping"]:
        return [unsure("timestamp-authority", Sub.CHAIN_CONSTRAINTS_FAILURE, field=name)]
    if token.at < certificate.not_valid_before or token.at > certificate.not_valid_after:
        return [failed("not-yet-valid", Sub.NOT_YET_VALID, signer=common_name(certificate) or "?")]
    try:
        chain = material.chain(certificate, max(proof, token.at), proved=False, stamps=True)
    except Finding as finding:
        return [finding.reason]
    if not may_serve(chain.certificates[1:-1], STAMPING):
        return [unsure("timestamp-authority", Sub.CHAIN_CONSTRAINTS_FAILURE, field=name)]
    revoked = [each for each in (material.revocation(chain), material.authority_revocation(chain)) if each]
    # A key in other hands stamps with any time: then only what was proved to stand before that counts.
    if any(each.at <= (proof if each.compromised else token.at) for each in revoked):
        return [unsure("timestamp-revoked", Sub.REVOKED_NO_POE, field=name)]
    if chain.is_specimen:
        return [unsure("specimen", Sub.CHAIN_CONSTRAINTS_FAILURE, field=name)]
    return []


def _judge_signature(
    each: Judged, parsed: cms.Signed, material: Material, proof: datetime, *, archive: cms.Token | None, has_store: bool
) -> None:
    """`archive` is the next document timestamp that can be believed, `proof` its time."""
    _stamp(each, parsed, material, proof)
    if each.token is None and archive is not None:
        # EN 319 142-1 §6.3: the trusted time of B-T comes from a signature timestamp or from a document timestamp.
        each.token, each.time, each.is_late = archive, archive.at, True
    proved = each.time is not None or archive is not None
    moment = each.time or proof
    chain = each.chain = material.chain(parsed.certificate, moment, proved=proved)
    _check_usage(each, parsed.certificate)
    each.reasons.extend(chain_reasons(material, chain, moment, each.name, proved=proved))
    if each.time is not None:
        kept = has_store and material.has_revocation_data(chain, moment) and _clock_is_kept(each, material, proof)
        each.level = Level.B_T if not kept else Level.B_LTA if archive else Level.B_LT


def _clock_chain(token: cms.Token | None, material: Material, proof: datetime) -> Chain | None:
    if token is None:
        return None
    try:
        return material.chain(token.signed.certificate, max(proof, token.at), proved=False, stamps=True)
    except Finding:
        return None


def _clock_is_kept(each: Judged, material: Material, proof: datetime) -> bool:
    """Whether the timestamp's authority can be checked from the file as well (EN 319 142-1 §6.3, B-LT)."""
    if each.token is None:
        return False
    chain = _clock_chain(each.token, material, proof)
    return chain is not None and (len(chain.certificates) == 1 or material.has_revocation_data(chain, each.token.at))


def chain_reasons(material: Material, chain: Chain, moment: datetime, name: str, *, proved: bool) -> list[Reason]:
    """What speaks against a chain at a moment: revocation before it, or that it was made for show."""
    reasons: list[Reason] = []
    revoked, above = material.revocation(chain), material.authority_revocation(chain)
    if revoked and revoked.at <= moment:
        params = {"field": name, "at": revoked.at.isoformat(timespec="seconds")}
        known = failed("revoked", Sub.REVOKED, **params) if proved else unsure("revoked", Sub.REVOKED_NO_POE, **params)
        reasons.append(known)
    if above and above.at <= moment:
        at = above.at.isoformat(timespec="seconds")
        reasons.append(unsure("authority-revoked", Sub.REVOKED_CA_NO_POE, field=name, at=at))
    if chain.is_specimen:
        reasons.append(unsure("specimen", Sub.CHAIN_CONSTRAINTS_FAILURE, field=name))
    return reasons


def specimen_reasons(certificate: asn1_x509.Certificate, name: str, said: Sequence[Reason]) -> list[Reason]:
    """That a certificate is one for show, said by name also where it leads to no anchor; once."""
    try:
        marked = is_specimen(read_x509(certificate.dump()))
    except (ValueError, InvalidVersion, UnsupportedAlgorithm):
        return []  # what cannot be read is said elsewhere
    if not marked or any(each.code == "specimen" for each in said):
        return []
    return [unsure("specimen", Sub.CHAIN_CONSTRAINTS_FAILURE, field=name)]


def _stamp(each: Judged, parsed: cms.Signed, material: Material, proof: datetime) -> None:
    """Read the signature timestamp; `each.time` is set only by one that can be believed."""
    der = cms.signature_token(parsed, each.name)
    if der is None:
        return
    each.token, reasons = cms.token(der, each.name)
    value = parsed.signer["signature"].native
    if hashlib.new(each.token.algorithm, value).digest() != each.token.imprint:
        reasons.append(failed("timestamp-mismatch", Sub.HASH_FAILURE, field=each.name))
    material.add_certificates(each.token.signed.certificates)
    reasons.extend(authority_reasons(each.token, material, proof, each.name))
    if reasons:
        each.reasons.extend(reasons)
    else:
        each.time = each.token.at


def _check_usage(each: Judged, certificate: asn1_x509.Certificate) -> None:
    usage = certificate.key_usage_value
    if usage is not None and not {"digital_signature", "non_repudiation"} & usage.native:
        each.reasons.append(unsure("key-usage", Sub.CHAIN_CONSTRAINTS_FAILURE, field=each.name))
