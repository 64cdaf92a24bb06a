"""Ceremonies that are played once in a run of the tests, by the worker that needs them first, and copied for each test.

They are played on SQLite. A worker's PostgreSQL is given the same rows, and copies its database for each test.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from flask import Flask
from sqlalchemy import MetaData, NullPool, create_engine, func, insert, select

from core import config
from core.db import db
from tests.support import apps
from tests.support.ceremony import Person, Played, close_app, make_app
from tests.support.databases import SQLITE, Databases, copy_sqlite
from tests.support.once import made_once

TABLES = "tables"
_DATABASE, _FILES, _PLAYED = "database.db", "data", "played.json"


@dataclass(frozen=True)
class Stage:
    """`play` is called inside an application context; it is given what was played `after` which it comes."""

    name: str
    play: Callable[[Played | None], Played]
    after: Stage | None = None
    demo: bool = False


def copy_rows(source: str, target: str, metadata: MetaData) -> None:
    """All rows from one database into the empty tables of another, by their URLs."""
    read, write = (create_engine(url, poolclass=NullPool) for url in (source, target))
    with read.connect() as reading, write.begin() as writing:
        for table in metadata.sorted_tables:
            if table.autoincrement_column is not None:
                raise NotImplementedError(f"{table.name} counts its rows itself: the counter must be copied, too")
            if rows := [dict(row) for row in reading.execute(select(table)).mappings()]:
                writing.execute(insert(table), rows)
            assert writing.scalar(select(func.count()).select_from(table)) == len(rows), table.name


def save_played(played: Played, file: Path) -> None:
    people = {
        party: {
            "seat_id": person.seat_id,
            "party": person.party,
            "key": person.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        }
        for party, person in played.people.items()
    }
    file.write_text(json.dumps({**asdict(replace(played, people={})), "people": people}))


def load_played(file: Path) -> Played:
    data = json.loads(file.read_text())
    people = {}
    for party, person in data.pop("people").items():
        key = load_pem_private_key(person["key"].encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        people[party] = Person(person["seat_id"], person["party"], key)
    return Played(**data, people=people)


class Stages:
    """Copies of stages; `folder` is shared by the workers of a run."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self._databases = databases
        self._folder = folder

    @contextmanager
    def at(self, stage: Stage, kind: str, data_dir: Path, *, inside: bool = True) -> Iterator[tuple[Flask, Played]]:
        """An application, whose context is entered if `inside`, and what was played, both for one test alone."""
        before = config._current[:]
        with self.copied(stage, kind, data_dir) as (url, played):
            app = make_app(url, data_dir, demo=stage.demo)
            try:
                with app.app_context() if inside else nullcontext():
                    yield app, played
            finally:
                close_app(app)
                config._current[:] = before

    @contextmanager
    def copied(self, stage: Stage, kind: str, data_dir: Path) -> Iterator[tuple[str, Played]]:
        """The URL of a database, and what was played, for one test alone; its files are put into `data_dir`."""
        made = self._made(stage)
        url = self._copy(stage, kind, made)
        try:
            shutil.copytree(made / _FILES, data_dir, dirs_exist_ok=True)
            yield url, load_played(made / _PLAYED)
        finally:
            self._databases.drop(url)

    def _made(self, stage: Stage) -> Path:
        return made_once(self._folder, stage.name, lambda folder: self._make(stage, folder))

    def _make(self, stage: Stage, folder: Path) -> None:
        before = config._current[:]
        played = None
        if stage.after:
            earlier = self._made(stage.after)
            played = load_played(earlier / _PLAYED)
            copy_sqlite(earlier / _DATABASE, folder / _DATABASE)
            shutil.copytree(earlier / _FILES, folder / _FILES)
        else:
            (folder / _FILES).mkdir(mode=0o700)
        app = make_app(f"sqlite:///{folder / _DATABASE}", folder / _FILES, demo=stage.demo)
        try:
            with app.app_context():
                db.create_all()
                played = stage.play(played)
        finally:
            close_app(app)
            config._current[:] = before
        save_played(played, folder / _PLAYED)

    def _copy(self, stage: Stage, kind: str, made: Path) -> str:
        source = made / _DATABASE
        if kind == SQLITE:
            return self._databases.copy_of(
                kind, stage.name, lambda url: copy_sqlite(source, Path(url.removeprefix("sqlite:///")))
            )
        self._databases.make_ready(kind, TABLES, apps.make_tables)
        return self._databases.copy_of(
            kind, stage.name, lambda url: copy_rows(f"sqlite:///{source}", url, db.metadata), of=TABLES
        )
