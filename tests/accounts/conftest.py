"""Accounts on SQLite: what a form or a page does is the same on both; `on_both` is for what the database decides."""

from __future__ import annotations

import pytest

from tests.support.databases import SQLITE


@pytest.fixture
def database_kind() -> str:
    """Replaces the fixture that runs every test twice."""
    return SQLITE
