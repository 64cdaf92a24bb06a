from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import pytest
import rfc8785
from flask import Flask
from sqlalchemy import Engine, bindparam, event, func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

import core.engine
from core import audit, clock
from core.audit import NO_ENTRY, Actor, AuditEntry, AuditHead, Private, Recorded, Subject
from core.config import Settings
from core.db import WriteOutsideTransaction, db, transaction
from core.prepared import Prepared
from tests.support.core_app import environment
from tests.support.forks import ForkedProcesses
from tests.support.meeting import Meeting

SEAT = Actor("seat", "sea_1", party="park", address="192.0.2.7")
AGREEMENT = Subject("agreement", "agr_1")


def record(chain: str = "cer_1", action: str = "agreement.signed", **data: object) -> Recorded:
    return audit.record(chain, action, actor=SEAT, subject=AGREEMENT, **data)


def lines(chain: str = "cer_1") -> list[dict[str, object]]:
    return [json.loads(line) for line in audit.list_lines(chain)]


def check_chain(chain: str, *, length: int) -> None:
    """A stranger's check, with nothing of ours: numbers without a gap, each line bound to the one before."""
    before = "0" * 64
    kept = list(audit.list_lines(chain))
    assert len(kept) == length
    for number, line in enumerate(kept, 1):
        entry = json.loads(line)
        digest = entry.pop("digest")
        assert entry["seq"] == number
        assert entry["prev"] == before
        assert digest == hashlib.sha256(rfc8785.dumps(entry)).hexdigest()
        before = digest
    assert audit.find_head(chain) == (length, before)


def beside_of(seq: int) -> dict[str, str]:
    """What an entry must hold for the private values beside it, by a stranger's means."""
    found = {}
    for row in audit.list_private("cer_1", [seq]):
        canonical = json.dumps({"salt": row.salt, "value": row.value}, ensure_ascii=False, separators=(",", ":"))
        found[row.field] = hashlib.sha256(canonical.encode()).hexdigest()
    return found


def test_private_values_stand_beside_the_chain_and_can_be_deleted_without_breaking_it(context: Flask) -> None:
    with transaction():
        record(place=Private("成都，天府大道 1 号"), reason=Private(""), text="v1")
        record(place=Private("成都，天府大道 1 号"))
    first, second = lines()
    assert first["data"] == {"text": "v1", "reason": "", "place": {"private": beside_of(1)["data.place"]}}
    assert first["data"]["place"] != second["data"]["place"]  # type: ignore[index]  # salted: equal values do not show
    assert not [line for line in audit.list_lines("cer_1") if "成都" in line or "192.0.2.7" in line]
    values = [(row.seq, row.field, row.value) for row in audit.list_private("cer_1")]
    assert values[:2] == [(1, "actor.address", "192.0.2.7"), (1, "data.place", "成都，天府大道 1 号")]
    with transaction():
        assert audit.delete_private("cer_1", [1]) == 2
    check_chain("cer_1", length=2)
    assert [row.seq for row in audit.list_private("cer_1")] == [2, 2]
    with transaction():
        assert audit.delete_private("cer_1") == 2
    assert audit.list_private("cer_1") == []


def test_a_line_says_who_did_what_to_what_and_when(context: Flask) -> None:
    at = clock.parse_iso("2026-07-01T02:03:04.567Z")
    with clock.frozen(at), transaction():
        record(digest="ab")
    [entry] = lines()
    assert entry == {
        "seq": 1,
        "at": "2026-07-01T02:03:04.567Z",
        "ceremony": "cer_1",
        "action": "agreement.signed",
        "actor": {
            "kind": "seat",
            "id": "sea_1",
            "party": "park",
            "address": {"private": beside_of(1)["actor.address"]},
        },
        "subject": {"kind": "agreement", "id": "agr_1"},
        "data": {"digest": "ab"},
        "prev": NO_ENTRY,
        "digest": entry["digest"],
    }


def test_each_line_is_bound_to_the_one_before(context: Flask) -> None:
    for number in range(5):
        with transaction():
            record(number=number)
            record(action="agreement.read", text="签约 “云签” \n\t \U0001f58b")
    check_chain("cer_1", length=10)


def test_chains_do_not_mix(context: Flask) -> None:
    with transaction():
        record("cer_1")
        record("cer_2")
        record("cer_1")
    check_chain("cer_1", length=2)
    check_chain("cer_2", length=1)


def test_a_chain_that_has_nothing_has_the_zero_head(context: Flask) -> None:
    assert audit.find_head("cer_9") == (0, NO_ENTRY)


def test_a_head_read_before_the_entry_does_not_fork_the_chain(app: Flask) -> None:
    """On PostgreSQL a transaction that looked at the head first may find another entry there when it writes."""
    with app.app_context(), transaction():
        record()
    looked, written = threading.Event(), threading.Event()

    def write_between() -> None:
        looked.wait()
        with app.app_context(), transaction():
            record(action="between")
        written.set()

    other = threading.Thread(target=write_between)
    other.start()
    with app.app_context():
        with transaction():
            audit.find_head("cer_1")
            looked.set()
            if db.engine.dialect.name == "postgresql":
                assert written.wait(10)
            record(action="after looking")
        other.join()
        check_chain("cer_1", length=3)


def test_an_entry_belongs_to_a_transaction_and_goes_with_it(context: Flask) -> None:
    with pytest.raises(WriteOutsideTransaction):
        record()
    with pytest.raises(ZeroDivisionError), transaction():
        record()
        raise ZeroDivisionError
    with transaction():
        record()
    check_chain("cer_1", length=1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x'",
        "UPDATE audit_entry SET line = line",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE seq = 1",
    ],
)
def test_the_trail_refuses_changes(context: Flask, statement: str) -> None:
    with transaction():
        record()
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        db.session.execute(text(statement))
    check_chain("cer_1", length=1)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_the_trail_refuses_a_replacing_insert(context: Flask) -> None:
    """INSERT OR REPLACE fires no delete trigger."""
    with transaction():
        record()
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        columns = "chain, seq, at, 'other', '', '', '', '', '', ''"
        db.session.execute(text(f"INSERT OR REPLACE INTO audit_entry SELECT {columns} FROM audit_entry"))
    check_chain("cer_1", length=1)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_the_trail_refuses_to_be_emptied(context: Flask) -> None:
    with transaction():
        record()
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        db.session.execute(text("TRUNCATE audit_entry CASCADE"))
    check_chain("cer_1", length=1)


def test_eight_threads_make_one_chain(app: Flask) -> None:
    failures = together(app, 8, lambda: [write_one(app) for _ in range(10)])
    assert failures == []
    with app.app_context():
        check_chain("cer_1", length=80)


@pytest.mark.slow
def test_three_processes_make_one_chain(app: Flask, settings: Settings, processes: ForkedProcesses) -> None:
    started = [
        processes.fork("tests.core.audit_writer", "cer_1", 25, name, env=environment(settings))
        for name in ("a", "b", "c")
    ]
    for process in started:
        assert process.wait() == 0, process.output()
    with app.app_context():
        check_chain("cer_1", length=75)
        authors = Counter(db.session.scalars(select(AuditEntry.actor_id)))
    assert authors == {"a": 25, "b": 25, "c": 25}


def write_one(app: Flask) -> None:
    with app.app_context(), transaction():
        record()


def together(app: Flask, count: int, act: Callable[[], object]) -> list[BaseException]:
    """Run an act in several threads that start at the same moment; returns what went wrong."""
    start = threading.Barrier(count)
    failures: list[BaseException] = []

    def run() -> None:
        start.wait()
        try:
            act()
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


class Race(Protocol):
    """Two that record at once; returns how each failed."""

    def __call__(self, *, locked: bool) -> list[BaseException]: ...


class TestRace:
    """Two that record at the same moment, held at the point between reading the head and writing the entry."""

    @pytest.fixture
    def race(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Race:
        with app.app_context(), transaction():
            record()
        digest_of = audit.digest_of

        def run(*, locked: bool) -> list[BaseException]:
            meeting = Meeting(locked=locked)

            def meet_and_digest(entry: dict[str, object]) -> str:
                meeting.wait()
                return digest_of(entry)

            monkeypatch.setattr(audit, "digest_of", meet_and_digest)
            return together(app, 2, lambda: write_one(app))

        return run

    def test_with_the_lock_both_stand_in_one_chain(self, app: Flask, race: Race) -> None:
        assert race(locked=True) == []
        with app.app_context():
            check_chain("cer_1", length=3)

    def test_without_the_lock_one_is_lost_to_the_unique_number(
        self, app: Flask, race: Race, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with lock_off(monkeypatch):
            [failure] = race(locked=False)
        assert isinstance(failure, IntegrityError)

    def test_without_lock_and_unique_number_the_chain_forks(
        self, app: Flask, race: Race, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with app.app_context():
            drop_unique_number()
        with lock_off(monkeypatch):
            assert race(locked=False) == []
        with app.app_context():
            assert [entry["seq"] for entry in lines()] == [1, 2, 2]
            assert len({entry["prev"] for entry in lines()}) == 2


@contextmanager
def lock_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What makes writers queue is taken away: FOR UPDATE, and on SQLite the BEGIN IMMEDIATE."""
    with monkeypatch.context() as patch:
        plain = select(AuditHead).where(AuditHead.chain == bindparam("named"))
        patch.setattr(audit, "_TAKE_HEAD", Prepared(plain))
        event.remove(Engine, "begin", core.engine._begin_sqlite)
        try:
            yield
        finally:
            event.listen(Engine, "begin", core.engine._begin_sqlite)


def drop_unique_number() -> None:
    with db.engine.begin() as connection:
        for table in ("audit_entry", "audit_private"):
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}"))
            else:
                connection.execute(text(f"CREATE TABLE bare AS SELECT * FROM {table}"))
                connection.execute(text(f"DROP TABLE {table}"))
                connection.execute(text(f"ALTER TABLE bare RENAME TO {table}"))


# RFC 8785, section 3.2.2 and 3.2.3 and appendix B, as far as JSON that we write can hold them.
@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ({"b": 1, "a": 2}, '{"a":2,"b":1}'),
        ({"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}, None),
        (
            {"numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 1e-27]},
            '{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
        ),
        ({"string": '€$\x0f\nA\'B"\\\\"/'}, '{"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'),
        ({"literals": [None, True, False]}, '{"literals":[null,true,false]}'),
        ([9007199254740991, -0.0, 1e21, 0.000001], "[9007199254740991,0,1e+21,0.000001]"),
    ],
)
def test_canonical_json_is_that_of_rfc_8785(value: object, canonical: str | None) -> None:
    made = rfc8785.dumps(value).decode()  # type: ignore[arg-type]
    if canonical is None:
        # §3.2.3: sorted by UTF-16 code units, so that 😀 (a surrogate pair) comes before U+FB33.
        assert list(json.loads(made)) == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]
    else:
        assert made == canonical


def test_the_head_is_the_newest_entry(context: Flask) -> None:
    with transaction():
        entries = [record() for _ in range(3)]
    head = db.session.get_one(AuditHead, "cer_1")
    assert (head.seq, head.digest) == (entries[-1].seq, entries[-1].digest)
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == 3


def test_a_chain_can_be_read_up_to_a_number(context: Flask) -> None:
    with transaction():
        for _ in range(4):
            record()
    assert [json.loads(line)["seq"] for line in audit.list_lines("cer_1", up_to=2)] == [1, 2]
