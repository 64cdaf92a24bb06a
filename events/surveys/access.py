"""The access rule of who is asked: a browser that came by the survey's personal link, and nobody else."""

from __future__ import annotations

from flask import session

from accounts.access import by
from core.errors import Refusal
from events.registration import signup_queries

_OWN = "own_surveys"
MOST_OWN = 20  # the session is a cookie


class SurveyLinkNeeded(Refusal):
    """This browser has not come by the survey's personal link, or there is a newer one."""

    code = "survey_link_needed"
    status = 403


def remember(survey_id: str, registration_id: str, link_number: int) -> None:
    """This browser came by the personal link of this person."""
    others = [entry for entry in session.get(_OWN, []) if entry[0] != survey_id]
    session[_OWN] = [*others, (survey_id, registration_id, link_number)][-MOST_OWN:]
    session.permanent = True


def answering(survey_id: str) -> str:
    """The registration that answers in this browser; raises SurveyLinkNeeded."""
    for known, registration_id, number in session.get(_OWN, []):
        if known == survey_id and number == signup_queries.find_link_number(registration_id):
            return str(registration_id)
    raise SurveyLinkNeeded


def _answers(survey_id: str, **_: object) -> None:
    answering(survey_id)


answerer_only = by(_answers, "the survey's personal link")
