"""What a signer's page sends: a drawn or typed signature, an idempotency key, a reason."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Invalid, Problem
from core.reader import Reader
from signing.agreements.rules import DrawnOrTyped, KeyCustody

MAX_DRAWING_BYTES = 300_000
_KEY = re.compile(r"[A-Za-z0-9_-]{8,80}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_CUSTODIES = tuple(KeyCustody)  # a tuple: whatever JSON holds may be compared, not all of it hashed


def read_appearance(data: object) -> DrawnOrTyped:
    """From {"kind":"drawn","png":base64} or {"kind":"typed","text":…}, perhaps with "seal": true; raises Invalid."""
    if not isinstance(data, Mapping):
        raise Invalid([Problem("$.appearance", "not_an_object")])
    seal = data.get("seal", False)
    if not isinstance(seal, bool):
        raise Invalid(
            [Problem("$.appearance.seal", "not_an_option", {"value": str(seal)[:40], "known": "true, false"})]
        )
    if data.get("kind") == "drawn":
        return DrawnOrTyped(drawing=_png(data.get("png")), typed="", seal=seal)
    if data.get("kind") == "typed":
        return DrawnOrTyped(None, _text(data.get("text"), "$.appearance.text", limit=64), seal)
    value = str(data.get("kind"))[:40]
    raise Invalid([Problem("$.appearance.kind", "not_an_option", {"value": value, "known": "drawn, typed"})])


def _png(value: object) -> bytes:
    if not isinstance(value, str) or not value:
        raise Invalid([Problem("$.appearance.png", "empty_drawing")])
    if len(value) > MAX_DRAWING_BYTES * 4 // 3 + 4:
        raise Invalid([Problem("$.appearance.png", "drawing_too_large", {"limit": MAX_DRAWING_BYTES // 1000})])
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid([Problem("$.appearance.png", "not_base64")]) from None


@dataclass(frozen=True)
class PrepareForm:
    """A wish to sign; `own_certificate` is the SHA-256 (hex) of the signer's own one, where that is to be used."""

    idempotency_key: str
    by_server: bool
    own_certificate: str
    appearance: DrawnOrTyped

    @staticmethod
    def read(data: Mapping[str, Any]) -> PrepareForm:
        """From the JSON of `signature/prepare`; raises Invalid."""
        key = data.get("idempotency_key")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            raise Invalid([Problem("$.idempotency_key", "bad_idempotency_key")])
        custody = data.get("custody", "client")
        if custody not in _CUSTODIES:
            known = ", ".join(_CUSTODIES)
            raise Invalid([Problem("$.custody", "not_an_option", {"value": str(custody)[:40], "known": known})])
        own = data.get("certificate") if custody == KeyCustody.EXTERNAL else ""
        if not isinstance(own, str) or (custody == KeyCustody.EXTERNAL and not _DIGEST.fullmatch(own)):
            raise Invalid([Problem("$.certificate", "bad_digest")])
        return PrepareForm(key, custody == KeyCustody.SERVER, own, read_appearance(data.get("appearance")))


def read_reason(data: Mapping[str, Any]) -> str:
    """Why somebody declines: 1 to 500 characters; raises Invalid."""
    return _text(data.get("reason"), "$.reason", limit=500, lines=True)


def _text(value: object, path: str, *, limit: int, lines: bool = False) -> str:
    reader = Reader()
    text = reader.text(value, path, limit=limit, lines=lines)
    if reader.problems:
        raise Invalid(reader.problems)
    return text


def read_page(data: Mapping[str, Any]) -> int:
    """A page number from 1; raises Invalid."""
    page = data.get("page")
    if not isinstance(page, int) or isinstance(page, bool) or page < 1:
        raise Invalid([Problem("$.page", "bad_page")])
    return page
