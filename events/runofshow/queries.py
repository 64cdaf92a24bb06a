"""Reads of runs-of-show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from core.db import db
from core.errors import NotFound
from core.values import Texts
from events.runofshow import models, rules
from events.runofshow.models import ShowCue, ShowLane, ShowRun
from events.runofshow.rules import Crew, CueKind, CuePlan, CueState, Outcome
from events.runofshow.show_rules import Cue, Lane, Show


@dataclass(frozen=True)
class CueView:
    """A cue as pages and other features see it: its plan and how it stands."""

    id: str
    plan: CuePlan
    state: CueState
    stood_by_at: datetime | None
    ready: tuple[str, ...]
    added: timedelta

    @property
    def title(self) -> Texts:
        return self.plan.title

    @property
    def kind(self) -> CueKind:
        return self.plan.kind

    @property
    def is_to_come(self) -> bool:
        """Whether it can still be changed, moved and removed."""
        return rules.is_to_come(self.state)


@dataclass(frozen=True)
class ShowView:
    """A show: its value for the rules, and its cues with their words, in the order of the plan."""

    conference_id: str
    revision: int
    opens_at: datetime
    show: Show
    cues: tuple[CueView, ...]

    def cue(self, cue_id: str) -> CueView:
        """Raises NotFound."""
        for cue in self.cues:
            if cue.id == cue_id:
                return cue
        raise NotFound("show_cue_not_found")


@dataclass(frozen=True)
class RunView:
    """That a cue was live in a lane."""

    cue_id: str
    lane: str
    began_at: datetime
    ended_at: datetime
    held: timedelta
    outcome: Outcome


def channel(conference_id: str) -> str:
    """The live channel of those who run the show."""
    return f"show:{conference_id}"


def has_show(conference_id: str) -> bool:
    """Whether a run-of-show was made."""
    return bool(db.session.scalar(select(exists().where(models.Show.conference_id == conference_id))))


def get_show(conference_id: str) -> ShowView:
    """Raises NotFound `show_not_made`."""
    row = db.session.get(models.Show, conference_id)
    if row is None:
        raise NotFound("show_not_made")
    cues = list_cues(conference_id)
    lanes = db.session.scalars(select(ShowLane).filter_by(conference_id=conference_id).order_by(ShowLane.venue_id))
    return ShowView(conference_id, row.revision, row.opens_at, as_value(list(lanes), cues), tuple(map(view, cues)))


def take_show(conference_id: str) -> models.Show:
    """The show in order to change its plan; raises NotFound `show_not_made`."""
    row = db.session.scalar(
        select(models.Show)
        .filter_by(conference_id=conference_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound("show_not_made")
    return row


def take_lanes(conference_id: str) -> list[ShowLane]:
    """All lanes of a show in order to act in them, always in the same order; raises NotFound `show_not_made`."""
    rows = db.session.scalars(
        select(ShowLane)
        .filter_by(conference_id=conference_id)
        .order_by(ShowLane.venue_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        raise NotFound("show_not_made")
    return list(rows)


def list_cues(conference_id: str) -> list[ShowCue]:
    """The rows in the order of the plan."""
    return list(
        db.session.scalars(
            select(ShowCue)
            .filter_by(conference_id=conference_id)
            .order_by(ShowCue.position)
            .execution_options(populate_existing=True)
        )
    )


def list_runs(conference_id: str) -> list[RunView]:
    """What has run and ended, in the order of its beginning."""
    rows = db.session.scalars(
        select(ShowRun).filter_by(conference_id=conference_id).order_by(ShowRun.began_at, ShowRun.venue_id, ShowRun.id)
    )
    return [
        RunView(row.cue_id, row.venue_id, row.began_at, row.ended_at, timedelta(milliseconds=row.held_ms), row.outcome)
        for row in rows
    ]


def view(row: ShowCue) -> CueView:
    """One cue's row."""
    return CueView(
        row.id, plan_of(row), row.state, row.stood_by_at, tuple(row.ready), timedelta(seconds=row.added_seconds)
    )


def plan_of(row: ShowCue) -> CuePlan:
    """What is planned on it."""
    return CuePlan(
        kind=row.kind,
        title=row.title,
        lanes=tuple(row.lanes),
        length=timedelta(seconds=row.length_seconds),
        starts_at=row.starts_at,
        speaker=row.speaker,
        script=row.script,
        warn=timedelta(seconds=row.warn_seconds),
        danger=timedelta(seconds=row.danger_seconds),
        notes={Crew(name): note for name, note in row.notes.items()},
        item_key=row.item_key,
    )


def as_value(lanes: list[ShowLane], cues: list[ShowCue]) -> Show:
    """The show as its rules see it."""
    return Show({row.venue_id: _lane(row) for row in lanes}, {row.id: _cue(row) for row in cues})


def _lane(row: ShowLane) -> Lane:
    return Lane(
        row.venue_id,
        seq=row.seq,
        needs_ack=row.needs_ack,
        cue_id=row.cue_id,
        began_at=row.began_at,
        held_at=row.held_at,
        held=timedelta(milliseconds=row.held_ms),
        delay=timedelta(seconds=row.delay_seconds),
        over_at=row.over_at,
        ran=tuple(row.ran),
    )


def _cue(row: ShowCue) -> Cue:
    return Cue(
        row.id,
        lanes=tuple(row.lanes),
        length=timedelta(seconds=row.length_seconds),
        starts_at=row.starts_at,
        state=row.state,
        stood_by_at=row.stood_by_at,
        ready=frozenset(row.ready),
        added=timedelta(seconds=row.added_seconds),
    )
