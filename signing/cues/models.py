"""Tables of cue sheets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue, one_of
from signing.cues.rules import CueKind, CueState, SheetState


class CueSheet(Base):
    """The one row that every act on a running sheet takes; `seq` counts them."""

    __tablename__ = "cue_sheet"
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    state: Mapped[SheetState] = mapped_column(one_of(SheetState), default=SheetState.PLANNED)
    began_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Cue(Base):
    """One step of a ceremony; `agreements` are the ids that it calls, `began_at` and `ended_at` its newest run."""

    __tablename__ = "cue"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("cue_sheet.ceremony_id"), index=True)
    position: Mapped[int]
    kind: Mapped[CueKind] = mapped_column(one_of(CueKind))
    title: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    party_key: Mapped[str] = mapped_column(String(40), default="")
    speaker: Mapped[str] = mapped_column(String(80), default="")
    script: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    stage_text: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    agreements: Mapped[list[str]] = mapped_column(JsonValue)
    planned_seconds: Mapped[int]
    state: Mapped[CueState] = mapped_column(one_of(CueState), default=CueState.PLANNED)
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class CueTick(Base):
    """That a party was heard, or read out the right code, on the run of a cue that began at `run_at`.

    `ticker` is `host`, or the id of a witness; `by_id` the account or witness who ticked. Taken back, the row goes.
    `codes`: at the same-record code, what was compared: the digests of the texts by agreement.
    """

    __tablename__ = "cue_tick"
    __table_args__ = (UniqueConstraint("cue_id", "run_at", "party_key", "ticker"),)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    cue_id: Mapped[str] = mapped_column(ForeignKey("cue.id", ondelete="CASCADE"))
    run_at: Mapped[datetime]
    party_key: Mapped[str] = mapped_column(String(40))
    ticker: Mapped[str] = mapped_column(String(40))
    by_id: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    codes: Mapped[dict[str, str]] = mapped_column(JsonValue)
