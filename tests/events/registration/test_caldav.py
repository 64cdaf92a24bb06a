"""What we send, in a real calendar: a client takes our messages to a CalDAV server (Radicale) and reads them back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import caldav
import pytest
import vobject

from core.outbox import Attachment
from events.conferences import agenda, calendar, publishing, version_queries
from events.conferences.queries import ConferenceView
from events.conferences.rules import EVERYTHING
from events.registration import service
from tests.events.registration.test_deciding import enter
from tests.events.registration.test_mails import newest
from tests.events.registration.test_registering import GUEST
from tests.support.caldav_server import radicale
from tests.support.conference import ORGANISER

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


class Kept:
    """One person's calendar on the server. It takes messages as a calendar program does (RFC 5546 §2.1.5): by UID, and
    only with a SEQUENCE that is not older."""

    def __init__(self, url: str) -> None:
        self._client = caldav.DAVClient(url, username="guest", password="any")
        self._calendar = self._client.principal().make_calendar(name="样例")

    def take(self, *files: Attachment) -> None:
        for file in files:
            message = vobject.readOne(file.content.decode())
            for event in message.vevent_list:
                self._put(event)

    def _put(self, event: Any) -> None:
        # RFC 4791 §4.1: one UID in a resource, and no METHOD.
        alone = vobject.iCalendar()
        alone.add(event)
        old = self.all().get(event.uid.value)
        if old is None or int(event.sequence.value) > int(old.sequence.value):
            # Not Event.save: it adds one to each SEQUENCE.
            kind = {"Content-Type": "text/calendar; charset=utf-8"}
            answer = self._client.put(self._calendar.url.join(f"{event.uid.value}.ics"), alone.serialize(), kind)
            assert answer.status in (201, 204)

    def all(self) -> dict[str, Any]:
        """The entries on the server, by UID."""
        found = [each.vobject_instance.vevent for each in self._calendar.events()]
        return {each.uid.value: each for each in found}

    def said(self) -> dict[str, tuple[str, str]]:
        """(status, when and where) by the title."""
        return {
            each.summary.value: (each.status.value, f"{each.dtstart.value:%H:%M} {each.location.value}")
            for each in self.all().values()
        }


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    with radicale(tmp_path / "calendars") as url:
        yield Kept(url)


def republish(conference: ConferenceView) -> version_queries.Published:
    publishing.publish(conference.id, by=ORGANISER)
    return version_queries.get_published(conference.code)


def test_an_invitation_its_update_and_its_end_arrive_in_a_calendar(conference: ConferenceView, kept: Kept) -> None:
    person = enter(conference, 1)
    kept.take(*newest("registration_confirmed").attachments)
    uids = set(kept.all())
    assert kept.said() == {
        "开幕": ("CONFIRMED", "07:00 成都会场 样例路 1 号"),
        "演讲": ("CONFIRMED", "07:30 成都会场 样例路 1 号"),
    }

    service.move(person, venue_id=conference.venue("cloud").id, by=GUEST)
    kept.take(*newest("registration_moved").attachments)
    assert kept.said() == {
        "开幕": ("CONFIRMED", "07:00 云上会场"),
        "演讲": ("CANCELLED", "07:30 成都会场 样例路 1 号"),
    }

    service.withdraw(person, by=GUEST)
    kept.take(*newest("registration_withdrawn").attachments)
    assert {status for status, _ in kept.said().values()} == {"CANCELLED"}
    assert set(kept.all()) == uids


def test_an_older_message_that_comes_late_changes_nothing(conference: ConferenceView, kept: Kept) -> None:
    person = enter(conference, 1)
    first = newest("registration_confirmed").attachments
    service.withdraw(person, by=GUEST)
    kept.take(*newest("registration_withdrawn").attachments)
    kept.take(*first)
    assert {status for status, _ in kept.said().values()} == {"CANCELLED"}


def test_a_dropped_item_and_a_cancelled_conference_end_what_was_published(
    conference: ConferenceView, kept: Kept
) -> None:
    def take() -> None:
        shown = version_queries.get_published(conference.code)
        kept.take(Attachment("all.ics", "text/calendar", calendar.of_conference(shown)))

    def states() -> dict[str, str]:
        return {each.summary.value: each.status.value for each in kept.all().values()}

    take()
    assert set(states().values()) == {"CONFIRMED"}
    agenda.remove(conference.id, "tea", by=ORGANISER, rights=EVERYTHING)
    republish(conference)
    take()
    assert states() == {"样例双城大会": "CONFIRMED", "开幕": "CONFIRMED", "演讲": "CONFIRMED", "茶歇": "CANCELLED"}
    publishing.cancel(conference.id, reason="台风", by=ORGANISER)
    take()
    assert set(states().values()) == {"CANCELLED"}
