"""Certificates: who gets one, once, what is on it, what its code tells anybody, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from sqlalchemy import select

from accounts.rules import Role
from core import audit, clock, jobs, outbox, storage
from core.config import Settings
from core.db import db, transaction
from core.errors import Conflict, NotFound
from core.outbox import OutboxMessage
from events.attendance import certificates, queries, reckoning, rules
from events.checkin.rules import Direction
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from events.registration import links, privacy_service
from events.registration.models import Registration
from pdf.verify import Indication, verify_pdf
from signing.trust import service as trust
from tests.support import apps, conference, doors
from tests.support.ceremony import do_jobs
from tests.support.databases import SQLITE, Databases
from tests.support.pages import check_page, get_page, post
from tests.support.stages import TABLES

BEGINS = datetime(2026, 7, 1, 7, tzinfo=UTC)
AFTER = BEGINS + timedelta(days=1)


@dataclass
class World:
    """One was there all the time, one for ten minutes of ninety, one never came."""

    app: Flask
    open: ConferenceView
    whole: str
    short: str
    never: str

    def all(self) -> None:
        """Everybody who is due is certified, as the background work does it."""
        with clock.frozen(AFTER):
            due = certificates.list_due(self.open, reckoning.reckon(self.open))
            certificates.issue_some(self.open, due, by=conference.ORGANISER, with_mail=True)


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as app:
        lead = apps.add_account(app, Role.ADMINISTRATOR, email="lead@example.test")
        with app.app_context():
            with clock.frozen(BEGINS - timedelta(hours=1)):
                made = conference.keep(organisation_id=lead.organisation_id)
                publishing.publish(made.id, by=conference.ORGANISER)
                opened = conference.view(made.id)
                whole, short, never = (doors.register(opened) for _ in range(3))
            with clock.frozen(BEGINS):
                phone = doors.phone(opened)
                phone.scan(whole)
                phone.scan(short)
            with clock.frozen(BEGINS + timedelta(minutes=10)):
                phone.scan(short, Direction.OUT)
            yield World(app, opened, whole, short, never)
    databases.drop(url)


def mails() -> list[OutboxMessage]:
    db.session.remove()
    return list(db.session.scalars(select(OutboxMessage).filter_by(kind=certificates.MAIL)))


def entries(world: World, action: str) -> int:
    return sum(f'"action":"{action}"' in each for each in audit.list_lines(world.open.id))


def test_only_who_was_present_is_certified_and_only_after_the_end(world: World) -> None:
    with clock.frozen(BEGINS + timedelta(minutes=60)), pytest.raises(Conflict, match="conference_not_over"):
        certificates.issue(world.whole, by=conference.ORGANISER)
    with clock.frozen(AFTER):
        for one in (world.short, world.never):
            with pytest.raises(Conflict, match="not_present"):
                certificates.issue(one, by=conference.ORGANISER)
        made = certificates.issue(world.whole, by=conference.ORGANISER)
    assert (made.facts["minutes"], made.facts["conference"]["en"]) == (90, "Sample conference")


def test_a_certificate_is_issued_and_mailed_once_however_often_it_is_asked_for(world: World) -> None:
    world.all()
    first = queries.find_certificate(world.whole)
    world.all()
    with clock.frozen(AFTER):
        assert certificates.issue(world.whole, by=conference.ORGANISER) == first
        # As the background work does that began before somebody fetched theirs.
        everybody = reckoning.reckon(world.open)
        those = [each for each in everybody if each.person.id == world.whole]
        certificates.issue_some(world.open, those, by=conference.ORGANISER, with_mail=True)
    assert [each.payload["registration"] for each in mails()] == [world.whole]
    assert entries(world, "attendance.certified") == 1


def test_asked_for_all_twice_by_one_form_everybody_is_certified_once_in_the_background(world: World) -> None:
    with clock.frozen(BEGINS), pytest.raises(Conflict, match="conference_not_over"):
        certificates.ask_for_all(world.open, by=conference.ORGANISER, request_key="form")
    for _ in range(2):
        certificates.ask_for_all(world.open, by=conference.ORGANISER, request_key="form")
    assert jobs.is_asked(certificates.CERTIFY, chain=world.open.id)
    do_jobs()
    assert not jobs.is_asked(certificates.CERTIFY, chain=world.open.id)
    certificates.ask_for_all(world.open, by=conference.ORGANISER, request_key="another form")
    do_jobs()
    assert len(mails()) == 1
    assert queries.list_certified(world.open.id) == {world.whole}


def test_the_mail_leads_to_the_personal_page_and_is_not_sent_for_what_was_withdrawn(world: World) -> None:
    world.all()
    [message] = mails()
    assert "/r/" in outbox.render(message.kind, dict(message.payload)).text
    certificates.withdraw(world.whole, reason="a mistake", by=conference.ORGANISER)
    assert [each.reason for each in mails()] == ["withdrawn"]


def test_the_paper_says_name_and_hours_is_sealed_and_its_picture_leads_to_the_check(world: World) -> None:
    world.all()
    found = queries.find_certificate(world.whole)
    assert found is not None
    made = certificates.file_of(world.whole)
    assert certificates.file_of(world.whole) == made, "it is made once"
    page = pypdfium2.PdfDocument(made)[0]
    text = page.get_textpage().get_text_range()
    assert found.facts["name"] in text
    assert "1 小时 30 分钟" in text
    assert page.get_width() > page.get_height()
    [code] = zxingcpp.read_barcodes(page.render(scale=2).to_pil().convert("L"))
    assert code.text == certificates.address_of(found)
    verdict = verify_pdf(made, name="attendance.pdf", anchors=trust.published_anchors(), at=clock.now())
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons


def test_a_code_tells_anybody_what_is_on_the_paper_however_it_is_typed(world: World) -> None:
    world.all()
    found = queries.find_certificate(world.whole)
    assert found is not None
    client = world.app.test_client()
    for typed in (found.code, rules.grouped(found.code).lower()):
        words = "".join(get_page(client, f"/attended/{typed}").itertext())
        assert found.facts["name"] in words
    for wrong in ("0000-0000-0000", "nonsense", "x" * 200):
        answer = client.get(f"/attended/{wrong}")
        assert answer.status_code == 404
        assert found.facts["name"] not in answer.text


def test_what_was_withdrawn_says_so_without_the_reason_and_is_handed_out_no_more(world: World) -> None:
    world.all()
    certificates.withdraw(world.whole, reason="wrong person", by=conference.ORGANISER)
    certificates.withdraw(world.whole, reason="again", by=conference.ORGANISER)
    found = queries.find_certificate(world.whole)
    assert found is not None
    text = "".join(get_page(world.app.test_client(), f"/attended/{found.code}").itertext())
    assert "撤回" in text
    assert "wrong person" not in text
    with pytest.raises(Conflict, match="certificate_withdrawn"):
        certificates.file_of(world.whole)
    assert entries(world, "attendance.withdrawn") == 1


def test_a_person_who_is_forgotten_leaves_no_certificate_and_no_file(world: World) -> None:
    world.all()
    found = queries.find_certificate(world.whole)
    assert found is not None
    certificates.file_of(world.whole)
    kept = queries.find_certificate(world.whole)
    assert kept is not None
    file = storage.path(kept.file_digest)
    assert file.exists()
    privacy_service.erase(world.whole, by=conference.ORGANISER)
    assert queries.find_certificate(world.whole) is None
    assert world.app.test_client().get(f"/attended/{found.code}").status_code == 404
    with pytest.raises(NotFound):
        certificates.file_of(world.whole)
    do_jobs(kinds=(certificates.REMOVE,))
    assert not file.exists()


def test_people_fetch_their_own_by_their_personal_link_and_nobody_else_s(world: World) -> None:
    with transaction():
        token = links.write(db.session.get_one(Registration, world.whole))
    person = world.app.test_client()
    own = f"/registration/{world.whole}"
    assert person.get(f"{own}/attendance").status_code == 403

    def link(at: datetime) -> str:
        with clock.frozen(at):
            person.get(f"/r/{token}")
            return "".join(get_page(person, own).xpath("//a[contains(@href,'/attendance')]/text()")).strip()

    assert [link(BEGINS + timedelta(hours=hours)) for hours in (1, 2)] == ["", "参会证明"]
    with clock.frozen(AFTER):
        person.get(f"/r/{token}")
        page = get_page(person, own)
        assert page.xpath("//*[@data-state='ended']")
        assert not page.xpath("//*[@id='ticket' or @id='move']")
        assert post(person, f"{own}/certificate", {}).status_code == 303
        page = get_page(person, f"{own}/attendance")
        assert page.xpath(f"//a[@href='{own}/certificate.pdf']")
        assert person.get(f"{own}/certificate.pdf").mimetype == "application/pdf"
        assert person.get(f"/registration/{world.short}/certificate.pdf").status_code == 403


def test_who_was_there_too_short_is_told_how_long_and_what_is_asked_for(world: World) -> None:
    token = links.write(db.session.get_one(Registration, world.short))
    person = world.app.test_client()
    with clock.frozen(AFTER):
        person.get(f"/r/{token}")
        answer = post(person, f"/registration/{world.short}/certificate", {})
        assert answer.status_code == 409
        assert "10 分钟" in "".join(check_page(answer).itertext())
