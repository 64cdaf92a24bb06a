"""The use case of ticking: a host or a witness confirms one party on the live cue, or takes that back."""

from __future__ import annotations

from sqlalchemy import delete

from core import audit, clock, ids
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound, Refusal
from signing.ceremonies import queries as ceremonies
from signing.cues import queries, telling, tick_queries, tick_rules
from signing.cues.models import Cue, CueTick
from signing.cues.rules import CueState
from signing.cues.tick_queries import TickRow
from signing.cues.tick_rules import HOST, TickAct
from signing.witnesses import queries as witnesses

__all__ = ["HOST", "TickAct", "tick"]


def tick(ceremony_id: str, act: TickAct, *, ticker: str, by: Actor) -> None:
    """Tick a party on the live cue, or take the tick back; what is so already stays as it is.

    `ticker`: `host`, or the id of a witness. Raises NotFound, Conflict `cue_tick_moved` where another cue (or run of
    it) is live by now, or another tick stands there than the one that is taken back; `cue_not_ticked` on a cue of
    another kind, `cue_codes_changed` where other codes stand beside the party than those that were looked at,
    `witness_not_declared`.
    """
    with transaction():
        # Behind the sheet's row: *go* asks what is missing, and must not be passed by a tick's taking back.
        queries.take_sheet(ceremony_id)
        cue = _live(ceremony_id, act)
        _check_ticker(ceremony_id, cue, ticker)
        ticked = tick_queries.find_ticked(ceremony_id, cue.id, cue.kind, cue.began_at)
        row = ticked.row(act.party_key) if ticked else None
        if row is None:
            raise _why_none(ceremony_id, act.party_key)
        if act.ticked:
            tick_rules.check_shown(act.shown, row.shown)
        if act.ticked is (ticker in row.ticks):
            return
        if act.ticked:
            _put(cue, row, ticker, by)
        else:
            _take_back(row, ticker, act.mark)
        action = "cue.ticked" if act.ticked else "cue.tick_taken_back"
        which = {"codes": {each.agreement_id: each.digits for each in row.codes}} if row.codes else {}
        said = {"party": act.party_key, "ticker": "host" if ticker == HOST else "witness", **which}
        audit.record(ceremony_id, action, actor=by, subject=Subject("cue", cue.id), **said)
        telling.tell(ceremony_id)


def _why_none(ceremony_id: str, party_key: str) -> Refusal:
    """A party without a row: its texts are being printed anew, or it is none of this ceremony."""
    parties = ceremonies.get_ceremony(ceremony_id).parties
    is_party = any(party.key == party_key for party in parties)
    return Conflict("cue_codes_changed") if is_party else NotFound("party_not_found")


def _live(ceremony_id: str, act: TickAct) -> Cue:
    row = next((each for each in queries.list_rows(ceremony_id) if each.state is CueState.LIVE), None)
    if row is None or row.id != act.cue_id or row.began_at is None or clock.iso(row.began_at) != act.run:
        raise Conflict("cue_tick_moved")
    return row


def _check_ticker(ceremony_id: str, cue: Cue, ticker: str) -> None:
    if not tick_rules.is_ticked(cue.kind):
        raise Conflict("cue_not_ticked")
    if ticker == HOST:
        return
    # Asked behind the lock: a witness who is being taken back ticks no more.
    witness = witnesses.get_witness(ticker, ceremony_id=ceremony_id)
    if not witness.is_named or witness.declared_at is None:
        raise Conflict("witness_not_declared")


def _put(cue: Cue, row: TickRow, ticker: str, by: Actor) -> None:
    # One that stands there all the same was made under other codes, and counts no more.
    theirs = {"cue_id": cue.id, "run_at": cue.began_at, "party_key": row.party_key, "ticker": ticker}
    db.session.execute(delete(CueTick).filter_by(**theirs))
    db.session.add(
        CueTick(
            id=ids.new("tck"),
            cue_id=cue.id,
            run_at=cue.began_at,
            party_key=row.party_key,
            ticker=ticker,
            by_id=by.id,
            at=clock.now(),
            codes=row.texts,
        )
    )


def _take_back(row: TickRow, ticker: str, mark: str) -> None:
    if row.ticks[ticker].id != mark:
        raise Conflict("cue_tick_moved")  # taken back and made anew since: that one was not looked at
    db.session.delete(db.session.get_one(CueTick, mark))
