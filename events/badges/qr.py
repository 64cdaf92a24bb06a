"""What a badge's QR code says, and how a door reads it with public keys alone (docs/badges.md has the bytes).

Reading is strict: each badge has exactly one text, and whatever else it may be is refused by name. Pure.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from core.errors import Refusal

VERSION = 1
MOST_PRINTS = 0xFFFF
_MARK = "YQ1."
_CONTEXT = b"yunqian-badge-1\x00"  # a signature over a badge is one over nothing else, whatever else the key signs
_BODY_BYTES, _SIGNATURE_BYTES = 43, 64
_TEXT = re.compile(r"YQ1\.[A-Za-z0-9_-]{143}")
_OF_OURS = re.compile(r"YQ[0-9]{1,4}\.")
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # core.ids
_ID = re.compile(r"(reg|cnf)_([0-7][0-9a-hjkmnp-tv-z]{25})")


@dataclass(frozen=True)
class BadgePrint:
    """One print of one badge; `number` counts the prints of this registration from 1."""

    conference_id: str
    registration_id: str
    number: int


@dataclass(frozen=True)
class SignedBadge:
    """What a text says; nothing of it counts before `check`. `key_id`: 16 hexadecimal digits."""

    key_id: str
    badge: BadgePrint
    body: bytes
    signature: bytes


def make(badge: BadgePrint, *, key_id: str, sign: Callable[[bytes], bytes]) -> str:
    """The text of the QR code; `sign` is Ed25519 under the key of this name. Raises ValueError for other ids."""
    if not 1 <= badge.number <= MOST_PRINTS:
        raise ValueError(f"print number {badge.number}")
    body = b"".join(
        (
            bytes([VERSION]),
            bytes.fromhex(key_id),
            _packed(badge.conference_id, "cnf"),
            _packed(badge.registration_id, "reg"),
            badge.number.to_bytes(2),
        )
    )
    signed = body + sign(_CONTEXT + body)
    if len(signed) != _BODY_BYTES + _SIGNATURE_BYTES:
        raise ValueError("a key's name has 8 bytes, an Ed25519 signature 64")
    return _written(signed)


def read(text: str) -> SignedBadge:
    """What stands in a text; raises Refusal `badge_foreign`, `badge_newer`, `badge_cut`."""
    if not text.startswith(_MARK):
        raise Refusal("badge_newer" if _OF_OURS.match(text) else "badge_foreign", status=422)
    if not _TEXT.fullmatch(text):
        raise Refusal("badge_cut", status=422)
    data = base64.urlsafe_b64decode(text[len(_MARK) :] + "=")
    body = data[:_BODY_BYTES]
    if body[0] != VERSION:
        raise Refusal("badge_newer", status=422)
    number = int.from_bytes(body[41:43])
    # One encoding only: the last character's two spare bits say nothing, and no print is the 0th.
    if _written(data) != text or number == 0:
        raise Refusal("badge_cut", status=422)
    badge = BadgePrint(_unpacked(body[9:25], "cnf"), _unpacked(body[25:41], "reg"), number)
    return SignedBadge(body[1:9].hex(), badge, body, data[_BODY_BYTES:])


def check(text: str, *, keys: Mapping[str, bytes], conference_id: str) -> BadgePrint:
    """The print that a text is, by public keys (raw, by their names); offline.

    Raises Refusal as `read`, `badge_key_unknown` (another installation's), `badge_forged`, `badge_other_conference`.
    """
    found = read(text)
    public_key = keys.get(found.key_id)
    if public_key is None:
        raise Refusal("badge_key_unknown", status=422)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(found.signature, _CONTEXT + found.body)
    except InvalidSignature:
        raise Refusal("badge_forged", status=422) from None
    if found.badge.conference_id != conference_id:
        raise Refusal("badge_other_conference", status=422)
    return found.badge


def _written(data: bytes) -> str:
    return _MARK + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _packed(record_id: str, prefix: str) -> bytes:
    """An id's 128 bits: 10 characters are 48 bits of time, 16 are 80 random bits."""
    found = _ID.fullmatch(record_id)
    if found is None or found[1] != prefix:
        raise ValueError(f"no id of the kind {prefix}: {record_id[:50]}")
    number = 0
    for character in found[2]:
        number = number * 32 + _ALPHABET.index(character)
    return number.to_bytes(16)


def _unpacked(data: bytes, prefix: str) -> str:
    number, digits = int.from_bytes(data), []
    for _ in range(26):
        number, rest = divmod(number, 32)
        digits.append(_ALPHABET[rest])
    return f"{prefix}_{''.join(reversed(digits))}"
