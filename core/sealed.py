"""Short secrets that must be read again (addresses with a token, signing secrets): encrypted in the database by the
installation's secret, and bound to the record that they belong to."""

from __future__ import annotations

import base64
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core import config
from core.errors import Refusal

_NONCE_BYTES = 12  # NIST SP 800-38D §8.2.2: random, with few messages a key


class SealBroken(Refusal):
    """It was sealed under another installation's secret, for another record, or was changed."""

    code = "secret_unreadable"
    status = 409


def seal(text: str, *, purpose: str, record_id: str) -> str:
    """The text encrypted, in base64url; an empty one stays empty."""
    if not text:
        return ""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(_key(purpose)).encrypt(nonce, text.encode(), record_id.encode())
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, *, purpose: str, record_id: str) -> str:
    """The text of `seal` with the same purpose and record; raises SealBroken."""
    if not sealed:
        return ""
    try:
        data = base64.urlsafe_b64decode(sealed)
        text = AESGCM(_key(purpose)).decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], record_id.encode())
    except (ValueError, InvalidTag):
        raise SealBroken from None
    return text.decode()


def _key(purpose: str) -> bytes:
    return hmac.digest(config.settings().secret.encode(), f"sealed:{purpose}".encode(), "sha256")
