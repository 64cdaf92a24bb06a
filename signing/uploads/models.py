"""The tables of uploaded papers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue, one_of
from signing.uploads.rules import ArrivalState


class AgreementUpload(Base):
    """The file that one agreement's text is taken from.

    `pages` lists {image, width, height, silenced, text} of the rebuilt file, which has pictures alone: `text` is
    nowhere else.
    """

    __tablename__ = "agreement_upload"
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    original_digest: Mapped[str] = mapped_column(String(64))
    original_bytes: Mapped[int]
    rebuilt_digest: Mapped[str] = mapped_column(String(64))
    pages: Mapped[list[dict[str, Any]]] = mapped_column(JsonValue)
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str] = mapped_column(Id)


class PaperArrival(Base):
    """The newest file that came for an agreement, until it is the agreement's text; one that was refused says why.

    Its bytes wait in core.held under `id`, which is another for each file.
    """

    __tablename__ = "paper_arrival"
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id"), primary_key=True)
    id: Mapped[str] = mapped_column(Id, unique=True)
    state: Mapped[ArrivalState] = mapped_column(one_of(ArrivalState))
    name: Mapped[str] = mapped_column(String(120))
    bytes: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(10))
    page: Mapped[int]
    pages: Mapped[int]
    code: Mapped[str] = mapped_column(String(60))
    params: Mapped[dict[str, Any]] = mapped_column(JsonValue)
    arrived_at: Mapped[datetime] = mapped_column(index=True)
    arrived_by: Mapped[str] = mapped_column(Id)
