"""The manifest of an evidence kit (signing.md 5), read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pdf.verify.json_lines import parse_json
from pdf.verify.verdict import Finding, failed

_HEX = re.compile(r"[0-9a-f]{64}")
_LARGEST = 2**53 - 1


@dataclass(frozen=True)
class Manifest:
    """What manifest.json states: path → (SHA-256 hex, size), the digest of the last entry of the trail, its number.

    `trail_entries` is None in kits made before that key was there.
    """

    files: dict[str, tuple[str, int]]
    trail_head: str
    trail_entries: int | None = None


def read_manifest(raw: bytes) -> Manifest:
    """Parse manifest.json strictly. Raises Finding `manifest-malformed`."""
    value = parse_json(raw)
    if not isinstance(value, dict) or value.get("kit") != 1 or isinstance(value.get("kit"), bool):
        raise Finding(failed("manifest-malformed"))
    head, listed = value.get("trail_head"), value.get("files")
    if not isinstance(head, str) or not _HEX.fullmatch(head) or not isinstance(listed, list):
        raise Finding(failed("manifest-malformed"))
    entries = value.get("trail_entries")
    if entries is not None and not _is_count(entries, 1):
        raise Finding(failed("manifest-malformed"))
    files: dict[str, tuple[str, int]] = {}
    for item in listed:
        path, stated = _listed(item)
        if path in files:
            raise Finding(failed("manifest-malformed"))
        files[path] = stated
    return Manifest(files, head, entries)


def _is_count(value: object, least: int) -> bool:
    """Whether it is a whole number that JSON carries exactly (RFC 8785 §3.2.2.3)."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= _LARGEST


def _listed(item: object) -> tuple[str, tuple[str, int]]:
    if isinstance(item, dict):
        path, digest, size = item.get("path"), item.get("sha256"), item.get("bytes")
        if isinstance(path, str) and isinstance(digest, str) and isinstance(size, int) and _is_count(size, 0):
            return path, (digest, size)
    raise Finding(failed("manifest-malformed"))
