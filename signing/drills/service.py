"""Use cases of drills: cut a line for practice, end that early, keep what each page tells of it.

The server cuts nobody off: it tells pages that they are to act so (web/assets/lib/drill.ts), and answers them all the
while. Only pages of a rehearsal ask.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core import audit, clock, ids, limits, live
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict
from signing.ceremonies import queries as ceremonies
from signing.drills import board, queries, rules
from signing.drills.models import DrillPage, DropDrill
from signing.drills.rules import Aim, Page, Place, Said, Target, Word
from signing.presence import queries as presence
from signing.seats import queries as seats


def begin(ceremony_id: str, aim: Aim, *, seconds: int, by: Actor) -> str:
    """Have pages act as if their line were lost; returns the drill's id.

    Raises NotFound, TooMany, Conflict `drill_only_in_rehearsal`, `drill_not_now`, `drill_running`,
    `drill_nobody_there`, `drill_no_phone`.
    """
    ceremony = ceremonies.get_ceremony(ceremony_id)
    rules.check_begin(is_rehearsal=ceremony.is_rehearsal, is_live=ceremony.invited_at is not None)
    limits.hit("drill", ceremony_id, limit=60, per=timedelta(hours=1))
    with transaction():
        # Of two hosts at once, the one who comes second sees the first one's drill.
        found = ceremonies.view(ceremonies.take_ceremony(ceremony_id))
        is_live = found.invited_at is not None and not found.is_over
        rules.check_begin(is_rehearsal=found.is_rehearsal, is_live=is_live)
        if aim.seat_id is not None:
            _check_seat(ceremony_id, aim.target, aim.seat_id)
        if any(rules.collide(queries.aim_of(each), aim) for each in queries.list_running(ceremony_id)):
            raise Conflict("drill_running")
        now = clock.now()
        drill = DropDrill(
            id=ids.new("drl"),
            ceremony_id=ceremony_id,
            target=aim.target,
            seat_id=aim.seat_id,
            account_id=aim.account_id,
            seconds=seconds,
            began_at=now,
            ends_at=now + timedelta(seconds=seconds),
            began_by=by.id,
        )
        db.session.add(drill)
        subject, seat = Subject("drill", drill.id), {"seat": aim.seat_id} if aim.seat_id else {}
        audit.record(
            ceremony_id, "drill.began", actor=by, subject=subject, target=str(aim.target), seconds=seconds, **seat
        )
        _tell(ceremony_id)
        return drill.id


def _check_seat(ceremony_id: str, target: Target, seat_id: str) -> None:
    seats.get_seat(seat_id, ceremony_id=ceremony_id)
    if target is Target.PHONE:
        if not queries.list_pads([seat_id]):
            raise Conflict("drill_no_phone")
        return
    if not presence.where_are(ceremony_id).get(seat_id, presence.nowhere(seat_id)).is_here:
        raise Conflict("drill_nobody_there")


def end(ceremony_id: str, drill_id: str, *, by: Actor) -> None:
    """Give the line back now; where it is back already, nothing happens. Raises NotFound."""
    with transaction():
        drill, now = queries.take_drill(ceremony_id, drill_id), clock.now()
        if drill.ends_at <= now:
            return
        drill.ends_at, drill.was_ended = now, True
        audit.record(ceremony_id, "drill.ended", actor=by, subject=Subject("drill", drill_id))
        _tell(ceremony_id)


def note(ceremony_id: str, page: Page, word: Word) -> None:
    """Keep what a page tells of a drill; told twice it is one word. Raises NotFound, TooMany.

    What is told by a page that the drill does not concern, or by more pages than a drill has, is dropped: it changes
    nothing but a line of the rehearsal's result.
    """
    limits.hit("drill-word", f"{ceremony_id} {page.place} {page.device}", limit=300, per=timedelta(minutes=10))
    with transaction():
        drill, now = queries.take_drill(ceremony_id, word.drill_id), clock.now()
        if not rules.concerns(queries.aim_of(drill), page):
            return
        row = queries.find_page(drill.id, word.page)
        if word.said is Said.CUT:
            _note_cut(drill, row, page, word.page)
        elif row is not None and _is_of(row, page) and row.back_at is None:
            row.back_at, row.is_proved, row.right_ms = now, page.is_proved, word.right_ms
            row.stroke = word.stroke if page.place is Place.PHONE else None
        else:
            return
        _tell_host(ceremony_id)


def _is_of(row: DrillPage, page: Page) -> bool:
    """Whether a page that gave itself this key stands where the word comes from: keys are no secrets."""
    return (row.place, row.seat_id) == (page.place, page.seat_id)


def _note_cut(drill: DropDrill, row: DrillPage | None, page: Page, key: str) -> None:
    now = clock.now()
    if drill.ends_at <= now:
        return
    if row is not None and not _is_of(row, page):
        return
    if row is not None:
        row.reloads = min(row.reloads + 1, 99)
        return
    if queries.count_pages(drill.id) >= rules.MOST_PAGES:
        return
    db.session.add(
        DrillPage(
            drill_id=drill.id,
            key=key,
            place=page.place,
            seat_id=page.seat_id,
            cut_at=now,
            reloads=0,
            was_proved=page.is_proved,
        )
    )


def show_drills(rehearsal: ceremonies.CeremonyView) -> list[dict[str, Any]]:
    """A line for each drill of a rehearsal, the newest first, in the current language."""
    return board.rows(rehearsal, queries.list_drills(rehearsal.id))


def _tell(ceremony_id: str) -> None:
    """The pages ask what it is: a channel that a hall reads says no more than that something is.

    Observers' pages, which follow no channel, ask again and again.
    """
    pads = queries.list_pads(seat.id for seat in seats.list_seats(ceremony_id))
    for channel in (f"stage:{ceremony_id}", f"monitor:{ceremony_id}", *(f"draw:{pad_id}" for pad_id in pads.values())):
        live.publish(channel, "drill.changed")
    _tell_host(ceremony_id)


def _tell_host(ceremony_id: str) -> None:
    live.publish(f"ceremony:{ceremony_id}", "drill.changed")


__all__ = ["Aim", "Page", "Place", "Said", "Target", "Word", "begin", "end", "note", "show_drills"]
