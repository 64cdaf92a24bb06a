"""Invitations and notices: right words, right times, and calendar entries that follow RFC 5545, read back strictly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from core import i18n, outbox
from core.db import db
from core.outbox import Mail, OutboxMessage
from signing.ceremonies import inviting, understudy
from signing.ceremonies import service as ceremonies
from signing.seats import queries as seats
from signing.seats import service as seat_service
from tests.support import quick
from tests.support.ceremony import HOST, link_token
from tests.support.quick import Quick, QuickWorld

_LINE = re.compile(
    r"(?P<name>[A-Z-]+)(?P<params>(;[A-Z-]+=(\"[^\"\x00-\x1f]*\"|[^\";:,\x00-\x1f]*))*):(?P<value>[^\x00-\x1f]*)"
)
HOSTILE = '样例;甲",:x'


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir) as made:
        yield made


def mails(kind: str, seat_id: str) -> list[Mail]:
    rows = db.session.scalars(select(OutboxMessage).filter_by(kind=kind).order_by(OutboxMessage.id)).all()
    found = []
    for row in rows:
        if row.payload.get("seat") == seat_id:
            with i18n.use_locale(row.locale):
                found.append(outbox.render(row.kind, row.payload))
    return found


def unfold(content: bytes) -> list[tuple[str, str, str]]:
    """Name, parameters and value of every content line; raises AssertionError where RFC 5545 §3.1 is not kept."""
    assert content.endswith(b"\r\n")
    physical = content.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in physical)
    logical: list[bytes] = []
    for line in physical:
        if line[:1] == b" ":
            logical[-1] += line[1:]
        else:
            logical.append(line)
    found = []
    for each in logical:
        match = _LINE.fullmatch(each.decode("utf-8"))
        assert match, each
        found.append((match["name"], match["params"], match["value"]))
    return found


def text_of(value: str) -> str:
    """RFC 5545 §3.3.11."""
    assert not re.search(r"(?<!\\)(\\\\)*[,;]", value), value
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)


def entry(mail: Mail) -> dict[str, str]:
    (file,) = mail.attachments
    lines = unfold(file.content)
    names = [name for name, _, _ in lines]
    assert (lines[0], lines[-1]) == (("BEGIN", "", "VCALENDAR"), ("END", "", "VCALENDAR"))
    assert names.count("VERSION") == names.count("PRODID") == names.count("UID") == 1
    opened: list[str] = []
    event: dict[str, str] = {}
    for name, params, value in lines:
        if name == "BEGIN":
            opened.append(value)
        elif name == "END":
            assert opened.pop() == value
        elif opened == ["VCALENDAR", "VEVENT"] or name == "METHOD":
            assert name not in event
            event[name] = value
            event[f"{name} params"] = params
    assert not opened
    assert file.content_type == f"text/calendar; method={event['METHOD']}"
    return event


def test_an_invitation_has_the_link_the_times_and_a_calendar_entry(world: Quick) -> None:
    person = world.people["party_b"]
    (mail,) = mails("invitation", person.seat_id)
    assert re.search(r"http://127\.0\.0\.1:8600/s/[\w.-]+", mail.text)
    # Los Angeles, the evening before; and the host's own time beside it.
    assert "2026年6月30日 19:00" in mail.text
    assert "2026年7月1日 10:00" in mail.text
    event = entry(mail)
    assert (event["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("REQUEST", "CONFIRMED", "0")
    assert (event["DTSTART"], event["DTEND"]) == ("20260701T020000Z", "20260701T021500Z")
    assert re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"])
    assert text_of(event["SUMMARY"]) == "样例项目云签约"
    assert event["ATTENDEE"] == "mailto:party-b@signers.example"
    assert event["UID"] == f"{world.id}.{person.seat_id}@127.0.0.1"


def test_an_invitation_asks_to_check_the_device_beforehand_and_its_link_leads_there(world: Quick) -> None:
    person = world.people["party_b"]
    (mail,) = mails("invitation", person.seat_id)
    found = re.search(r"http://127\.0\.0\.1:8600(/s/[\w.-]+\?to=check)", mail.text)
    assert "请提前检查设备" in mail.text
    assert found
    assert f'<a href="{found[0]}"' in (mail.html or "")
    opened = world.app.test_client().get(found[1])
    assert (opened.status_code, opened.headers["Location"]) == (303, f"/seat/{person.seat_id}/check")


def test_the_host_s_own_signer_is_not_invited_by_the_house_to_sign_for_the_house(world: Quick) -> None:
    (own,) = mails("invitation", world.people["party_a"].seat_id)
    (other,) = mails("invitation", world.people["party_b"].seat_id)
    assert "您将代表样例甲公司参加本单位主办的远程签约" in own.text
    assert "样例甲公司邀请您代表样例乙公司" in other.text


def test_everybody_gets_one_invitation_with_a_uid_of_their_own(world: Quick) -> None:
    events = [entry(mails("invitation", person.seat_id)[0]) for person in world.people.values()]
    assert len({event["UID"] for event in events}) == 3
    (first,) = mails("invitation", world.people["party_a"].seat_id)
    inviting.invite_again(world.id, world.people["party_a"].seat_id, by=HOST)
    (again,) = mails("invitation", world.people["party_a"].seat_id)
    assert entry(first)["UID"] == entry(again)["UID"]
    assert first.text != again.text  # another link


def test_a_cancelled_ceremony_takes_its_calendar_entry_back(world: Quick) -> None:
    seat_id = world.people["party_a"].seat_id
    before = entry(mails("invitation", seat_id)[0])
    ceremonies.cancel(world.id, reason="改期\n另行通知", by=HOST)
    (mail,) = mails("ceremony_cancelled", seat_id)
    assert "改期" in mail.text
    event = entry(mail)
    assert (event["METHOD"], event["STATUS"], event["UID"]) == ("CANCEL", "CANCELLED", before["UID"])
    assert int(event["SEQUENCE"]) > int(before["SEQUENCE"])


def replace(world: Quick, email: str) -> None:
    seat = seats.get_seat(world.people["party_b"].seat_id)
    who = understudy.Understudy("样例替补", {"zh-CN": "副总经理"}, email, "zh-CN", b"%PDF-1.7\n%%EOF\n", "pdf")
    db.session.rollback()
    understudy.replace_signer(world.id, seat.id, who, looked_at=understudy.seen(seat), by=HOST)
    db.session.remove()


def test_who_was_replaced_hears_of_it_and_the_calendar_entry_goes(world: Quick) -> None:
    person = world.people["party_b"]
    before, old_link = entry(mails("invitation", person.seat_id)[0]), link_token(person.seat_id)
    replace(world, "sub@signers.example")
    (told,) = db.session.scalars(select(OutboxMessage).filter_by(kind="seat_replaced")).all()
    assert told.recipient == "party-b@signers.example"
    (mail,) = mails("seat_replaced", person.seat_id)
    assert "样例乙" in mail.text
    assert "他人" in mail.text
    assert "sub@signers.example" not in mail.text
    assert "样例替补" not in mail.text, "who comes is nobody's business but the party's"
    event = entry(mail)
    assert (event["METHOD"], event["STATUS"], event["UID"]) == ("CANCEL", "CANCELLED", before["UID"])
    assert int(event["SEQUENCE"]) > int(before["SEQUENCE"])
    assert event["ATTENDEE"] == "mailto:party-b@signers.example"
    db.session.rollback()
    with pytest.raises(seat_service.SeatGivenToAnother):
        seat_service.open_link(old_link)


def test_an_office_that_opens_both_mails_keeps_the_entry_and_a_newer_link_is_called_newer(world: Quick) -> None:
    seat_id = world.people["party_b"].seat_id
    replace(world, "party-b@signers.example")
    (mail,) = mails("seat_replaced", seat_id)
    assert not mail.attachments
    first = link_token(seat_id)
    db.session.rollback()
    inviting.invite_again(world.id, seat_id, by=HOST)
    with pytest.raises(seat_service.SeatLinkReplaced):
        seat_service.open_link(first)


def test_a_draft_that_is_cancelled_writes_to_nobody(drafted: Quick) -> None:
    ceremonies.cancel(drafted.id, reason="改期", by=HOST)
    assert not db.session.scalars(select(OutboxMessage)).all()


def test_hostile_names_stay_inside_their_lines(world: Quick) -> None:
    data = quick.plan()
    data["title"] = HOSTILE + "\\n长" * 30
    for party in data["parties"]:
        party |= {"representative_name": HOSTILE, "place": HOSTILE, "organisation": HOSTILE}
    made = quick.invite(data, world.played.organisation_id)
    (mail,) = mails("invitation", made.people["party_a"].seat_id)
    event = entry(mail)
    assert text_of(event["SUMMARY"]) == data["title"]
    assert text_of(event["LOCATION"]) == HOSTILE
    assert event["ATTENDEE"] == "mailto:party-a@signers.example"
    assert 'CN="样例;甲^\',:x"' in event["ATTENDEE params"]  # RFC 6868: ^' stands for a quote
    assert "&#34;" in mail.html
    assert HOSTILE in mail.text
    assert "\n" not in mail.subject


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_mail_speaks_the_reader_s_language(world: Quick, locale: str) -> None:
    data = quick.plan()
    for party in data["parties"]:
        party["locale"] = locale
    made = quick.invite(data, world.played.organisation_id)
    (mail,) = mails("invitation", made.people["party_a"].seat_id)
    title = data["title"][locale]
    assert title in mail.subject
    assert title in mail.text
    assert f'lang="{locale}"' in mail.html
    assert text_of(entry(mail)["SUMMARY"]) == title
