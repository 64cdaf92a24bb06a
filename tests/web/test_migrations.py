from __future__ import annotations

import ast
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from core import audit, paths
from core.config import Settings
from core.engine import WRITES, engine_options
from tests.support.core_app import environment, use_settings
from tests.support.forks import ForkedProcesses
from web import migrate
from web.migrate import NewerDatabase


@pytest.fixture
def product(database_url: str, data_dir: Path) -> Settings:
    return use_settings(database_url, data_dir)


@pytest.fixture
def engine(product: Settings) -> Iterator[Engine]:
    made = create_engine(product.sqlalchemy_url, **engine_options(product.sqlalchemy_url))
    yield made
    made.dispose()


def trigger_names(connection: Connection) -> set[str]:
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    return set(connection.scalars(text(query[connection.dialect.name])))


def test_migrations_give_the_tables_of_the_models(product: Settings, engine: Engine) -> None:
    migrate.upgrade(product)
    with engine.connect() as connection:
        assert migrate.list_differences(connection) == []


def test_a_missing_column_is_seen_by_the_comparison(product: Settings, engine: Engine) -> None:
    migrate.upgrade(product)
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        connection.execute(text("ALTER TABLE live_update DROP COLUMN kind"))
        assert len(migrate.list_differences(connection)) == 1


def test_migrations_give_the_triggers_of_the_models(product: Settings, engine: Engine) -> None:
    migrate.upgrade(product)
    with engine.connect() as connection:
        migrated = trigger_names(connection)
        wanted = {
            word
            for statement in audit.TRIGGERS[connection.dialect.name]
            for word in statement.split()
            if statement.startswith("CREATE TRIGGER") and word.startswith("audit_entry_no")
        }
    assert migrated >= wanted
    assert wanted
    written = runpy.run_path(str(paths.migrations() / "versions" / "0002_append_only_trail.py"))
    assert written["STATEMENTS"] == audit.TRIGGERS


def test_the_migrated_trail_refuses_changes(product: Settings, engine: Engine) -> None:
    migrate.upgrade(product)
    with engine.begin() as connection:
        columns = "chain, seq, at, action, actor_kind, actor_id, subject_kind, subject_id, digest, line"
        values = "'c', 1, '2026-07-01 00:00:00', 'a', 'k', 'i', 'k', 'i', 'd', 'l'"
        connection.execute(text(f"INSERT INTO audit_entry ({columns}) VALUES ({values})"))
    for statement in ("UPDATE audit_entry SET line = ''", "DELETE FROM audit_entry"):
        with pytest.raises(DatabaseError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))


def test_a_second_upgrade_changes_nothing(product: Settings, engine: Engine) -> None:
    migrate.upgrade(product)
    before = inspect(engine).get_table_names()
    migrate.upgrade(product)
    assert inspect(engine).get_table_names() == before


def test_processes_that_start_at_once_migrate_once(
    product: Settings, engine: Engine, processes: ForkedProcesses
) -> None:
    started = [processes.fork("web.cli", "migrate", env=environment(product)) for _ in range(3)]
    for process in started:
        assert process.wait() == 0, process.output()
    with engine.connect() as connection:
        assert migrate.list_differences(connection) == []


def test_a_migration_that_breaks_off_leaves_nothing(
    product: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements = dict.fromkeys(("sqlite", "postgresql"), ("CREATE TRIGGER nonsense",))
    folder = product.data_dir / "migrations"
    copy_migrations(folder)
    second = folder / "versions" / "0002_append_only_trail.py"
    second.write_text(second.read_text().replace("STATEMENTS[op", f"{statements!r}[op"))
    monkeypatch.setattr(paths, "migrations", lambda: folder)
    with pytest.raises(DatabaseError):
        migrate.upgrade(product)
    assert inspect(engine).get_table_names() == []


def test_a_database_of_a_newer_version_is_refused(product: Settings, engine: Engine) -> None:
    migrate.upgrade(product)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="9999"):
        migrate.upgrade(product)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_new_revision_is_written_from_the_difference(product: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    copy_migrations(folder)
    migrate.write_revision("Nothing new", folder, revision_id="9000")
    [written] = (folder / "versions").glob("9000*.py")
    tree = ast.parse(written.read_text())
    upgrade = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade")
    assert [type(node) for node in upgrade.body] == [ast.Pass]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_revisions_stand_in_one_line(product: Settings) -> None:
    script = ScriptDirectory(str(paths.migrations()))
    assert len(script.get_heads()) == 1
    assert [revision.revision for revision in script.walk_revisions()][-1] == "0001"


def copy_migrations(folder: Path) -> None:
    for source in sorted(paths.migrations().rglob("*")):
        if source.is_file() and "__pycache__" not in source.parts:
            target = folder / source.relative_to(paths.migrations())
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
