"""The audit trail: one hash-chained line per act, canonical JSON (RFC 8785), never changed (signing.md 4)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import DDL, Index, String, event, select
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base, Id, db, insert_missing, require_transaction, take_trail_head

NO_ENTRY = "0" * 64
INSTALLATION = "installation"  # the chain of what belongs to no ceremony: accounts, settings, keys


@dataclass(frozen=True)
class Actor:
    """Who acted: `account`, `seat`, `guest` or `system`, with the id of the record; never a name or an address."""

    kind: str
    id: str = ""
    party: str = ""
    address: str = ""  # the network address as ProxyFix gives it, so that the page can say "from where"

    def to_json(self) -> dict[str, str]:
        return {name: value for name, value in vars(self).items() if value}


SYSTEM = Actor("system")


@dataclass(frozen=True)
class Subject:
    """What was acted on."""

    kind: str
    id: str

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "id": self.id}


class AuditHead(Base):
    """The newest entry of each chain; the row that writers queue at."""

    __tablename__ = "audit_head"
    chain: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class AuditEntry(Base):
    """One line. `line` is the canonical JSON that the digest was made from, with the digest in it."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "chain", "subject_id"),)
    chain: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(80))
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[str] = mapped_column(Id)
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(Id)
    digest: Mapped[str] = mapped_column(String(64))
    line: Mapped[str]


# The same statements stand in the first migration; tests/web/test_migrations.py compares them.
TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        # INSERT OR REPLACE deletes without the delete trigger.
        "CREATE TRIGGER audit_entry_no_replace BEFORE INSERT ON audit_entry "
        "WHEN EXISTS (SELECT 1 FROM audit_entry WHERE chain = NEW.chain AND seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
        "CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()",
        "CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()",
    ),
}
for _dialect, _statements in TRIGGERS.items():
    for _statement in _statements:
        event.listen(AuditEntry.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]


def digest_of(entry: dict[str, Any]) -> str:
    """SHA-256, hex, of the canonical entry without its own `digest`."""
    return hashlib.sha256(rfc8785.dumps({key: value for key, value in entry.items() if key != "digest"})).hexdigest()


def record(chain: str, action: str, *, actor: Actor, subject: Subject, **data: Any) -> AuditEntry:
    """Add one entry to a chain, inside the transaction of the change that it tells of, before its live updates."""
    require_transaction()
    take_trail_head(chain)
    insert_missing(AuditHead, chain=chain, seq=0, digest=NO_ENTRY)
    # populate_existing: a head that the session read before the lock would fork the chain.
    query = select(AuditHead).filter_by(chain=chain).with_for_update().execution_options(populate_existing=True)
    head = db.session.execute(query).scalar_one()
    at = clock.now()
    entry: dict[str, Any] = {
        "seq": head.seq + 1,
        "at": clock.iso(at),
        "ceremony": chain,
        "action": action,
        "actor": actor.to_json(),
        "subject": subject.to_json(),
        "data": data,
        "prev": head.digest,
    }
    entry["digest"] = digest_of(entry)
    row = AuditEntry(
        chain=chain,
        seq=entry["seq"],
        at=at,
        action=action,
        actor_kind=actor.kind,
        actor_id=actor.id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        digest=entry["digest"],
        line=rfc8785.dumps(entry).decode(),
    )
    db.session.add(row)
    head.seq, head.digest = entry["seq"], entry["digest"]
    db.session.flush()
    return row


def find_head(chain: str) -> tuple[int, str]:
    """Number and digest of the newest entry; (0, 64 zeros) for a chain that has none."""
    head = db.session.get(AuditHead, chain, populate_existing=True)
    return (head.seq, head.digest) if head else (0, NO_ENTRY)


def list_lines(chain: str, *, up_to: int | None = None) -> Iterator[str]:
    """The canonical lines of a chain in order, as they stand in trail.jsonl."""
    query = select(AuditEntry.line).filter_by(chain=chain).order_by(AuditEntry.seq)
    if up_to is not None:
        query = query.where(AuditEntry.seq <= up_to)
    yield from db.session.scalars(query.execution_options(yield_per=500))
