"""The SM2 signature over the head of a kit's trail; who vouches for its key is the manifest, which names it."""

from __future__ import annotations

from pdf.errors import PkiError
from pdf.pki.sm2 import load_sm2_public
from pdf.verify.verdict import Finding, Sub, failed


def check_head(head: str, signature: bytes, key: bytes) -> str:
    """The SHA-256 (hex) of the key (PEM) that signed the head, as its 64 hexadecimal digits. Raises Finding."""
    try:
        found = load_sm2_public(key)
    except PkiError:
        raise Finding(failed("trail-sm2")) from None
    if not found.is_signature(signature, head.encode()):
        raise Finding(failed("trail-sm2", Sub.SIG_CRYPTO_FAILURE))
    return found.fingerprint
