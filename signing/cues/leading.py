"""Use cases of leading: stand by, go, hold, resume, skip, back, over. Each names the `seq` that its host looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core import audit, clock, i18n
from core.audit import Actor, Subject
from core.db import transaction
from core.errors import Conflict
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.queries import CeremonyView
from signing.cues import queries, rules, telling, tick_page_queries, tick_queries
from signing.cues.models import Cue, CueSheet
from signing.cues.rules import Act, CueKind, CueState, SheetState, Standing, Verb


@dataclass
class _Led:
    """A sheet that is held, with its rows in order."""

    ceremony: CeremonyView
    sheet: CueSheet
    rows: list[Cue]
    by: Actor

    def find(self, state: CueState) -> Cue | None:
        """The cue in a state that one has at most: live, or standing by."""
        return next((row for row in self.rows if row.state is state), None)

    def stop_standing_by(self) -> None:
        row = self.find(CueState.STANDBY)
        if row is not None:
            row.state = CueState.PLANNED

    def end_live(self, state: CueState) -> None:
        row = self.find(CueState.LIVE)
        if row is not None:
            row.state, row.ended_at = state, clock.now()

    def begin(self, row: Cue) -> None:
        row.state, row.began_at, row.ended_at = CueState.LIVE, clock.now(), None
        self.sheet.state = SheetState.RUNNING
        self.sheet.began_at = self.sheet.began_at or clock.now()

    def note(self, row: Cue | None = None, *, action: str, **data: object) -> None:
        ceremony_id = self.sheet.ceremony_id
        subject = Subject("cue", row.id) if row else Subject("ceremony", ceremony_id)
        audit.record(ceremony_id, action, actor=self.by, subject=subject, seq=self.sheet.seq, **data)


def lead(ceremony_id: str, act: Act, *, by: Actor) -> None:
    """Do one act with the cue sheet of a ceremony whose signers were invited.

    Raises NotFound, and Conflict: `ceremony_…` before the invitation and where it was called off, `cue_sheet_moved`,
    `cue_sheet_held`, `cue_sheet_over`, `cue_none_standing_by`, `cue_none_live`, `cue_none_before`, `cue_is_live`,
    `cue_is_done`, and where `anyway` is not said `cue_early` long before the planned time,
    `cue_unsigned`, `cue_unticked` where signatures or ticks are missing, `cue_ticks_anew` where going back asks for
    ticks anew.
    """
    with transaction():
        ceremony = _get_invited(ceremony_id)
        sheet = queries.take_sheet(ceremony_id)
        rules.check_seq(now_at=sheet.seq, looked_at=act.looked_at)
        sheet.seq += 1
        _DO[act.verb](_Led(ceremony, sheet, queries.list_rows(ceremony_id), by), act)
        telling.tell(ceremony_id)


def _get_invited(ceremony_id: str) -> CeremonyView:
    ceremony = ceremonies.get_ceremony(ceremony_id)
    if not ceremony.can_be_led:
        raise Conflict(f"ceremony_{ceremony.state}")
    return ceremony


def _stand_by(led: _Led, act: Act) -> None:
    rules.check_running(led.sheet.state)
    row = queries.find_row(led.rows, act.cue_id)
    rules.check_to_come(row.state)
    led.stop_standing_by()
    row.state = CueState.STANDBY
    led.note(row, action="cue.stood_by")


def _go(led: _Led, act: Act) -> None:
    rules.check_running(led.sheet.state)
    row = led.find(CueState.STANDBY)
    if row is None:
        raise Conflict("cue_none_standing_by")
    _check_due(led, anyway=act.anyway)
    missing = _check_complete(led.find(CueState.LIVE), anyway=act.anyway)
    led.end_live(CueState.DONE)
    led.begin(row)
    led.note(row, action="cue.went", **missing)


def _check_due(led: _Led, *, anyway: bool) -> None:
    """Raises Conflict `cue_early` where the first cue of the real ceremony would begin long before its day."""
    starts_at = led.ceremony.starts_at
    is_early = rules.is_long_before(led.sheet.state, starts_at=starts_at, now=clock.now())
    if is_early and not led.ceremony.is_rehearsal and not anyway:
        raise Conflict("cue_early", when=i18n.format_named(starts_at, led.ceremony.host_timezone))


def _hold(led: _Led, _: Act) -> None:
    rules.check_running(led.sheet.state)
    if led.sheet.state is not SheetState.RUNNING:
        raise Conflict("cue_none_live")
    led.sheet.state, led.sheet.held_at = SheetState.HELD, clock.now()
    led.note(led.find(CueState.LIVE), action="cues.held")


def _resume(led: _Led, _: Act) -> None:
    if led.sheet.state is not SheetState.HELD:
        raise Conflict("cue_sheet_not_held")
    led.sheet.state, led.sheet.held_at = SheetState.RUNNING, None
    led.note(led.find(CueState.LIVE), action="cues.resumed")


def _skip(led: _Led, act: Act) -> None:
    rules.check_running(led.sheet.state)
    row = queries.find_row(led.rows, act.cue_id)
    if row.state is CueState.LIVE:
        led.end_live(CueState.SKIPPED)
    else:
        rules.check_to_come(row.state)
        row.state = CueState.SKIPPED
    led.note(row, action="cue.skipped")


def _back(led: _Led, act: Act) -> None:
    live = led.find(CueState.LIVE)
    standings = [Standing(row.id, row.state) for row in led.rows]
    found = rules.cue_to_return_to(standings, live.id if live else None)
    if found is None:
        raise Conflict("cue_none_before")
    row = queries.find_row(led.rows, found)
    ticks = _count_ticks([each for each in (row, live) if each is not None])
    if ticks and not act.anyway:
        raise Conflict("cue_ticks_anew", n=ticks)
    led.stop_standing_by()
    if live is not None:
        # What was live comes again, as if it had not been called; when it ran stands in the trail.
        live.state, live.began_at, live.ended_at = CueState.PLANNED, None, None
    led.sheet.held_at = led.sheet.ended_at = None
    led.begin(row)
    led.note(row, action="cue.went_back")


def _count_ticks(rows: Sequence[Cue]) -> int:
    """How many ticks stand on the newest runs of these cues: another run has to be ticked anew."""
    runs = {(row.id, row.began_at) for row in rows}
    return sum((tick.cue_id, tick.run_at) in runs for tick in tick_queries.list_ticks([row.id for row in rows]))


def _over(led: _Led, act: Act) -> None:
    if led.sheet.state is SheetState.OVER:
        raise Conflict("cue_sheet_over")
    if led.sheet.state is SheetState.PLANNED:
        raise Conflict("cue_none_live")
    missing = _check_complete(led.find(CueState.LIVE), anyway=act.anyway)
    led.end_live(CueState.DONE)
    led.stop_standing_by()
    led.sheet.state, led.sheet.held_at, led.sheet.ended_at = SheetState.OVER, None, clock.now()
    led.note(None, action="cues.over", **missing)


def _check_complete(live: Cue | None, *, anyway: bool) -> dict[str, int]:
    """How many signatures and ticks of the live cue are missing; raises Conflict `cue_unsigned`, `cue_unticked`."""
    return {"unsigned": _check_signed(live, anyway=anyway), "unticked": _check_ticked(live, anyway=anyway)}


def _check_ticked(live: Cue | None, *, anyway: bool) -> int:
    ticked = tick_queries.find_ticked(live.ceremony_id, live.id, live.kind, live.began_at) if live else None
    missing = ticked.missing if ticked else 0
    if live and ticked and missing and not anyway:
        who = tick_page_queries.awaited(ceremonies.get_ceremony(live.ceremony_id), ticked)
        raise Conflict("cue_unticked", n=missing, who=who)
    return missing


def _check_signed(live: Cue | None, *, anyway: bool) -> int:
    if live is None or live.kind is not CueKind.SIGNING:
        return 0
    # Not by their ids: one may have been taken out of the plan since the sheet was made.
    found = [each for each in agreements.list_agreements(live.ceremony_id) if each.id in live.agreements]
    missing = sum(len(each.signers) - each.signed_count for each in found if not each.is_unsigned)
    if missing and not anyway:
        raise Conflict("cue_unsigned", n=missing)
    return missing


_DO = {
    Verb.STAND_BY: _stand_by,
    Verb.GO: _go,
    Verb.HOLD: _hold,
    Verb.RESUME: _resume,
    Verb.SKIP: _skip,
    Verb.BACK: _back,
    Verb.OVER: _over,
}
