"""The link by which somebody answers a survey. It has no record of its own: the registration says which number its
links have, so that a new address, or a deletion, takes older ones back."""

from __future__ import annotations

from datetime import timedelta

from core import clock, config, tokens
from events.registration import signup_queries

PURPOSE = "survey"
LIFE = timedelta(days=400)  # it then says that the survey is closed, instead of nothing


def address(survey_id: str, registration_id: str) -> str:
    """The whole address, for a mail to them alone."""
    now = clock.now()
    number = str(signup_queries.find_link_number(registration_id))
    token = tokens.write(PURPOSE, f"{survey_id}/{registration_id}", number, now, now + LIFE)
    return f"{config.settings().base_url}/survey/{token}"


def read(token: str) -> tuple[str, str, int]:
    """(survey, registration, number of the link) behind a token; raises LinkInvalid, LinkExpired, LinkRevoked."""
    link = tokens.decode(token, PURPOSE)
    survey_id, _, registration_id = link.subject.partition("/")
    number = signup_queries.find_link_number(registration_id)
    if number is None:
        raise tokens.LinkInvalid
    if str(number) != link.token_id:
        raise tokens.LinkRevoked
    return survey_id, registration_id, number
