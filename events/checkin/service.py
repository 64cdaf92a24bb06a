"""Use case: record what doors scanned. The server decides who was first, in the order in which scans arrive."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from core import clock
from core.db import transaction
from events.checkin import log, phones, reading, rules
from events.checkin.phones import Here
from events.checkin.presences import Held
from events.checkin.reading import Read
from events.checkin.rules import Decision, ScanKind
from events.checkin.scan_rules import Answer, NewScan, Recorded, Upload
from events.registration import door_queries as registrations
from events.registration.door_queries import Standing

__all__ = ["Answer", "record_scans"]


def record_scans(phone_id: str, device: str, upload: Upload) -> Recorded:
    """Keep a phone's scans and answer each; what was sent before is answered as it was decided then.

    One unit of work: the phone's row, then the people's in the order of their ids. Raises PhoneRevoked.
    """
    received_at = clock.now()
    off = rules.clock_off(upload.sent_at, received_at)
    off_ms = int(off / timedelta(milliseconds=1))
    scans = list({each.nonce: each for each in upload.scans}.values())

    def keep(*, look_first: bool) -> dict[str, Answer]:
        with transaction():
            here = phones.hear_from(phone_id, device, at=received_at, off_ms=off_ms, waiting=upload.waiting)
            known = log.find_known(here, scans) if look_first else log.NOTHING
            new = [each for each in scans if each.nonce not in known.answers]
            return known.answers | _Recording(here, received_at, off).record(new, known.late)

    try:
        answers = keep(look_first=False)
    except IntegrityError:
        # A nonce is there already: rare enough that nobody pays for looking beforehand.
        answers = keep(look_first=True)
    return Recorded(tuple(answers[each.nonce] for each in upload.scans), received_at, off_ms)


class _Recording:
    """One upload being decided, scan by scan, inside the caller's transaction."""

    def __init__(self, here: Here, received_at: datetime, off: timedelta) -> None:
        self._here = here
        self._received_at = received_at
        self._off = off
        self._zone = ZoneInfo(here.timezone)
        self._rows: list[log.Row] = []

    def record(self, scans: Collection[NewScan], late: Collection[tuple[NewScan, Answer]]) -> dict[str, Answer]:
        """The answers by nonce; `late`: what was answered before and is added to the log (log.find_known)."""
        if not scans and not late:
            return {}
        found = reading.read(scans, conference_id=self._here.conference_id)
        people = registrations.list_standings(
            self._here.conference_id,
            ids={each.registration_id for each in found.values()},
            codes={each.short_code for each in found.values()},
        )
        undone = log.find_undone(self._here, scans)
        ids = {*(each.id for each in people), *undone.values(), *(each.registration_id for _, each in late)} - {""}
        held = Held(self._here, ids, at=self._received_at)
        prints = reading.newest_prints(found.values())
        for scan in scans:
            if scan.kind is ScanKind.UNDO:
                self._undo(scan, undone, held)
            else:
                self._decide(scan, found[scan.nonce], people, held, prints)
        for scan, answer in late:
            self._add(scan, answer, None, held)
        log.write(self._here, self._rows)
        held.write()
        return {row.scan.nonce: row.answer for row in self._rows}

    def _add(self, scan: NewScan, answer: Answer, print_number: int | None, held: Held) -> None:
        happened_at = rules.happened_at(scan.phone_at, self._off, self._received_at)
        row = log.Row(scan, answer, happened_at, self._received_at, self._off, print_number)
        self._rows.append(row)
        if answer.registration_id:
            presence = held.of(answer.registration_id)
            held.put(answer.registration_id, rules.after(presence, log.passage(self._here, row)))

    def _decide(
        self, scan: NewScan, read: Read, people: Collection[Standing], held: Held, prints: dict[str, int]
    ) -> None:
        person = next(
            (each for each in people if each.id == read.registration_id or each.code == read.short_code), None
        )
        presence = held.of(person.id) if person else rules.NEVER_SEEN
        happened_at = rules.happened_at(scan.phone_at, self._off, self._received_at)
        decision = rules.decide(
            read.state,
            rules.Person(person.id, person.venue_id, person.state, prints.get(person.id, 0)) if person else None,
            presence,
            venue_id=self._here.venue_id,
            direction=scan.direction,
            began=rules.day_began(happened_at, self._zone),
            print_number=read.print_number,
        )
        earlier = presence if decision is Decision.ALREADY_IN else rules.NEVER_SEEN
        answer = Answer(
            nonce=scan.nonce,
            decision=decision,
            registration_id=person.id if person else "",
            first_at=earlier.since,
            first_door_id=earlier.door_id,
        )
        self._add(scan, answer, read.print_number, held)

    def _undo(self, scan: NewScan, undone: dict[str, str], held: Held) -> None:
        """A scan of its own that takes back another one; the person's state is what the others come to."""
        target = next((row for row in self._rows if row.scan.nonce == scan.undoes), None)
        registration_id = target.answer.registration_id if target else undone.get(scan.undoes, "")
        found = target is not None or scan.undoes in undone
        answer = Answer(scan.nonce, Decision.UNDONE if found else Decision.UNKNOWN, registration_id)
        happened_at = rules.happened_at(scan.phone_at, self._off, self._received_at)
        self._rows.append(log.Row(scan, answer, happened_at, self._received_at, self._off, None))
        if registration_id:
            earlier = log.list_passages(registration_id)
            new = [log.passage(self._here, row) for row in self._rows if row.answer.registration_id == registration_id]
            held.put(registration_id, rules.presence_of([*earlier, *new]))
