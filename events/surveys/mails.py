"""The mail with which a survey is sent, written when it is sent: where it was closed meanwhile, nobody is asked."""

from __future__ import annotations

from typing import Any

from accounts import queries as accounts
from core import config, i18n
from core.i18n import t
from core.jobs import Hopeless
from core.letters import Button, compose
from core.outbox import Mail, renders
from events.conferences import queries as conferences
from events.conferences.queries import ConferenceView
from events.registration import queries as registrations
from events.surveys import links, queries, sending
from events.surveys.queries import Phase, SurveyView


@renders(sending.MAIL, many=True)
def survey(payload: dict[str, Any]) -> Mail:
    """What somebody is asked, and the link. Raises Hopeless where it is closed or the person is gone."""
    found, person = queries.find_survey(payload["survey"]), registrations.find_registration(payload["registration"])
    if found is None or person is None or not person.email or found.phase is not Phase.OPEN:
        raise Hopeless("the survey is closed or the person is gone", reason="too_late")
    conference = conferences.get_conference(found.conference_id)
    return write(found, conference, name=person.name, link=links.address(found.id, person.id))


@renders(sending.TEST_MAIL)
def trial(payload: dict[str, Any]) -> Mail:
    """The same to whoever made it, with a link to the team's preview. Raises Hopeless where either is gone."""
    found, account = queries.find_survey(payload["survey"]), accounts.find_account(payload["account"])
    if found is None or account is None:
        raise Hopeless("the survey or the account is gone", reason="too_late")
    conference = conferences.get_conference(found.conference_id)
    link = f"{config.settings().base_url}/conferences/{conference.id}/surveys/{found.id}/preview"
    return write(found, conference, name=account.name, link=link, is_test=True)


def write(found: SurveyView, conference: ConferenceView, *, name: str, link: str, is_test: bool = False) -> Mail:
    """The whole mail in the current locale."""
    facts, title = found.facts, i18n.pick(conference.title)
    closes_at = found.times.closes_at
    until = i18n.format_named(closes_at, conference.timezone) if closes_at else t("survey-days-open", n=facts.days_open)
    subject = t("survey-mail-subject", title=title)
    intro = i18n.pick(facts.intro) or t("survey-mail-intro", title=title)
    opening = [t("mail-greeting", name=name), *(part for part in intro.splitlines() if part.strip())]
    return compose(
        t("reminder-test-subject", subject=subject) if is_test else subject,
        [t("survey-test-words"), *opening] if is_test else opening,
        facts=[
            (t("survey-fact-survey"), i18n.pick(facts.title)),
            (t("survey-fact-questions"), str(len(found.questions))),
            (t("survey-fact-until"), until),
        ],
        button=Button(t("survey-mail-open"), link),
        after=[t("survey-said-anonymous" if facts.anonymous else "survey-said-named"), t("registration-mail-personal")],
        demo=conference.is_demo,
    )
