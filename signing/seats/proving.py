"""Whose the page is that is open: one-time codes by mail, and what they prove in one browser."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core import audit, clock, config, ids, limits, outbox
from core.db import db, transaction
from core.errors import Forbidden, TooMany
from core.jobs import Hopeless
from signing.seats import queries, rules
from signing.seats.models import Seat, SeatCode, SeatProof
from signing.seats.rules import CodeState
from signing.seats.service import CODE_MAIL, LINK_LIFE, actor, masked_address, tell

CHECKS_OF_A_LINK = 200


@dataclass(frozen=True)
class CodeSent:
    """That a one-time code is on its way."""

    sent_to: str
    expires_at: datetime
    resend_at: datetime


def send_code(seat_id: str, *, address: str, link_id: str = "") -> CodeSent:
    """Mail a new one-time code; the one before no longer counts. Raises Conflict `code_just_sent`, TooMany.

    Counted by the personal link (`link_id`): who has a stolen one cannot use up what a new one allows.
    """
    limits.hit("seat-code", link_id or seat_id, limit=8, per=timedelta(hours=1))
    limits.hit("seat-code-day", link_id or seat_id, limit=16, per=timedelta(days=1))
    with transaction():
        seat = queries.take_seat(seat_id)
        now = clock.now()
        before = queries.take_code(seat_id)
        rules.check_resend(before.sent_at if before and before.used_at is None else None, now=now)
        salt = ids.secret()
        code = rules.make_code(salt=salt, pepper=_pepper())
        values = {
            "salt": salt,
            "digest": rules.digest_code(code, salt=salt, pepper=_pepper()),
            "sent_at": now,
            "expires_at": now + rules.CODE_LIFE,
            "tries": 0,
            "used_at": None,
        }
        db.session.merge(SeatCode(seat_id=seat_id, **values))
        _note_act(seat, address)
        audit.record(
            seat.ceremony_id,
            "identity.code_sent",
            actor=actor(seat, address),
            subject=audit.Subject("seat", seat.id),
            method="email_code",
        )
        outbox.withdraw(CODE_MAIL, chain=seat.ceremony_id, seat=seat_id)
        outbox.add(
            CODE_MAIL,
            to=seat.email,
            locale=seat.locale,
            chain=seat.ceremony_id,
            good_until=now + rules.CODE_LIFE,
            seat=seat_id,
            salt=salt,
        )
        tell(seat)
        return CodeSent(rules.mask_address(seat.email), now + rules.CODE_LIFE, now + rules.RESEND_AFTER)


def _note_act(seat: Seat, address: str) -> None:
    """Somebody pressed a button on the seat's page: with the first time the trail begins to tell of this seat."""
    seat.last_seen_at = clock.now()
    if seat.opened_at is None:
        seat.opened_at = seat.last_seen_at
        audit.record(
            seat.ceremony_id, "seat.opened", actor=actor(seat, address), subject=audit.Subject("seat", seat.id)
        )


def code_to_send(seat_id: str, salt: str) -> tuple[str, datetime]:
    """The one-time code that a waiting mail is about, and until when it holds. Raises Hopeless when it is over."""
    code = queries.find_code(seat_id)
    if code is None or code.salt != salt or code.used_at is not None or code.expires_at <= clock.now():
        raise Hopeless("the code no longer counts", reason="too_late")
    return rules.make_code(salt=salt, pepper=_pepper()), code.expires_at


def find_waiting_code(seat: queries.SeatView) -> CodeSent | None:
    """The code that was mailed and still waits to be typed."""
    code = queries.find_code(seat.id)
    if code is None or code.used_at is not None or code.expires_at <= clock.now():
        return None
    return CodeSent(masked_address(seat), code.expires_at, code.sent_at + rules.RESEND_AFTER)


def check_proof(seat_id: str, proof_id: str) -> None:
    """That this browser proved whose it is; a link alone, forwarded or overheard, opens nothing that matters.

    Raises Forbidden `identity_not_proved`.
    """
    rules.check_identity(proved=has_proof(seat_id, proof_id))


def has_proof(seat_id: str, proof_id: str) -> bool:
    """Whether this browser proved whose it is, and not too long ago."""
    return queries.holds_proof(seat_id, proof_id, now=clock.now())


def check_code(seat_id: str, typed: str, *, address: str, link_id: str = "") -> str:
    """Take a typed code: right proves the address in this browser and returns the proof's id for its session.

    Wrong costs one of five tries. Raises Forbidden `code_<state>`, `link_worn_out`, TooMany.
    """
    limits.hit("seat-code-check", link_id or seat_id, limit=60, per=timedelta(hours=1))
    _count_for_life(link_id or seat_id)
    with transaction():
        seat = queries.take_seat(seat_id)
        code = queries.take_code(seat_id)
        now = clock.now()
        kept = rules.Code(code.salt, code.digest, code.expires_at, code.tries, code.used_at) if code else None
        found = rules.judge_code(kept, "".join(typed.split()), now=now, pepper=_pepper())
        proof_id = ""
        if code is not None and found in {CodeState.RIGHT, CodeState.WRONG}:
            code.tries += 1
        tries_left = max(0, rules.CODE_TRIES - code.tries) if code else 0
        if code is not None and found is CodeState.RIGHT:
            code.used_at = now
            seat.identity_proved_at, seat.identity_method = seat.identity_proved_at or now, "email_code"
            proof = SeatProof(
                id=ids.new("prf"),
                seat_id=seat_id,
                method="email_code",
                proved_at=now,
                expires_at=now + timedelta(hours=config.settings().session_hours),
            )
            db.session.add(proof)
            proof_id = proof.id
        audit.record(
            seat.ceremony_id,
            "identity.proved" if found is CodeState.RIGHT else "identity.refused",
            actor=actor(seat, address),
            subject=audit.Subject("seat", seat.id),
            method="email_code",
            **({} if found is CodeState.RIGHT else {"reason": str(found)}),
        )
        if found is CodeState.RIGHT:
            tell(seat)
    if found is not CodeState.RIGHT:
        raise Forbidden(f"code_{found}", tries_left=tries_left)
    return proof_id


def _count_for_life(link_id: str) -> None:
    """Whoever guesses for as long as a link lives comes to one chance in 5,000; no signer types so many codes."""
    try:
        limits.hit("seat-code-life", link_id, limit=CHECKS_OF_A_LINK, per=LINK_LIFE)
    except TooMany:
        raise Forbidden("link_worn_out") from None


def _pepper() -> bytes:
    return config.settings().secret.encode()
