"""The table of uploaded papers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, JsonValue


class AgreementUpload(Base):
    """The file that one agreement's text is taken from.

    `pages` lists {image, width, height, silenced, is_picture, text} of the rebuilt file; `text` only of pictures, whose
    text is nowhere else.
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
