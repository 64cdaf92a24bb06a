"""Tables of runs-of-show."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue, one_of
from events.runofshow.rules import CueKind, CueState, Outcome


class Show(Base):
    """The run-of-show of a conference; `revision` counts what was changed in its plan."""

    __tablename__ = "show"
    conference_id: Mapped[str] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)
    opens_at: Mapped[datetime]
    made_at: Mapped[datetime]


class ShowLane(Base):
    """One venue in a show: the row that every act in it takes; `seq` counts them, `ran` are its cues that are done."""

    __tablename__ = "show_lane"
    conference_id: Mapped[str] = mapped_column(ForeignKey("show.conference_id"), primary_key=True)
    # Without a reference: a hall that is taken out of the plan later leaves what it ran.
    venue_id: Mapped[str] = mapped_column(Id, primary_key=True)
    needs_ack: Mapped[bool]  # somebody stands there who says that the hall is ready
    seq: Mapped[int] = mapped_column(default=0)
    cue_id: Mapped[str | None] = mapped_column(String(40))
    began_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    held_ms: Mapped[int] = mapped_column(default=0)
    delay_seconds: Mapped[int] = mapped_column(default=0)
    over_at: Mapped[datetime | None]
    ran: Mapped[list[str]] = mapped_column(JsonValue)


class ShowCue(Base):
    """One step of a show; `lanes` are ids of venues, `ready` those that acknowledged the stand-by of `stood_by_at`."""

    __tablename__ = "show_cue"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("show.conference_id"), index=True)
    position: Mapped[int]
    kind: Mapped[CueKind] = mapped_column(one_of(CueKind))
    title: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    lanes: Mapped[list[str]] = mapped_column(JsonValue)
    length_seconds: Mapped[int]
    starts_at: Mapped[datetime | None]
    speaker: Mapped[str] = mapped_column(String(160), default="")
    script: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    warn_seconds: Mapped[int]
    danger_seconds: Mapped[int]
    notes: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    item_key: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[CueState] = mapped_column(one_of(CueState), default=CueState.PLANNED)
    stood_by_at: Mapped[datetime | None]
    ready: Mapped[list[str]] = mapped_column(JsonValue)
    added_seconds: Mapped[int] = mapped_column(default=0)


class ShowRun(Base):
    """That a cue was live in a lane from then until then; written once, when it ends."""

    __tablename__ = "show_run"
    __table_args__ = (Index(None, "conference_id", "venue_id", "began_at"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conference_id: Mapped[str] = mapped_column(ForeignKey("show.conference_id"))
    cue_id: Mapped[str] = mapped_column(String(40))
    venue_id: Mapped[str] = mapped_column(Id)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    held_ms: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(one_of(Outcome))
