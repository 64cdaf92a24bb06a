"""What verification answers: a verdict per file and per signature (signing.md 6; ETSI EN 319 102-1 words)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from pdf.pki.names import readable
from pdf.pki.oids import KeyCustody
from pdf.verify.messages import english


class Indication(StrEnum):
    """ETSI EN 319 102-1 §5.1.3, main status."""

    TOTAL_PASSED = "TOTAL-PASSED"
    INDETERMINATE = "INDETERMINATE"
    TOTAL_FAILED = "TOTAL-FAILED"


class Sub(StrEnum):
    """ETSI EN 319 102-1 §5.1.3, the sub-indications that this verifier gives."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"
    GENERIC = "GENERIC"


class Level(StrEnum):
    """ETSI EN 319 142-1 baseline levels; a document timestamp is no signature and has a word of its own."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"
    DOCUMENT_TIMESTAMP = "document-timestamp"


class TimeSource(StrEnum):
    """What proves a time: a document timestamp says by when a signature existed, not when it was made."""

    SIGNATURE = "signature-timestamp"
    DOCUMENT = "document-timestamp"


class Covers(StrEnum):
    """How much of the file stands under a signature's digest."""

    FILE = "ENTIRE_FILE"
    REVISION = "ENTIRE_REVISION"
    UNCLEAR = "UNCLEAR"


_WEIGHT = {Indication.TOTAL_PASSED: 0, Indication.INDETERMINATE: 1, Indication.TOTAL_FAILED: 2}
_EXIT = {Indication.TOTAL_PASSED: 0, Indication.TOTAL_FAILED: 1, Indication.INDETERMINATE: 2}


@dataclass(frozen=True)
class Reason:
    """Why a verdict is not TOTAL-PASSED: `code` is stable (`verify-reason-<code>`), `params` fill its sentence."""

    code: str
    indication: Indication
    sub: Sub
    params: Mapping[str, str | int] = field(default_factory=dict)


def failed(code: str, sub: Sub = Sub.FORMAT_FAILURE, **params: str | int) -> Reason:
    """A reason that alone makes TOTAL-FAILED."""
    return Reason(code, Indication.TOTAL_FAILED, sub, params)


def unsure(code: str, sub: Sub, **params: str | int) -> Reason:
    """A reason that alone makes INDETERMINATE."""
    return Reason(code, Indication.INDETERMINATE, sub, params)


class Finding(Exception):
    """Carries a reason out of a check that cannot go on; never leaves this package."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def weigh(reasons: Iterable[Reason]) -> tuple[Indication, Sub | None]:
    """The worst of the reasons with its sub-indication (the first among equals), or TOTAL-PASSED."""
    worst = max(reasons, key=lambda reason: _WEIGHT[reason.indication], default=None)
    return (Indication.TOTAL_PASSED, None) if worst is None else (worst.indication, worst.sub)


@dataclass(frozen=True)
class Anchor:
    """A certificate that the verifier was told to trust: name for people, subject (RFC 4514), SHA-256 (hex)."""

    name: str
    subject: str
    sha256: str

    @classmethod
    def of(cls, certificate: x509.Certificate) -> Anchor:
        subject, digest = certificate.subject, certificate.fingerprint(hashes.SHA256())
        return cls(readable(subject), subject.rfc4514_string(), digest.hex())

    def to_json(self) -> dict[str, object]:
        """What stands under "anchor" and in "anchors"."""
        return {"subject": self.subject, "sha256": self.sha256}


@dataclass(frozen=True)
class SignatureVerdict:
    """One signature or document timestamp; `signed_at` is a trusted timestamp's time, never the signer's own clock.

    `anchor` is where the chain ends that was judged, `timestamp_anchor` where its timestamp's does; None: no chain.
    """

    field: str
    signer: str | None
    organisation: str | None
    signed_at: datetime | None
    level: Level | None
    timestamp_authority: str | None
    key_custody: KeyCustody | None
    covers: Covers
    verdict: Indication
    sub_indication: Sub | None
    certification: bool = False
    anchor: Anchor | None = None
    timestamp_anchor: Anchor | None = None
    signed_at_source: TimeSource | None = None

    @property
    def only_existed(self) -> bool:
        """Whether a signature's time is another's: that of a document timestamp which came later."""
        return self.signed_at_source == TimeSource.DOCUMENT and self.level is not Level.DOCUMENT_TIMESTAMP

    def to_json(self) -> dict[str, object]:
        """The ten keys of signing.md 6, the anchors, and what proves the time."""
        return {
            "field": self.field,
            "signer": self.signer,
            "organisation": self.organisation,
            "signed_at": instant(self.signed_at),
            "level": self.level,
            "timestamp_authority": self.timestamp_authority,
            "key_custody": self.key_custody,
            "covers": self.covers,
            "verdict": self.verdict,
            "sub_indication": self.sub_indication,
            "anchor": self.anchor.to_json() if self.anchor else None,
            "timestamp_anchor": self.timestamp_anchor.to_json() if self.timestamp_anchor else None,
            "signed_at_source": self.signed_at_source,
        }


@dataclass(frozen=True)
class TrailVerdict:
    """The audit trail of a kit: `head` is the digest of the last entry, hex; times are the trail timestamp's.

    `private_kept` counts the personal values beside it that fit, `private_gone` names those that were deleted or left
    out ("12 data.place"); `sm2_key` is the SHA-256 of the SM2 key (DER) that signed the head, hex, or None, as
    it always is in a kit that failed. `told_by` names who signed the manifest, and with it all of this.
    """

    entries: int
    head: str | None
    signed_at: datetime | None
    timestamp_authority: str | None
    verdict: Indication
    private_kept: int = 0
    private_gone: tuple[str, ...] = ()
    sm2_key: str | None = None
    told_by: str | None = None

    def to_json(self) -> dict[str, object]:
        """What stands under "trail"."""
        return {
            "entries": self.entries,
            "head": self.head,
            "signed_at": instant(self.signed_at),
            "timestamp_authority": self.timestamp_authority,
            "verdict": self.verdict,
            "private": {"kept": self.private_kept, "gone": list(self.private_gone)},
            "sm2_key": self.sm2_key,
            "told_by": self.told_by,
        }


class RevisionKind(StrEnum):
    """What a revision is for."""

    TEXT = "text"
    CERTIFICATION = "certification"
    SIGNATURE = "signature"
    TIMESTAMP = "timestamp"
    VALIDATION_DATA = "validation-data"
    OTHER = "other"


@dataclass(frozen=True)
class Change:
    """One kind of change: `what` is stable (`verify-change-<what>`), `params` fill its sentence."""

    what: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class RevisionVerdict:
    """A file cut after `bytes` octets is this revision; `number` counts from 1; `place` is the file inside a kit.

    `allowed` is False where it changed what may not change once something was signed.
    """

    number: int
    bytes: int
    kind: RevisionKind
    field: str | None
    signer: str | None
    signed_at: datetime | None
    changes: tuple[Change, ...]
    allowed: bool
    place: str = ""
    signed_at_source: TimeSource | None = None

    def to_json(self) -> dict[str, object]:
        """What stands in "revisions"."""
        return {
            "file": self.place or None,
            "revision": self.number,
            "bytes": self.bytes,
            "kind": self.kind,
            "field": self.field,
            "signer": self.signer,
            "signed_at": instant(self.signed_at),
            "signed_at_source": self.signed_at_source,
            "changes": [{"what": each.what, **each.params} for each in self.changes],
            "allowed": self.allowed,
        }


@dataclass(frozen=True)
class FileVerdict:
    """The verdict on one PDF or kit; `digest` is the SHA-256 of the file, hex (None if it could not be read).

    `anchors` are those that it was checked against.
    """

    file: str
    reasons: tuple[Reason, ...]
    signatures: tuple[SignatureVerdict, ...] = ()
    trail: TrailVerdict | None = None
    digest: str | None = None
    revisions: tuple[RevisionVerdict, ...] = ()
    anchors: tuple[Anchor, ...] = ()

    @property
    def verdict(self) -> Indication:
        return weigh(self.reasons)[0]

    @property
    def sub_indication(self) -> Sub | None:
        return weigh(self.reasons)[1]

    def to_json(self, message: Callable[[Reason], str] | None = None) -> dict[str, object]:
        """The object of signing.md 6; `message` words a reason (built-in English without it)."""
        say = message or sentence
        return {
            "file": self.file,
            "verdict": self.verdict,
            "sub_indication": self.sub_indication,
            "reasons": [{"code": r.code, "message": say(r), "params": dict(r.params)} for r in self.reasons],
            "signatures": [signature.to_json() for signature in self.signatures],
            "trail": self.trail.to_json() if self.trail else {},
            "revisions": [revision.to_json() for revision in self.revisions],
            "anchors": [anchor.to_json() for anchor in self.anchors],
        }


def sentence(reason: Reason) -> str:
    """The reason in plain English, for who has no catalogue at hand."""
    return english(reason.code, reason.params)


def exit_code(verdicts: Sequence[FileVerdict]) -> int:
    """0 all TOTAL-PASSED, 1 any TOTAL-FAILED, else 2; nothing verified is 2."""
    codes = {_EXIT[verdict.verdict] for verdict in verdicts} or {2}
    return next(code for code in (1, 2, 0) if code in codes)


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC with milliseconds."""
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
