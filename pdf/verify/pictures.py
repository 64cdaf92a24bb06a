"""What was signed beside what the file shows now, page by page where the two differ; drawn in a limited child."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pdf.child import Limits
from pdf.verify.entrance import CHILDREN
from pdf.verify.verdict import FileVerdict, RevisionKind, RevisionVerdict
from pdf.warm import as_descriptor

_LIMITS = Limits(wall_seconds=20.0, cpu_seconds=15, memory_bytes=1024 * 1024 * 1024, output_bytes=32 * 1024 * 1024)
_SIGNING = (RevisionKind.CERTIFICATION, RevisionKind.SIGNATURE, RevisionKind.TIMESTAMP)


@dataclass(frozen=True)
class PagePair:
    """A page (from 1) as it was signed and as it is now, as PNG; None where the page is not there."""

    page: int
    signed: bytes | None
    current: bytes | None


@dataclass(frozen=True)
class Difference:
    """The pages in which a signed revision differs from the file: the first few; `more` is how many others differ.

    `unseen` is how many were not compared: those behind the two hundredth, and what is too large or broken to draw.
    """

    revision: int
    pages: tuple[PagePair, ...]
    more: int
    unseen: int


def last_sound(verdict: FileVerdict) -> RevisionVerdict | None:
    """What was signed last before something was changed that may not be; None where nothing was."""
    sound: RevisionVerdict | None = None
    for revision in verdict.revisions:
        if revision.place:  # inside a kit
            return None
        if not revision.allowed:
            return sound
        if revision.kind in _SIGNING:
            sound = revision
    return None


def signed_by_people(verdict: FileVerdict) -> list[RevisionVerdict]:
    """The revisions of people's signatures, in their order; none for a kit, which is no document itself."""
    return [each for each in verdict.revisions if each.kind is RevisionKind.SIGNATURE and not each.place]


def draw_differences(
    source: Path | bytes | IO[bytes], revisions: Sequence[RevisionVerdict], *, limits: Limits = _LIMITS
) -> list[Difference]:
    """Each of these revisions compared with the whole file. Raises PdfError, ChildFailure, OSError."""
    question = json.dumps([each.bytes for each in revisions]).encode()
    with as_descriptor(source) as file:
        answer = CHILDREN.run("pdf.verify.comparing:compare_here", question, file=file, limits=limits)
    return [
        Difference(
            revision.number,
            tuple(PagePair(pair["page"], _png(pair["signed"]), _png(pair["current"])) for pair in found["pages"]),
            found["more"],
            found["unseen"],
        )
        for revision, found in zip(revisions, json.loads(answer), strict=True)
    ]


def _png(encoded: str | None) -> bytes | None:
    return None if encoded is None else base64.b64decode(encoded)
