"""The one entrance: a PDF or a kit, told apart by content; in this process or in a limited child."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import IO

from cryptography import x509

from pdf.child import ChildFailure, Limits
from pdf.pki.anchors import Anchors
from pdf.pki.authorities import Revoked
from pdf.verify.archive import MAGIC
from pdf.verify.limits import VerifyLimits
from pdf.verify.stored import dump_verdict, load_verdict
from pdf.verify.verdict import FileVerdict, Sub, failed, unsure
from pdf.warm import FILE, Warm, as_descriptor

_CHILD = Limits(wall_seconds=60.0, cpu_seconds=45, memory_bytes=1024 * 1024 * 1024, output_bytes=64 * 1024 * 1024)
CHILDREN = Warm("pdf.verify.entrance", "pdf.verify.judging", "pdf.verify.kit")


def warm_up() -> None:
    """Have the process that `verify_in_child` forks from load its modules while nobody waits; returns at once."""
    CHILDREN.start()


def verify_file(
    source: Path | bytes | IO[bytes],
    *,
    name: str,
    anchors: Anchors | Sequence[x509.Certificate],
    at: datetime | None = None,
    limits: VerifyLimits | None = None,
) -> FileVerdict:
    """The verdict on a PDF or an evidence kit as of `at` (now); `name` is what the verdict calls it.

    Never raises for anything in the file; OSError for a path that cannot be read. Reads nothing from the network.
    """
    # Who asks a child has no need of what judges.
    from pdf.verify.judging import verify_pdf
    from pdf.verify.kit import verify_kit

    verify = verify_kit if _begins(source) == MAGIC else verify_pdf
    return verify(source, name=name, anchors=anchors, at=at, limits=limits)


def verify_in_child(
    source: Path | bytes | IO[bytes],
    *,
    name: str,
    anchors: Anchors | Sequence[x509.Certificate],
    at: datetime | None = None,
    limits: VerifyLimits | None = None,
    child: Limits | None = None,
) -> FileVerdict:
    """`verify_file` in a process of its own with limits on time and memory; a child that must be stopped is a verdict.

    The file is passed on, not read here. Raises OSError for a path that cannot be read.
    """
    bounds, held = limits or VerifyLimits(), child or _CHILD
    believed = Anchors.of(anchors)
    asked = {
        "name": name,
        "anchors": base64.b64encode(believed.dump()).decode(),
        "revoked": [(by, f"{each.serial:x}", each.at.isoformat(), each.reason.value) for by, each in believed.revoked],
        "at": at.isoformat() if at else None,
        "limits": asdict(bounds),
    }
    with as_descriptor(source) as file:
        if os.fstat(file).st_size > bounds.file_bytes:
            return FileVerdict(name, (failed("limits", what="bytes", limit=bounds.file_bytes),))
        try:
            question = json.dumps(asked).encode()
            return load_verdict(CHILDREN.run("pdf.verify.entrance:verify_here", question, file=file, limits=held))
        except (ChildFailure, KeyError, TypeError, ValueError) as failure:
            # Neither what a limit says nor a verdict: the code below a running server was replaced.
            code = failure.code if isinstance(failure, ChildFailure) else ""
            what = {"child_time": "time", "child_memory": "memory"}.get(code)
            # What ended it may be this machine's trouble, and says nothing of the file.
            ended = unsure("limits", Sub.GENERIC, what="process")
            return FileVerdict(name, (failed("limits", what=what) if what else ended,))


def verify_here(payload: bytes) -> bytes:
    """The child's part of `verify_in_child`: the file is the open descriptor FILE."""
    asked = json.loads(payload)
    encoded = base64.b64decode(asked["anchors"])
    revoked = tuple(
        (by, Revoked(int(serial, 16), datetime.fromisoformat(moment), x509.ReasonFlags(reason)))
        for by, serial, moment, reason in asked["revoked"]
    )
    anchors = replace(Anchors.load(encoded) if encoded else Anchors(), revoked=revoked)
    at = datetime.fromisoformat(asked["at"]) if asked["at"] else None
    with open(FILE, "rb", closefd=False) as file:
        verdict = verify_file(file, name=asked["name"], anchors=anchors, at=at, limits=VerifyLimits(**asked["limits"]))
    return dump_verdict(verdict)


def _begins(source: Path | bytes | IO[bytes]) -> bytes:
    if isinstance(source, bytes):
        return source[: len(MAGIC)]
    if isinstance(source, Path):
        with source.open("rb") as file:
            return file.read(len(MAGIC))
    source.seek(0)
    return source.read(len(MAGIC))
