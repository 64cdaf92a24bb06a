"""What people read in a reminder: in a hall, online, on the waiting list; in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from core import clock, config, i18n, outbox
from core.db import db
from core.jobs import Hopeless
from core.outbox import Mail, OutboxMessage
from events.conferences.queries import ConferenceView
from events.conferences.rules import ConferenceKind
from events.registration import service as registrations
from events.registration.models import Registration
from events.reminders import mails, queries, service, suggestions
from events.reminders.rules import Group, Scope
from tests.events.registration.test_deciding import enter, work_off
from tests.events.registration.test_registering import GUEST, set_capacity
from tests.events.reminders.conftest import add, begins, rule, tick
from tests.support.conference import ORGANISER
from tests.support.databases import SQLITE

LOCALES = ("zh-CN", "en")


@pytest.fixture
def database_kind() -> str:
    """Words are the same on every database."""
    return SQLITE


def read(registration_id: str, rule_id: str, locale: str) -> Mail:
    db.session.rollback()
    with i18n.use_locale(locale):
        return outbox.render("reminder", {"rule": rule_id, "registration": registration_id})


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (
            "zh-CN",
            (
                "参会提醒：样例双城大会",
                "样例1",
                "成都会场",
                "样例路 1 号",
                "东门、西门",
                "开始时间（成都当地）",
                "中国标准时间",
            ),
        ),
        (
            "en",
            (
                "Reminder: Sample conference",
                "Chengdu hall",
                "East, 西门",
                "Begins (Chengdu time)",
                "China Standard Time",
            ),
        ),
    ],
)
def test_a_hall_gets_address_doors_local_time_code_and_calendar(
    conference: ConferenceView, locale: str, words: tuple[str, ...]
) -> None:
    person, rule_id = enter(conference, 1), add(conference)
    mail = read(person, rule_id, locale)
    row = db.session.get_one(Registration, person)
    [file] = mail.attachments
    programme = " ".join(str(each["summary"]) for each in Calendar.from_ical(file.content).walk("VEVENT"))
    said = mail.subject + mail.text + programme
    wanted = (*words, "样例1", "样例路 1 号", row.code, "15:00", "/r/", "/calendar/")
    assert [word for word in wanted if word not in said] == []


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("zh-CN", ("云上会场", "开始时间（大会所在地）", "开始时间（您的时区）", "我的专属入口", "太平洋时间")),
        ("en", ("Cloud room", "Begins (conference’s time)", "Begins (your time)", "My personal entry", "Pacific Time")),
    ],
)
def test_online_gets_the_personal_link_and_the_readers_own_time(
    conference: ConferenceView, locale: str, words: tuple[str, ...]
) -> None:
    person = enter(conference, 1, venue="cloud", timezone="America/Los_Angeles")
    mail = read(person, add(conference), locale)
    link = f"{config.settings().base_url}/r/"
    assert [word for word in (*words, link) if word not in mail.text] == []
    code = db.session.get_one(Registration, person).code
    assert [word for word in ("样例路", "东门", "secret.m3u8", code) if word in mail.text] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_who_waits_reads_that_and_who_is_offered_a_place_until_when(conference: ConferenceView, locale: str) -> None:
    set_capacity(conference, 1)
    _, second = enter(conference, 1), enter(conference, 2)
    rule_id = add(conference, rule(groups=(Group.WAITLISTED, Group.OFFERED)))
    waiting = read(second, rule_id, locale)
    assert ("候补" if locale == "zh-CN" else "waiting list") in waiting.text
    assert waiting.attachments == ()
    set_capacity(conference, 2)
    work_off()
    offered = read(second, rule_id, locale)
    until = db.session.get_one(Registration, second).offered_until
    assert until is not None
    assert i18n.format_named(until, "Asia/Shanghai", seconds=False)[:4] in offered.text
    assert ("确认参加" if locale == "zh-CN" else "Take the place") in offered.text


def test_own_words_are_filled_in_and_what_is_typed_in_names_stays_text(conference: ConferenceView) -> None:
    person = enter(conference, 1, name="{link} <b>样例</b>")
    words = {"zh-CN": "{name}您好，{door}见。\n{city}，{starts}", "en": "Dear {name}"}
    rule_id = add(conference, rule(scope=Scope.HALLS, subject={"zh-CN": "{venue}见", "en": "{venue}"}, words=words))
    mail = read(person, rule_id, "zh-CN")
    assert mail.subject == "成都会场见"
    assert "{link} <b>样例</b>您好，东门、西门见。" in mail.text
    assert "&lt;b&gt;样例" in mail.html
    assert "<b>样例" not in mail.html


@pytest.mark.parametrize("change", ["withdrawn", "moved out of it", "removed", "other groups"])
def test_what_is_not_true_any_more_is_not_sent(conference: ConferenceView, change: str) -> None:
    person, rule_id = enter(conference, 1), add(conference, rule(scope=Scope.HALLS))
    assert read(person, rule_id, "en").subject
    named = {"conference_id": conference.id, "by": ORGANISER}
    if change == "withdrawn":
        registrations.withdraw(person, by=GUEST)
    elif change == "moved out of it":
        registrations.move(person, venue_id=conference.venue("cloud").id, by=GUEST)
    elif change == "removed":
        service.remove(rule_id, **named)  # type: ignore[arg-type]
    else:
        only_waiting = rule(scope=Scope.HALLS, groups=(Group.WAITLISTED,))
        service.change(rule_id, only_waiting, **named)  # type: ignore[arg-type]
    with pytest.raises(Hopeless):
        read(person, rule_id, "en")


def test_who_moves_before_it_is_sent_reads_of_where_they_are_now(conference: ConferenceView) -> None:
    person, rule_id = enter(conference, 1), add(conference)
    assert "样例路 1 号" in read(person, rule_id, "zh-CN").text
    registrations.move(person, venue_id=conference.venue("cloud").id, by=GUEST)
    mail = read(person, rule_id, "zh-CN")
    assert "样例路 1 号" not in mail.text
    assert "我的专属入口" in mail.text


def test_the_messages_name_records_only(conference: ConferenceView) -> None:
    person, rule_id = enter(conference, 1), add(conference)
    tick(begins(conference) - timedelta(days=1))
    [message] = db.session.scalars(select(OutboxMessage).filter_by(kind="reminder"))
    assert message.payload == {"rule": rule_id, "registration": person}


@pytest.mark.parametrize("kind", [str(each) for each in ConferenceKind])
def test_every_kind_of_conference_has_rules_to_begin_with_whose_words_hold(
    conference: ConferenceView, kind: str
) -> None:
    found = suggestions.suggest(replace(conference, kind=ConferenceKind(kind)))
    assert {each.rule.scope for each in found} == {Scope.HALLS, Scope.ONLINE}
    service.add_several(conference.id, [each.rule for each in found], key="suggested", by=ORGANISER)
    people = {venue: enter(conference, n, venue=venue) for n, venue in enumerate(("chengdu", "cloud"))}
    for each in queries.list_rules(conference.id):
        person = people["cloud" if each.rule.scope is Scope.ONLINE else "chengdu"]
        for locale in LOCALES:
            mail = read(person, each.id, locale)
            assert "{" not in mail.subject + mail.text
    halls_only = replace(conference, venues=tuple(each for each in conference.venues if not each.is_online))
    assert {each.rule.scope for each in suggestions.suggest(halls_only)} == {Scope.HALLS}


def test_a_test_goes_to_oneself_in_both_languages_and_counts_for_nobody(conference: ConferenceView) -> None:
    rule_id, hall = add(conference), conference.venue("chengdu")
    [found] = queries.list_rules(conference.id)
    assert [locale for locale, _ in mails.preview(found, hall, conference, name="样例")] == list(i18n.LOCALES)
    to = {"to": "me@example.com", "account_id": "acc_1", "venue_id": hall.id}
    service.send_test(rule_id, conference_id=conference.id, by=ORGANISER, **to)  # type: ignore[arg-type]
    rows = db.session.scalars(
        select(OutboxMessage).filter_by(kind="reminder_test").order_by(OutboxMessage.locale)
    ).all()
    assert [(row.recipient, row.locale) for row in rows] == [("me@example.com", "en"), ("me@example.com", "zh-CN")]
    db.session.rollback()
    assert queries.count(conference.id, [found], now=clock.now()).sent == {}
