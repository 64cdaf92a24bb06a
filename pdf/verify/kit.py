"""An evidence kit as a whole (signing.md 5): manifest, files, trail, agreements, and that they belong together."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pdf.pki.anchors import Anchors
from pdf.pki.oids import KeyCustody
from pdf.verify import cms
from pdf.verify.archive import Archive
from pdf.verify.certificates import read_certificate
from pdf.verify.chains import Chain, Material, common_name
from pdf.verify.judging import against, once, verify_pdf
from pdf.verify.limits import VerifyLimits, within
from pdf.verify.manifest import Manifest, read_manifest
from pdf.verify.private import Particulars, read_private
from pdf.verify.signatures import authority_reasons, chain_reasons, specimen_reasons
from pdf.verify.sm2 import check_head
from pdf.verify.trail import Trail, read_trail
from pdf.verify.verdict import (
    Anchor,
    FileVerdict,
    Finding,
    Indication,
    Level,
    Reason,
    RevisionVerdict,
    SignatureVerdict,
    Sub,
    TrailVerdict,
    failed,
    weigh,
)

_MANIFEST, _SIGNATURE, _TIMESTAMP = "manifest.json", "manifest.p7s", "manifest.tst"
_TRAIL, _TRAIL_TIMESTAMP, _CERTIFICATE = "trail.jsonl", "trail.tst", "certificate.pdf"
# Not in the manifest, so that it can be deleted: the trail itself holds the digest of each value in it.
_PRIVATE = "private.jsonl"
_ARMOUR = re.compile(
    rb"^-----BEGIN [A-Z0-9 ]{1,40}-----\r?$([A-Za-z0-9+/=\r\n]*)^-----END [A-Z0-9 ]{1,40}-----\r?$", re.MULTILINE
)
_SM2, _SM2_KEY = "trail.sm2", "pki/trail-sm2.pem"
_NEEDED = (_MANIFEST, _SIGNATURE, _TIMESTAMP, _TRAIL, _TRAIL_TIMESTAMP)


def verify_kit(
    source: Path | bytes | IO[bytes],
    *,
    name: str,
    anchors: Anchors | Sequence[x509.Certificate],
    at: datetime | None = None,
    limits: VerifyLimits | None = None,
) -> FileVerdict:
    """The verdict on a kit as of `at` (now); never raises for anything in the kit, OSError for an unreadable path."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            return verify_kit(file, name=name, anchors=anchors, at=at, limits=limits)
    digest = _digest(source)
    check = WholeKit(anchors, at or datetime.now(UTC), limits or VerifyLimits())
    try:
        check.run(source)
    except Finding as finding:
        check.reasons.append(finding.reason)
    except (MemoryError, RecursionError):
        check.reasons.append(failed("limits", what="memory"))
    except Exception as error:  # noqa: BLE001 - the edge: a broken kit is a verdict, not a crash (signing.md 6)
        check.reasons.append(failed("kit-broken", detail=type(error).__name__))
    reasons = once(check.reasons)
    trail = _shown(check.trail, reasons)
    signatures, revisions = tuple(check.signatures), tuple(check.revisions)
    return FileVerdict(name, reasons, signatures, trail, digest, revisions, against(anchors))


def _shown(trail: TrailVerdict | None, reasons: Sequence[Reason]) -> TrailVerdict | None:
    """A failed kit names no SM2 key: whoever changed it may have put a key of their own there."""
    return replace(trail, sm2_key=None) if trail and weigh(reasons)[0] is Indication.TOTAL_FAILED else trail


def _digest(source: bytes | IO[bytes]) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    source.seek(0)
    return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]


class WholeKit:
    """One run over one kit; what it finds gathers in `reasons`, `signatures` and `trail`."""

    def __init__(self, anchors: Anchors | Sequence[x509.Certificate], at: datetime, limits: VerifyLimits) -> None:
        self.at = at
        self.limits = limits
        self.material = Material(anchors)
        self.reasons: list[Reason] = []
        self.signatures: list[SignatureVerdict] = []
        self.revisions: list[RevisionVerdict] = []
        self.trail: TrailVerdict | None = None
        self._verdicts: dict[str, FileVerdict] = {}
        self._author: tuple[Chain, datetime] | None = None
        self._stranger: str | None = None  # who signed the manifest without a chain to any anchor

    def run(self, source: bytes | IO[bytes]) -> None:
        archive = Archive(source, self.limits)
        try:
            self._run(archive)
        finally:
            archive.close()

    def _run(self, archive: Archive) -> None:
        missing = [path for path in _NEEDED if path not in archive.paths]
        self.reasons.extend(failed("manifest-missing", path=path) for path in missing)
        if _MANIFEST in missing:
            return
        self._gather(archive)
        raw = archive.read(_MANIFEST, limit=self.limits.manifest_bytes)
        manifest = read_manifest(raw)
        within("files", len(manifest.files), self.limits.kit_files)
        if not {_SIGNATURE, _TIMESTAMP} & set(missing):
            self._manifest_signature(raw, archive.read(_SIGNATURE), archive.read(_TIMESTAMP))
        self._files(archive, manifest)
        self._one_platform()
        if not {_TRAIL, _TRAIL_TIMESTAMP} & set(missing):
            self._trail(archive, manifest)

    def _gather(self, archive: Archive) -> None:
        """What lies under pki/ (certificates, revocation lists, OCSP responses) is material; none of it is trusted."""
        left = self.limits.validation_bytes
        for path in archive.paths:
            if path.startswith("pki/"):
                data = archive.read(path, limit=left)
                left -= len(data)
                for der in _ders(data):
                    self.material.add_certificate_der(der)
                    self.material.statements.add_list(der)
                    self.material.statements.add_response(der)

    def _manifest_signature(self, raw: bytes, signature: bytes, timestamp: bytes) -> None:
        moment = self._stamped(timestamp, hashlib.sha256(raw).digest(), _TIMESTAMP)
        try:
            signed = cms.parse(signature, _SIGNATURE)
            digest = hashlib.new(cms.known_digest(signed, _SIGNATURE), raw).digest()
            self.reasons.extend(cms.check(signed, digest, "data", _SIGNATURE, ess=False))
            self.material.add_certificates(signed.certificates)
            proved = moment is not None
            self._stranger = common_name(signed.certificate) or "?"
            # Said by name also where the next line finds no anchor.
            self.reasons.extend(specimen_reasons(signed.certificate, _SIGNATURE, ()))
            chain = self.material.chain(signed.certificate, moment[0] if moment else self.at, proved=proved)
        except Finding as finding:
            self.reasons.append(finding.reason)
            return
        self.reasons.extend(
            chain_reasons(self.material, chain, moment[0] if moment else self.at, _SIGNATURE, proved=proved)
        )
        # Signers hold certificates of the same CA: only the platform's key is the server's.
        if chain.custody is not KeyCustody.SERVER:
            self.reasons.append(failed("manifest-signer", signer=common_name(signed.certificate) or "?"))
        self._author, self._stranger = (chain, moment[0] if moment else self.at), None

    def _one_platform(self) -> None:
        """Who says what happened to a file is the platform that certified it, and no other that is trusted as well."""
        if self._author is None:
            certified = any(
                each.certification and each.anchor for verdict in self._verdicts.values() for each in verdict.signatures
            )
            if certified and self._stranger is not None:
                self.reasons.append(failed("manifest-signer", signer=self._stranger))
            return
        chain, moment = self._author
        own = Anchor.of(chain.anchor)
        for path, verdict in self._verdicts.items():
            for anchor in {each.anchor for each in verdict.signatures if each.certification and each.anchor} - {own}:
                theirs = [each for each in self.material.anchors.platform if Anchor.of(each) == anchor]
                if not any(self.material.leads_to(each, chain, moment) for each in theirs):
                    self.reasons.append(failed("manifest-signer", signer=_name(chain), path=path))

    def _stamped(self, der: bytes, imprint: bytes, path: str) -> tuple[datetime, str] | None:
        """The time and authority of a token over `imprint` that can be believed, or None with reasons."""
        try:
            token, reasons = cms.token(der, path)
        except Finding as finding:
            self.reasons.append(finding.reason)
            return None
        self.material.add_certificates(token.signed.certificates)
        if token.algorithm != "sha256" or token.imprint != imprint:
            code = "trail-timestamp" if path == _TRAIL_TIMESTAMP else "timestamp-mismatch"
            reasons.append(failed(code, Sub.HASH_FAILURE, field=path))
        reasons.extend(authority_reasons(token, self.material, self.at, path))
        self.reasons.extend(reasons)
        return None if reasons else (token.at, common_name(token.signed.certificate) or "?")

    def _files(self, archive: Archive, manifest: Manifest) -> None:
        present = set(archive.paths) - {_MANIFEST, _SIGNATURE, _TIMESTAMP}
        self.reasons.extend(failed("file-missing", path=path) for path in sorted(manifest.files.keys() - present))
        added = present - manifest.files.keys() - {_PRIVATE}
        self.reasons.extend(failed("file-added", path=path) for path in sorted(added))
        judged = [path for path in present if _is_judged(path)]
        for path in sorted(present):
            limit = self.limits.trail_bytes if path == _TRAIL else self.limits.kit_bytes
            data = archive.read(path, limit=limit)
            stated = manifest.files.get(path)
            if stated is not None and stated != (hashlib.sha256(data).hexdigest(), len(data)):
                self.reasons.append(failed("file-changed", Sub.HASH_FAILURE, path=path))
            if path in judged:
                packed, share = archive.packed_octets(path), len(judged)
                words, objects = (of(packed, share=share) for of in (self.limits.words_of, self.limits.objects_of))
                self._pdf(path, data, replace(self.limits, words=words, objects=objects))

    def _pdf(self, path: str, data: bytes, limits: VerifyLimits) -> None:
        verdict = verify_pdf(data, name=path, anchors=self.material.anchors, at=self.at, limits=limits)
        if path == _CERTIFICATE and verdict.sub_indication is Sub.SIGNED_DATA_NOT_FOUND:
            return
        self.reasons.extend(replace(reason, params={**reason.params, "path": path}) for reason in verdict.reasons)
        self.signatures.extend(replace(each, field=f"{path}#{each.field}") for each in verdict.signatures)
        self.revisions.extend(replace(each, place=path) for each in verdict.revisions)
        self._verdicts[path] = verdict

    def _trail(self, archive: Archive, manifest: Manifest) -> None:
        raw = archive.read(_TRAIL, limit=self.limits.trail_bytes)
        trail = read_trail(raw, manifest.trail_head, self.limits, stated_entries=manifest.trail_entries)
        before = [each for each in self.reasons if _is_about_the_teller(each)]
        at = len(self.reasons)
        self.reasons.extend(trail.reasons)
        imprint = bytes.fromhex(manifest.trail_head)
        stamped = self._stamped(archive.read(_TRAIL_TIMESTAMP), imprint, _TRAIL_TIMESTAMP)
        particulars = self._private(archive, trail)
        sm2_key = self._sm2(archive, manifest)
        self.trail = TrailVerdict(
            entries=len(trail.entries),
            head=trail.head,
            signed_at=stamped[0] if stamped else None,
            timestamp_authority=stamped[1] if stamped else None,
            verdict=weigh([*before, *self.reasons[at:]])[0],
            private_kept=particulars.kept,
            private_gone=particulars.gone,
            sm2_key=sm2_key,
            told_by=self._told_by(),
        )
        self._agreements(trail)

    def _told_by(self) -> str | None:
        """Who signed the manifest, and with it this trail."""
        return _name(self._author[0]) if self._author else None

    def _private(self, archive: Archive, trail: Trail) -> Particulars:
        wanted = {(entry.seq, field): digest for entry in trail.entries for field, digest in entry.private}
        raw = archive.read(_PRIVATE, limit=self.limits.trail_bytes) if _PRIVATE in archive.paths else None
        found = read_private(raw, wanted, self.limits)
        self.reasons.extend(found.reasons)
        return found

    def _sm2(self, archive: Archive, manifest: Manifest) -> str | None:
        """The fingerprint of the SM2 key that signed the head; None where none did, or wrongly (then with a reason)."""
        present = {_SM2, _SM2_KEY} & set(archive.paths)
        if not present:
            return None
        if present != {_SM2, _SM2_KEY}:
            self.reasons.append(failed("trail-sm2"))
            return None
        try:
            return check_head(manifest.trail_head, archive.read(_SM2), archive.read(_SM2_KEY))
        except Finding as finding:
            self.reasons.append(finding.reason)
            return None

    def _agreements(self, trail: Trail) -> None:
        """Each agreement is the final one that the trail records, with all its signatures: this shows a rollback.

        The trail may record further agreements: a kit holds those of one ceremony or of one agreement.
        """
        sealed = {
            str(entry.data.get("agreement")): entry.data
            for entry in trail.entries
            if entry.action == "agreement.sealed"
        }
        recorded = {str(data.get("final_digest")): data.get("signatures") for data in sealed.values()}
        for path, verdict in self._verdicts.items():
            if path == _CERTIFICATE:
                continue
            if verdict.digest not in recorded:
                self.reasons.append(failed("agreement-digest", path=path))
                continue
            found, stated = persons_signatures(verdict), recorded[verdict.digest]
            if found != stated:
                said = stated if isinstance(stated, int) else str(stated)
                self.reasons.append(failed("agreement-signatures", path=path, found=found, recorded=said))


def _is_about_the_teller(reason: Reason) -> bool:
    """Whether it speaks against the manifest, and with it against all that the trail tells, or against its file."""
    path = reason.params.get("path")
    return reason.code == "manifest-signer" or path in (None, _TRAIL)


def _is_judged(path: str) -> bool:
    return path.endswith(".pdf") and (path.startswith("agreements/") or path == _CERTIFICATE)


def _name(chain: Chain) -> str:
    return common_name(read_certificate(chain.leaf.public_bytes(Encoding.DER))) or "?"


def persons_signatures(verdict: FileVerdict) -> int:
    """How many signatures are neither the platform's certification nor document timestamps."""
    return sum(not each.certification and each.level is not Level.DOCUMENT_TIMESTAMP for each in verdict.signatures)


def _ders(data: bytes) -> list[bytes]:
    """The DER values in a PEM or DER file; none if it is neither."""
    if b"-----BEGIN" not in data:
        return [data]
    found = []
    for body in _ARMOUR.findall(data):
        try:
            found.append(base64.b64decode(body))
        except ValueError:
            return []
    return found
