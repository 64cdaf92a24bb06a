"""Tables of drills."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, one_of
from signing.drills.rules import Place, Stroke, Target


class DropDrill(Base):
    """A line cut for practice from `began_at` to `ends_at`; `account_id` is the host whose own pages it cuts."""

    __tablename__ = "drop_drill"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), index=True)
    target: Mapped[Target] = mapped_column(one_of(Target))
    seat_id: Mapped[str | None] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"))
    account_id: Mapped[str | None] = mapped_column(Id)
    seconds: Mapped[int]
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    was_ended: Mapped[bool] = mapped_column(default=False)
    began_by: Mapped[str] = mapped_column(Id)


class DrillPage(Base):
    """A page that was cut off, by the key that it gave itself; `right_ms` and `stroke` are its own word."""

    __tablename__ = "drill_page"
    drill_id: Mapped[str] = mapped_column(ForeignKey("drop_drill.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    place: Mapped[Place] = mapped_column(one_of(Place))
    seat_id: Mapped[str | None] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"))
    cut_at: Mapped[datetime]
    reloads: Mapped[int] = mapped_column(default=0)
    was_proved: Mapped[bool]
    back_at: Mapped[datetime | None]
    is_proved: Mapped[bool | None]
    right_ms: Mapped[int | None]
    stroke: Mapped[Stroke | None] = mapped_column(one_of(Stroke))
