"""Words of a plan that would be markup, code or a new header if anything took them for that: every page, every mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.rules import Role
from core import i18n, outbox
from core.db import db
from core.jobs import Hopeless
from core.outbox import Mail, OutboxMessage
from signing.agreements import service as agreement_service
from signing.ceremonies import inviting
from signing.ceremonies import service as ceremonies
from signing.seats import proving
from tests.signing.test_access import screen, signer, signing_rules, staff
from tests.support import ceremony, quick
from tests.support.ceremony import ADDRESS, HOST
from tests.support.pages import check_page, parse
from tests.support.quick import Quick, QuickWorld
from web import mail

# Ends an attribute of either kind, a script and a comment, is an element and an expression of a template.
HOSTILE = "\"'--></script><xss-probe>{{7*7}}"
SHORT = "\"'><xss-probe>{{7*7}}"  # a person's name, in a certificate
WRITTEN = {"title", "note", "source", "conference_tool", "organisation", "representative_title", "place", "assumed"}


@dataclass
class Words:
    """The ceremony whose every word is hostile, and how often the walk met them."""

    world: Quick
    met: int = 0

    def look(self, answer: TestResponse) -> None:
        """Whatever came back, no probe has become an element of it."""
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        self.met += b"xss-probe" in answer.data
        if answer.mimetype == "text/html" and answer.status_code == 200:
            check_page(answer)
        if answer.mimetype == "text/html":
            page = parse(answer.text)
            assert not page.xpath("//xss-probe"), answer.request.path
            assert "49" not in " ".join(page.xpath("//h1//text() | //h2//text()")), answer.request.path


def hostile(value: Any, name: str = "") -> Any:
    """The same plan with every word of people in it replaced."""
    if isinstance(value, dict):
        return {key: hostile(each, name if key in i18n.LOCALES else key) for key, each in value.items()}
    if isinstance(value, list):
        return [hostile(each, name) for each in value]
    if name == "representative_name":
        return SHORT
    return HOSTILE if name in WRITTEN else value


@pytest.fixture
def words(quick_world: QuickWorld, data_dir: Path) -> Iterator[Words]:
    extra = {"note": "x", "source": "x", "conference_tool": "x"}
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        data = hostile({**quick.plan(), **extra})
        with made.app.app_context():
            played = quick.invite(data, made.played.organisation_id)
        yield Words(Quick(made.app, played))


def visit(words: Words, client: FlaskClient) -> None:
    """Open every page and every JSON of the signing rooms that this visitor may see."""
    ids = {
        "ceremony_id": words.world.id,
        "agreement_id": words.world.first,
        "party_key": "party_a",
        "seat_id": words.world.people["party_a"].seat_id,
        "digest": "0" * 64,
        "number": "1",
    }
    for _, method, rule in signing_rules(words.world):
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: ids.get(found[1], "nothing"), rule)
        if method == "GET" and not path.startswith(("/s/", "/stage/open/")):
            words.look(client.get(path))


@pytest.mark.parametrize("who", ["host", "signer", "screen"])
def test_hostile_words_are_text_on_every_page(words: Words, who: str) -> None:
    visitors = {"host": lambda world: staff(world, Role.ADMINISTRATOR), "signer": signer, "screen": screen}

    visit(words, visitors[who](words.world))

    assert words.met > 1


def test_a_hostile_reason_is_text_on_every_page(words: Words) -> None:
    client = signer(words.world)
    with words.world.app.app_context():
        other = words.world.people["party_b"]
        ceremony.enter(other)
        agreement_service.decline(other.seat_id, words.world.first, reason=HOSTILE, address=ADDRESS)

    visit(words, client)
    visit(words, staff(words.world, Role.ADMINISTRATOR))

    assert words.met > 1


def mails(world: Quick) -> dict[str, tuple[OutboxMessage, Mail]]:
    """What waits to be sent about this ceremony, by kind, in an application context."""
    found = {}
    for row in db.session.query(OutboxMessage).filter_by(chain=world.id, done_at=None).order_by(OutboxMessage.id):
        with i18n.use_locale(row.locale), suppress(Hopeless):
            found[row.kind] = (row, outbox.render(row.kind, row.payload))
    db.session.expunge_all()
    return found


def test_hostile_words_are_text_in_every_mail_and_make_no_header(words: Words) -> None:
    world = words.world
    with world.app.app_context():
        one, other = world.people["party_a"], world.people["party_b"]
        proving.send_code(other.seat_id, address=ADDRESS)
        written = mails(world)
        ceremony.enter(one)
        inviting.invite_again(world.id, other.seat_id, by=HOST)
        agreement_service.decline(one.seat_id, world.first, reason=f"{HOSTILE}\r\nBcc: x@y.example", address=ADDRESS)
        written |= mails(world)
        ceremonies.cancel(world.id, reason=HOSTILE, by=HOST)
        written |= mails(world)

    assert len(written) >= 4, sorted(written)
    for kind, (row, each) in written.items():
        assert "xss-probe" in each.html, kind
        assert not parse(each.html).xpath("//xss-probe"), kind
        head = mail.compose(row.id, row.recipient, each).as_bytes().partition(b"\r\n\r\n")[0]
        assert not re.search(rb"(?mi)^bcc:", head), kind
