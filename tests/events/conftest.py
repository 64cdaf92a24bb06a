"""A conference that tests of this room begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from events.conferences.queries import ConferenceView
from tests.support import conference as sample


@pytest.fixture
def draft(app: Flask) -> Iterator[ConferenceView]:
    """The small conference on each kind of database in turn, inside an application context."""
    with app.app_context():
        yield sample.keep()


@pytest.fixture
def conference(app: Flask) -> Iterator[ConferenceView]:
    """The same one published, to which people can register."""
    with app.app_context():
        yield sample.keep_open()
