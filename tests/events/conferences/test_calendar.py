"""Calendar files of what was published: UID, SEQUENCE, METHOD, cancellation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from icalendar import Calendar

from core import i18n
from core.errors import NotFound
from events.conferences import agenda, calendar, publishing, version_queries
from events.conferences.queries import ConferenceView
from events.conferences.rules import EVERYTHING
from tests.support import conference
from tests.support.conference import ORGANISER

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])


def published(draft: ConferenceView) -> version_queries.Published:
    publishing.publish(draft.id, by=ORGANISER)
    return version_queries.get_published(draft.code)


def events(content: bytes) -> dict[str, Any]:
    """The entries by the middle of their UID."""
    return {
        str(each["uid"]).partition("@")[0].rpartition(".")[2]: each
        for each in Calendar.from_ical(content).walk("VEVENT")
    }


def test_the_conference_has_its_days_and_an_entry_for_each_item(draft: ConferenceView) -> None:
    found = events(calendar.of_conference(published(draft)))
    assert set(found) == {"days", "opening", "talk", "tea"}
    assert (found["days"].decoded("dtstart"), found["days"].decoded("dtend")) == (date(2026, 7, 1), date(2026, 7, 2))
    assert found["talk"].decoded("dtstart") == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)
    assert "样例路 1 号" in str(found["talk"]["location"])


def test_it_speaks_the_readers_language(draft: ConferenceView) -> None:
    with i18n.use_locale("en"):
        assert str(events(calendar.of_item(published(draft), "talk"))["talk"]["summary"]) == "Talk"


def test_a_venue_has_what_happens_in_it(draft: ConferenceView) -> None:
    assert set(events(calendar.of_venue(published(draft), "london"))) == {"opening", "tea"}


def test_a_moved_item_keeps_its_uid_and_its_sequence_rises(draft: ConferenceView) -> None:
    before = events(calendar.of_item(published(draft), "talk"))["talk"]
    agenda.remove(draft.id, "tea", by=ORGANISER, rights=EVERYTHING)
    after = events(calendar.of_conference(published(draft)))
    assert (after["talk"]["uid"], after["talk"]["sequence"]) == (before["uid"], before["sequence"])
    assert (str(after["tea"]["status"]), after["tea"]["sequence"]) == ("CANCELLED", 2)


def test_a_cancelled_conference_takes_all_entries_back(draft: ConferenceView) -> None:
    first = published(draft)
    publishing.cancel(draft.id, reason="样例", by=ORGANISER)
    content = calendar.of_conference(version_queries.get_published(draft.code))
    # Several entries are no one message that takes something back (RFC 5546 §3.2.5): each says so itself.
    assert str(Calendar.from_ical(content)["method"]) == "PUBLISH"
    one = calendar.of_item(version_queries.get_published(draft.code), "talk")
    assert str(Calendar.from_ical(one)["method"]) == "CANCEL"
    assert {str(each["status"]) for each in events(content).values()} == {"CANCELLED"}
    assert {each["sequence"] for each in events(content).values()} == {2}
    assert {each["uid"] for each in events(content).values()} == {
        each["uid"] for each in events(calendar.of_conference(first)).values()
    }


def test_a_file_is_the_same_bytes_whenever_it_is_asked_for(draft: ConferenceView) -> None:
    shown = published(draft)
    assert calendar.of_conference(shown) == calendar.of_conference(version_queries.get_published(draft.code))
    assert conference.view(draft.id).version == 1


@pytest.mark.parametrize("make", [calendar.of_venue, calendar.of_item])
def test_what_is_not_there_is_said(draft: ConferenceView, make: Any) -> None:
    with pytest.raises(NotFound):
        make(published(draft), "nothing")
