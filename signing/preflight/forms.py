"""What a device sends of itself; anything that is not on the list is refused."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from core.errors import Invalid, Refusal
from core.reader import Reader
from signing.preflight import rules
from signing.preflight.rules import Device, Found

_LONGEST_REQUEST = 8_000
_SIGNATURE_OCTETS = 64  # ECDSA P-256, raw r‖s


def read_found(data: Mapping[str, Any]) -> Found:
    """`device`, `results` (item → outcome, every item once), `delay_ms`, `clock_ms`, `browser`. Raises Invalid."""
    reader = Reader()
    device = reader.choice(data.get("device"), "$.device", [str(each) for each in Device], Device.COMPUTER)
    raw = data.get("results")
    told = raw if isinstance(raw, dict) else {}
    results = {}
    for item, outcomes in rules.OUTCOMES.items():
        outcome = told.get(item)
        if not isinstance(outcome, str) or outcome not in outcomes:
            reader.problem(f"$.results.{item}", "bad_check")
        else:
            results[item] = outcome
    found = Found(
        device=Device(device),
        results=results,
        delay_ms=_number(reader, data, "delay_ms", least=0, most=rules.MOST_DELAY_MS),
        clock_ms=_number(reader, data, "clock_ms", least=-rules.MOST_CLOCK_MS, most=rules.MOST_CLOCK_MS),
        browser=reader.text(data.get("browser") or "", "$.browser", limit=rules.LONGEST_BROWSER, required=False),
    )
    if reader.problems:
        raise Invalid(reader.problems)
    return found


def _number(reader: Reader, data: Mapping[str, Any], name: str, *, least: int, most: int) -> int | None:
    value = data.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        reader.problem(f"$.{name}", "bad_check")
        return None
    return value


def read_request(data: Mapping[str, Any]) -> bytes:
    """The certificate request, from base64. Raises Refusal `bad_certificate_request`."""
    return _octets(data.get("csr"), "bad_certificate_request")


def read_signature(data: Mapping[str, Any]) -> bytes:
    """The signature as WebCrypto gave it, from base64. Raises Refusal `signature_mismatch`."""
    raw = _octets(data.get("signature"), "signature_mismatch")
    if len(raw) != _SIGNATURE_OCTETS:
        raise Refusal("signature_mismatch", status=422)
    return raw


def _octets(text: object, code: str) -> bytes:
    try:
        if not isinstance(text, str) or len(text) > _LONGEST_REQUEST:
            raise ValueError
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(code, status=422, reason="request_malformed") from None
