"""The mails of reminders: each names a rule and a person, and is written when it is sent, so that it says what is true
then; one that is not true any more is not sent."""

from __future__ import annotations

from typing import Any

from accounts import queries as accounts
from core import clock, config, i18n
from core.jobs import Hopeless
from core.outbox import Attachment, Mail, renders
from events.conferences import calendar_service
from events.conferences.queries import ConferenceView, VenueView
from events.registration import queries as registrations
from events.registration import service as registration
from events.reminders import letters, moments, queries, rules, sending, service
from events.reminders.letters import Addressee
from events.reminders.moments import Times
from events.reminders.queries import RuleView


@renders(sending.MAIL, many=True)
def reminder(payload: dict[str, Any]) -> Mail:
    """What a rule says to somebody. Raises Hopeless where the rule or the registration is not so any more."""
    found, person = queries.find_rule(payload["rule"]), registrations.find_registration(payload["registration"])
    if found is None or found.removed_at is not None or person is None:
        raise Hopeless("the rule or the person is gone", reason="too_late")
    times = moments.read(found.conference_id)
    group = rules.group(str(person.state), person.offered_until, clock.now())
    venue = _venue(times, found, person.venue_id)
    if not times.is_on or group is None or group not in found.rule.groups or venue is None:
        raise Hopeless("the registration has changed since", reason="too_late")
    to = Addressee(
        name=person.name,
        group=group,
        venue=venue,
        timezone=person.timezone,
        link=registration.own_address(person.id),
        feed=registration.feed_address(person.id),
        calendar=registration.attach_calendar(person),
        code=person.code,
        offered_until=person.offered_until,
    )
    return letters.write(found.rule, to, times)


def _venue(times: Times, found: RuleView, venue_id: str) -> VenueView | None:
    return next((each for each in times.covered(found.rule) if each.id == venue_id), None)


@renders(service.TEST_MAIL)
def trial(payload: dict[str, Any]) -> Mail:
    """The same to whoever made the rule. Raises Hopeless where the rule, the venue or the account is gone."""
    found, account = queries.find_rule(payload["rule"]), accounts.find_account(payload["account"])
    times = moments.read(found.conference_id) if found else None
    venue = _venue(times, found, payload["venue"]) if found and times else None
    if found is None or times is None or venue is None or account is None:
        raise Hopeless("the rule, its venue or the account is gone", reason="too_late")
    return letters.write(found.rule, sample(found, venue, times, name=account.name), times, is_test=True)


def sample(found: RuleView, venue: VenueView, times: Times, *, name: str) -> Addressee:
    """Somebody as those to whom a rule writes in a venue, with links to the public page and its calendar."""
    address = f"{config.settings().base_url}/c/{times.conference.code}"
    return Addressee(
        name=name,
        group=found.rule.groups[0],
        venue=venue,
        timezone=times.conference.timezone,
        link=address,
        feed=f"{address}/venues/{venue.key}.ics",
        calendar=_venue_file(times, venue),
        code="ABCD2345",
        offered_until=clock.now() if found.rule.groups[0] is rules.Group.OFFERED else None,
    )


def _venue_file(times: Times, venue: VenueView) -> tuple[Attachment, ...]:
    content = calendar_service.find_sample(times.conference.id, venue.key)
    return (Attachment("conference.ics", "text/calendar; method=PUBLISH", content),) if content else ()


def venues_of(found: RuleView, conference: ConferenceView) -> list[VenueView]:
    """The venues whose people a rule reminds: its mail is another in each."""
    return moments.times_of(conference).covered(found.rule)


def preview(found: RuleView, venue: VenueView, conference: ConferenceView, *, name: str) -> list[tuple[str, Mail]]:
    """(locale, mail) as people of a venue get it, in each language."""
    times, made = moments.times_of(conference), []
    for locale in i18n.LOCALES:
        with i18n.use_locale(locale):
            made.append((locale, letters.write(found.rule, sample(found, venue, times, name=name), times)))
    return made
