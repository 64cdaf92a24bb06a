"""Reads of who is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from core import clock
from core.db import db
from signing.presence import rules
from signing.presence.models import Stay
from signing.presence.rules import Device, Pace
from signing.seats import queries as seats


@dataclass(frozen=True)
class StayView:
    """One device in one seat from `began_at` to `last_at`; what comes after a pause is another stay."""

    id: str
    ceremony_id: str
    seat_id: str
    device_id: str
    device: Device
    began_at: datetime
    last_at: datetime
    here_until: datetime
    gone_at: datetime | None
    has_left: bool
    is_proved: bool
    is_visible: bool
    delay_ms: int | None
    worst_delay_ms: int | None
    clock_offset_ms: int | None

    @property
    def is_here(self) -> bool:
        """Whether the device is there now."""
        return self.gone_at is None and self.here_until > clock.now()

    @property
    def pace(self) -> Pace:
        return rules.pace(self.delay_ms)

    @property
    def is_clock_off(self) -> bool:
        return rules.is_clock_off(self.clock_offset_ms)


@dataclass(frozen=True)
class Whereabouts:
    """Where somebody is: devices that are there now, in the order in which they came, and all stays before."""

    seat_id: str
    here: tuple[StayView, ...]
    stays: tuple[StayView, ...]

    @property
    def is_here(self) -> bool:
        return bool(self.here)

    @property
    def proved(self) -> tuple[StayView, ...]:
        """The devices that are there now and on which the person proved who they are."""
        return tuple(stay for stay in self.here if stay.is_proved)

    @property
    def of_person(self) -> Whereabouts:
        """The same of the devices alone on which the person proved who they are: others may be anybody's."""
        return Whereabouts(self.seat_id, self.proved, tuple(stay for stay in self.stays if stay.is_proved))

    @property
    def since(self) -> datetime | None:
        """Since when somebody is there without a break of all devices; None where nobody is."""
        return min((stay.began_at for stay in self.here), default=None)

    @property
    def last_at(self) -> datetime | None:
        """When the last device was heard; None where there never was one."""
        return max((stay.last_at for stay in self.stays), default=None)

    @property
    def dropped_at(self) -> datetime | None:
        """Since when nobody is there who was; None while somebody is, and where nobody ever was."""
        return None if self.here else self.last_at

    @property
    def has_left(self) -> bool:
        """Whether the last device closed the page, rather than fell silent."""
        return not self.here and bool(self.stays) and max(self.stays, key=lambda stay: stay.last_at).has_left

    @property
    def drops(self) -> int:
        """How often a device came back after a pause."""
        return len(self.stays) - len({stay.device_id for stay in self.stays})


def view(stay: Stay) -> StayView:
    return StayView(**{name: getattr(stay, name) for name in StayView.__dataclass_fields__})


def list_stays(ceremony_id: str) -> list[StayView]:
    """All stays of a ceremony's signers, in the order in which they began."""
    rows = db.session.scalars(select(Stay).filter_by(ceremony_id=ceremony_id).order_by(Stay.began_at, Stay.id))
    return [view(stay) for stay in rows]


def where_are(ceremony_id: str) -> dict[str, Whereabouts]:
    """By seat, where who sits there now is or was; a seat in which this person never was is not in it."""
    by_seat: dict[str, list[StayView]] = {}
    since = seats.list_since(ceremony_id)
    for stay in list_stays(ceremony_id):
        if stay.seat_id in since and stay.began_at < since[stay.seat_id]:
            continue  # of who sat there before
        by_seat.setdefault(stay.seat_id, []).append(stay)
    return {seat_id: _where(seat_id, stays) for seat_id, stays in by_seat.items()}


def _where(seat_id: str, stays: Sequence[StayView]) -> Whereabouts:
    return Whereabouts(seat_id, tuple(stay for stay in stays if stay.is_here), tuple(stays))


def nowhere(seat_id: str) -> Whereabouts:
    """Of a seat in which nobody ever was."""
    return Whereabouts(seat_id, (), ())


def pauses(stays: Sequence[StayView]) -> list[tuple[StayView, timedelta]]:
    """The stays with which a device came back, each with how long it was away, in order."""
    last: dict[tuple[str, str], StayView] = {}
    found = []
    for stay in stays:
        key = (stay.seat_id, stay.device_id)
        if key in last:
            found.append((stay, stay.began_at - last[key].last_at))
        last[key] = stay
    return found


def find_running(seat_id: str, device_id: str) -> Stay | None:
    """The stay of a device that nobody has told the end of; its time may be over all the same."""
    query = select(Stay).filter_by(seat_id=seat_id, device_id=device_id, gone_at=None)
    return db.session.scalars(query.order_by(Stay.began_at.desc()).limit(1)).first()


def take_running(seat_id: str, device_id: str) -> Stay | None:
    """As `find_running`, in order to change it."""
    query = select(Stay).filter_by(seat_id=seat_id, device_id=device_id, gone_at=None).order_by(Stay.began_at.desc())
    return db.session.scalars(query.limit(1).with_for_update().execution_options(populate_existing=True)).first()


def find_proved(seat_id: str, device_id: str, *, since: datetime | None) -> Stay | None:
    """The newest stay of a device on which who sits there since then (None: anybody ever) proved who they are."""
    query = select(Stay).filter_by(seat_id=seat_id, device_id=device_id, is_proved=True)
    if since is not None:
        query = query.where(Stay.began_at >= since)
    return db.session.scalars(query.order_by(Stay.began_at.desc()).limit(1)).first()


def list_fallen_silent(now: datetime) -> list[str]:
    """Ids of ceremonies in which a device's time is over and nobody was told."""
    late = select(Stay.ceremony_id).where(Stay.gone_at.is_(None), Stay.here_until <= now)
    return list(db.session.scalars(late.distinct()))


def end_all(seat_id: str, now: datetime) -> None:
    """Inside a transaction: end the stays of a seat, whoever is still there."""
    running = (Stay.seat_id == seat_id, Stay.gone_at.is_(None))
    db.session.execute(update(Stay).where(*running).values(gone_at=now, here_until=now))


def end_silent(ceremony_id: str, now: datetime) -> int:
    """Inside a transaction: end the stays whose time is over; returns how many this worker was the one to end."""
    late = (Stay.ceremony_id == ceremony_id, Stay.gone_at.is_(None), Stay.here_until <= now)
    return int(db.session.execute(update(Stay).where(*late).values(gone_at=now)).rowcount)  # type: ignore[attr-defined]
