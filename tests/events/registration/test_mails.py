"""What people read in the mails about their registration, in both languages."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from icalendar import Calendar
from PIL import Image
from sqlalchemy import select

from core import i18n, outbox
from core.db import db
from core.errors import NotFound
from core.jobs import Hopeless
from core.outbox import Mail, OutboxMessage
from events.badges import service as badges
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from events.registration import mails as _mails  # noqa: F401
from events.registration import queries, service
from tests.events.registration.test_deciding import enter, work_off
from tests.events.registration.test_registering import GUEST, set_capacity
from tests.support.conference import ORGANISER, someone


def newest(kind: str, locale: str = "zh-CN") -> Mail:
    """The last mail of this kind, rendered as the sender does."""
    db.session.rollback()
    rows = db.session.scalars(select(OutboxMessage).filter_by(kind=kind).order_by(OutboxMessage.id.desc()).limit(1))
    with i18n.use_locale(locale):
        return outbox.render(kind, rows.one().payload)


def test_a_confirmation_has_place_code_link_and_calendar(conference: ConferenceView) -> None:
    made = service.register(conference.id, someone(conference), by=GUEST)
    mail = newest("registration_confirmed")
    code = queries.get_registration(made.id).code
    assert mail.subject == "报名成功：样例双城大会"
    assert all(word in mail.text for word in ("样例1", "成都会场", "样例路 1 号", code))
    assert service.own_address(made.id) in mail.text
    [file] = mail.attachments
    read = Calendar.from_ical(file.content)
    assert {str(each["summary"]) for each in read.walk("VEVENT")} == {"开幕", "演讲"}
    assert "Your place is confirmed" in newest("registration_confirmed", "en").subject


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_every_step_has_its_mail_and_only_while_it_is_true(conference: ConferenceView, locale: str) -> None:
    set_capacity(conference, 1)
    first, second, third = (enter(conference, n) for n in (1, 2, 3))
    waits = newest("registration_waitlisted", locale)
    assert "24" in waits.text
    service.withdraw(first, by=GUEST)
    assert "样例1" in newest("registration_withdrawn", locale).text
    with pytest.raises(Hopeless):
        outbox.render("registration_confirmed", {"registration": first})
    work_off()
    offered = newest("registration_offered", locale)
    assert "/r/" in offered.text
    service.accept_offer(second, by=GUEST)
    with pytest.raises(Hopeless):
        newest("registration_offered", locale)
    service.move(second, venue_id=conference.venue("cloud").id, by=GUEST)
    assert i18n.pick(conference.venue("cloud").name, locale) in newest("registration_moved", locale).text
    service.change(second, service.Changes(job_title="经理"), by=GUEST)
    assert "经理" in newest("registration_changed", locale).text
    service.send_link(conference.id, "PERSON2@example.com")
    assert "/r/" in newest("registration_link", locale).text
    work_off()
    service.reject(third, reason="人数有限", by=ORGANISER)
    rejected = newest("registration_rejected", locale)
    assert "人数有限" in rejected.text
    assert "/r/" not in rejected.text
    publishing.cancel(conference.id, reason="台风", by=ORGANISER)
    work_off()
    off = newest("registration_cancelled", locale)
    assert "台风" in off.text
    [opening] = [Calendar.from_ical(each.content) for each in off.attachments]
    assert (opening["method"], opening.walk("VEVENT")[0]["status"]) == ("CANCEL", "CANCELLED")


def test_asking_for_a_link_tells_strangers_nothing(conference: ConferenceView) -> None:
    service.send_link(conference.id, "nobody@example.com")
    assert db.session.scalars(select(OutboxMessage)).all() == []
    db.session.rollback()
    with pytest.raises(NotFound):
        service.withdraw("reg_nobody", by=GUEST)


def test_reader_and_venue_in_two_zones_have_both_times(conference: ConferenceView) -> None:
    service.register(conference.id, someone(conference, venue="london", timezone="Asia/Shanghai"), by=GUEST)
    text = newest("registration_confirmed").text
    assert "开始时间（会场当地）" in text
    assert "开始时间（您的时区）" in text


def test_the_confirmation_of_a_hall_shows_the_code_that_its_door_reads(conference: ConferenceView) -> None:
    hall = service.register(conference.id, someone(conference), by=GUEST)
    mail = newest("registration_confirmed")
    assert mail.picture is not None
    assert 'src="cid:picture"' in mail.html
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(mail.picture.content)).convert("L"))
    db.session.rollback()
    assert badges.check(found.text, conference_id=conference.id).registration_id == hall.id
    service.move(hall.id, venue_id=conference.venue("cloud").id, by=GUEST)
    assert newest("registration_moved").picture is None, "online there is no door"
