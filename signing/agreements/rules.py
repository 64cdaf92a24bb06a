"""Who may do what with an agreement, and what follows: pure, the same for link, API and live room (signing.md 3)."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import Conflict, Forbidden, Refusal


class AgreementState(StrEnum):
    """Where an agreement stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    OPEN = "open"
    COMPLETED = "completed"
    SEALED = "sealed"
    DECLINED = "declined"
    VOIDED = "voided"
    EXPIRED = "expired"


class AgreementAction(StrEnum):
    """What changes the state of an agreement."""

    FREEZE = "freeze"
    REVISE = "revise"
    OPEN = "open"
    COMPLETE = "complete"
    SEAL = "seal"
    DECLINE = "decline"
    VOID = "void"
    EXPIRE = "expire"


class SignerState(StrEnum):
    """Where one signer of one agreement stands."""

    PENDING = "pending"
    SIGNED = "signed"
    DECLINED = "declined"


class KeyCustody(StrEnum):
    """Who could use the private key (signing.md 2)."""

    CLIENT = "client"
    SERVER = "server"
    EXTERNAL = "external"


class Mark(StrEnum):
    """How a signer made the signature that stands in the paper."""

    DRAWN = "drawn"
    TYPED = "typed"


_NEXT: Mapping[tuple[AgreementState, AgreementAction], AgreementState] = {
    (AgreementState.DRAFT, AgreementAction.FREEZE): AgreementState.APPROVED,
    (AgreementState.DRAFT, AgreementAction.VOID): AgreementState.VOIDED,
    (AgreementState.APPROVED, AgreementAction.REVISE): AgreementState.DRAFT,
    (AgreementState.APPROVED, AgreementAction.OPEN): AgreementState.OPEN,
    (AgreementState.APPROVED, AgreementAction.VOID): AgreementState.VOIDED,
    (AgreementState.APPROVED, AgreementAction.EXPIRE): AgreementState.EXPIRED,
    # Only while nobody has signed it: an understudy's name comes into the text, and everybody reads that anew.
    (AgreementState.OPEN, AgreementAction.REVISE): AgreementState.DRAFT,
    (AgreementState.OPEN, AgreementAction.COMPLETE): AgreementState.COMPLETED,
    (AgreementState.OPEN, AgreementAction.DECLINE): AgreementState.DECLINED,
    (AgreementState.OPEN, AgreementAction.VOID): AgreementState.VOIDED,
    (AgreementState.OPEN, AgreementAction.EXPIRE): AgreementState.EXPIRED,
    (AgreementState.COMPLETED, AgreementAction.SEAL): AgreementState.SEALED,
}

UNSIGNED = frozenset({AgreementState.DECLINED, AgreementState.VOIDED, AgreementState.EXPIRED})
ENDED = UNSIGNED | {AgreementState.COMPLETED, AgreementState.SEALED}
PREPARATION_LIFE = timedelta(minutes=10)


def change(state: AgreementState, action: AgreementAction) -> AgreementState:
    """The state after an action; raises Conflict `agreement_closed`, `not_your_turn` or `agreement_not_ready`."""
    after = _NEXT.get((state, action))
    if after is not None:
        return after
    raise Conflict(_why_not(state))


def _why_not(state: AgreementState) -> str:
    if state in ENDED:
        return "agreement_closed"
    return {
        AgreementState.DRAFT: "agreement_not_ready",
        AgreementState.APPROVED: "not_your_turn",
        AgreementState.OPEN: "agreement_open",
    }[state]


@dataclass(frozen=True)
class SignerFacts:
    """All that decides whether a signer may sign now."""

    agreement: AgreementState
    signer: SignerState
    identity_proved: bool
    consented: bool
    pages: int
    read_to: int
    approvals_missing: int = 0
    cue_live: bool = True
    kept_out: Refusal | None = None  # why the host does not let this signer sign now


def why_not_sign(facts: SignerFacts) -> Refusal | None:
    """The first reason why this signer may not sign now, in the order in which people can do something about it."""
    if facts.signer is SignerState.SIGNED:
        return Conflict("already_signed")
    if facts.agreement is not AgreementState.OPEN:
        return Conflict(_why_not(facts.agreement))
    if facts.signer is SignerState.DECLINED:
        return Conflict("agreement_closed")
    if facts.approvals_missing:
        return Conflict("approval_missing")
    if facts.kept_out:
        return facts.kept_out
    if not facts.cue_live:
        return Conflict("cue_not_live")
    if not facts.identity_proved:
        return Forbidden("identity_not_proved")
    if not facts.consented:
        return Forbidden("consent_missing")
    if facts.read_to < facts.pages:
        return Conflict("not_read_to_the_end")
    return None


@dataclass(frozen=True)
class DrawnOrTyped:
    """How a signature looks: a PNG, or a typed name; `seal` where the signer has the party's specimen seal drawn."""

    drawing: bytes | None
    typed: str
    seal: bool = False

    @property
    def mark(self) -> Mark:
        return Mark.TYPED if self.drawing is None else Mark.DRAWN

    @property
    def digest(self) -> str:
        """SHA-256, hex, that tells one picture from another."""
        sealed = b"\0seal" if self.seal else b""
        return hashlib.sha256(self.typed.encode() + b"\0" + (self.drawing or b"") + sealed).hexdigest()


def check_typed(typed: str, *, name: str) -> None:
    """That a typed signature is the name that the agreement gives, whatever its case, width and spaces.

    Raises Refusal `typed_other_name`: above another name in the paper it would say that somebody else signed.
    """
    if _letters(typed) != _letters(name):
        raise Refusal("typed_other_name", status=422, name=name)


def _letters(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if unicodedata.category(char)[0] in "LMN")


def standing(facts: SignerFacts) -> str:
    """Where a signer stands with an agreement, in one word: signed, declined, open, waiting or closed."""
    if facts.signer is not SignerState.PENDING:
        return str(facts.signer)
    if facts.agreement is AgreementState.OPEN:
        return "open"
    return "waiting" if facts.agreement in {AgreementState.DRAFT, AgreementState.APPROVED} else "closed"


def shown_state(agreement: AgreementState, signer: SignerState) -> str:
    """Where a signer stands, as the host sees it: signed, declined, open, waiting, or closed where nobody can sign."""
    if signer is not SignerState.PENDING:
        return str(signer)
    if agreement in UNSIGNED:
        return "closed"
    return "open" if agreement is AgreementState.OPEN else "waiting"


def stage_state(agreement: AgreementState, signer: SignerState) -> str:
    """As `shown_state`, for everybody to see: a hall is told that an agreement is not signed, never by whose will."""
    return "closed" if signer is SignerState.DECLINED else shown_state(agreement, signer)


def check_sign(facts: SignerFacts) -> None:
    """Raises the refusal of `why_not_sign`, if there is one."""
    refusal = why_not_sign(facts)
    if refusal is not None:
        raise refusal


def check_decline(facts: SignerFacts) -> None:
    """That this signer may decline: the agreement is open, the signer is known and has not signed."""
    if facts.signer is SignerState.SIGNED:
        raise Conflict("already_signed")
    if facts.agreement is not AgreementState.OPEN:
        raise Conflict(_why_not(facts.agreement))
    if not facts.identity_proved:
        raise Forbidden("identity_not_proved")


def check_head(*, now_at: str | None, prepared_on: str) -> None:
    """That the file (its digest) is the one that a signature was prepared on: raises Conflict `revision_moved` when
    somebody's signature was appended since, or the text printed anew, which counts its revisions from 0 again."""
    if now_at != prepared_on:
        raise Conflict("revision_moved")


def is_fresh(prepared_at: datetime, *, now: datetime) -> bool:
    """Whether what was prepared then may still be signed: everything about the signer was looked at not long ago."""
    return now - PREPARATION_LIFE < prepared_at


def is_complete(signers: Collection[SignerState]) -> bool:
    """Whether everybody who was asked has signed."""
    return bool(signers) and all(state is SignerState.SIGNED for state in signers)


def opens_now(state: AgreementState, before: Collection[AgreementState]) -> bool:
    """Whether an approved agreement opens: everything that it comes after is complete."""
    done = {AgreementState.COMPLETED, AgreementState.SEALED}
    return state is AgreementState.APPROVED and all(other in done for other in before)


def never_open(found: Mapping[str, tuple[AgreementState, Collection[str]]]) -> list[str]:
    """Ids of what waits for something that ended unsigned, however many steps away, in the order of `found`.

    `found` is id → (state, ids of what it comes after); what an agreement comes after may be left out.
    """
    dead = {each for each, (state, _) in found.items() if state in UNSIGNED}
    waiting = {each for each, (state, _) in found.items() if state in {AgreementState.DRAFT, AgreementState.APPROVED}}
    reached: set[str] = set()
    while newly := {each for each in waiting - reached if (dead | reached).intersection(found[each][1])}:
        reached |= newly
    return [each for each in found if each in reached]


def levels(after: Mapping[str, Collection[str]]) -> list[list[str]]:
    """The cascade in rows: each key one below the deepest of those in `after` (key → what it comes after)."""
    depth: dict[str, int] = {}

    def find(key: str) -> int:
        if key not in depth:
            depth[key] = max((find(before) + 1 for before in after[key]), default=0)
        return depth[key]

    found: list[list[str]] = [[] for _ in range(max(map(find, after), default=-1) + 1)]
    for key in after:
        found[depth[key]].append(key)
    return found


def record_code(frozen_digest: str) -> str:
    """Eight digits made from the frozen digest (hex), to be read aloud and compared at every place."""
    return f"{int(frozen_digest, 16) % 100_000_000:08d}"
