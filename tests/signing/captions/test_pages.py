"""The pages of captions, the host's and the interpreter's, and what the interpreter's page sends, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from lxml.etree import _Element as Element
from werkzeug.test import TestResponse

from accounts.rules import Role
from core import clock, i18n, tokens
from signing.captions import queries, service
from signing.ceremonies import service as ceremonies
from signing.ceremonies import stage
from signing.cues import leading
from signing.cues import queries as cues
from signing.cues import service as cue_service
from signing.cues.rules import Act, Verb
from tests.signing.test_access import seat, signer
from tests.support.ceremony import HOST
from tests.support.pages import csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld, host
from tests.support.rehearsal import rehearse


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path, database_kind: str) -> Iterator[Quick]:
    with quick_world.at("invited", database_kind, data_dir, inside=False) as made:
        yield made


def at(world: Quick, part: str = "") -> str:
    return f"/ceremonies/{world.id}/captions{part}"


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def added(world: Quick, client: FlaskClient, language: str = "en") -> tuple[str, str]:
    """An interpreter's id, and the address of the link as its page has it."""
    answer = post(client, at(world), {"language": language})
    assert answer.status_code == 303
    page = get_page(client, answer.headers["Location"])
    url = page.xpath("string(//*[@data-copy]/@data-copy)")
    with world.app.app_context():
        return queries.list_links(world.id)[-1].id, "/" + url.split("/", 3)[3]


def interpreter(world: Quick, client: FlaskClient, language: str = "en") -> tuple[FlaskClient, str]:
    made, link = added(world, client, language)
    own = world.app.test_client()
    assert own.get(link).status_code == 303
    return own, made


def send(own: FlaskClient, made: str, body: object, **more: object) -> TestResponse:
    headers = {"X-CSRFToken": csrf_token(own), "Accept": "application/json"}
    return own.post(f"/api/interpreter/{made}/lines", json=body, headers=headers, **more)


def line(text: str, name: str = "client-0001", **more: object) -> dict[str, object]:
    return {"id": name, "text": text, "typed_at": clock.iso(clock.now()), **more}


def lead_to_the_welcome(world: Quick) -> None:
    with world.app.app_context():
        cue_service.make_sheet(world.id, by=HOST)
        sheet = cues.get_sheet(world.id)
        leading.lead(world.id, Act(Verb.STAND_BY, sheet.seq, sheet.cues[0].id), by=HOST)
        leading.lead(world.id, Act(Verb.GO, cues.get_sheet(world.id).seq), by=HOST)


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_each_page_is_whole_empty_and_full(world: Quick, locale: str) -> None:
    client, own = host(world, locale=locale), world.app.test_client()
    get_page(client, at(world))
    made, link = added(world, client)
    added(world, client, "ar")
    own.set_cookie("locale", locale)
    assert own.get(link).status_code == 303
    get_page(own, f"/interpreter/{made}")
    lead_to_the_welcome(world)
    assert send(own, made, line("<b>Good</b> morning")).status_code == 200
    page = get_page(own, f"/interpreter/{made}")
    told = json.loads(page.xpath("string(//*[@id='interpreter-state'])"))
    assert (told["phase"], told["on_stage"], told["sent"][0]["text"]) == ("running", True, "<b>Good</b> morning")
    assert told["next"]["title"]
    get_page(client, at(world))
    get_page(host(world, Role.AUDITOR, locale=locale), at(world))
    get_page(client, f"/ceremonies/{world.id}/cues")
    post(client, at(world, f"/{made}/take-back"), {})
    get_page(client, at(world, f"/{made}"))
    get_page(client, at(world))


def test_the_words_of_the_live_cue_are_offered_as_lines_in_the_captions_language(world: Quick) -> None:
    client = host(world)
    (chinese, first), (japanese, second) = interpreter(world, client, "zh-CN"), interpreter(world, client, "ja")
    with world.app.app_context():
        cue_service.make_sheet(world.id, by=HOST)
        cue_service.propose_words(world.id, looked_at=cues.get_sheet(world.id).seq, by=HOST)
    lead_to_the_welcome(world)
    ready = chinese.get(f"/api/interpreter/{first}").get_json()["prepared"]
    assert "各位来宾，欢迎参加样例项目云签约。" in ready
    assert not any("Welcome" in each for each in ready)
    assert japanese.get(f"/api/interpreter/{second}").get_json()["prepared"] == []


def test_a_line_reaches_the_stage_and_the_seat_as_text(world: Quick) -> None:
    own, made = interpreter(world, host(world))
    assert send(own, made, line("a <script>alert(1)</script> \u202eb")).status_code == 200
    with world.app.app_context():
        [shown] = stage.state(world.id)["captions"]["lines"]["en"]
    assert shown["text"] == "a <script>alert(1)</script> b"
    client, seat_id = signer(world), world.people["party_a"].seat_id
    told = client.get(f"/api/seat/{seat_id}/captions").get_json()
    assert told["captions"]["lines"]["en"] == [shown]
    settings = client.get(f"/api/seat/{seat_id}").get_json()["captions"]
    assert [each["name"] for each in settings["languages"]] == ["English"]


def test_a_signers_page_has_no_captions_once_all_is_over(world: Quick) -> None:
    interpreter(world, host(world))
    client, seat_id = signer(world), world.people["party_a"].seat_id
    assert client.get(f"/api/seat/{seat_id}").get_json()["captions"] is not None
    with world.app.app_context():
        ceremonies.cancel(world.id, reason="改期", by=HOST)
    assert client.get(f"/api/seat/{seat_id}").get_json()["captions"] is None


def test_whoever_has_a_link_and_proved_nothing_reads_no_captions(world: Quick) -> None:
    """A personal link may have been forwarded."""
    interpreter(world, host(world))
    client, seat_id = seat(world), world.people["party_a"].seat_id
    assert client.get(f"/api/seat/{seat_id}/captions").status_code == 403
    assert client.get(f"/api/seat/{seat_id}").get_json()["captions"] is None


def test_what_is_too_much_too_fast_or_not_a_line_is_refused_by_name(world: Quick) -> None:
    own, made = interpreter(world, host(world))

    def code(answer: TestResponse) -> tuple[int, str]:
        return answer.status_code, answer.get_json()["error"]["code"]

    assert code(send(own, made, line("x" * 5000))) == (413, "caption_too_large")
    assert code(send(own, made, line("x" * 181))) == (422, "invalid_input")
    assert code(send(own, made, [1])) == (422, "invalid_input")
    old = clock.iso(clock.now() - timedelta(minutes=3))
    assert code(send(own, made, line("late", typed_at=old))) == (409, "caption_late")
    assert code(send(own, made, line("forged", replaces=7))) == (409, "caption_not_last")
    with clock.frozen(clock.now() + timedelta(minutes=2)):
        answers = [send(own, made, line("fast", f"client-{number:04}")).status_code for number in range(41)]
    assert answers == [200] * 40 + [429]


def test_a_link_opens_its_own_page_alone_and_nothing_once_it_was_taken_back(world: Quick) -> None:
    client = host(world)
    (own, made), (_, other) = interpreter(world, client), interpreter(world, client, "ja")
    assert own.get(f"/interpreter/{other}").status_code == 403
    assert send(own, other, line("forged")).status_code == 403
    post(client, at(world, f"/{made}/take-back"), {})
    assert own.get(f"/interpreter/{made}").status_code == 410
    assert send(own, made, line("more")).status_code == 410
    assert world.app.test_client().get("/interpreter/open/nonsense").status_code == 404


def test_a_language_that_is_not_in_the_list_makes_no_link(world: Quick) -> None:
    client = host(world, locale="en")
    assert post(client, at(world), {"language": "tlh"}).status_code == 422
    assert post(client, at(world, "/stage"), {"language": "ja"}).status_code == 409
    added(world, client)
    assert post(client, at(world, "/stage"), {"language": "none"}).status_code == 303
    with world.app.app_context():
        assert queries.settings(world.id)["stage"] == ""


def test_a_rehearsal_has_its_own_interpreters_and_its_stage_its_mark_beside_their_words(world: Quick) -> None:
    with world.app.app_context():
        rehearsed = rehearse(world.id)
        made = service.make_link(rehearsed, "en", by=HOST)
        token, link = ceremonies.stage_link(rehearsed, by=HOST), tokens.find_newest("interpreter", made)
    own, screen = world.app.test_client(), world.app.test_client()
    own.get(f"/interpreter/open/{link}")
    assert send(own, made, line("Good morning")).status_code == 200
    page = get_page(screen, screen.get(f"/stage/open/{token}").headers["Location"])
    assert page.xpath("//*[contains(@class, 'demo-mark')]")
    told = json.loads(page.xpath("string(//*[@id='stage-state'])"))["captions"]
    assert [each["text"] for each in told["lines"]["en"]] == ["Good morning"]
    with world.app.app_context():
        assert queries.public(world.id)["languages"] == []
