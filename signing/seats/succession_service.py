"""Use case: somebody else sits down in a seat."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from cryptography.x509 import ReasonFlags
from sqlalchemy import select, update

from core import audit, clock, ids
from core.audit import Actor, Subject
from core.db import db
from signing.seats import queries
from signing.seats.models import FormerPerson, SeatCertificate, SeatProof
from signing.seats.queries import OWN, PERSONAL


def seat_another(
    seat_id: str,
    *,
    name: str,
    title: str,
    email: str,
    locale: str,
    title_before: dict[str, str],
    letter: tuple[str, str],
    signed_with: Collection[str],
    by: Actor,
) -> None:
    """Another person takes the seat, inside the caller's transaction; who sat there keeps what was done until now.

    Nothing that was proved before opens anything: proofs and codes end, and so do the certificates (ids) but those in
    `signed_with`, whose signatures may still wait for their timestamps. `letter` is (digest, kind).
    """
    seat, now = queries.take_seat(seat_id), clock.now()
    kept = {each: getattr(seat, each) for each in PERSONAL}
    db.session.add(FormerPerson(id=ids.new("fmr"), seat_id=seat_id, until_at=now, title_texts=title_before, **kept))
    seat.name, seat.title, seat.email, seat.locale = name, title, email, locale
    seat.capacity, seat.since, (seat.letter_digest, seat.letter_kind) = "authorised", now, letter
    seat.identity_proved_at = seat.identity_method = seat.consented_at = None
    seat.declared_place = seat.declared_timezone = None
    seat.opened_at, seat.last_seen_at, seat.invited_at = None, None, now
    db.session.execute(
        update(SeatProof).where(SeatProof.seat_id == seat_id, SeatProof.revoked_at.is_(None)).values(revoked_at=now)
    )
    code = queries.take_code(seat_id)
    if code is not None:
        code.used_at = code.used_at or now
    db.session.flush()
    _revoke(seat_id, seat.ceremony_id, but=signed_with, now=now, by=by)


def _revoke(seat_id: str, ceremony_id: str, *, but: Collection[str], now: datetime, by: Actor) -> None:
    theirs = select(SeatCertificate).where(
        SeatCertificate.seat_id == seat_id, SeatCertificate.key_custody != OWN, SeatCertificate.revoked_at.is_(None)
    )
    reason = ReasonFlags.affiliation_changed.value
    for row in db.session.scalars(theirs.order_by(SeatCertificate.id)).all():
        if row.id in but:
            continue
        row.revoked_at, row.revocation_reason = now, reason
        audit.record(
            ceremony_id,
            "certificate.revoked",
            actor=by,
            subject=Subject("seat", seat_id),
            certificate=row.digest,
            reason=reason,
        )
