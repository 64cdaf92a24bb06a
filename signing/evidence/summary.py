"""What a completion certificate says, for programs: the JSON inside the PDF (docs/completion-summary.md)."""

from __future__ import annotations

from typing import Any

import rfc8785

from core import clock
from pdf.render import Enclosed
from signing.evidence.paper import CompletionPaper, SignatureLine
from signing.papers import Bilingual

VERSION = 1
_DESCRIPTION = "签约证书的机器可读摘要 / What this completion certificate says, for programs"


def enclosed(paper: CompletionPaper, *, name: str) -> Enclosed:
    """The file to lie inside the certificate: canonical JSON (RFC 8785)."""
    return Enclosed(name, rfc8785.dumps(summary(paper)), _DESCRIPTION, paper.completed_at)


def summary(paper: CompletionPaper) -> dict[str, Any]:
    """The same facts as on the paper; digests are SHA-256 in hex, times UTC in ISO 8601 with milliseconds."""
    return {
        "completion_certificate": VERSION,
        "demonstration": paper.demo,
        "rehearsal": paper.rehearsal,
        "agreement": {
            "number": paper.agreement_number,
            "version": paper.agreement_version,
            "title": _texts(paper.agreement_title),
            "ceremony": _texts(paper.ceremony_title),
            "pages": paper.page_count,
            "record_code": paper.record_code,
            "completed_at": clock.iso(paper.completed_at),
            "sha256": {
                "uploaded": paper.uploaded_digest,
                "frozen": paper.frozen_digest,
                "final": paper.final_digest,
            },
        },
        "signatures": [_signature(line) for line in paper.signatures],
        "timestamps": {"by": paper.timestamps.name, "third_party": paper.timestamps.third_party},
        "trail": {"head": paper.trail_head, "entries": paper.trail_length},
        "anchors_sha256": paper.anchors_fingerprint,
        "verify": {"url": paper.verify_url, "code": paper.code},
    }


def _signature(line: SignatureLine) -> dict[str, Any]:
    return {
        "field": line.field,
        "signer": line.name,
        "organisation": _texts(line.organisation),
        "title": _texts(line.title),
        "capacity": line.acting_as,
        "identified_by": [{"method": proof.method, "at": clock.iso(proof.at)} for proof in line.identified_by],
        "declared_place": line.place,
        "time_zone": line.timezone,
        "signed_at": clock.iso(line.signed_at),
        "mark": line.mark,
        "key_custody": line.custody,
        "level": line.level,
        "certificate": {
            "sha256": line.certificate,
            "names": line.names,
            "issuer": line.issuer,
            "revocation_known": line.is_revocation_known,
        },
        "specimen_seal": {"sha256": line.seal.digest, "edges": line.seal.edges} if line.seal else None,
        **({"letter_of_authority": {"sha256": line.letter}} if line.letter else {}),
    }


def _texts(text: Bilingual) -> dict[str, str]:
    return {"zh-CN": text.zh, "en": text.en}
