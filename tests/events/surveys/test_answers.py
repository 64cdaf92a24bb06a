"""Answers: kept once, changed until the end, found by nobody afterwards where they are anonymous."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import Conflict, NotFound
from events.registration import privacy_service
from events.surveys import answering, queries, service
from events.surveys.models import Survey, SurveyAnswer
from tests.events.surveys.conftest import AFTER, World
from tests.support import conference

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def rows() -> list[SurveyAnswer]:
    db.session.remove()
    return list(db.session.scalars(select(SurveyAnswer)))


def test_a_second_answer_takes_the_place_of_the_first(world: World) -> None:
    survey_id = world.sent()
    with clock.frozen(AFTER):
        answering.answer(survey_id, world.came[0], {"whole": "2"})
        answering.answer(survey_id, world.came[0], {"whole": "5"})
        assert answering.find_own(survey_id, world.came[0]) == {"whole": "5"}
        assert answering.find_own(survey_id, world.came[1]) is None
    [kept] = rows()
    assert (kept.registration_id, kept.answers) == (world.came[0], {"whole": "5"})


def test_who_was_not_asked_cannot_answer_and_nobody_after_the_end(world: World) -> None:
    survey_id = world.sent(days_open=1)
    with clock.frozen(AFTER), pytest.raises(NotFound):
        answering.answer(survey_id, world.absent, {"whole": "1"})
    with clock.frozen(AFTER + timedelta(days=1)), pytest.raises(Conflict, match="survey_closed"):
        answering.answer(survey_id, world.came[0], {"whole": "1"})
    assert rows() == []


def test_an_anonymous_answer_names_nobody_and_is_found_by_nobody_once_it_is_closed(world: World) -> None:
    survey_id = world.sent(anonymous=True)
    with clock.frozen(AFTER):
        answering.answer(survey_id, world.came[0], {"whole": "2"})
        answering.answer(survey_id, world.came[0], {"whole": "3"})
        assert answering.find_own(survey_id, world.came[0]) == {"whole": "3"}
        [kept] = rows()
        assert (kept.registration_id, kept.answered_at) == (None, None)
        assert world.came[0] not in kept.author
        service.close(survey_id, conference_id=world.open.id, by=conference.ORGANISER)
        assert db.session.get_one(Survey, survey_id).answer_key == ""
        assert answering.find_own(survey_id, world.came[0]) is None
        assert queries.count_answers(survey_id).total() == 1


@pytest.mark.parametrize("anonymous", [False, True])
def test_answers_go_with_the_person_who_is_deleted_while_they_can_be_found(world: World, anonymous: bool) -> None:
    survey_id = world.sent(anonymous=anonymous)
    with clock.frozen(AFTER):
        for each in world.came:
            answering.answer(survey_id, each, {"words": each})
        privacy_service.erase(world.came[0], by=conference.ORGANISER)
        assert [each.answers for each in rows()] == [{"words": world.came[1]}]


def test_what_somebody_takes_along_has_their_answers(world: World) -> None:
    named, hidden = world.sent(), world.sent(anonymous=True)
    with clock.frozen(AFTER):
        for each in (named, hidden):
            answering.answer(each, world.came[0], {"words": "好"})
        mine = privacy_service.export(world.came[0])["surveys"]
        assert [each["answers"][0]["answer"] for each in mine] == ["好", "好"]
        service.close(hidden, conference_id=world.open.id, by=conference.ORGANISER)
        mine = privacy_service.export(world.came[0])["surveys"]
        assert [each["answers"] is None for each in mine] == [False, True]
        assert privacy_service.export(world.absent)["surveys"] == []


def test_a_started_survey_asks_what_it_asks(world: World) -> None:
    survey_id = world.survey()
    with pytest.raises(Conflict, match="survey_started"):
        service.remove_question(survey_id, "words", conference_id=world.open.id, by=conference.ORGANISER)
    service.stop(survey_id, conference_id=world.open.id, by=conference.ORGANISER)
    service.remove_question(survey_id, "words", conference_id=world.open.id, by=conference.ORGANISER)
    service.move_question(survey_id, "parts", up=True, conference_id=world.open.id, by=conference.ORGANISER)
    found = queries.get_survey(survey_id, conference_id=world.open.id)
    assert [each.key for each in found.questions] == ["parts", "whole"]
    db.session.rollback()


def test_a_survey_without_questions_is_not_started(world: World) -> None:
    world.questions = ()
    with pytest.raises(Conflict, match="survey_empty"):
        world.survey()


def test_the_words_of_a_closed_anonymous_survey_go_with_the_last_person_who_was_asked(world: World) -> None:
    survey_id = world.sent(anonymous=True)
    with clock.frozen(AFTER):
        answering.answer(survey_id, world.came[0], {"whole": "4", "words": "我是演示甲"})
        service.close(survey_id, conference_id=world.open.id, by=conference.ORGANISER)
        privacy_service.erase(world.came[0], by=conference.ORGANISER)
        assert [each.answers for each in rows()] == [{"whole": "4", "words": "我是演示甲"}]
        privacy_service.erase(world.came[1], by=conference.ORGANISER)
        assert [each.answers for each in rows()] == [{"whole": "4"}]
