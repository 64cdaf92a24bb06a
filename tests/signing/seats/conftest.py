"""Ceremonies in which signers may bring certificates of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import foreign_ca
from tests.support.foreign_ca import ForeignCA
from tests.support.quick import Quick, QuickWorld


@pytest.fixture(scope="module")
def ca() -> ForeignCA:
    return ForeignCA()


@pytest.fixture
def entered(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("entered", "sqlite", data_dir) as made:
        yield made


@pytest.fixture
def open_to_own(entered: Quick, ca: ForeignCA, tmp_path: Path) -> Iterator[Quick]:
    """An installation that accepts the authority's certificates, without its lists."""
    with foreign_ca.accepted(tmp_path, ca):
        yield entered
