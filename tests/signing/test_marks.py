"""Every page of a rehearsal says that it is one: nobody may take it for the real thing, or the real thing for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from accounts.rules import Role
from core import i18n
from signing.agreements import queries as agreements
from signing.ceremonies import inviting
from signing.ceremonies import queries as ceremonies
from signing.cues import service as cues
from signing.seats import queries as seats
from tests.support import ceremony, rehearsal
from tests.support.ceremony import HOST
from tests.support.quick import Quick, QuickWorld, host, small_papers

ROOM = Path(__file__).parents[2] / "signing"
# What shows no page of a ceremony: files, pictures, JSON.
PAGE = "text/html"


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


@pytest.mark.parametrize("stage", ["draft", "invited"])
def test_every_page_of_a_rehearsal_that_a_host_opens_is_marked_as_one(world: Quick, stage: str) -> None:
    with world.app.app_context():
        played = rehearsal.rehearse(world.id)
        cues.make_sheet(played, by=HOST)
        if stage == "invited":
            inviting.print_and_invite(played, by=HOST)
            with small_papers():
                ceremony.do_jobs()
        of = ceremonies.get_ceremony(played)
        known = {
            "ceremony_id": played,
            "rehearsal_id": played,
            "seat_id": seats.list_seats(played)[0].id,
            "agreement_id": agreements.list_agreements(played)[0].id,
            "party_key": of.parties[0].key,
            "key": of.parties[0].key,
        }
    client = host(world, Role.HOST)
    with i18n.use_locale("zh-CN"):
        words = i18n.t("common-rehearsal-mark")
    looked_at, unmarked = 0, []
    for rule in world.app.url_map.iter_rules():
        names = rule.arguments
        of_one = names & {"ceremony_id", "rehearsal_id"} and names <= known.keys()
        if "GET" not in (rule.methods or ()) or not of_one:
            continue
        with world.app.test_request_context():
            path = world.app.url_for(rule.endpoint, **{name: known[name] for name in names})
        answer = client.get(path)
        if answer.status_code != 200 or answer.mimetype != PAGE:
            continue
        looked_at += 1
        said = html.fromstring(answer.text).xpath("//*[contains(@class, 'mark')]")
        if not any(words in "".join(each.itertext()) for each in said):
            unmarked.append(rule.endpoint)
    assert unmarked == []
    assert looked_at > 12


def unmarked_pages(source: str) -> list[int]:
    """Lines at which a page or a mail of a ceremony gets `is_demo` where `mark` belongs, which knows rehearsals too."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"render_template", "compose"}:
            given = [each.value for each in node.keywords if each.arg == "demo"]
        elif isinstance(node, ast.Dict):  # what is handed over as **around
            pairs = zip(node.keys, node.values, strict=True)
            given = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "demo"]
        else:
            continue
        found += [each.lineno for value in given for each in ast.walk(value) if getattr(each, "attr", "") == "is_demo"]
    return found


def test_no_view_and_no_mail_of_a_ceremony_is_told_less_than_its_mark() -> None:
    files = [*ROOM.rglob("*views.py"), *ROOM.rglob("*mails.py")]
    assert len(files) > 30
    wrong = {str(file.relative_to(ROOM)): lines for file in files if (lines := unmarked_pages(file.read_text("utf-8")))}
    assert wrong == {}


@pytest.mark.parametrize(
    "source",
    ["render_template('x.html', demo=ceremony.is_demo)", "compose('s', [], demo=c.is_demo)", "{'demo': found.is_demo}"],
)
def test_a_page_that_is_told_less_is_found(source: str) -> None:
    assert unmarked_pages(source) == [1]
    assert unmarked_pages(source.replace("is_demo", "mark")) == []
