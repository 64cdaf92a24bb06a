"""A survey on the own page of whoever is asked, for as long as they may answer it."""

from __future__ import annotations

from core import i18n
from core.i18n import t
from events.conferences import queries as conferences
from events.registration.own_page_service import OwnCard, adds
from events.surveys import answering, links, queries
from events.surveys.queries import Phase, SurveyView


@adds
def asked(registration_id: str) -> list[OwnCard]:
    """The surveys that this person was sent and that are open. Once one is closed nothing is left of it here: of an
    anonymous one nobody could say whether they answered."""
    found = [each for each in queries.list_of_person(registration_id) if each.phase is Phase.OPEN]
    return [_card(each, registration_id) for each in found]


def _card(found: SurveyView, registration_id: str) -> OwnCard:
    zone = conferences.get_conference(found.conference_id).timezone
    until = i18n.format_named(found.times.closes_at, zone) if found.times.closes_at else ""
    answered = answering.find_own(found.id, registration_id) is not None
    return OwnCard(
        title=i18n.pick(found.facts.title),
        words=(
            t("survey-answered-already" if answered else "survey-open-until", at=until),
            t("survey-said-anonymous" if found.facts.anonymous else "survey-said-named"),
        ),
        label=t("survey-change-answers" if answered else "survey-own-answer"),
        address=links.address(found.id, registration_id),
    )
