"""What somebody goes to, in their own calendar: the feed under its secret link, and the mails that take entries back.
Read by vobject, which is not what wrote them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import vobject

from core import i18n
from core.db import db
from core.outbox import Attachment
from core.tokens import LinkInvalid, LinkRevoked
from events.conferences import agenda, calendar, calendar_service, publishing
from events.conferences.calendar import Holder
from events.conferences.queries import ConferenceView
from events.conferences.rules import EVERYTHING
from events.registration import links, own_calendar, privacy_service, queries, service
from tests.events.registration.test_deciding import enter, work_off
from tests.events.registration.test_mails import newest
from tests.events.registration.test_registering import GUEST
from tests.support.conference import ORGANISER, someone


def entries(content: bytes | str) -> dict[str, Any]:
    """The entries by the last part of their UID's name, as vobject reads them."""
    text = content.decode() if isinstance(content, bytes) else content
    read = vobject.readOne(text)
    return {str(each.uid.value).partition("@")[0].rpartition(".")[2]: each for each in read.contents.get("vevent", [])}


def said(content: bytes) -> dict[str, tuple[str, int]]:
    """(status, sequence) of each entry."""
    return {key: (each.status.value, int(each.sequence.value)) for key, each in entries(content).items()}


def feed(registration_id: str) -> bytes:
    db.session.rollback()
    token = own_calendar.feed_address(registration_id).rpartition("/")[2].removesuffix(".ics")
    return own_calendar.read_feed(token)


def methods(files: Iterable[Attachment]) -> dict[str, list[str]]:
    """The keys of the entries by what the message does with them."""
    found: dict[str, list[str]] = {}
    for file in files:
        method = vobject.readOne(file.content.decode()).method.value
        assert f"method={method}" in file.content_type
        found.setdefault(method, []).extend(entries(file.content))
    return found


def test_a_feed_has_what_somebody_goes_to_where_they_go(conference: ConferenceView) -> None:
    found = entries(feed(enter(conference, 1)))
    assert set(found) == {"opening", "talk"}
    assert found["opening"].location.value == "成都会场 样例路 1 号"
    assert vobject.readOne(feed(enter(conference, 2)).decode()).method.value == "PUBLISH"


def test_each_person_has_entries_of_their_own_and_no_name_in_them(conference: ConferenceView) -> None:
    first, second = (feed(enter(conference, n)) for n in (1, 2))
    uids = [{each.uid.value for each in entries(content).values()} for content in (first, second)]
    assert not uids[0] & uids[1]
    assert "样例1" not in first.decode()


def test_a_sequence_only_rises_over_moves_and_publications(conference: ConferenceView) -> None:
    person = enter(conference, 1)
    seen = [said(feed(person))["opening"][1]]
    for venue in ("cloud", "chengdu"):
        service.move(person, venue_id=conference.venue(venue).id, by=GUEST)
        seen.append(said(feed(person))["opening"][1])
    agenda.remove(conference.id, "talk", by=ORGANISER, rights=EVERYTHING)
    publishing.publish(conference.id, by=ORGANISER)
    after = said(feed(person))
    assert after["talk"][0] == "CANCELLED"
    assert after["talk"][1] > seen[-1]
    assert seen == sorted(set(seen))


def test_who_only_waits_has_it_as_not_certain(conference: ConferenceView) -> None:
    made = service.register(conference.id, _guest(conference), by=GUEST)
    assert {status for status, _ in said(feed(made.id)).values()} == {"TENTATIVE"}
    service.approve(made.id, by=ORGANISER)
    assert said(feed(made.id))["opening"] == ("CONFIRMED", 2)


def _guest(conference: ConferenceView) -> Any:
    return someone(conference, 9, audience="guest")


def test_who_withdraws_is_sent_a_cancellation_of_each_entry(conference: ConferenceView) -> None:
    person = enter(conference, 1)
    before = said(feed(person))
    service.withdraw(person, by=GUEST)
    files = newest("registration_withdrawn").attachments
    assert methods(files) == {"CANCEL": ["opening", "talk"]}
    for file in files:
        [(key, (status, sequence))] = said(file.content).items()
        assert (status, sequence > before[key][1]) == ("CANCELLED", True)
    assert {status for status, _ in said(feed(person)).values()} == {"CANCELLED"}


def test_who_had_no_place_has_nothing_to_give_back(conference: ConferenceView) -> None:
    made = service.register(conference.id, _guest(conference), by=GUEST)
    service.reject(made.id, reason="样例", by=ORGANISER)
    assert newest("registration_rejected").attachments == ()


def test_who_moves_keeps_what_both_venues_have_and_gives_the_rest_back(conference: ConferenceView) -> None:
    person = enter(conference, 1)
    before = entries(feed(person))
    service.move(person, venue_id=conference.venue("cloud").id, by=GUEST)
    files = newest("registration_moved").attachments
    assert methods(files) == {"PUBLISH": ["opening"], "CANCEL": ["talk"]}
    after = entries(files[0].content)["opening"]
    assert (after.uid.value, after.location.value) == (before["opening"].uid.value, "云上会场")


def test_a_cancelled_conference_takes_back_what_people_had(conference: ConferenceView) -> None:
    enter(conference, 1)
    publishing.cancel(conference.id, reason="台风", by=ORGANISER)
    work_off()
    assert methods(newest("registration_cancelled").attachments) == {"CANCEL": ["opening", "talk"]}


def test_the_confirmation_has_the_same_entries_as_the_feed(conference: ConferenceView) -> None:
    person = enter(conference, 1)
    [file] = newest("registration_confirmed").attachments
    assert file.content == feed(person)


def test_a_feed_ends_with_a_new_address_and_opens_nothing_else(conference: ConferenceView) -> None:
    person = enter(conference, 1)
    token = own_calendar.feed_address(person).rpartition("/")[2].removesuffix(".ics")
    with pytest.raises(LinkInvalid):
        links.read(token)
    service.change(person, service.Changes(email="other@example.com"), by=GUEST)
    with pytest.raises(LinkRevoked):
        own_calendar.read_feed(token)


def test_a_deleted_person_has_no_feed(conference: ConferenceView) -> None:
    person = enter(conference, 1)
    token = own_calendar.feed_address(person).rpartition("/")[2].removesuffix(".ics")
    privacy_service.erase(person, by=GUEST)
    with pytest.raises(LinkRevoked):
        own_calendar.read_feed(token)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_file_that_is_made_once_for_all_is_each_persons_own(conference: ConferenceView, locale: str) -> None:
    published = calendar_service.get_published(conference.id)
    for number in (1, 2):
        person = queries.get_registration(enter(conference, number))
        holder = Holder(person.id, person.changed_at, number=person.calendar_number, venue="chengdu")
        with i18n.use_locale(locale):
            assert calendar.of_person(published, holder) == calendar._of_holder(published, holder, locale)
            assert person.id in calendar.of_person(published, holder).decode()
