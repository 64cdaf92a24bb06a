"""One-time codes and the way of a signer to the table: pure."""

from __future__ import annotations

import hmac
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from core.errors import Conflict, Forbidden, Refusal

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


def mask_address(email: str) -> str:
    """`z***@example.cn`: enough to know one's own address, too little to learn somebody else's."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}***@{domain}"


class Holder(StrEnum):
    """Whom a certificate that a signer brought names."""

    PERSON = "person"
    ORGANISATION = "organisation"


def holder(
    common_names: Iterable[str], whole_names: Iterable[str], *, name: str, organisations: Iterable[str], shown: str
) -> Holder:
    """Whether a certificate names the signer, or the party that the signer signs for (decision 0015).

    Authorities write more than the name into a common name ("041@NAME@1"): a part of it is enough. The order of words
    in a name does not matter. Raises Refusal `external_other_name`: anybody else's would say that somebody else signed.
    """
    parts = [part for each in common_names for part in (each, *_parts(each))]
    if any(_words(part) == _words(name) for part in (*parts, *whole_names)):
        return Holder.PERSON
    if {_letters(part) for part in parts} & {_letters(each) for each in organisations if each}:
        return Holder.ORGANISATION
    raise Refusal("external_other_name", status=422, named=shown, name=name)


def _parts(name: str) -> list[str]:
    """What stands between the signs by which authorities join a name with numbers."""
    for sign in "@|,;_":
        name = name.replace(sign, "@")
    return [part for part in name.split("@") if _letters(part)] if "@" in name else []


def _words(name: str) -> Counter[str]:
    """The words of a name in no order; a name without blanks is one word."""
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in _folded(name))
    words = kept.split()
    # Chinese names are written with and without a blank between family and given name.
    return Counter(words) if "".join(words).isascii() else Counter(["".join(words)])


def _letters(name: str) -> str:
    return "".join(char for char in _folded(name) if unicodedata.category(char)[0] in "LMN")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
