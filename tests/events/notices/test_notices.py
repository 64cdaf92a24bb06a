"""Who is told what a publication changes: each person whom it concerns, once by each version, in their language."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import vobject
from sqlalchemy import select

from core import audit, i18n, jobs, outbox
from core.db import db, transaction
from core.jobs import Hopeless
from core.outbox import OutboxMessage
from events.conferences import agenda, editing, notice_board, notice_service, people, publishing, venues
from events.conferences.plan_file import ConferenceFile
from events.conferences.queries import ConferenceView
from events.conferences.rules import EVERYTHING, Contact, VenuePlan
from events.notices import mails, sending
from events.notices import work as _work  # noqa: F401
from events.registration import service
from tests.events.registration.test_deciding import enter, work_off
from tests.events.registration.test_registering import GUEST
from tests.support import conference as sample
from tests.support.conference import ORGANISER, someone


def shift(conference: ConferenceView, key: str, hours: int = 1, *, to: tuple[str, ...] = ()) -> None:
    """An item is another time later, or elsewhere, in the draft."""
    item = sample.view(conference.id).item(key)
    by = timedelta(hours=hours)
    plan = agenda.moved(item, item.starts_at + by, item.ends_at + by, to or item.venues)
    agenda.change(conference.id, key, plan, by=ORGANISER, rights=EVERYTHING)


def publish(conference: ConferenceView, **named: Any) -> None:
    """And whoever is to be told is told."""
    publishing.publish(conference.id, by=ORGANISER, **named)
    work_off()


def told() -> list[tuple[str, str]]:
    """(address, language) of the mails about changes."""
    db.session.rollback()
    rows = db.session.scalars(select(OutboxMessage).filter_by(kind=sending.MAIL).order_by(OutboxMessage.recipient))
    return [(row.recipient, row.locale) for row in rows]


def mail_to(address: str) -> outbox.Mail:
    db.session.rollback()
    query = select(OutboxMessage).filter_by(kind=sending.MAIL, recipient=address).order_by(OutboxMessage.id.desc())
    row = db.session.scalars(query.limit(1)).one()
    with i18n.use_locale(row.locale):
        return outbox.render(row.kind, row.payload)


def give_address(conference: ConferenceView, key: str, email: str, locale: str = "en") -> None:
    plan = next(each for each in ConferenceFile.read(sample.plan()).speakers if each.key == key)
    plan = replace(plan, contact=Contact(email, locale))
    people.change_speaker(conference.id, key, plan, by=ORGANISER, rights=EVERYTHING)


def partner(conference: ConferenceView, email: str) -> None:
    now = sample.view(conference.id)
    facts = ConferenceFile.read({**sample.plan(), "date": now.starts_on.isoformat()}).facts
    facts = replace(facts, partners=({"zh-CN": "样例单位"},), partner_contacts=(Contact(email),))
    editing.change_conference(conference.id, facts, by=ORGANISER)


def test_those_whose_venue_it_concerns_are_told_and_nobody_else(conference: ConferenceView) -> None:
    enter(conference, 1)
    enter(conference, 2, venue="london", locale="en")
    shift(conference, "tea")
    publish(conference)
    assert told() == [("person2@example.com", "en")]
    mail = mail_to("person2@example.com")
    assert mail.subject == "Changes: Sample conference"
    assert "Item changed: Tea" in mail.text
    assert "09:30" in mail.text  # London's own time, one hour later


def test_a_time_is_told_in_the_venues_zone_and_the_readers(conference: ConferenceView) -> None:
    enter(conference, 1, venue="london", timezone="Asia/Shanghai")
    shift(conference, "tea")
    publish(conference)
    text = mail_to("person1@example.com").text
    begins = sample.view(conference.id).item("tea").starts_at
    for zone in ("Europe/London", "Asia/Shanghai"):
        assert i18n.format_named(begins, zone) in text


def test_words_that_change_no_plans_are_told_to_nobody(conference: ConferenceView) -> None:
    enter(conference, 1)
    item = conference.item("talk")
    plan = replace(agenda.moved(item, item.starts_at, item.ends_at, item.venues), abstract={"zh-CN": "新摘要"})
    agenda.change(conference.id, "talk", plan, by=ORGANISER, rights=EVERYTHING)
    assert notice_board.preview(sample.view(conference.id)).groups == []
    publish(conference)
    assert told() == []


def test_a_dropped_item_is_told_and_leaves_the_calendar(conference: ConferenceView) -> None:
    enter(conference, 1)
    agenda.remove(conference.id, "talk", by=ORGANISER, rights=EVERYTHING)
    publish(conference)
    mail = mail_to("person1@example.com")
    read = [vobject.readOne(each.content.decode()) for each in mail.attachments]
    assert [(each.method.value, each.vevent.summary.value) for each in read] == [
        ("PUBLISH", "开幕"),
        ("CANCEL", "演讲"),
    ]
    assert int(read[1].vevent.sequence.value) == 2
    assert "演讲" in mail.text


def test_an_item_that_leaves_ones_venue_is_dropped_for_them_and_new_for_others(conference: ConferenceView) -> None:
    enter(conference, 1)
    enter(conference, 2, venue="cloud")
    shift(conference, "talk", hours=0, to=("cloud",))
    publish(conference)
    sentences = [i18n.t(f"conference-diff-items-{change}", title="演讲") for change in ("removed", "added")]
    assert sentences[0] in mail_to("person1@example.com").text
    assert sentences[1] in mail_to("person2@example.com").text
    methods = [each.content_type.rpartition("=")[2] for each in mail_to("person1@example.com").attachments]
    assert methods == ["PUBLISH", "CANCEL"]


def test_another_address_of_a_hall_is_told_to_who_goes_there(conference: ConferenceView) -> None:
    enter(conference, 1)
    enter(conference, 2, venue="cloud")
    plan: VenuePlan = ConferenceFile.read(sample.plan()).venues[0]
    venues.change(
        conference.id, "chengdu", replace(plan, address={"zh-CN": "样例路 2 号"}), by=ORGANISER, rights=EVERYTHING
    )
    publish(conference)
    assert told() == [("person1@example.com", "zh-CN")]
    assert "样例路 1 号 → 样例路 2 号" in mail_to("person1@example.com").text


def test_speakers_and_partners_are_told_at_their_own_address(conference: ConferenceView) -> None:
    give_address(conference, "speaker_a", "speaker@example.com")
    partner(conference, "partner@example.com")
    publish(conference)
    assert told() == []
    shift(conference, "talk")
    publish(conference)
    assert told() == [("partner@example.com", "zh-CN"), ("speaker@example.com", "en")]
    attached = vobject.readOne(mail_to("speaker@example.com").attachments[0].content.decode())
    assert {each.summary.value for each in attached.vevent_list} == {"Opening", "Talk"}
    shift(conference, "tea")
    publish(conference)
    assert told() == [("partner@example.com", "zh-CN")] * 2 + [("speaker@example.com", "en")]


def test_who_is_speaker_and_guest_at_one_address_gets_one_mail_of_both(conference: ConferenceView) -> None:
    give_address(conference, "speaker_a", "Person1@example.com")
    enter(conference, 1, venue="london")
    publish(conference)
    shift(conference, "talk")
    shift(conference, "tea")
    preview = notice_board.preview(sample.view(conference.id))
    assert [(group.people, len(group.told)) for group in preview.groups] == [(1, 2)]
    publish(conference)
    assert len(told()) == 1
    assert all(word in mail_to("Person1@example.com").text for word in ("Talk", "Tea"))


def test_begun_anew_it_tells_nobody_twice(conference: ConferenceView, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        enter(conference, number)
    monkeypatch.setattr(sending, "BATCH", 2)
    shift(conference, "talk")
    publishing.publish(conference.id, by=ORGANISER)
    version = sample.view(conference.id).version

    class Killed(Exception):
        pass

    reads, list_told = iter(range(9)), sending.registrations.list_told

    def dies_on_the_way(*args: Any, **named: Any) -> Any:
        if next(reads) == 1:
            raise Killed
        return list_told(*args, **named)

    with monkeypatch.context() as patched:
        patched.setattr(sending.registrations, "list_told", dies_on_the_way)
        with pytest.raises(Killed):
            work_off()
    db.session.rollback()
    assert len(told()) == 2
    with transaction():  # another worker, later
        jobs.add(notice_service.JOB, "again", chain=conference.id, conference=conference.id, version=version)
    work_off()
    assert len(told()) == len(set(told())) == 5


def test_each_version_is_told_anew(conference: ConferenceView) -> None:
    enter(conference, 1)
    for _ in range(2):
        shift(conference, "talk")
        publish(conference)
    assert len(told()) == 2


def test_who_comes_after_the_publication_or_withdrew_is_not_told(conference: ConferenceView) -> None:
    gone = enter(conference, 1)
    shift(conference, "talk")
    publishing.publish(conference.id, by=ORGANISER)
    service.register(conference.id, someone(conference, 2), by=GUEST)
    work_off()
    assert told() == [("person1@example.com", "zh-CN")]
    service.withdraw(gone, by=GUEST)
    with pytest.raises(Hopeless):
        mail_to("person1@example.com")


def test_it_can_be_published_without_telling_anybody(conference: ConferenceView) -> None:
    enter(conference, 1)
    shift(conference, "talk")
    publish(conference, tells=False)
    assert told() == []


def test_the_preview_says_who_would_be_told_what_and_who_cannot_be(conference: ConferenceView) -> None:
    enter(conference, 1)
    shift(conference, "talk")
    preview = notice_board.preview(sample.view(conference.id))
    assert [(group.key, group.people) for group in preview.groups] == [("chengdu", 1)]
    assert preview.unreached == ["样例甲"]
    letters = mails.preview(sample.view(conference.id), "chengdu")
    publish(conference)
    sent = mail_to("person1@example.com")
    [shown] = [mail for locale, mail in letters if locale == "zh-CN"]
    assert shown.subject == sent.subject
    assert shown.text.split("演讲")[1].splitlines()[0] == sent.text.split("演讲")[1].splitlines()[0]


def test_speakers_and_partners_hear_that_it_is_called_off(conference: ConferenceView) -> None:
    give_address(conference, "speaker_a", "speaker@example.com")
    enter(conference, 1)
    publish(conference)
    publishing.cancel(conference.id, reason="台风", by=ORGANISER)
    work_off()
    assert told() == [("speaker@example.com", "en")]
    mail = mail_to("speaker@example.com")
    assert "台风" in mail.text
    assert {each.content_type.rpartition("=")[2] for each in mail.attachments} == {"CANCEL"}


def test_what_is_recorded_has_no_address(conference: ConferenceView) -> None:
    partner(conference, "partner@example.com")
    publish(conference)
    shift(conference, "talk")
    publish(conference)
    lines = "".join(audit.list_lines(conference.id))
    assert "notice.sent" in lines
    assert "partner@example.com" not in lines
