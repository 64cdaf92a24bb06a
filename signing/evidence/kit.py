"""The evidence kit as bytes: a signed, timestamped manifest over named files, in a ZIP of fixed shape (signing.md 5).

The same files give the same bytes; which files they are is fixed once (models.KitContent).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from core import clock
from pdf import sign as pdf_sign
from pdf.pki import Authority
from pdf.tsa import Timestamper

MANIFEST, SIGNATURE, TOKEN = "manifest.json", "manifest.p7s", "manifest.tst"
CERTIFICATE, PRIVATE = "certificate.pdf", "private.jsonl"
# The first instant that a ZIP can hold: when the files were made stands in the manifest, under its signature.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_COMPRESSED = (".pdf", ".tst", ".p7s", ".sm2")
_FILE_MODE = 0o100644 << 16


@dataclass(frozen=True)
class KitPlan:
    """What a manifest says besides its files: which ceremony, which of its agreements, up to which entry of the trail.

    `agreements` are agreement numbers; a kit may hold fewer agreements than its trail tells of
    (docs/decisions/0009-kit-of-one-agreement.md).
    """

    ceremony: str
    agreements: tuple[str, ...]
    trail_head: str
    trail_entries: int
    made_at: datetime


def values_left(private: bytes, left: Collection[tuple[int, str]]) -> bytes:
    """private.jsonl with only the values of these places, (number of the entry, field)."""
    return b"".join(line for line in private.splitlines(keepends=True) if _place(line) in left)


def _place(line: bytes) -> tuple[int, str]:
    found = json.loads(line)
    return found["seq"], found["field"]


def manifest(plan: KitPlan, files: Mapping[str, bytes]) -> bytes:
    """manifest.json: canonical JSON (RFC 8785) with path, SHA-256 and size of every file, in the order of the paths."""
    listed: list[Any] = [
        {"path": path, "sha256": hashlib.sha256(files[path]).hexdigest(), "bytes": len(files[path])}
        for path in sorted(files)
    ]
    return rfc8785.dumps(
        {
            "kit": 1,
            "ceremony": plan.ceremony,
            "agreements": list(plan.agreements),
            "files": listed,
            "trail_head": plan.trail_head,
            "trail_entries": plan.trail_entries,
            "made_at": clock.iso(plan.made_at),
        }
    )


def sealed(
    plan: KitPlan, files: Mapping[str, bytes], *, platform: Authority, timestamper: Timestamper
) -> dict[str, bytes]:
    """The files with their manifest, its signature and its timestamp; raises TimestampUnavailable.

    private.jsonl stands in no manifest, so that it can be deleted: the trail holds the digest of each value in it.
    """
    beside = {path: data for path, data in files.items() if path == PRIVATE}
    files = {path: data for path, data in files.items() if path not in beside}
    listed = manifest(plan, files)
    signature = pdf_sign.sign_detached(listed, key=platform.key, certificate=platform.certificate, chain=platform.chain)
    token = timestamper.token(hashlib.sha256(listed).digest())
    return {MANIFEST: listed, SIGNATURE: signature, TOKEN: token, **files, **beside}


def archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP with the manifest's three files first and the others in the order of their paths."""
    first = [name for name in (MANIFEST, SIGNATURE, TOKEN) if name in files]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for path in [*first, *sorted(files.keys() - set(first))]:
            entry = zipfile.ZipInfo(path, _ZIP_TIME)
            entry.create_system = 3  # Unix, whatever this runs on
            entry.external_attr = _FILE_MODE
            entry.compress_type = zipfile.ZIP_STORED if path.endswith(_COMPRESSED) else zipfile.ZIP_DEFLATED
            made.writestr(entry, files[path])
    return out.getvalue()
