"""What the workers of a run share is made once, and is the same in both databases."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, select

from core.db import db
from tests.support import ceremony
from tests.support.databases import KINDS, SQLITE, Databases
from tests.support.once import made_once
from tests.support.processes import Processes, Running
from tests.support.quick import QuickWorld
from tests.support.stages import copy_rows, load_played, save_played
from tests.support.waiting import wait_until

_OTHER = """
import sys
from pathlib import Path
from tests.support.once import made_once

made_once(Path(sys.argv[1]), "it", lambda folder: (folder / "by").write_text("the other"))
"""


def waits_for_a_lock(process: Running) -> bool:
    lines = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    return any(words[1] == "->" and words[5] == str(process.pid) for words in lines)


def test_who_asks_while_it_is_made_waits_and_makes_nothing(tmp_path: Path, processes: Processes) -> None:
    asked: list[Running] = []

    def make(folder: Path) -> None:
        other = processes.start([sys.executable, "-c", _OTHER, tmp_path])
        asked.append(other)
        wait_until(lambda: waits_for_a_lock(other) or not other.is_alive, 60)
        (folder / "by").write_text("the first")

    made = made_once(tmp_path, "it", make)
    assert asked[0].wait() == 0, asked[0].output()
    assert (made / "by").read_text() == "the first"


def test_what_failed_is_made_anew(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        made_once(tmp_path, "it", fail)
    made = made_once(tmp_path, "it", lambda folder: (folder / "whole").touch())
    assert [file.name for file in made.iterdir()] == ["whole"]


def all_rows() -> dict[str, list[dict[str, Any]]]:
    return {
        table.name: [
            dict(row) for row in db.session.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        ]
        for table in db.metadata.sorted_tables
    }


def test_both_databases_hold_the_same_ceremony(quick_world: QuickWorld, tmp_path: Path) -> None:
    found = []
    for kind in KINDS:
        with quick_world.at("entered", kind, tmp_path / kind):
            found.append(all_rows())
    assert found[0] == found[1]
    assert {"ceremony", "seat_certificate", "audit_entry", "live_update", "job"} < {
        name for name, rows in found[0].items() if rows
    }


def test_tables_that_count_are_not_copied_without_their_counter(databases: Databases) -> None:
    counting = MetaData()
    Table("counting", counting, Column("number", Integer, primary_key=True))
    with pytest.raises(NotImplementedError, match="counting"):
        copy_rows(databases.empty(SQLITE), databases.empty(SQLITE), counting)


def test_people_keep_their_keys(quick_world: QuickWorld, data_dir: Path, tmp_path: Path) -> None:
    with quick_world.at("entered", SQLITE, data_dir) as world:
        save_played(world.played, tmp_path / "played.json")
        again = load_played(tmp_path / "played.json")
        for party, person in world.people.items():
            assert again.people[party].key.private_numbers() == person.key.private_numbers()
        assert (again.ceremony_id, again.agreements) == (world.id, world.agreements)
        assert ceremony.link_token(again.people["party_a"].seat_id)
