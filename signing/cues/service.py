"""Use cases of a cue sheet that is planned: make it, change it, take it away. Leading by it is in leading.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core import audit, ids
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound
from core.values import Texts
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.cues import following, queries, rules, suggesting, telling, wording
from signing.cues.models import Cue, CueSheet
from signing.cues.rules import CueKind, CuePlan, CueState, SheetState
from signing.seats import queries as seats


def make_sheet(ceremony_id: str, *, by: Actor) -> None:
    """The cue sheet that the plan suggests; where there is one, nothing is done.

    Raises NotFound, Conflict `ceremony_…` where it is over.
    """
    with transaction():
        ceremony = ceremonies.view(ceremonies.take_ceremony(ceremony_id))
        if ceremony.is_over:
            raise Conflict(f"ceremony_{ceremony.state}")
        if queries.find_sheet(ceremony_id) is not None:
            return
        plans = suggesting.suggest(agreements.list_agreements(ceremony_id), ceremony.host.key)
        lay_sheet(ceremony_id, plans)
        audit.record(ceremony_id, "cues.made", actor=by, subject=_sheet(ceremony_id), cues=len(plans))
        telling.tell(ceremony_id)


def cue_plan(
    *,
    kind: str,
    title: Texts,
    seconds: int,
    agreements: tuple[str, ...],
    party_key: str,
    speaker: str,
    script: Texts,
    stage_text: Texts,
) -> CuePlan:
    """A cue of a plan's file, whose reader has held it to all limits; `agreements` are ids."""
    length = timedelta(seconds=seconds)
    return CuePlan(CueKind(kind), title, length, agreements, party_key, speaker, script, stage_text)


def lay_sheet(ceremony_id: str, plans: Sequence[CuePlan]) -> None:
    """The rows of a sheet where there is none yet, inside the caller's transaction, which tells of it."""
    db.session.add(CueSheet(ceremony_id=ceremony_id, seq=0, state=SheetState.PLANNED))
    db.session.flush()
    for position, plan in enumerate(plans):
        db.session.add(_row(ceremony_id, position, plan))


def remove_sheet(ceremony_id: str, *, looked_at: int, by: Actor) -> None:
    """Nobody leads by a sheet any more: everybody signs when they like.

    Raises NotFound, Conflict `cue_sheet_moved`, `cue_sheet_begun`.
    """
    with transaction():
        sheet = _take(ceremony_id, looked_at)
        if sheet.state is not SheetState.PLANNED:
            raise Conflict("cue_sheet_begun")
        for cue in queries.list_rows(ceremony_id):
            db.session.delete(cue)
        db.session.flush()
        db.session.delete(sheet)
        audit.record(ceremony_id, "cues.removed", actor=by, subject=_sheet(ceremony_id))
        telling.tell(ceremony_id)


def add_cue(ceremony_id: str, plan: CuePlan, *, after: str, looked_at: int, by: Actor) -> str:
    """One more cue behind the cue `after` (first of all where that is empty); returns its id.

    Raises NotFound, Conflict `cue_sheet_moved`, `cue_sheet_over`, `cue_is_done` before what is live or done,
    `too_many_cues`, `agreement_called_twice`.
    """
    with transaction():
        sheet = _take(ceremony_id, looked_at)
        _check_not_over(sheet)
        rows = queries.list_rows(ceremony_id)
        if len(rows) >= rules.MAX_CUES:
            raise Conflict("too_many_cues", most=rules.MAX_CUES)
        _check_agreements(ceremony_id, plan, rows)
        made = _row(ceremony_id, 0, plan)
        _put(rows, made, after)
        db.session.add(made)
        _changed(sheet, made, action="cue.added", by=by, kind=str(plan.kind))
        return made.id


def change_cue(ceremony_id: str, cue_id: str, plan: CuePlan, *, looked_at: int, by: Actor) -> None:
    """Say anew what happens on a cue. Raises NotFound, Conflict as `add_cue`, `cue_is_live`."""
    with transaction():
        sheet, rows, cue = _take_cue(ceremony_id, cue_id, looked_at)
        _check_agreements(ceremony_id, plan, [row for row in rows if row is not cue])
        wanted = _values(plan)
        changed = [name for name, value in wanted.items() if value != getattr(cue, name)]
        for name in changed:
            setattr(cue, name, wanted[name])
        if changed:
            _changed(sheet, cue, action="cue.changed", by=by, changed=changed)


def move_cue(ceremony_id: str, cue_id: str, *, after: str, looked_at: int, by: Actor) -> None:
    """Put a cue behind another (first of all where `after` is empty); there already, nothing is done.

    Raises NotFound, Conflict `cue_sheet_moved`, `cue_sheet_over`, `cue_is_live`, `cue_is_done`.
    """
    with transaction():
        sheet, rows, cue = _take_cue(ceremony_id, cue_id, looked_at)
        _put([row for row in rows if row is not cue], cue, after)
        if sorted(rows, key=lambda row: row.position) != rows:
            _changed(sheet, cue, action="cue.moved", by=by, position=cue.position + 1)


def remove_cue(ceremony_id: str, cue_id: str, *, looked_at: int, by: Actor) -> None:
    """Take a cue out of the sheet. Raises NotFound, Conflict as `move_cue`, `last_cue`."""
    with transaction():
        sheet, rows, cue = _take_cue(ceremony_id, cue_id, looked_at)
        if len(rows) == 1:
            raise Conflict("last_cue")
        db.session.delete(cue)
        for position, row in enumerate(row for row in rows if row is not cue):
            row.position = position
        _changed(sheet, cue, action="cue.removed", by=by, kind=str(cue.kind))


def propose_words(ceremony_id: str, *, looked_at: int, by: Actor) -> None:
    """Give the cues to come that have no script and no line on the stage the words that the plan proposes.

    Raises NotFound, Conflict `cue_sheet_moved`, `cue_sheet_over`.
    """
    with transaction():
        sheet = _take(ceremony_id, looked_at)
        _check_not_over(sheet)
        ceremony, found = ceremonies.get_ceremony(ceremony_id), agreements.list_agreements(ceremony_id)
        people = seats.list_seats(ceremony_id)
        rows = [row for row in queries.list_rows(ceremony_id) if queries.lacks_words(row)]
        for row in rows:
            called = [each for each in found if each.id in row.agreements]
            words = wording.propose(row.kind, called, ceremony=ceremony, agreements=found, seats=people)
            row.script, row.stage_text = words.script, words.stage_text
        if rows:
            sheet.seq += 1
            audit.record(
                ceremony_id, "cues.worded", actor=by, subject=_sheet(ceremony_id), seq=sheet.seq, cues=len(rows)
            )
            telling.tell(ceremony_id)


def put_right(ceremony_id: str, *, looked_at: int, by: Actor) -> None:
    """Let the cues that are still to come follow the plan; at one with it already, nothing is done.

    Raises NotFound, Conflict `cue_sheet_moved`, `cue_sheet_over`, `too_many_cues`.
    """
    with transaction():
        sheet = _take(ceremony_id, looked_at)
        _check_not_over(sheet)
        before = queries.view(sheet).cues
        places = following.follow(before, agreements.list_agreements(ceremony_id))
        if len(places) > rules.MAX_CUES:
            raise Conflict("too_many_cues", most=rules.MAX_CUES)
        if [(place.id, place.plan) for place in places] == [(cue.id, cue.plan) for cue in before]:
            return
        rows = {row.id: row for row in queries.list_rows(ceremony_id)}
        for position, place in enumerate(places):
            row = rows.pop(place.id, None)
            if row is None:
                db.session.add(_row(ceremony_id, position, place.plan))
                continue
            row.position = position
            if not place.fixed:
                row.title, row.agreements = place.plan.title, list(place.plan.agreements)
        for row in rows.values():
            db.session.delete(row)
        sheet.seq += 1
        audit.record(
            ceremony_id, "cues.put_right", actor=by, subject=_sheet(ceremony_id), seq=sheet.seq, cues=len(places)
        )
        telling.tell(ceremony_id)


def _take(ceremony_id: str, looked_at: int) -> CueSheet:
    sheet = queries.take_sheet(ceremony_id)
    rules.check_seq(now_at=sheet.seq, looked_at=looked_at)
    return sheet


def _take_cue(ceremony_id: str, cue_id: str, looked_at: int) -> tuple[CueSheet, list[Cue], Cue]:
    """The sheet, its rows and one that is still to come, in order to change it."""
    sheet = _take(ceremony_id, looked_at)
    _check_not_over(sheet)
    rows = queries.list_rows(ceremony_id)
    cue = queries.find_row(rows, cue_id)
    rules.check_to_come(cue.state)
    return sheet, rows, cue


def _check_not_over(sheet: CueSheet) -> None:
    if sheet.state is SheetState.OVER:
        raise Conflict("cue_sheet_over")


def _check_agreements(ceremony_id: str, plan: CuePlan, others: list[Cue]) -> None:
    known = {each.id for each in agreements.list_agreements(ceremony_id)}
    if not known.issuperset(plan.agreements):
        raise NotFound("agreement_not_found")
    # A cue that was skipped calls nothing any more: what it held may be called by another.
    called = {each for row in others if row.state is not CueState.SKIPPED for each in row.agreements}
    if called.intersection(plan.agreements):
        raise Conflict("agreement_called_twice")


def _put(rows: list[Cue], cue: Cue, after: str) -> None:
    """Number the rows anew with `cue` behind `after`; raises NotFound, Conflict `cue_is_done`."""
    at = [row.id for row in rows].index(queries.find_row(rows, after).id) + 1 if after else 0
    if not all(rules.is_to_come(row.state) for row in rows[at:]):
        raise Conflict("cue_is_done")
    for position, row in enumerate([*rows[:at], cue, *rows[at:]]):
        row.position = position


def _values(plan: CuePlan) -> dict[str, object]:
    return {
        "kind": plan.kind,
        "title": plan.title,
        "party_key": plan.party_key,
        "speaker": plan.speaker,
        "script": plan.script,
        "stage_text": plan.stage_text,
        "agreements": list(plan.agreements),
        "planned_seconds": round(plan.length.total_seconds()),
    }


def _row(ceremony_id: str, position: int, plan: CuePlan) -> Cue:
    return Cue(id=ids.new("cue"), ceremony_id=ceremony_id, position=position, state=CueState.PLANNED, **_values(plan))


def _sheet(ceremony_id: str) -> Subject:
    return Subject("ceremony", ceremony_id)


def _changed(sheet: CueSheet, cue: Cue, *, action: str, by: Actor, **data: object) -> None:
    sheet.seq += 1
    audit.record(sheet.ceremony_id, action, actor=by, subject=Subject("cue", cue.id), seq=sheet.seq, **data)
    telling.tell(sheet.ceremony_id)
