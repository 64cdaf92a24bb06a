"""The audit trail: one hash-chained line per act, canonical JSON (RFC 8785), never changed (signing.md 4).

Personal values stand beside the chain, which holds a salted digest of each: deleting one leaves the chain whole
(docs/decisions/0015-private-values.md).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, Index, String, bindparam, delete, event, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core import canonical, clock
from core.db import Base, Id, db, insert_missing, require_transaction, table_of, take_trail_head
from core.prepared import Prepared

NO_ENTRY = "0" * 64
PRIVATE = "private"  # the one key of what stands in an entry for a value beside the chain
INSTALLATION = "installation"  # the chain of what belongs to no ceremony: accounts, settings, keys


@dataclass(frozen=True)
class Actor:
    """Who acted: `account`, `seat`, `witness`, `guest` or `system`, by the record's id; never a name or address."""

    kind: str
    id: str = ""
    party: str = ""
    address: str = ""  # the network address as ProxyFix gives it, so that the page can say "from where"

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value}


SYSTEM = Actor("system")


@dataclass(frozen=True)
class Private:
    """A value about a person, for the data of an entry: it stands beside the chain and can be deleted."""

    value: str


@dataclass(frozen=True)
class Subject:
    """What was acted on."""

    kind: str
    id: str

    def to_json(self) -> dict[str, str]:
        return {"kind": self.kind, "id": self.id}


@dataclass(frozen=True)
class Recorded:
    """An entry that was added: its number in the chain, and its digest."""

    seq: int
    digest: str


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


class AuditPrivate(Base):
    """A personal value of an entry, beside the chain; `field` says where it belongs: `actor.address`, `data.place`."""

    __tablename__ = "audit_private"
    chain: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(60), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    value: Mapped[str]


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
    return hashlib.sha256(canonical.dumps({key: value for key, value in entry.items() if key != "digest"})).hexdigest()


def commitment(salt: str, value: str) -> str:
    """What stands in the chain for a private value: SHA-256, hex, of the canonical {"salt", "value"}."""
    return hashlib.sha256(canonical.dumps({"salt": salt, "value": value})).hexdigest()


# Built once for all, of tables alone: a head that the session remembers from before the lock would fork the chain.
_HEADS, _ENTRIES, _BESIDE = (table_of(model) for model in (AuditHead, AuditEntry, AuditPrivate))
_TAKE_HEAD = Prepared(
    select(_HEADS.c.seq, _HEADS.c.digest).where(_HEADS.c.chain == bindparam("named")).with_for_update()
)
_SET_HEAD = Prepared(
    update(_HEADS)
    .where(_HEADS.c.chain == bindparam("named"))
    .values(seq=bindparam("newest"), digest=bindparam("shown"))
)
_ADD_ENTRY, _ADD_BESIDE = Prepared(insert(_ENTRIES)), Prepared(insert(_BESIDE))


def record(chain: str, action: str, *, actor: Actor, subject: Subject, **data: Any) -> Recorded:
    """Add one entry to a chain, inside the transaction of the change that it tells of, before its live updates.

    A value that is `Private`, and the actor's network address, are kept beside the chain.
    """
    # What the change wrote comes first: in every unit of work the trail's head is taken after its rows.
    require_transaction()
    take_trail_head(chain)
    head = _TAKE_HEAD.run({"named": chain}).one_or_none()
    if head is None:
        insert_missing(AuditHead, chain=chain, seq=0, digest=NO_ENTRY)
        head = _TAKE_HEAD.run({"named": chain}).one_or_none()
    at = clock.now()
    entry: dict[str, Any] = {
        "seq": head.seq + 1,
        "at": clock.iso(at),
        "ceremony": chain,
        "action": action,
        "actor": actor.to_json(),
        "subject": subject.to_json(),
        "data": {name: value.value if isinstance(value, Private) else value for name, value in data.items()},
        "prev": head.digest,
    }
    told = [("data", name) for name, value in data.items() if isinstance(value, Private)]
    beside = _put_beside(entry, [("actor", "address"), *told])
    entry["digest"] = digest_of(entry)
    row = {
        "chain": chain,
        "seq": entry["seq"],
        "at": at,
        "action": action,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "digest": entry["digest"],
        "line": canonical.dumps(entry).decode(),
    }
    _ADD_ENTRY.run(row)
    _ADD_BESIDE.run_each(beside)
    _SET_HEAD.run({"named": chain, "newest": entry["seq"], "shown": entry["digest"]})
    return Recorded(entry["seq"], entry["digest"])


def _put_beside(entry: dict[str, Any], places: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
    """Leave a commitment where a private value stands in the entry; returns the rows of the values. What is empty
    stays."""
    rows = []
    for part, name in places:
        if value := entry[part].get(name):
            salt = secrets.token_hex(16)
            entry[part][name] = {PRIVATE: commitment(salt, value)}
            named = {"chain": entry["ceremony"], "seq": entry["seq"], "field": f"{part}.{name}"}
            rows.append({**named, "salt": salt, "value": value})
    return rows


def list_private(chain: str, seqs: Collection[int] | None = None, *, hold: bool = False) -> list[AuditPrivate]:
    """The private values of a chain that are still there, in order; with `seqs`, those of these entries.

    With `hold`, inside a transaction: nobody deletes them before it ends, and who was about to has done so.
    """
    query = select(AuditPrivate).filter_by(chain=chain).order_by(AuditPrivate.seq, AuditPrivate.field)
    if seqs is not None:
        query = query.where(AuditPrivate.seq.in_(seqs))
    if hold:
        require_transaction()
        query = query.with_for_update(read=True)
    return list(db.session.scalars(query))


def delete_private(chain: str, seqs: Collection[int] | None = None) -> int:
    """Delete the private values of a chain, or of these entries, for good; returns how many. The chain stays whole."""
    require_transaction()
    query = delete(AuditPrivate).filter_by(chain=chain)
    if seqs is not None:
        query = query.where(AuditPrivate.seq.in_(seqs))
    return int(db.session.execute(query).rowcount)  # type: ignore[attr-defined]


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
