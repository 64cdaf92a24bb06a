"""The table of meeting links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue, one_of
from signing.meetings.rules import Source, Tool


class Meeting(Base):
    """A ceremony's meeting link; `seq` counts its changes. Without `tool` there is none.

    `wanted_…` is what a tool was asked for and has not answered yet; the link from before stays until it has.
    `asked_at` says that the tool was perhaps told of it already.
    """

    __tablename__ = "meeting"
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    tool: Mapped[Tool | None] = mapped_column(one_of(Tool))
    source: Mapped[Source | None] = mapped_column(one_of(Source))
    url: Mapped[str] = mapped_column(default="")
    code: Mapped[str] = mapped_column(String(40), default="")
    password: Mapped[str] = mapped_column(String(40), default="")
    phones: Mapped[list[str]] = mapped_column(JsonValue, default=list)
    remote_id: Mapped[str] = mapped_column(String(120), default="")
    starts_at: Mapped[datetime | None]  # for when it was made
    wanted_tool: Mapped[Tool | None] = mapped_column(one_of(Tool))
    wanted_id: Mapped[str | None] = mapped_column(Id)
    asked_at: Mapped[datetime | None]
    failed_tool: Mapped[Tool | None] = mapped_column(one_of(Tool))
    failed_why: Mapped[str] = mapped_column(String(20), default="")
    failed_code: Mapped[str] = mapped_column(String(40), default="")
    changed_at: Mapped[datetime | None]  # when the link that there is was set
    sent_seq: Mapped[int] = mapped_column(default=0)  # which link was told by mail last
