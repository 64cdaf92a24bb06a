"""A PDF from wherever it lies, and its verdict: whatever is in the file, nothing is raised."""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from cryptography import x509
from pyhanko.pdf_utils.misc import PdfError as PyHankoError

from pdf.pki.anchors import Anchors
from pdf.verify.limits import VerifyLimits
from pdf.verify.objects import Data
from pdf.verify.verdict import Anchor, FileVerdict, Finding, Indication, Reason, Sub, failed
from pdf.verify.whole_file import WholeFile

MOST_OF_A_KIND = 50
_Kind = tuple[str, Indication, Sub]


def verify_pdf(
    source: Path | bytes | IO[bytes],
    *,
    name: str,
    anchors: Anchors | Sequence[x509.Certificate],
    at: datetime | None = None,
    limits: VerifyLimits | None = None,
) -> FileVerdict:
    """The verdict on a PDF as of `at` (now); never raises for anything in the file, OSError for an unreadable path.

    Parses in this process: for bytes from strangers in a server use `verify_in_child`.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            return verify_pdf(file, name=name, anchors=anchors, at=at, limits=limits)
    bounds = limits or VerifyLimits()
    if isinstance(source, bytes):
        return _verdict(source, name, anchors, at, bounds)
    if not os.fstat(source.fileno()).st_size:
        return _verdict(b"", name, anchors, at, bounds)
    try:
        mapped = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        if error.errno != errno.ENOMEM:
            raise
        return FileVerdict(name, (failed("limits", what="memory"),))
    with mapped:
        return _verdict(mapped, name, anchors, at, bounds)


def _verdict(
    data: Data, name: str, anchors: Anchors | Sequence[x509.Certificate], at: datetime | None, limits: VerifyLimits
) -> FileVerdict:
    if len(data) > limits.file_bytes:
        return FileVerdict(name, (failed("limits", what="bytes", limit=limits.file_bytes),))
    digest = hashlib.sha256(data).hexdigest()
    check = WholeFile(data, anchors, at or datetime.now(UTC), limits)
    try:
        check.run()
    except Finding as finding:
        check.reasons.append(finding.reason)
    except (MemoryError, RecursionError):
        check.reasons.append(failed("limits", what="memory"))
    except PyHankoError as error:
        check.reasons.append(failed("broken-file", detail=_short(error)))
    except Exception as error:  # noqa: BLE001 - the edge: a broken file is a verdict, not a crash (signing.md 6)
        check.reasons.append(failed("broken-file", detail=type(error).__name__))
    reasons = once(check.reasons)
    return FileVerdict(name, reasons, tuple(check.signatures), None, digest, check.revisions(reasons), against(anchors))


def against(anchors: Anchors | Sequence[x509.Certificate]) -> tuple[Anchor, ...]:
    """What a verdict says of the anchors that were given, each once."""
    return tuple(dict.fromkeys(map(Anchor.of, Anchors.of(anchors).all)))


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons without repetition: fifty of a kind at most, and behind those how many more there are."""
    different = {(_kind(each), frozenset(each.params.items())): each for each in reasons}
    left = Counter(map(_kind, different.values()))
    told: Counter[_Kind] = Counter()
    shown: list[Reason] = []
    for each in different.values():
        code, indication, sub = kind = _kind(each)
        told[kind] += 1
        left[kind] -= 1
        if told[kind] <= MOST_OF_A_KIND:
            shown.append(each)
        if told[kind] == MOST_OF_A_KIND and left[kind]:
            shown.append(Reason("more-of-a-kind", indication, sub, {"count": left[kind], "kind": code}))
    return tuple(shown)


def _kind(reason: Reason) -> _Kind:
    return reason.code, reason.indication, reason.sub
