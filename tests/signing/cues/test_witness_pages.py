"""The pages of witnesses, their own and the host's, in both languages; none of them needs a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml.etree import _Element as Element

from accounts.rules import Role
from core import i18n, outbox
from core.db import db
from core.outbox import OutboxMessage
from signing.cues import leading, queries, service, tick_queries
from signing.cues.rules import Act, Verb
from signing.witnesses import queries as witnesses
from tests.support.ceremony import HOST
from tests.support.pages import check_page, get_page, post
from tests.support.quick import Quick, QuickWorld, host

TYPED = {"name": "见证人甲", "organisation": "样例公证处", "email": "witness@example.test", "language": "en"}


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        yield made


def at(world: Quick, part: str = "") -> str:
    return f"/ceremonies/{world.id}/witnesses{part}"


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def named(world: Quick, client: FlaskClient) -> tuple[str, str]:
    """A witness's id, and the address of the link as its page has it."""
    answer = post(client, at(world), TYPED)
    assert answer.status_code == 303
    page = get_page(client, answer.headers["Location"])
    url = page.xpath("string(//*[@data-copy]/@data-copy)")
    with world.app.app_context():
        return witnesses.list_witnesses(world.id)[-1].id, "/" + url.split("/", 3)[3]


def do(world: Quick, verb: Verb, cue: int = 0) -> None:
    with world.app.app_context():
        sheet = queries.get_sheet(world.id)
        leading.lead(world.id, Act(verb, sheet.seq, sheet.cues[cue].id, anyway=True), by=HOST)


def go_to(world: Quick, number: int) -> None:
    do(world, Verb.STAND_BY, number)
    do(world, Verb.GO)


def make_sheet(world: Quick) -> None:
    with world.app.app_context():
        service.make_sheet(world.id, by=HOST)


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_each_page_is_whole_before_during_and_after_the_comparison(world: Quick, locale: str) -> None:
    client, own = host(world, locale=locale), world.app.test_client()
    get_page(client, at(world))
    witness, link = named(world, client)
    get_page(client, at(world))
    get_page(host(world, Role.AUDITOR, locale=locale), at(world))
    own.set_cookie("locale", locale)
    assert own.get(link).status_code == 303
    page = get_page(own, f"/witness/{witness}")
    assert "见证人甲" in words(page)
    post(own, f"/witness/{witness}/declare", {})
    make_sheet(world)
    for number in (0, 1, 2, 3):
        go_to(world, number)
        get_page(own, f"/witness/{witness}")
        get_page(client, f"/ceremonies/{world.id}/cues")
    for verb in (Verb.HOLD, Verb.OVER):
        do(world, verb)
        get_page(own, f"/witness/{witness}")


def test_the_link_is_mailed_in_the_language_of_the_witness(world: Quick) -> None:
    _, link = named(world, host(world))
    with world.app.app_context():
        row = db.session.query(OutboxMessage).filter_by(kind="witness_invitation").one()
        assert row.recipient == TYPED["email"]
        with i18n.use_locale(row.locale):
            mail = outbox.render(row.kind, row.payload)
    assert link in mail.text
    assert mail.subject.startswith("Please witness")


def test_without_a_script_a_witness_ticks_by_the_form_of_the_page(world: Quick) -> None:
    own, (witness, link) = world.app.test_client(), named(world, host(world))
    own.get(link)
    post(own, f"/witness/{witness}/declare", {})
    make_sheet(world)
    go_to(world, 2)
    page = get_page(own, f"/witness/{witness}")
    form = page.xpath("//form[@data-tick]")[0]
    fields = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
    assert own.post(form.get("action"), data=fields).status_code == 303
    with world.app.app_context():
        found = tick_queries.find_live(world.id)
        assert found is not None
        assert found.keys([witness]) == ["party_a"]
    old = check_page(own.post(form.get("action"), data={**fields, "run": "2020-01-01T00:00:00.000Z"}))
    assert old.xpath("//*[@id='refused']")


def test_a_link_that_was_taken_back_opens_nothing(world: Quick) -> None:
    client, own = host(world), world.app.test_client()
    witness, link = named(world, client)
    own.get(link)
    post(client, at(world, f"/{witness}/take-back"), {})
    assert own.get(f"/witness/{witness}").status_code == 410
    assert world.app.test_client().get(link).status_code == 410
    assert "taken back" in words(get_page(host(world, locale="en"), at(world, f"/{witness}")))


def test_what_is_wrong_in_the_form_is_named_and_kept(world: Quick) -> None:
    client = host(world, locale="en")
    refused = post(client, at(world), {**TYPED, "name": "", "email": "nobody"})
    assert refused.status_code == 422
    page = check_page(refused)
    assert page.xpath("//*[@id='name-error']")
    assert page.xpath("//*[@id='email-error']")
    assert page.xpath("string(//input[@name='organisation']/@value)") == TYPED["organisation"]
