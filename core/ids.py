"""The one source of randomness: record ids, one-time codes, secrets."""

from __future__ import annotations

import secrets
import time

# Crockford's alphabet: no I, L, O, U, so that an id read aloud is heard right.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _base32(number: int, length: int) -> str:
    return "".join([_ALPHABET[number >> shift & 31] for shift in range(5 * (length - 1), -1, -5)])


def new(prefix: str) -> str:
    """A new id such as `agr_01k9…`: 48 bits of milliseconds, then 80 random bits, so that ids sort by age."""
    return f"{prefix}_{_base32(int(time.time() * 1000), 10)}{_base32(secrets.randbits(80), 16)}"


def secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)
