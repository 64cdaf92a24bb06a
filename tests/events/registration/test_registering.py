"""Who registers: gets a place, waits, or waits for an answer; once, and with few statements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select

from core import audit, tokens
from core.audit import Actor, AuditPrivate
from core.db import db, transaction
from core.errors import Conflict, NotFound
from core.outbox import OutboxMessage
from events.conferences import publishing
from events.conferences.queries import ConferenceView
from events.registration import links, places_service, queries, service
from events.registration.models import Registration
from events.registration.rules import RegistrationState
from tests.support.conference import ORGANISER, someone

GUEST = Actor("guest", address="203.0.113.7")


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are executed inside."""
    found: list[str] = []
    engine = db.engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):  # SQLite has it as a statement, PostgreSQL has not
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def places(conference: ConferenceView, venue: str = "chengdu", audience: str = "company") -> queries.Places:
    db.session.rollback()
    wanted = (conference.venue(venue).id, conference.audience(audience).id)
    return next(each for each in queries.list_places(conference.id) if (each.venue_id, each.audience_id) == wanted)


def mails(conference: ConferenceView) -> list[tuple[str, str]]:
    """(recipient, kind) of what is to be sent."""
    db.session.rollback()
    rows = db.session.scalars(select(OutboxMessage).filter_by(chain=conference.id).order_by(OutboxMessage.id))
    return [(row.recipient, row.kind) for row in rows]


def set_capacity(conference: ConferenceView, capacity: int, venue: str = "chengdu", audience: str = "company") -> None:
    with transaction():
        places_service.set_capacity(
            conference.id, conference.venue(venue).id, {conference.audience(audience).id: capacity}
        )


def link_of(registration_id: str) -> str:
    """The token of the link that a mail would hold now."""
    return service.own_address(registration_id).rpartition("/")[2]


def test_who_registers_has_a_place_a_mail_and_a_link(conference: ConferenceView) -> None:
    made = service.register(conference.id, someone(conference), by=GUEST)
    assert made.state is RegistrationState.CONFIRMED
    assert places(conference).count.taken == 1
    assert mails(conference) == [("person1@example.com", "registration_confirmed")]
    assert links.read(link_of(made.id)) == made.id
    shown = queries.get_registration(made.id)
    assert (shown.name, shown.pinyin, len(shown.code)) == ("样例1", "yl1 yangli1", 8)


def test_a_registration_takes_eight_statements(conference: ConferenceView) -> None:
    service.register(conference.id, someone(conference, 1), by=GUEST)
    with counted() as statements:
        service.register(conference.id, someone(conference, 2), by=GUEST, request_key="k")
    assert len(statements) <= 8, "\n".join(statements)


def test_names_and_addresses_stand_beside_the_trail(conference: ConferenceView) -> None:
    made = service.register(conference.id, someone(conference, name="样例私密"), by=GUEST)
    *_, last = audit.list_lines(conference.id)
    entry = json.loads(last)
    assert (entry["action"], entry["subject"]) == ("registration.registered", {"kind": "registration", "id": made.id})
    assert "样例私密" not in last
    assert "person1@example.com" not in last
    beside = {row.field: row.value for row in db.session.scalars(select(AuditPrivate).filter_by(seq=entry["seq"]))}
    assert beside == {"actor.address": "203.0.113.7", "data.name": "样例私密", "data.email": "person1@example.com"}


def test_an_audience_that_is_decided_on_waits_for_an_answer_and_holds_no_place(conference: ConferenceView) -> None:
    made = service.register(conference.id, someone(conference, audience="guest"), by=GUEST)
    assert made.state is RegistrationState.PENDING
    assert places(conference, audience="guest").count.taken == 0
    assert mails(conference) == [("person1@example.com", "registration_pending")]


def test_an_invitation_that_nobody_sent_admits_nobody(conference: ConferenceView) -> None:
    with pytest.raises(NotFound):
        service.register(conference.id, someone(conference, audience="guest", invitation_id="inv_1"), by=GUEST)


def test_who_finds_a_full_hall_waits_and_nobody_passes_them(conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    service.register(conference.id, someone(conference, 1), by=GUEST)
    waits = service.register(conference.id, someone(conference, 2), by=GUEST)
    assert waits.state is RegistrationState.WAITLISTED
    assert places(conference).waiting == 1
    set_capacity(conference, 2)
    assert service.register(conference.id, someone(conference, 3), by=GUEST).state is RegistrationState.WAITLISTED
    assert (places(conference).count.taken, places(conference).waiting) == (1, 2)


def test_who_may_not_wait_is_told_that_it_is_full(conference: ConferenceView) -> None:
    set_capacity(conference, 1)
    service.register(conference.id, someone(conference, 1), by=GUEST)
    with pytest.raises(Conflict) as refusal:
        service.register(conference.id, someone(conference, 2, may_wait=False), by=GUEST)
    assert refusal.value.code == "venue_full_no_waiting"
    set_capacity(conference, 0, audience="guest")
    with pytest.raises(Conflict) as refusal:
        service.register(conference.id, someone(conference, 2, audience="guest"), by=GUEST)
    assert refusal.value.code == "venue_full_no_waiting"
    assert len(mails(conference)) == 1


def test_nobody_is_registered_twice_however_the_address_is_written(conference: ConferenceView) -> None:
    service.register(conference.id, someone(conference), by=GUEST)
    for venue in ("chengdu", "cloud"):
        with pytest.raises(Conflict) as refusal:
            service.register(conference.id, someone(conference, venue=venue, email=" PERSON1@example.com "), by=GUEST)
        assert refusal.value.code == "already_registered"
    assert places(conference).count.taken == 1
    assert len(mails(conference)) == 1


def test_sent_twice_it_is_one_registration_and_for_somebody_else_another(conference: ConferenceView) -> None:
    once = service.register(conference.id, someone(conference), by=GUEST, request_key="form-1")
    again = service.register(conference.id, someone(conference), by=GUEST, request_key="form-1")
    assert again == once
    other = service.register(conference.id, someone(conference, 2), by=GUEST, request_key="form-1")
    assert other.id != once.id
    assert places(conference).count.taken == 2


def test_two_walk_ins_without_an_address_are_two_people(conference: ConferenceView) -> None:
    made = [service.register(conference.id, someone(conference, n, email=""), by=ORGANISER).id for n in (1, 2)]
    assert len(set(made)) == 2
    assert mails(conference) == []


def test_before_publishing_and_after_calling_off_nobody_registers(draft: ConferenceView) -> None:
    with pytest.raises(Conflict) as refusal:
        service.register(draft.id, someone(draft), by=GUEST)
    assert refusal.value.code == "registration_closed"


def test_a_conference_that_is_called_off_takes_nobody(conference: ConferenceView) -> None:
    publishing.cancel(conference.id, reason="台风", by=ORGANISER)
    with pytest.raises(Conflict) as refusal:
        service.register(conference.id, someone(conference), by=GUEST)
    assert refusal.value.code == "registration_closed"


def test_another_conferences_places_and_companies_are_not_there(conference: ConferenceView) -> None:
    with pytest.raises(NotFound) as refusal:
        service.register(conference.id, someone(conference, venue="cloud", audience="guest"), by=GUEST)
    assert refusal.value.code == "places_not_found"
    with pytest.raises(NotFound):
        service.register("cnf_other", someone(conference), by=GUEST)
    with pytest.raises(NotFound) as refusal:
        service.register(conference.id, someone(conference, company_id="com_other"), by=GUEST)
    assert refusal.value.code == "company_not_found"


def test_a_new_number_takes_older_links_back(conference: ConferenceView) -> None:
    made = service.register(conference.id, someone(conference), by=GUEST)
    link = link_of(made.id)
    with transaction():
        db.session.get_one(Registration, made.id).link_number = 2
    with pytest.raises(tokens.LinkRevoked):
        links.read(link)
    with pytest.raises(tokens.LinkInvalid):
        links.read(link[:-3] + "abc")
