"""Tables of a ceremony's screens."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, one_of
from signing.screens.rules import Theme


class CeremonyLook(Base):
    """The organiser's own look of a ceremony; without a row it is the product's. `seq` counts its changes."""

    __tablename__ = "ceremony_look"
    ceremony_id: Mapped[str] = mapped_column(ForeignKey("ceremony.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    colour: Mapped[str] = mapped_column(String(7), default="")
    theme: Mapped[Theme] = mapped_column(one_of(Theme), default=Theme.DARK)
    emblem_digest: Mapped[str | None] = mapped_column(String(64), index=True)
