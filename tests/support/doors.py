"""Doors of the small conference: people who registered, phones that are paired, badges, scans."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import event

from core import clock
from core.audit import Actor
from core.db import db
from events.badges import qr
from events.checkin import phones, service
from events.checkin.rules import Decision, Direction, ScanKind
from events.checkin.scan_rules import Answer, NewScan, Upload
from events.conferences.queries import ConferenceView
from events.registration import service as registrations
from signing.trust import service as trust

CLERK = Actor("account", "acc_clerk")
_numbers = count(1)


@dataclass
class Phone:
    """A phone at a door; `fast`: by how much its clock is."""

    id: str
    conference_id: str
    device: str
    fast: timedelta = timedelta(0)
    sent: list[NewScan] = field(default_factory=list)

    def send(self, *scans: NewScan) -> list[Answer]:
        """Uploaded at once, as the phone does with a network."""
        self.sent += scans
        upload = Upload(scans, clock.now() + self.fast)
        return list(service.record_scans(self.id, self.device, upload).answers)

    def scan(
        self,
        registration_id: str,
        way: Direction = Direction.IN,
        *,
        at: datetime | None = None,
        shown: Decision | None = None,
    ) -> Decision:
        """Somebody who was chosen by name goes through."""
        [answer] = self.send(by_name(registration_id, way, at=at or clock.now() + self.fast, shown=shown))
        return answer.decision

    def badge(self, text: str) -> Decision:
        """A badge is held before the camera."""
        [answer] = self.send(NewScan(nonce(), ScanKind.BADGE, Direction.IN, clock.now(), code=text))
        return answer.decision


def nonce() -> str:
    """As a phone makes one."""
    return f"nonce-of-a-test-{next(_numbers):08d}"


def by_name(
    registration_id: str,
    way: Direction = Direction.IN,
    *,
    at: datetime | None = None,
    shown: Decision | None = None,
) -> NewScan:
    """A scan of somebody who was chosen in the list."""
    return NewScan(nonce(), ScanKind.NAME, way, at or clock.now(), registration_id=registration_id, shown=shown)


def phone(draft: ConferenceView, door: int = 0, *, fast: timedelta = timedelta(0), is_kiosk: bool = False) -> Phone:
    """Paired with a door of the hall in Chengdu."""
    door_id = draft.venue("chengdu").doors[door].id
    phone_id = phones.open_door(draft.id, door_id, label=f"Phone {door}", is_kiosk=is_kiosk, by=CLERK)
    device = f"secret-of-a-phone-in-a-test-{next(_numbers):08d}"
    phones.pair(phone_id, device)
    return Phone(phone_id, draft.id, device, fast)


def register(draft: ConferenceView, name: str = "演示甲", *, venue: str = "chengdu") -> str:
    """The id of a confirmed registration; each name has an address of its own."""
    new = registrations.Registering(
        audience_id=draft.audience("company").id,
        venue_id=draft.venue(venue).id,
        name=name,
        email=f"guest-{next(_numbers)}@guests.example",
        approved=True,
    )
    return registrations.register(draft.id, new, by=CLERK).id


def badge_text(draft: ConferenceView, registration_id: str, *, number: int = 1) -> str:
    """What the QR code of a badge says."""
    key = trust.door_key()
    return qr.make(qr.BadgePrint(draft.id, registration_id, number), key_id=key.id, sign=key.sign)


class Statements:
    """Counts the SQL statements of this process, without BEGIN and COMMIT."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __enter__(self) -> Statements:
        event.listen(db.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(db.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "COMMIT")):
            self.texts.append(statement)
