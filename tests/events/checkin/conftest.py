"""The morning of the small conference, which is published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from core import clock
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from tests.support import conference

NINE = datetime(2026, 7, 1, 1, tzinfo=UTC)  # in Chengdu


@pytest.fixture
def draft(app: Flask) -> Iterator[ConferenceView]:
    """Published, at nine in the morning in Chengdu, on each kind of database in turn."""
    with app.app_context(), clock.frozen(NINE):
        made = conference.keep()
        publishing.publish(made.id, by=conference.ORGANISER)
        yield conference.view(made.id)
