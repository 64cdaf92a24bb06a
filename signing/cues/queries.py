"""Reads of cue sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import NotFound
from core.values import Texts
from signing.agreements.queries import AgreementView
from signing.cues import rules, tick_queries
from signing.cues.models import Cue, CueSheet
from signing.cues.rules import CueKind, CuePlan, CueState, SheetState, Standing

# What a plan's file may say of cues.
CUE_KINDS = tuple(str(kind) for kind in CueKind)
SIGNING = str(CueKind.SIGNING)
MOST_CUES = rules.MAX_CUES
LONGEST_TITLE, LONGEST_TEXT, LONGEST_STAGE_TEXT = rules.LONGEST_TITLE, rules.LONGEST_TEXT, rules.LONGEST_STAGE_TEXT
SHORTEST_SECONDS, LONGEST_SECONDS = 10, round(rules.LONGEST_CUE.total_seconds())


@dataclass(frozen=True)
class CueView:
    """A cue as other features and pages see it."""

    id: str
    position: int
    kind: CueKind
    title: Texts
    party_key: str
    speaker: str
    script: Texts
    stage_text: Texts
    agreements: tuple[str, ...]
    planned_seconds: int
    state: CueState
    began_at: datetime | None
    ended_at: datetime | None

    @property
    def length(self) -> timedelta:
        """How long it is planned to take."""
        return timedelta(seconds=self.planned_seconds)

    @property
    def plan(self) -> CuePlan:
        """What is planned on it, without how it was run."""
        return CuePlan(
            self.kind,
            self.title,
            self.length,
            agreements=self.agreements,
            party_key=self.party_key,
            speaker=self.speaker,
            script=self.script,
            stage_text=self.stage_text,
        )

    @property
    def standing(self) -> Standing:
        return Standing(self.id, self.state, self.began_at is not None)

    @property
    def may_change(self) -> bool:
        """Whether it can still be changed, moved and removed."""
        return rules.is_to_come(self.state)


@dataclass(frozen=True)
class SheetView:
    """A cue sheet with its cues in order."""

    ceremony_id: str
    seq: int
    state: SheetState
    began_at: datetime | None
    held_at: datetime | None
    ended_at: datetime | None
    cues: tuple[CueView, ...]

    @property
    def live(self) -> CueView | None:
        """The cue that is live."""
        return next((cue for cue in self.cues if cue.state is CueState.LIVE), None)

    @property
    def standing_by(self) -> CueView | None:
        """The cue that *go* would make live."""
        return next((cue for cue in self.cues if cue.state is CueState.STANDBY), None)

    @property
    def next(self) -> CueView | None:
        """The cue that comes after the live one."""
        found = rules.next_cue([cue.standing for cue in self.cues])
        return self.cue(found) if found else None

    @property
    def is_under_way(self) -> bool:
        """Whether it was begun and is not over."""
        return self.state in {SheetState.RUNNING, SheetState.HELD}

    def cue(self, cue_id: str) -> CueView:
        """One cue; raises NotFound."""
        for cue in self.cues:
            if cue.id == cue_id:
                return cue
        raise NotFound("cue_not_found")

    def planned_length(self) -> timedelta:
        """How long all of it is planned to take, without what was skipped."""
        return sum((cue.length for cue in self.cues if cue.state is not CueState.SKIPPED), timedelta())

    def expected_end(self, now: datetime) -> datetime:
        """When it will end if what is left takes as long as planned."""
        live, coming = self.live, {CueState.PLANNED, CueState.STANDBY}
        return rules.expected_end(
            [cue.length for cue in self.cues if cue.state in coming],
            live_began_at=live.began_at if live else None,
            live_length=live.length if live else timedelta(),
            now=now,
        )


def view(sheet: CueSheet) -> SheetView:
    names = [name for name in SheetView.__dataclass_fields__ if name != "cues"]
    cues = tuple(_cue_view(each) for each in list_rows(sheet.ceremony_id))
    return SheetView(**{name: getattr(sheet, name) for name in names}, cues=cues)


def _cue_view(cue: Cue) -> CueView:
    values = {name: getattr(cue, name) for name in CueView.__dataclass_fields__}
    return CueView(**{**values, "agreements": tuple(cue.agreements)})


def list_rows(ceremony_id: str) -> list[Cue]:
    """The rows of a sheet in order, for the use cases that hold the sheet."""
    return list(db.session.scalars(select(Cue).filter_by(ceremony_id=ceremony_id).order_by(Cue.position, Cue.id)))


def lacks_words(cue: Cue | CueView) -> bool:
    """Whether a cue to come has neither a script nor a line on the stage, of those for which a plan has words."""
    return rules.is_to_come(cue.state) and cue.kind in rules.WORDED and not cue.script and not cue.stage_text


def find_row(rows: Sequence[Cue], cue_id: str) -> Cue:
    """One of the rows of a sheet; raises NotFound."""
    for row in rows:
        if row.id == cue_id:
            return row
    raise NotFound("cue_not_found")


def find_sheet(ceremony_id: str) -> SheetView | None:
    """The cue sheet of a ceremony, if it has one."""
    sheet = db.session.get(CueSheet, ceremony_id)
    return None if sheet is None else view(sheet)


def get_sheet(ceremony_id: str) -> SheetView:
    """The cue sheet of a ceremony; raises NotFound."""
    sheet = find_sheet(ceremony_id)
    if sheet is None:
        raise NotFound("cue_sheet_not_found")
    return sheet


def take_sheet(ceremony_id: str) -> CueSheet:
    """The cue sheet in order to change it; raises NotFound."""
    sheet = db.session.scalar(
        select(CueSheet).filter_by(ceremony_id=ceremony_id).with_for_update().execution_options(populate_existing=True)
    )
    if sheet is None:
        raise NotFound("cue_sheet_not_found")
    return sheet


def is_called(ceremony_id: str, agreement_id: str) -> bool:
    """Whether the cue sheet lets an agreement be signed now; always where there is none."""
    called = find_called(ceremony_id)
    return called is None or agreement_id in called


def find_called(ceremony_id: str) -> frozenset[str] | None:
    """The agreements that the cue sheet lets be signed now; None where it keeps nobody: all that are open."""
    row = db.session.execute(
        select(CueSheet.state, Cue.agreements)
        .outerjoin(Cue, (Cue.ceremony_id == CueSheet.ceremony_id) & (Cue.state == CueState.LIVE))
        .where(CueSheet.ceremony_id == ceremony_id)
    ).one_or_none()
    return rules.called(row.state, row.agreements or ()) if row else None


def shown_state(agreement: AgreementView, called: frozenset[str] | None) -> str:
    """An agreement's state as people see it: `uncalled` where only the cue sheet keeps it from being signed."""
    is_kept = agreement.state == "open" and called is not None and agreement.id not in called
    return "uncalled" if is_kept else str(agreement.state)


def public_cue(ceremony_id: str) -> dict[str, Any] | None:
    """What everybody may see of the sheet: its state, the live cue and its ticks. None where there is no sheet."""
    sheet = find_sheet(ceremony_id)
    if sheet is None:
        return None
    live = sheet.live
    return {
        "state": str(sheet.state),
        "held_at": clock.iso(sheet.held_at) if sheet.held_at else None,
        "live": _public(live) if live else None,
        "ticks": tick_queries.public(tick_queries.find_live(ceremony_id)),
    }


def _public(cue: CueView) -> dict[str, Any]:
    return {
        "id": cue.id,
        "kind": str(cue.kind),
        "title": cue.title,
        "text": cue.stage_text,
        "speaker": cue.speaker,
        "party": cue.party_key,
        "agreements": list(cue.agreements),
        "began_at": clock.iso(cue.began_at) if cue.began_at else None,
        "planned_seconds": cue.planned_seconds,
    }
