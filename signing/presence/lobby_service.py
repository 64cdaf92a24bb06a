"""Use cases of the lobby: admit, hold, remove, let back in, write to signers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import delete

from core import audit, clock, ids, limits, live
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict
from signing.ceremonies import queries as ceremonies
from signing.presence import lobby_queries as queries
from signing.presence import lobby_rules as rules
from signing.presence import queries as presence
from signing.presence.lobby_models import Lobby, SeatAdmission, SeatMessage
from signing.presence.lobby_rules import Act, Quick, Standing
from signing.seats import queries as seats


def set_policy(ceremony_id: str, *, admits_each: bool, by: Actor) -> None:
    """Say whether signers come in by themselves or one by one; who proved who they are by now is in.

    Raises NotFound, Conflict `ceremony_…` where it is over.
    """
    with transaction():
        _take(ceremony_id)
        if queries.admits_each(ceremony_id) == admits_each:
            return
        db.session.merge(Lobby(ceremony_id=ceremony_id, admits_each=admits_each))
        subject = Subject("ceremony", ceremony_id)
        audit.record(ceremony_id, "lobby.policy_changed", actor=by, subject=subject, admits_each=admits_each)
        if admits_each:
            found = [seat.id for seat in seats.list_seats(ceremony_id) if seat.identity_proved_at is not None]
            _admit(ceremony_id, found, by=by)
        _tell(ceremony_id)


def admit(ceremony_id: str, seat_id: str, *, by: Actor) -> None:
    """Let a signer in who waits. This and what follows does nothing, without a word, where it is so already.

    Each raises NotFound, Conflict `ceremony_…`, and `seat_removed` of who must be let back in first.
    """
    _act(ceremony_id, seat_id, Act.ADMIT, action="seat.admitted", by=by)


def hold(ceremony_id: str, seat_id: str, *, why: str, by: Actor) -> None:
    """Close a signer's sign buttons for a while; `why` is what they read."""
    _act(ceremony_id, seat_id, Act.HOLD, action="seat.held", why=why, by=by)


def release(ceremony_id: str, seat_id: str, *, by: Actor) -> None:
    """Let a signer who is held go on."""
    _act(ceremony_id, seat_id, Act.RELEASE, action="seat.released", by=by)


def remove(ceremony_id: str, seat_id: str, *, by: Actor) -> None:
    """Close a seat's link, and every browser that came by it, until it is let back in."""
    _act(ceremony_id, seat_id, Act.REMOVE, action="seat.removed", by=by)


def let_in(ceremony_id: str, seat_id: str, *, by: Actor) -> None:
    """Let a signer back in who was removed."""
    _act(ceremony_id, seat_id, Act.LET_IN, action="seat.let_back_in", by=by)


def act(ceremony_id: str, seat_id: str, what: Act, *, why: str = "", by: Actor) -> None:
    """One of the acts above; `why` is for who is held."""
    if what is Act.HOLD:
        hold(ceremony_id, seat_id, why=why, by=by)
        return
    acts = {Act.ADMIT: admit, Act.RELEASE: release, Act.REMOVE: remove, Act.LET_IN: let_in}
    acts[what](ceremony_id, seat_id, by=by)


def admit_all(ceremony_id: str, *, by: Actor) -> None:
    """Let everybody in who waits and has proved who they are. Raises NotFound, Conflict `ceremony_…`."""
    with transaction():
        _take(ceremony_id)
        waiting = [
            seat.id
            for seat in seats.list_seats(ceremony_id)
            if seat.identity_proved_at is not None
            and queries.find_place(ceremony_id, seat.id).standing is Standing.WAITING
        ]
        if _admit(ceremony_id, waiting, by=by):
            _tell(ceremony_id)


def send_message(ceremony_id: str, *, seat_id: str | None, quick: Quick | None, text: str, by: Actor) -> str:
    """Write to one signer, or to all (`seat_id` None): a quick message in each reader's language, or `text`.

    Raises NotFound, Conflict `ceremony_…`, TooMany.
    """
    limits.hit("lobby-message", ceremony_id, limit=60, per=timedelta(minutes=10))
    with transaction():
        _take(ceremony_id)
        if seat_id is not None:
            seats.get_seat(seat_id, ceremony_id=ceremony_id)
        row = SeatMessage(
            id=ids.new("msg"),
            ceremony_id=ceremony_id,
            seat_id=seat_id,
            quick=str(quick or ""),
            text="" if quick else text,
            sent_at=clock.now(),
            sent_by=by.id,
        )
        db.session.add(row)
        subject = Subject("seat", seat_id) if seat_id else Subject("ceremony", ceremony_id)
        audit.record(
            ceremony_id, "lobby.message_sent", actor=by, subject=subject, message=row.id, quick=str(quick or "own")
        )
        _tell(ceremony_id)
        return row.id


def forget(seat_id: str) -> None:
    """Somebody else has the seat now, inside the caller's transaction: what was done about who sat there, and
    that this person is there, is over."""
    presence.end_all(seat_id, clock.now())
    db.session.execute(delete(SeatAdmission).where(SeatAdmission.seat_id == seat_id))


def _take(ceremony_id: str) -> None:
    """Hosts of one ceremony wait for each other here."""
    ceremony = ceremonies.view(ceremonies.take_ceremony(ceremony_id))
    if ceremony.is_over:
        raise Conflict(f"ceremony_{ceremony.state}")


def _admit(ceremony_id: str, seat_ids: Iterable[str], *, by: Actor) -> int:
    return sum(_change(ceremony_id, each, Act.ADMIT, action="seat.admitted", by=by) for each in seat_ids)


def _act(ceremony_id: str, seat_id: str, what: Act, *, action: str, by: Actor, why: str = "") -> None:
    with transaction():
        _take(ceremony_id)
        seats.get_seat(seat_id, ceremony_id=ceremony_id)
        if _change(ceremony_id, seat_id, what, action=action, why=why, by=by):
            _tell(ceremony_id)


def _change(ceremony_id: str, seat_id: str, what: Act, *, action: str, by: Actor, why: str = "") -> bool:
    """Whether anything was different afterwards."""
    row = db.session.get(SeatAdmission, seat_id, populate_existing=True)
    before = queries.admission(row)
    after = rules.change(before, what, why=why, now=clock.now())
    if after == before:
        return False
    if row is None:
        row = SeatAdmission(seat_id=seat_id, ceremony_id=ceremony_id)
        db.session.add(row)
    for name, value in vars(after).items():
        setattr(row, name, value)
    said = {"why": audit.Private(why)} if why else {}
    audit.record(ceremony_id, action, actor=by, subject=Subject("seat", seat_id), **said)
    return True


def _tell(ceremony_id: str) -> None:
    """Seats read again what is theirs: the channel that they follow is the hall's, so it is told nothing."""
    live.publish(f"stage:{ceremony_id}", "stage.patch")
    live.publish(f"ceremony:{ceremony_id}", "lobby.changed")
