"""The one entrance: a PDF or a kit, told apart by content; in this process or in a limited child."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from cryptography import x509

from pdf import pki
from pdf.child import ChildFailure, Limits, run_limited
from pdf.verify.archive import MAGIC
from pdf.verify.kit import verify_kit
from pdf.verify.limits import VerifyLimits
from pdf.verify.stored import dump_verdict, load_verdict
from pdf.verify.verdict import FileVerdict, failed
from pdf.verify.whole_file import verify_pdf

_CHILD = Limits(wall_seconds=60.0, cpu_seconds=45, memory_bytes=1024 * 1024 * 1024, output_bytes=64 * 1024 * 1024)


def verify_file(
    source: Path | bytes,
    *,
    name: str,
    anchors: Sequence[x509.Certificate],
    at: datetime | None = None,
    limits: VerifyLimits | None = None,
) -> FileVerdict:
    """The verdict on a PDF or an evidence kit as of `at` (now); `name` is what the verdict calls it.

    Never raises for anything in the file; OSError for a path that cannot be read. Reads nothing from the network.
    """
    verify = verify_kit if _begins(source) == MAGIC else verify_pdf
    return verify(source, name=name, anchors=anchors, at=at, limits=limits)


def verify_in_child(
    source: Path | bytes,
    *,
    name: str,
    anchors: Sequence[x509.Certificate],
    at: datetime | None = None,
    limits: VerifyLimits | None = None,
    child: Limits | None = None,
) -> FileVerdict:
    """`verify_file` in a process of its own with limits on time and memory; a child that must be stopped is a verdict.

    Raises OSError for a path that cannot be read.
    """
    bounds = limits or VerifyLimits()
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > bounds.file_bytes:
        return FileVerdict(name, (failed("limits", what="bytes", limit=bounds.file_bytes),))
    asked = {
        "name": name,
        "anchors": base64.b64encode(pki.dump_certificates(anchors)).decode(),
        "at": at.isoformat() if at else None,
        "limits": asdict(bounds),
    }
    data = source if isinstance(source, bytes) else source.read_bytes()
    payload = json.dumps(asked).encode() + b"\n" + data
    try:
        return load_verdict(run_limited("pdf.verify.entrance:verify_here", payload, limits=child or _CHILD))
    except ChildFailure as failure:
        what = {"child_time": "time", "child_memory": "memory"}.get(failure.code, "child process")
        return FileVerdict(name, (failed("limits", what=what, limit=int((child or _CHILD).cpu_seconds)),))


def verify_here(payload: bytes) -> bytes:
    """The child's part of `verify_in_child`."""
    head, _, data = payload.partition(b"\n")
    asked = json.loads(head)
    encoded = base64.b64decode(asked["anchors"])
    anchors = pki.load_certificates(encoded) if encoded else ()
    at = datetime.fromisoformat(asked["at"]) if asked["at"] else None
    return dump_verdict(
        verify_file(data, name=asked["name"], anchors=anchors, at=at, limits=VerifyLimits(**asked["limits"]))
    )


def _begins(source: Path | bytes) -> bytes:
    if isinstance(source, bytes):
        return source[: len(MAGIC)]
    with source.open("rb") as file:
        return file.read(len(MAGIC))
