"""Background work of meeting links: a tool is asked outside transactions, and what it said is written down in one."""

from __future__ import annotations

from typing import Any

from core import audit, claims, clock, i18n, jobs
from core.audit import Subject
from core.claims import Claim, Failure
from core.db import db, transaction
from core.jobs import Hopeless
from signing.ceremonies import queries as ceremonies
from signing.meetings import queries, rules, service, tools
from signing.meetings.models import Meeting
from signing.meetings.rules import Made, NotMade, Source, Tool, Why, Wish


class TryLater(Failure):
    """The tool is away or busy; it is certain that it did nothing."""


@jobs.handles(service.MAKE)
def make(claim: Claim, payload: dict[str, Any]) -> None:
    """Have a meeting made that a host asked for. Raises TryLater, ClaimLost."""
    ceremony_id, wish_id = payload["ceremony"], payload["wish"]
    try:
        asked = _begin(claim, ceremony_id, wish_id)
        if asked is None:
            return
        tool, wish = asked
        made = tools.make(tool, wish)
    except NotMade as failed:
        _failed(claim, ceremony_id, wish_id, failed)
        return
    _made(claim, ceremony_id, wish_id, tool, made, wish)


def _begin(claim: Claim, ceremony_id: str, wish_id: str) -> tuple[Tool, Wish] | None:
    """What to ask for, written down as asked; None where nobody wants it any more. Raises NotMade `unsure`."""
    with transaction():
        row = _row(ceremony_id, wish_id)
        if row is None or row.wanted_tool is None:
            claims.finish(claim)
            return None
        claims.hold(claim)
        tool = row.wanted_tool
        # Whoever had this claim before died, or is asleep, with the question perhaps on its way.
        if row.asked_at is not None and tool not in tools.BEARS_REPEATS:
            raise NotMade(Why.UNSURE)
        row.asked_at = clock.now()
    ceremony = ceremonies.get_ceremony(ceremony_id)
    wish = Wish(
        id=wish_id,
        title=i18n.pick(ceremony.title, "zh-CN"),
        planned_at=ceremony.starts_at,
        starts_at=max(ceremony.starts_at, clock.now()),
        length=rules.room_for(ceremony.limit_minutes),
        timezone=ceremony.host_timezone,
    )
    db.session.rollback()
    return tool, wish


def _row(ceremony_id: str, wish_id: str) -> Meeting | None:
    """The ceremony's row while this is what it wants."""
    ceremonies.take_ceremony(ceremony_id)
    row = queries.find_row(ceremony_id, take=True)
    return row if row is not None and row.wanted_id == wish_id else None


def _made(claim: Claim, ceremony_id: str, wish_id: str, tool: Tool, made: Made, wish: Wish) -> None:
    with transaction():
        row = _row(ceremony_id, wish_id)
        if row is None:  # a link was pasted meanwhile, or the ceremony was called off
            service.ask_to_call_off(ceremony_id, tool, made.remote_id)
        else:
            service.call_off(row)
            service.put(row, made.way, tool=tool, source=Source.MADE, remote_id=made.remote_id)
            row.starts_at = wish.planned_at
            row.seq += 1
            _record(ceremony_id, "meeting.made", tool=str(tool))
            service.tell(ceremony_id)
        claims.finish(claim)


def _failed(claim: Claim, ceremony_id: str, wish_id: str, failed: NotMade) -> None:
    """Write down that nothing was made, or raise TryLater where a moment may mend it."""
    with transaction():
        row = _row(ceremony_id, wish_id)
        later = row is not None and failed.why in rules.PASSING and claim.tries < rules.MOST_TRIES
        if row is None:
            claims.finish(claim)
        elif later:
            claims.hold(claim)
            row.asked_at = None
        else:
            tool = row.wanted_tool
            row.wanted_tool, row.wanted_id, row.asked_at = None, None, None
            row.failed_tool, row.failed_why, row.failed_code = tool, str(failed.why), failed.code
            row.seq += 1
            _record(ceremony_id, "meeting.failed", tool=str(tool), reason=str(failed.why))
            service.tell(ceremony_id)
            claims.finish(claim)
    if later:
        raise TryLater(f"{failed.why} {failed.code}".strip(), reason=f"meeting_{failed.why}")


@jobs.handles(service.CALL_OFF)
def call_off(claim: Claim, payload: dict[str, Any]) -> None:
    """Have a tool call a meeting off. Raises Hopeless, of which the host is told, TryLater, ClaimLost."""
    tool = Tool(payload["tool"])
    try:
        tools.cancel(tool, payload["remote"])
    except NotMade as failed:
        # Asked again it does no harm: what is gone is gone.
        again = failed.why in {*rules.PASSING, Why.UNSURE} and claim.tries < rules.MOST_TRIES
        kind = TryLater if again else Hopeless
        raise kind(f"{failed.why} {failed.code}".strip(), reason=f"meeting_{failed.why}") from None
    with transaction():
        _record(payload["ceremony"], "meeting.called_off", tool=str(tool))
        claims.finish(claim)


def _record(ceremony_id: str, action: str, **data: object) -> None:
    audit.record(ceremony_id, action, actor=audit.SYSTEM, subject=Subject("ceremony", ceremony_id), **data)
