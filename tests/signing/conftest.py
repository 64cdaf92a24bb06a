"""Ceremonies that tests of this room start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.ceremony import Played
from tests.support.ceremony_world import CeremonyWorld
from tests.support.quick import Quick, QuickWorld
from tests.support.stages import Stages

World = tuple[Flask, Played]


@pytest.fixture(scope="session")
def ceremonies(stages: Stages) -> CeremonyWorld:
    """`ceremonies.at(stage, kind, data_dir)`: a ceremony that is `invited`, `signed` or `sealed`."""
    return CeremonyWorld(stages)


@pytest.fixture
def signed(ceremonies: CeremonyWorld, database_kind: str, data_dir: Path) -> Iterator[World]:
    """Everybody has signed, and the background work is still to be done; inside an application context."""
    with ceremonies.at("signed", database_kind, data_dir) as world:
        yield world


@pytest.fixture
def sealed(ceremonies: CeremonyWorld, database_kind: str, data_dir: Path) -> Iterator[World]:
    """All is signed, sealed and packed; inside an application context."""
    with ceremonies.at("sealed", database_kind, data_dir) as world:
        yield world


@pytest.fixture
def sealed_once(ceremonies: CeremonyWorld, data_dir: Path) -> Iterator[World]:
    """Like `sealed`, on SQLite only: for what does not ask the database."""
    with ceremonies.at("sealed", "sqlite", data_dir) as world:
        yield world


@pytest.fixture(scope="session")
def quick_world(stages: Stages) -> QuickWorld:
    """`quick_world.at(stage, kind, data_dir)`: ceremonies with small papers."""
    return QuickWorld(stages)


@pytest.fixture
def drafted(quick_world: QuickWorld, database_kind: str, data_dir: Path) -> Iterator[Quick]:
    """A plan that was imported; inside an application context."""
    with quick_world.at("draft", database_kind, data_dir) as quick:
        yield quick


@pytest.fixture
def invited(quick_world: QuickWorld, database_kind: str, data_dir: Path) -> Iterator[Quick]:
    """Everybody is invited and the first agreement is open; inside an application context."""
    with quick_world.at("invited", database_kind, data_dir) as quick:
        yield quick


@pytest.fixture
def entered(quick_world: QuickWorld, database_kind: str, data_dir: Path) -> Iterator[Quick]:
    """Everybody has proved who they are, consented, has a certificate and read the first agreement."""
    with quick_world.at("entered", database_kind, data_dir) as quick:
        yield quick
