"""Use cases of a meeting link: paste one, have one made, take it away, mail it. Making is in making.py."""

from __future__ import annotations

from core import audit, clock, ids, jobs, live, outbox
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.queries import CeremonyView
from signing.meetings import queries, rules, tools
from signing.meetings.models import Meeting
from signing.meetings.rules import Source, Tool, Way
from signing.seats import queries as seats

MAKE = "meetings.make"
CALL_OFF = "meetings.call_off"
MAIL = "meeting_link"


def paste(ceremony_id: str, way: Way, *, tool: Tool, looked_at: int, by: Actor) -> None:
    """This is where people meet; a meeting that was made for it before is called off. The same again changes nothing.

    Raises NotFound, Conflict `ceremony_…` where all is over, `meeting_changed`.
    """
    with transaction():
        ceremony, row = _take(ceremony_id)
        if row.tool is tool and (row.url, row.code, row.password, tuple(row.phones)) == _said(way):
            return
        rules.check_looked_at(now_at=row.seq, looked_at=looked_at)
        call_off(row)
        put(row, way, tool=tool, source=Source.PASTED)
        row.starts_at = ceremony.starts_at
        _changed(row, action="meeting.pasted", by=by, tool=str(tool))


def ask_for(ceremony_id: str, tool: Tool, *, looked_at: int, by: Actor) -> None:
    """Have the tool make a meeting; a link from before stays until there is one. A second click makes no second one.

    Raises NotFound, Conflict `ceremony_…` where all is over, `meeting_changed`, `meeting_no_keys`.
    """
    if tool not in tools.list_ready():
        raise Conflict("meeting_no_keys")
    with transaction():
        ceremony, row = _take(ceremony_id)
        is_there = row.source is Source.MADE and row.tool is tool and row.starts_at == ceremony.starts_at
        if row.wanted_tool is tool or (is_there and row.seq != looked_at):
            return
        rules.check_looked_at(now_at=row.seq, looked_at=looked_at)
        row.wanted_tool, row.wanted_id, row.asked_at = tool, ids.new("mtg"), None
        row.failed_tool, row.failed_why, row.failed_code = None, "", ""
        jobs.add(MAKE, row.wanted_id, chain=ceremony_id, ceremony=ceremony_id, wish=row.wanted_id)
        _changed(row, action="meeting.asked_for", by=by, tool=str(tool))


def remove(ceremony_id: str, *, looked_at: int, by: Actor) -> None:
    """No link any more, and none that is still being made; what a tool made is called off.

    Raises NotFound, Conflict `ceremony_…` where all is over, `meeting_changed`.
    """
    with transaction():
        _, row = _take(ceremony_id)
        if row.tool is None and row.wanted_tool is None and not row.failed_why:
            return
        rules.check_looked_at(now_at=row.seq, looked_at=looked_at)
        told = str(row.tool or row.wanted_tool or row.failed_tool)
        call_off(row)
        clear(row)
        _changed(row, action="meeting.removed", by=by, tool=told)


def send(ceremony_id: str, *, looked_at: int, by: Actor) -> None:
    """Mail the link to all who are invited, with a calendar entry that has it; the same link is sent once.

    Raises NotFound, Conflict `ceremony_…`, `meeting_none`, `meeting_changed`.
    """
    with transaction():
        ceremony, row = _take(ceremony_id)
        if ceremony.invited_at is None:
            raise Conflict(f"ceremony_{ceremony.state}")
        if row.tool is None:
            raise Conflict("meeting_none")
        if row.sent_seq == row.seq:
            return
        rules.check_looked_at(now_at=row.seq, looked_at=looked_at)
        row.sent_seq = row.seq
        found = seats.list_seats(ceremony_id)
        audit.record(ceremony_id, "meeting.sent", actor=by, subject=_subject(ceremony_id), seats=len(found))
        outbox.withdraw(MAIL, chain=ceremony_id)
        for seat in found:
            outbox.add(MAIL, to=seat.email, locale=seat.locale, chain=ceremony_id, seat=seat.id)
        live.publish(f"ceremony:{ceremony_id}", "meeting.changed")


def end(ceremony_id: str, *, by: Actor) -> None:
    """The ceremony is called off: so is its meeting, inside the caller's transaction and before its live updates."""
    row = queries.find_row(ceremony_id, take=True)
    if row is None or (row.tool is None and row.wanted_tool is None):
        return
    told = str(row.tool or row.wanted_tool)
    call_off(row)
    clear(row)
    row.seq += 1
    outbox.withdraw(MAIL, chain=ceremony_id)
    audit.record(ceremony_id, "meeting.removed", actor=by, subject=_subject(ceremony_id), tool=told)


def _take(ceremony_id: str) -> tuple[CeremonyView, Meeting]:
    """The ceremony and its row, which begins with the first act. Raises NotFound, Conflict `ceremony_…`."""
    ceremony = ceremonies.view(ceremonies.take_ceremony(ceremony_id))
    if ceremony.is_over:
        raise Conflict(f"ceremony_{ceremony.state}")
    row = queries.find_row(ceremony_id, take=True)
    if row is None:
        row = Meeting(ceremony_id=ceremony_id, seq=0, phones=[], sent_seq=0)
        db.session.add(row)
        db.session.flush()
    return ceremony, row


def _said(way: Way) -> tuple[str, str, str, tuple[str, ...]]:
    return way.url, way.code, way.password, way.phones


def put(row: Meeting, way: Way, *, tool: Tool, source: Source, remote_id: str = "") -> None:
    """This is the link from now on; nothing is being made any more."""
    clear(row)
    row.tool, row.source, row.remote_id = tool, source, remote_id
    row.url, row.code, row.password, row.phones = way.url, way.code, way.password, list(way.phones)
    row.changed_at = clock.now()


def clear(row: Meeting) -> None:
    """No link, nothing asked for, nothing that failed."""
    row.tool, row.source, row.remote_id, row.starts_at = None, None, "", None
    row.url, row.code, row.password, row.phones, row.changed_at = "", "", "", [], None
    row.wanted_tool, row.wanted_id, row.asked_at = None, None, None
    row.failed_tool, row.failed_why, row.failed_code = None, "", ""


def call_off(row: Meeting) -> None:
    """Have the tool call off what it made, inside the caller's transaction."""
    if row.source is Source.MADE and row.tool is not None and row.remote_id:
        ask_to_call_off(row.ceremony_id, row.tool, row.remote_id)


def ask_to_call_off(ceremony_id: str, tool: Tool, remote_id: str) -> None:
    """The job for it; asked twice it is one."""
    jobs.add(
        CALL_OFF, f"{tool}:{remote_id}"[:120], chain=ceremony_id, ceremony=ceremony_id, tool=str(tool), remote=remote_id
    )


def _subject(ceremony_id: str) -> Subject:
    return Subject("ceremony", ceremony_id)


def _changed(row: Meeting, *, action: str, by: Actor, **data: object) -> None:
    row.seq += 1
    audit.record(row.ceremony_id, action, actor=by, subject=_subject(row.ceremony_id), **data)
    tell(row.ceremony_id)


def tell(ceremony_id: str) -> None:
    """Let the host's pages and the seats look again; the update itself says nothing of the link."""
    db.session.flush()
    live.publish(f"stage:{ceremony_id}", "meeting.changed")
    live.publish(f"ceremony:{ceremony_id}", "meeting.changed")
