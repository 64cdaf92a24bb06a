"""The log of scans is never changed, whoever asks the database for it."""

from __future__ import annotations

import runpy
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from core import paths
from core.db import db, transaction
from events.checkin import models
from events.checkin.models import Scan
from events.checkin.rules import Decision, Direction, ScanKind
from events.conferences.queries import ConferenceView

AT = datetime(2026, 7, 1, 1, tzinfo=UTC)


def scan(conference_id: str, number: int = 1) -> Scan:
    return Scan(
        id=f"scn_{number}",
        conference_id=conference_id,
        venue_id="ven_1",
        door_id="dor_1",
        phone_id="phn_1",
        clerk_id="acc_1",
        nonce=f"nonce_{number}",
        kind=ScanKind.NAME,
        direction=Direction.IN,
        phone_at=AT,
        happened_at=AT,
        received_at=AT,
        clock_off_ms=0,
        is_clock_off=False,
        decision=Decision.ADMITTED,
        shown=Decision.ADMITTED,
        passed=True,
    )


@pytest.mark.parametrize("statement", ["UPDATE scan SET passed = false", "DELETE FROM scan"])
def test_the_log_of_scans_refuses_changes(app: Flask, draft: ConferenceView, statement: str) -> None:
    with transaction():
        db.session.add(scan(draft.id))
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        db.session.execute(text(statement))
    with transaction():
        db.session.add(scan(draft.id, 2))  # adding goes on


@pytest.mark.parametrize("same", ["id", "nonce"])
@pytest.mark.parametrize("database_kind", ["sqlite"])  # the statement is SQLite's own
def test_no_row_is_replaced(app: Flask, draft: ConferenceView, same: str) -> None:
    with transaction():
        db.session.add(scan(draft.id))
    columns = [column.key for column in Scan.__table__.columns]
    other = {"id": "nonce", "nonce": "id"}[same]
    chosen = ", ".join("'another'" if name == other else name for name in columns)
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        db.session.execute(text(f"INSERT OR REPLACE INTO scan ({', '.join(columns)}) SELECT {chosen} FROM scan"))


def test_the_migration_has_the_triggers_of_the_models() -> None:
    written = runpy.run_path(str(paths.migrations() / "versions" / "0002_append_only_trail.py"))
    assert written["OF_SCANS"] == models.TRIGGERS
