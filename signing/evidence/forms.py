"""What the trail's filter and the verify page are given."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from core.errors import Invalid, NotFound, Problem
from core.upload import Upload
from signing.evidence.rules import TrailFilter

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class TrailForm:
    """The query string of a trail page; what is no page number is page 1."""

    wanted: TrailFilter
    page: int

    @staticmethod
    def read(args: Mapping[str, str]) -> TrailForm:
        """From `?actor=&action=&agreement=&page=`; too long values find nothing, which is what they ask for."""
        page = args.get("page", "1")
        return TrailForm(
            TrailFilter(*(args.get(name, "")[:80] for name in ("actor", "action", "agreement"))),
            int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
        )

    def query(self, page: int) -> dict[str, str]:
        """The same filter on another page."""
        asked = {name: value for name, value in vars(self.wanted).items() if value}
        return {**asked, "page": str(page)}


def read_upload(file: Upload | None) -> tuple[str, IO[bytes]]:
    """Name and content of an upload, not read yet; raises Invalid `verify-no-file` where nothing was chosen."""
    if file is None or not file.filename:
        raise Invalid([Problem("$.file", "no_file")])
    name = "".join(char if char.isprintable() else "?" for char in file.filename.replace("\\", "/").rpartition("/")[2])
    return name[:120] or "?", file.stream


def read_base64(text: str) -> bytes:
    """An OCSP request from the path of a GET; nothing for what is no base64, which is answered as malformed."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def read_digest(text: str) -> str:
    """A SHA-256 in hex, small letters; raises NotFound."""
    if not _DIGEST.fullmatch(text.lower()):
        raise NotFound
    return text.lower()
