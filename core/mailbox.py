"""Mail that is kept here instead of being sent, where no mail server is set: the demo's mailbox page shows it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, storage
from core.db import Base, Id, JsonValue, db, require_transaction
from core.outbox import Attachment, Mail


@dataclass(frozen=True)
class KeptFile:
    """A file of a mail: its content lies in the file storage under `digest` (SHA-256, hex)."""

    name: str
    content_type: str
    digest: str

    def read(self) -> Attachment:
        return Attachment(self.name, self.content_type, storage.read(self.digest))


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

    def list_files(self) -> list[KeptFile]:
        """What was sent along, without its content."""
        return [KeptFile(**item) for item in self.attachments]

    def list_attachments(self) -> list[Attachment]:
        """The files as they were sent along."""
        return [file.read() for file in self.list_files()]


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
            attachments=[_to_json(file) for file in (*mail.attachments, *([mail.picture] if mail.picture else []))],
        )
    )


def _to_json(file: Attachment) -> dict[str, str]:
    return {"name": file.name, "content_type": file.content_type, "digest": storage.put(file.content)}


def list_messages(*, recipient: str | None = None, limit: int = 200) -> list[MailboxMessage]:
    """The newest first."""
    query = select(MailboxMessage).order_by(MailboxMessage.at.desc(), MailboxMessage.id.desc()).limit(limit)
    if recipient is not None:
        query = query.where(MailboxMessage.recipient == recipient)
    return list(db.session.scalars(query))


def forget(message_ids: Collection[str]) -> None:
    """Inside a transaction: delete these mails for good; files that came with them stay."""
    require_transaction()
    db.session.execute(delete(MailboxMessage).where(MailboxMessage.id.in_(message_ids)))
