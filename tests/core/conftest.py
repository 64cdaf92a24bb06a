"""The core on each database: an application context around every test that asks for `app`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.config import Settings
from tests.support.core_app import core_app, dispose, use_settings


@pytest.fixture
def settings(database_url: str, data_dir: Path) -> Settings:
    """Settings of this test, in use."""
    return use_settings(database_url, data_dir)


@pytest.fixture
def app(settings: Settings, core_alone: None) -> Iterator[Flask]:
    """The application with the tables of the core; its context is not entered."""
    made = core_app(settings, create=True)
    yield made
    dispose(made)


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The application with its context entered."""
    with app.app_context():
        yield app
