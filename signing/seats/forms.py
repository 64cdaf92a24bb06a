"""What a signer's page sends about the signer."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Invalid, Problem, Refusal
from core.reader import Reader

MOST_CERTIFICATES = 8


@dataclass(frozen=True)
class ConsentForm:
    """Consent and declared place."""

    place: str
    timezone: str

    @staticmethod
    def read(data: Mapping[str, Any]) -> ConsentForm:
        """From {"accepted": true, "place", "timezone"}; raises Invalid."""
        reader = Reader()
        if data.get("accepted") is not True:
            reader.problem("$.accepted", "not_accepted")
        form = ConsentForm(
            place=reader.text(data.get("place") or "", "$.place", limit=80),
            timezone=reader.zone(data.get("timezone") or "", "$.timezone"),
        )
        if reader.problems:
            raise Invalid(reader.problems)
        return form


def read_code(data: Mapping[str, Any]) -> str:
    """Six digits as typed, spaces between them borne; raises Invalid."""
    code = "".join(str(data.get("code") or "").split())
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        raise Invalid([Problem("$.code", "bad_code")])
    return code


def read_reason(data: Mapping[str, Any], known: Collection[str]) -> str:
    """Why a certificate is revoked, one of the known words; raises Invalid."""
    reason = str(data.get("reason") or "")
    if reason not in known:
        raise Invalid([Problem("$.reason", "unknown_choice")])
    return reason


def read_request(data: Mapping[str, Any]) -> bytes:
    """A PKCS#10 request from base64; raises Refusal `bad_certificate_request`."""
    try:
        return base64.b64decode(str(data.get("csr") or ""), validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("bad_certificate_request", status=422, reason="base64") from None


@dataclass(frozen=True)
class Brought:
    """A certificate that a signer has from elsewhere, DER, those above it, and proof that its key is at hand."""

    certificate: bytes
    above: tuple[bytes, ...]
    proof: bytes

    @staticmethod
    def read(data: Mapping[str, Any]) -> Brought:
        """From {"certificate", "chain": […], "proof"}, all base64; raises Refusal `external_unreadable`."""
        chain = data.get("chain")
        if not isinstance(chain, list) or len(chain) > MOST_CERTIFICATES:
            raise Refusal("external_unreadable", status=422)
        certificate, proof, *above = (
            _base64(each, code="external_unreadable") for each in (data.get("certificate"), data.get("proof"), *chain)
        )
        return Brought(certificate, tuple(above), proof)


def _base64(value: object, *, code: str) -> bytes:
    try:
        return base64.b64decode(value if isinstance(value, str) else "", validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(code, status=422) from None
