"""One-time codes and the way of a signer to the table: pure."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from core.errors import Conflict, Forbidden

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
RESEND_AFTER = timedelta(seconds=45)


class Step(StrEnum):
    """What a signer does next."""

    IDENTITY = "identity"
    CONSENT = "consent"
    AGREEMENTS = "agreements"
    DONE = "done"


class CodeState(StrEnum):
    """What came of a one-time code that was typed in."""

    RIGHT = "right"
    WRONG = "wrong"
    EXPIRED = "expired"
    SPENT = "spent"
    NONE = "none"


@dataclass(frozen=True)
class Code:
    """A code as it is kept: its digest only."""

    salt: str
    digest: str
    expires_at: datetime
    tries: int
    used_at: datetime | None


def make_code(*, salt: str, pepper: bytes) -> str:
    """The six digits that belong to this salt in this installation: a mail that waits need not hold them."""
    return f"{int.from_bytes(hmac.digest(pepper, f'one-time-digits:{salt}'.encode(), 'sha256')) % 1_000_000:06d}"


def digest_code(code: str, *, salt: str, pepper: bytes) -> str:
    """What is kept instead of the code, hex. Six digits are guessed from any plain digest: the installation's secret
    (`pepper`) makes a stolen table worthless."""
    return hmac.digest(pepper, f"one-time-code:{salt}:{code}".encode(), "sha256").hex()


def judge_code(code: Code | None, typed: str, *, now: datetime, pepper: bytes) -> CodeState:
    """What this typed code is worth now; the caller counts the try."""
    if code is None or code.used_at is not None:
        return CodeState.NONE
    if now >= code.expires_at:
        return CodeState.EXPIRED
    if code.tries >= CODE_TRIES:
        return CodeState.SPENT
    if hmac.compare_digest(code.digest, digest_code(typed, salt=code.salt, pepper=pepper)):
        return CodeState.RIGHT
    return CodeState.WRONG


def next_step(*, identity_proved: bool, consented: bool, open_or_waiting: int) -> Step:
    """What comes next for a signer."""
    if not identity_proved:
        return Step.IDENTITY
    # Nobody is asked to agree to sign what can no longer be signed.
    if not consented and open_or_waiting:
        return Step.CONSENT
    return Step.AGREEMENTS if open_or_waiting else Step.DONE


def check_identity(*, proved: bool) -> None:
    """Raises Forbidden `identity_not_proved`."""
    if not proved:
        raise Forbidden("identity_not_proved")


def check_resend(last_sent_at: datetime | None, *, now: datetime) -> None:
    """Raises Conflict `code_just_sent` within 45 seconds of the last code."""
    if last_sent_at is not None and now < last_sent_at + RESEND_AFTER:
        raise Conflict("code_just_sent", seconds=ceil((last_sent_at + RESEND_AFTER - now).total_seconds()))


def certificate_identifier(ceremony_id: str, seat_id: str) -> str:
    """What all certificates of a seat carry, and no other seat's: 128 bits in hex that tell nothing of the person.

    Ids hold 80 random bits, so who has the identifier cannot come back to them; it opens nothing.
    """
    return hashlib.sha256(f"yunqian seat {ceremony_id} {seat_id}".encode()).hexdigest()[:32]


def mask_address(email: str) -> str:
    """`z***@example.cn`: enough to know one's own address, too little to learn somebody else's."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}***@{domain}"
