"""What waits to be mailed holds no secret: links and codes are made again from their records at the sending."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core import audit, claims, clock, config, i18n, outbox, tokens
from core.db import db, transaction
from core.jobs import Hopeless
from core.mailbox import MailboxMessage
from core.outbox import Mail, OutboxMessage
from core.tokens import LinkRevoked
from signing.ceremonies import inviting
from signing.ceremonies import service as ceremonies
from signing.seats import proving, queries, rules, service
from tests.support.ceremony import ADDRESS, HOST, link_token, mailed_code
from tests.support.quick import Quick, QuickWorld
from web import mail


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir) as made:
        yield made


def seat_of(world: Quick) -> str:
    return world.people["party_a"].seat_id


def ask(world: Quick) -> OutboxMessage:
    """The row of a code that was just asked for."""
    proving.send_code(seat_of(world), address=ADDRESS)
    return db.session.scalars(select(OutboxMessage).filter_by(kind=service.CODE_MAIL, done_at=None)).one()


def render(row: OutboxMessage) -> Mail:
    with i18n.use_locale(row.locale):
        return outbox.render(row.kind, dict(row.payload))


def test_no_secret_waits_in_the_outbox_or_stands_in_the_trail(world: Quick) -> None:
    for person in world.people.values():
        proving.send_code(person.seat_id, address=ADDRESS)
    ids = [person.seat_id for person in world.people.values()]
    secrets = [text for seat_id in ids for text in (link_token(seat_id), mailed_code(seat_id))]
    waiting = json.dumps([row.payload for row in db.session.scalars(select(OutboxMessage))])
    db.session.remove()
    config.use(config.settings().model_copy(update={"smtp_url": ""}))
    for claim in claims.take(OutboxMessage, worker="w", limit=50):
        mail.deliver(claim)
    sent = "\n".join(db.session.scalars(select(MailboxMessage.text)))
    trail = "\n".join(audit.list_lines(world.id))
    assert [text for text in secrets if text in sent] == secrets
    assert not [text for text in secrets if text in waiting or text in trail]
    seats = [queries.get_seat(seat_id) for seat_id in ids]
    assert not [text for seat in seats for text in (seat.name, seat.email) if text in trail]
    assert [row.payload for row in db.session.scalars(select(OutboxMessage))] == [{}] * 6


def test_a_mail_that_is_sent_again_says_the_same(world: Quick) -> None:
    row = ask(world)
    assert render(row).text == render(row).text
    assert mailed_code(seat_of(world)) in render(row).text


def test_a_code_that_no_longer_counts_is_not_sent(world: Quick) -> None:
    row = ask(world)
    assert row.good_until is not None
    with clock.frozen(row.good_until), pytest.raises(Hopeless) as caught:
        render(row)
    assert caught.value.reason == "too_late"
    proving.check_code(seat_of(world), mailed_code(seat_of(world)), address=ADDRESS)
    with pytest.raises(Hopeless):
        render(row)


def test_a_newer_code_overtakes_the_one_that_waits(world: Quick) -> None:
    first = ask(world)
    first_id, payload = first.id, dict(first.payload)
    with clock.frozen(clock.now() + rules.RESEND_AFTER):
        second = ask(world)
        assert mailed_code(seat_of(world)) in render(second).text
        with pytest.raises(Hopeless):
            proving.code_to_send(seat_of(world), payload["salt"])
    withdrawn = db.session.get_one(OutboxMessage, first_id, populate_existing=True)
    assert (withdrawn.reason, withdrawn.payload) == ("withdrawn", {})


def test_codes_are_spread_over_all_six_digits_and_differ_by_installation() -> None:
    made = [rules.make_code(salt=f"salt {number}", pepper=b"a") for number in range(3000)]
    assert all(len(code) == 6 and code.isdigit() for code in made)
    assert len(set(made)) > 2950
    assert min(Counter(code[0] for code in made).values()) > 200
    assert rules.make_code(salt="salt 1", pepper=b"b") != made[1]


def test_a_new_invitation_takes_the_place_of_one_that_waits(world: Quick) -> None:
    inviting.invite_again(world.id, seat_of(world), by=HOST)
    rows = db.session.scalars(select(OutboxMessage).filter_by(kind="invitation", done_at=None)).all()
    assert Counter(row.payload["seat"] for row in rows) == Counter(p.seat_id for p in world.people.values())
    assert all("/s/" in render(row).text for row in rows)


def test_nobody_is_invited_to_a_ceremony_that_was_called_off(world: Quick) -> None:
    row = db.session.scalars(select(OutboxMessage).filter_by(kind="invitation")).first()
    assert row is not None
    kind, payload = row.kind, dict(row.payload)
    ceremonies.cancel(world.id, reason="改期", by=HOST)
    waiting = db.session.scalars(select(OutboxMessage.kind).where(OutboxMessage.done_at.is_(None)))
    assert set(waiting) == {"ceremony_cancelled"}
    with pytest.raises(Hopeless):
        outbox.render(kind, payload)


def test_a_waiting_mail_has_the_newest_link_when_its_own_was_taken_back(world: Quick) -> None:
    with transaction():
        old = tokens.decode(tokens.issue(service.LINK, seat_of(world), expires_in=timedelta(days=1)), service.LINK)
    assert tokens.decode(service.link_again(seat_of(world), old.token_id), service.LINK).token_id == old.token_id
    token = inviting.invite_again(world.id, seat_of(world), by=HOST)
    assert service.link_again(seat_of(world), old.token_id) == token
    with transaction():
        tokens.revoke_all(service.LINK, seat_of(world))
    with pytest.raises(LinkRevoked):
        service.link_again(seat_of(world), old.token_id)
