"""The one source of randomness: record ids, one-time codes, secrets."""

from __future__ import annotations

import secrets
import threading
import time

# Crockford's alphabet: no I, L, O, U, so that an id read aloud is heard right.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def _base32(number: int, length: int) -> str:
    return "".join([_ALPHABET[number >> shift & 31] for shift in range(5 * (length - 1), -1, -5)])


_STEP_BITS = 48  # room for 2^31 ids in one millisecond; 2^48 to guess for who knows the one before
_order = threading.Lock()
_last = 0, 0


def new(prefix: str) -> str:
    """A new id such as `agr_01k9…`: 48 bits of milliseconds, then 80 random bits; those of one process sort by age.

    Many are made in one millisecond, and the clock of a machine is set back now and then: neither changes the order.
    """
    global _last
    with _order:
        made, random = int(time.time() * 1000), secrets.randbits(79)
        if made <= _last[0]:
            made, random = _last[0], _last[1] + 1 + secrets.randbits(_STEP_BITS)
        _last = made, random
    return f"{prefix}_{_base32(made, 10)}{_base32(random, 16)}"


def secret() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)
