"""Use cases of presence: a device says that it is there, falls silent, comes back."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import audit, clock, ids, limits, live
from core.db import db, transaction
from signing.ceremonies import queries as ceremonies
from signing.presence import queries, rules
from signing.presence.models import Stay
from signing.presence.rules import Beat
from signing.seats import queries as seats
from signing.seats import service as seat_service

_SOON = timedelta(seconds=1)  # beats that come faster are counted
_STRANGERS = 30  # devices on one link that proved nothing, within ten minutes


def note_beat(seat_id: str, beat: Beat, *, link_id: str, address: str) -> None:
    """A device is there, or takes its leave; nothing is kept of a ceremony that is over. Raises TooMany.

    Who holds a link and proved nothing makes the host see thirty devices and no more, and keeps nobody who proved who
    they are from being seen: those are counted by themselves.
    """
    now = clock.now()
    stay = queries.find_running(seat_id, beat.device_id)
    if stay is not None and now - stay.last_at < _SOON:
        limits.hit("seat-here", beat.device_id, limit=60, per=timedelta(minutes=1))
    if stay is None or stay.here_until <= now:
        if not beat.is_leaving:
            _come(seat_id, beat, link_id=link_id, address=address)
    elif _is_news(stay, beat):
        _tell_news(seat_id, beat, address=address)
    else:
        with transaction(fleeting=True):
            running = queries.take_running(seat_id, beat.device_id)
            if running is not None:
                _hear(running, beat, clock.now())


def _is_news(stay: Stay, beat: Beat) -> bool:
    """Whether the host would see a difference."""
    return (
        (beat.is_proved, beat.is_visible) != (stay.is_proved, stay.is_visible)
        or (beat.delay_ms is not None and rules.pace(beat.delay_ms) is not rules.pace(stay.delay_ms))
        or rules.is_clock_off(beat.clock_offset_ms) > rules.is_clock_off(stay.clock_offset_ms)
    )


def _come(seat_id: str, beat: Beat, *, link_id: str, address: str) -> None:
    """A device is there for the first time, or again."""
    if beat.is_proved:
        limits.hit("seat-return", beat.device_id, limit=60, per=timedelta(minutes=10))
    else:
        limits.hit("seat-arrival", link_id, limit=_STRANGERS, per=timedelta(minutes=10))
    said_at = clock.now()
    with transaction():
        row = seats.take_seat(seat_id)  # of two beats at once, one begins the stay
        if row.since is not None and row.since >= said_at:
            return  # said by who sat here until just now
        seat = seats.view(row)
        if ceremonies.get_ceremony(seat.ceremony_id).is_over:
            return
        now, running = clock.now(), queries.take_running(seat_id, beat.device_id)
        if running is not None and running.here_until > now:
            _hear(running, beat, now)
            return
        if running is not None:
            running.gone_at = now
        before = queries.find_proved(seat_id, beat.device_id, since=row.since)
        stay = Stay(
            id=ids.new("sty"),
            ceremony_id=seat.ceremony_id,
            seat_id=seat_id,
            device_id=beat.device_id,
            device=beat.device,
            began_at=now,
        )
        _hear(stay, beat, now)
        db.session.add(stay)
        if beat.is_proved:
            row.last_seen_at = now
            _record(seat, stay, before, address)
        _publish(seat.ceremony_id, seat_id)


def _tell_news(seat_id: str, beat: Beat, *, address: str) -> None:
    """A device that is there has something new to tell: proved, hidden, slow."""
    with transaction():
        row = seats.take_seat(seat_id)
        seat, stay = seats.view(row), queries.take_running(seat_id, beat.device_id)
        if stay is None:
            return
        is_first_proof = beat.is_proved and not stay.is_proved
        before = queries.find_proved(seat_id, beat.device_id, since=row.since) if is_first_proof else None
        _hear(stay, beat, clock.now())
        if beat.is_proved:
            row.last_seen_at = stay.last_at
        if is_first_proof and before is None:
            _record(seat, stay, None, address)
        _publish(seat.ceremony_id, seat_id)


def _hear(stay: Stay, beat: Beat, now: datetime) -> None:
    stay.last_at, stay.here_until = now, beat.here_until(now)
    stay.has_left, stay.is_visible, stay.is_proved = beat.is_leaving, beat.is_visible, beat.is_proved
    if beat.delay_ms is not None:
        stay.delay_ms = beat.delay_ms
        stay.worst_delay_ms = max(beat.delay_ms, stay.worst_delay_ms or 0)
    if beat.clock_offset_ms is not None:
        stay.clock_offset_ms = beat.clock_offset_ms


def _record(seat: seats.SeatView, stay: Stay, before: Stay | None, address: str) -> None:
    """The trail tells of devices on which somebody proved who they are: a link alone may be a machine that looks."""
    audit.record(
        seat.ceremony_id,
        "seat.arrived" if before is None else "seat.returned",
        actor=seat_service.actor(seat, address),
        subject=audit.Subject("seat", seat.id),
        device=str(stay.device),
        stay=stay.id,
        **({} if before is None else {"away_seconds": round((stay.began_at - before.last_at).total_seconds())}),
    )


def _publish(ceremony_id: str, seat_id: str = "") -> None:
    live.publish(f"ceremony:{ceremony_id}", "presence.changed", **({"seat": seat_id} if seat_id else {}))


@live.tells
def tell_silent() -> None:
    """Let the host's pages know of devices that have fallen silent; one look at an index where there are none."""
    late = queries.list_fallen_silent(clock.now())
    db.session.rollback()
    for ceremony_id in late:
        with transaction():
            if queries.end_silent(ceremony_id, clock.now()):
                _publish(ceremony_id)
