"""Mail that is kept here instead of being sent, where no mail server is set: the demo's mailbox page shows it."""

from __future__ import annotations

import base64
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base, Id, JsonValue, db, require_transaction
from core.outbox import Attachment, Mail


class MailboxMessage(Base):
    """One mail; the id is that of its outbox message, so that it is kept once."""

    __tablename__ = "mailbox_message"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    recipient: Mapped[str] = mapped_column(String(320), index=True)
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    attachments: Mapped[list[dict[str, str]]] = mapped_column(JsonValue)

    def list_attachments(self) -> list[Attachment]:
        """The files as they were sent along."""
        return [
            Attachment(item["name"], item["content_type"], base64.b64decode(item["content"]))
            for item in self.attachments
        ]


def keep(message_id: str, recipient: str, mail: Mail) -> None:
    """Put a mail into the mailbox, inside a transaction."""
    require_transaction()
    db.session.add(
        MailboxMessage(
            id=message_id,
            at=clock.now(),
            recipient=recipient,
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
            attachments=[_to_json(file) for file in mail.attachments],
        )
    )


def _to_json(file: Attachment) -> dict[str, str]:
    content = base64.b64encode(file.content).decode()
    return {"name": file.name, "content_type": file.content_type, "content": content}


def list_messages(*, recipient: str | None = None, limit: int = 200) -> list[MailboxMessage]:
    """The newest first."""
    query = select(MailboxMessage).order_by(MailboxMessage.at.desc(), MailboxMessage.id.desc()).limit(limit)
    if recipient is not None:
        query = query.where(MailboxMessage.recipient == recipient)
    return list(db.session.scalars(query))
