"""Tables of evidence."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue


class ArchivedFile(Base):
    """One form of a sealed file: as it was issued (number 0), or with one more archive timestamp.

    `original` is the digest under which it was issued; `renew_by` when the newest timestamp must be covered by another.
    """

    __tablename__ = "archived_file"
    __table_args__ = (UniqueConstraint("original", "number"),)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    original: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"))
    what: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime]
    renew_by: Mapped[datetime] = mapped_column(index=True)


class KitContent(Base):
    """What a kit is packed from, fixed once: `files` gives the digest of each by its path, manifest and signature too.

    `kit` is the id of the agreement, or of the ceremony, that it is about; of two makings the first one counts.
    """

    __tablename__ = "kit_content"
    kit: Mapped[str] = mapped_column(Id, primary_key=True)
    files: Mapped[dict[str, str]] = mapped_column(JsonValue)
    trail_seq: Mapped[int]
    trail_head: Mapped[str] = mapped_column(String(64))
