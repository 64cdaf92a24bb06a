"""A conference that is over, who came to it, and a survey of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask

from core import clock, jobs
from core.db import transaction
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from events.registration.asking_service import Choice, Question, QuestionKind
from events.surveys import service, work
from events.surveys.rules import Facts
from tests.events.registration.test_deciding import work_off
from tests.support import conference, doors

BEGINS = datetime(2026, 7, 1, 7, tzinfo=UTC)
AFTER = BEGINS + timedelta(hours=12)
_numbers = count(1)
TITLE = {"zh-CN": "会后问卷", "en": "Survey"}
WHOLE = Question("whole", QuestionKind.RATING, {"zh-CN": "总体", "en": "Overall"}, {}, required=True)
PARTS = Question(
    "parts",
    QuestionKind.SEVERAL,
    {"zh-CN": "有用的部分", "en": "Useful parts"},
    {},
    choices=(Choice("c1", {"zh-CN": "演讲", "en": "Talks"}), Choice("c2", {"zh-CN": "茶歇", "en": "Tea"})),
)
WORDS = Question("words", QuestionKind.LONG, {"zh-CN": "建议", "en": "Suggestions"}, {})


@dataclass
class World:
    """`came` were let in at Chengdu, `absent` registered and stayed away."""

    open: ConferenceView
    came: list[str]
    absent: str
    questions: tuple[Question, ...] = field(default=(WHOLE, PARTS, WORDS))

    def survey(self, **named: Any) -> str:
        """A survey that was started."""
        facts = replace(Facts(TITLE, {}, anonymous=False), **named)
        key = f"survey{next(_numbers)}"
        survey_id = service.add(self.open.id, facts, self.questions, key=key, by=conference.ORGANISER)
        service.start(survey_id, conference_id=self.open.id, by=conference.ORGANISER)
        return survey_id

    def sent(self, **named: Any) -> str:
        """A survey that was sent."""
        survey_id = self.survey(**named)
        tick()
        return survey_id


def tick(at: datetime = AFTER) -> None:
    """What a minute of a worker does at that instant."""
    with clock.frozen(at):
        with transaction():
            jobs.add(work.SWEEP, f"{at.isoformat()}:{next(_numbers)}")
        work_off()


def make(number: int = 2, **named: Any) -> World:
    """Inside an application context."""
    with clock.frozen(BEGINS - timedelta(hours=1)):
        made = conference.keep(**named)
        publishing.publish(made.id, by=conference.ORGANISER)
        opened = conference.view(made.id)
        came = [doors.register(opened) for _ in range(number)]
        absent = doors.register(opened)
    with clock.frozen(BEGINS):
        phone = doors.phone(opened)
        for each in came:
            phone.scan(each)
    return World(opened, came, absent)


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with app.app_context():
        yield make()
