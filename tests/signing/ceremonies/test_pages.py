"""The host's pages, the stage and the demo's pages: empty, full and broken, in both languages, with hostile texts."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml.etree import _Element as Element
from sqlalchemy import select

from accounts.rules import Role
from core import audit, config, i18n, paths
from core.db import db
from core.live import LiveUpdate
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import inviting, planning
from signing.ceremonies import queries as ceremony_queries
from signing.ceremonies import service as ceremonies
from signing.ceremonies.plan_file import CeremonyFile
from tests.support import apps, ceremony, quick
from tests.support.ceremony import ADDRESS, HOST
from tests.support.pages import check_page, csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld, host

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as made:
        yield made


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def add_draft(world: Quick, data: dict[str, Any]) -> str:
    with world.app.app_context():
        played = quick.draft(data, world.played.organisation_id)
    return f"/ceremonies/{played.ceremony_id}"


def plan_without_names() -> dict[str, Any]:
    data = quick.plan()
    for party in data["parties"]:
        del party["representative_name"], party["email"]
    return data


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_every_page_of_a_host_in_every_state(world: Quick, locale: str) -> None:
    client, foreign = host(world, locale=locale), host(world, Role.AUDITOR, locale=locale)
    own = f"/ceremonies/{world.id}"
    empty = add_draft(world, plan_without_names())
    full = add_draft(world, quick.plan(parties=10))
    printing = add_draft(world, quick.plan())
    with world.app.app_context():
        inviting.print_and_invite(printing.rsplit("/", 1)[1], by=HOST)
    seen = {
        path: get_page(client, path)
        for path in ("/ceremonies", "/ceremonies/import", own, empty, full, printing)
    }  # fmt: skip
    for path in (f"{full}/parties/party_j", f"{own}/agreements/{world.first}", f"{own}/parties/party_a"):
        seen[path] = get_page(client, path)
    for path in ("/ceremonies", own, full, printing):
        page = get_page(foreign, path)
        assert not page.xpath("//main//form"), f"an auditor is offered something to do on {path}"
    assert {page.get("lang") for page in seen.values()} == {locale}
    assert len(seen["/ceremonies"].xpath("//tbody/tr")) == 4
    assert seen[empty].xpath("//*[@data-missing]")
    assert seen[full].xpath("//a[contains(@href, '/invite')]")
    assert not seen[empty].xpath("//a[contains(@href, '/invite')]")
    assert not seen[printing].xpath("//*[contains(@href | @action, '/invite')]")
    # Else a paper that cannot be printed leaves its host without a way on.
    assert seen[printing].xpath("//form[contains(@action, '/cancel')]")
    with world.app.app_context(), i18n.use_locale(locale):
        assert i18n.t("ceremony-state-printing") in words(seen["/ceremonies"])


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_an_organisation_without_ceremonies_is_told_how_to_begin(world: Quick, locale: str) -> None:
    page = get_page(host(world, locale=locale, elsewhere=True), "/ceremonies")
    assert page.get("lang") == locale
    assert page.xpath("//main//a[@href='/ceremonies/import']")
    assert not page.xpath("//table")
    assert not get_page(host(world, Role.AUDITOR, elsewhere=True), "/ceremonies").xpath(
        "//a[@href='/ceremonies/import']"
    )


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_board_tells_who_signed_who_declined_and_that_it_is_off(world: Quick, locale: str) -> None:
    client, path = host(world, locale=locale), f"/ceremonies/{world.id}"
    one, other, _ = world.people.values()
    with world.app.app_context():
        quick.finish(one, quick.prepared(one, world.first))
        agreement_service.decline(other.seat_id, world.first, reason=HOSTILE[:200], address=ADDRESS)
    page = get_page(client, path)
    assert not page.xpath("//main//progress")  # nothing is left that could be signed
    pills = page.xpath("//main//*[@data-live-region='agreements']//*[@class='pill']/@data-state")
    assert (pills.count("unsigned"), pills.count("declined"), pills.count("signed")) == (2, 1, 1)
    assert HOSTILE[:200] in " ".join(page.xpath("//main//text()"))
    with world.app.app_context(), i18n.use_locale(locale):
        number = agreements.get_agreement(world.first).number
        assert number in page.xpath("string((//main//*[@class='ended'])[2])")
    assert not page.xpath("//main//script | //main//img[@src='x']")
    with world.app.app_context():
        ceremonies.cancel(world.id, reason="改期", by=HOST)
    page = get_page(client, path)
    with world.app.app_context(), i18n.use_locale(locale):
        assert i18n.t("ceremony-state-cancelled") in words(page)
    assert not page.xpath("//form[contains(@action, '/cancel')]")
    assert page.xpath("//a[contains(@href, '/seats/')] and //form[contains(@action, '/copy')]")


def test_what_can_no_longer_be_signed_counts_nowhere(world: Quick) -> None:
    client, decliner = host(world), world.people["party_b"].seat_id
    with world.app.app_context():
        for person in world.people.values():
            quick.finish(person, quick.prepared(person, world.first))
        agreement_service.decline(decliner, world.agreements["next_0"], reason="另议", address=ADDRESS)

    board, listed = get_page(client, f"/ceremonies/{world.id}"), get_page(client, "/ceremonies")

    counts = board.xpath("//tr[@data-party]/td[contains(@class, 'num')]/div/text()")
    assert counts == ["1 / 1", "1 / 1", "1 / 1"]
    [row] = listed.xpath("//tbody/tr/td[last()]/div/text()")
    assert row == "3 / 3"


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_what_was_not_signed_becomes_a_new_draft_with_its_own_parties(world: Quick, locale: str) -> None:
    client, path = host(world, locale=locale), f"/ceremonies/{world.id}"
    by_seat = {person.seat_id: person for person in world.people.values()}
    with world.app.app_context():
        for signer in agreements.get_agreement(world.first).signers:
            quick.finish(by_seat[signer.seat_id], quick.prepared(by_seat[signer.seat_id], world.first))
        agreement_service.decline(
            world.people["party_b"].seat_id, world.agreements["next_0"], reason="另议", address=ADDRESS
        )
        assert post(client, f"{path}/copy", {"date": "2027-03-01", "time": "09:30"}).status_code == 409
        with quick.small_evidence():
            ceremony.do_jobs()
    page = get_page(client, path)
    form = page.xpath("//form[contains(@action, '/copy')]")[0]
    assert form.xpath("string(.//input[@name='time']/@value)") == "10:00"
    assert page.xpath("//a[contains(@href, '/kit.zip')]")
    for date, time in (("", ""), ("yesterday", "09:30"), ("2027-03-01", "25:00")):
        check_page(answer := post(client, f"{path}/copy", {"date": date, "time": time}))
        assert answer.status_code == 422
    made, again = (post(client, f"{path}/copy", {"date": "2027-03-01", "time": "09:30"}) for _ in range(2))
    assert made.headers["Location"] == again.headers["Location"]
    state = client.get(f"/api{made.headers['Location']}").get_json()
    assert (state["state"], state["starts_at"]) == ("draft", "2027-03-01T01:30:00.000Z")
    assert [party["key"] for party in state["parties"]] == ["party_a", "party_b"]
    assert {party["seat"]["name"] for party in state["parties"]} == {"样例甲", "样例乙"}
    (left,) = state["agreements"]
    assert (left["key"], left["after"], len(left["signers"])) == ("next_0", [], 2)
    assert "20270301" in left["number"]
    check_page(client.get(made.headers["Location"]))


def test_a_draft_that_was_called_off_does_not_keep_the_host_from_another(world: Quick) -> None:
    client = host(world)
    with world.app.app_context():
        ceremonies.cancel(world.id, reason="改期", by=HOST)
    wish: dict[str, object] = {"date": "2027-03-01", "time": "09:30"}
    first = post(client, f"/ceremonies/{world.id}/copy", wish).headers["Location"]
    post(client, f"{first}/cancel", {"reason": "改期"})
    second = post(client, f"/ceremonies/{world.id}/copy", wish).headers["Location"]
    assert first != second
    assert [each["after"] for each in client.get(f"/api{second}").get_json()["agreements"]] == [[], ["main"]]


def stage_link_shown(page: Element) -> str:
    return str(page.xpath("string(//*[@data-copy]/@data-copy)")).removeprefix(config.settings().base_url)


def test_the_stage_link_stays_the_same_until_the_host_takes_it_back(world: Quick) -> None:
    client, path = host(world), f"/ceremonies/{world.id}"
    assert not get_page(client, path).xpath("//form[contains(@action, 'take-back')]")
    assert not stage_link_shown(get_page(client, f"{path}/stage-link"))
    links = []
    for _ in range(2):
        assert post(client, f"{path}/stage").headers["Location"] == f"{path}/stage-link"
        page = get_page(client, f"{path}/stage-link")
        assert page.xpath("//*[@class='link-qr']/*[local-name()='svg']")
        links.append(stage_link_shown(page))
    assert links[0] == links[1]
    screen = world.app.test_client()
    assert screen.get(links[0]).headers["Location"] == f"/stage/{world.id}"
    assert get_page(client, path).xpath("//form[contains(@action, 'take-back')]")
    assert post(client, f"{path}/stage/take-back").status_code == 303
    for late in (screen.get(f"/stage/{world.id}"), world.app.test_client().get(links[0])):
        assert late.status_code == 410
        page = check_page(late)
        assert "大屏链接已收回" in words(page)
        assert not page.xpath("//main//a[@href='/']")  # the start page is the staff's
    refused = screen.get(f"/stage/{world.id}/state.json", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (410, "stage_link_taken_back")
    assert not get_page(client, path).xpath("//form[contains(@action, 'take-back')]")
    post(client, f"{path}/stage")
    again = stage_link_shown(get_page(client, f"{path}/stage-link"))
    assert again != links[0]
    assert screen.get(again).status_code == 303
    with world.app.app_context():
        done = [json.loads(line)["action"] for line in audit.list_lines(world.id)]
        told = db.session.scalars(select(LiveUpdate.kind).filter_by(channel=f"stage:{world.id}")).all()
    assert (done.count("stage.link_made"), done.count("stage.link_taken_back")) == (2, 1)
    assert told.count("stage.links_changed") == 3


def test_a_personal_link_is_shown_with_its_owner_and_changes_by_the_button_alone(world: Quick) -> None:
    client, seat_id = host(world), world.people["party_a"].seat_id
    path = f"/ceremonies/{world.id}/seats/{seat_id}"
    page = get_page(client, f"{path}/link")
    first = stage_link_shown(page)
    assert first == world.link("party_a")
    assert all(part in words(page) for part in ("样例甲", "样例甲公司", "p***@signers.example"))
    assert stage_link_shown(get_page(client, f"{path}/link")) == first  # looking changes nothing
    assert post(client, f"{path}/invite").headers["Location"] == f"{path}/link"
    second = stage_link_shown(get_page(client, f"{path}/link"))
    signer = world.app.test_client()
    assert second != first
    assert signer.get(second).headers["Location"] == f"/seat/{seat_id}"
    old = world.app.test_client().get(first)
    assert old.status_code == 410
    assert "更新的链接" in words(check_page(old))
    elsewhere = client.get(f"/ceremonies/{world.id}/seats/sea_nobody/link")
    assert elsewhere.status_code == 404


def upload(client: FlaskClient, content: bytes | None) -> Any:
    data: dict[str, object] = {"file": (io.BytesIO(content), "plan.json")} if content is not None else {}
    return post(client, "/ceremonies/import", data, content_type="multipart/form-data")


def test_a_file_is_imported_and_shown(world: Quick) -> None:
    client = host(world)
    answer = upload(client, (paths.examples() / "shuangliu-signing.json").read_bytes())
    assert answer.status_code == 303
    page = get_page(client, answer.headers["Location"])
    assert "双流" in words(page)
    assert len(page.xpath("//table/tbody/tr")) == 6
    example = post(client, "/ceremonies/import", {"example": "yes"})
    assert example.status_code == 303


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_bad_file_shows_every_problem_with_its_path_and_keeps_nothing(world: Quick, locale: str) -> None:
    client = host(world, locale=locale)
    data = quick.plan() | {HOSTILE: 1, "date": HOSTILE, "host_timezone": "Mars"}
    answer = upload(client, json.dumps(data).encode())
    assert answer.status_code == 422
    page = check_page(answer)
    text = " ".join(page.xpath("//main//text()"))
    for expected in (f"$.{HOSTILE}", "$.date", "$.host_timezone"):
        assert expected in text
    assert not page.xpath("//main//script | //main//img")
    assert len(get_page(client, "/ceremonies").xpath("//tbody/tr")) == 1


def test_no_file_an_empty_file_and_files_that_are_too_large(world: Quick) -> None:
    client = host(world)
    for content in (None, b"", b"{", b" " * 600_000):
        answer = upload(client, content)
        assert answer.status_code == 422
        assert check_page(answer).xpath("//main//*[contains(text(), '$')]")
    too_large = client.post(
        "/ceremonies/import",
        data={"file": (io.BytesIO(b" " * (config.settings().max_upload_bytes + 100_000)), "plan.json")},
        headers={"X-CSRFToken": csrf_token(client)},
    )
    assert too_large.status_code == 413
    check_page(too_large)


def test_hostile_names_are_text_everywhere(world: Quick) -> None:
    data = quick.plan()
    data["title"] = {"zh-CN": HOSTILE[:60], "en": HOSTILE[:60]}
    data["note"] = HOSTILE
    for party in data["parties"]:
        party["representative_name"] = HOSTILE[:40]
        party["place"] = HOSTILE[:40]
        party["organisation"] = HOSTILE[:60]
    data["agreements"][0]["title"] = HOSTILE
    with world.app.app_context():
        played = quick.invite(data, world.played.organisation_id)
        made = Quick(world.app, played)
        token = ceremonies.stage_link(made.id, by=HOST)
    client, screen, seat = host(world), world.app.test_client(), world.app.test_client()
    screen.get(f"/stage/open/{token}")
    seat.get(made.link("party_a"))
    for visitor, path in (
        (client, f"/ceremonies/{made.id}"),
        (client, f"/ceremonies/{made.id}/parties/party_b"),
        (client, f"/ceremonies/{made.id}/agreements/{made.first}"),
        (client, f"/ceremonies/{made.id}/trail"),
        (client, "/ceremonies"),
        (screen, f"/stage/{made.id}"),
        (seat, f"/seat/{made.people['party_a'].seat_id}"),
    ):
        page = get_page(visitor, path)
        assert not page.xpath("//script[contains(text(), 'alert(1)') and not(@type='application/json')]"), path
        assert not page.xpath("//img[@src='x']"), path
        assert "49" not in " ".join(page.xpath("//h1//text()"))


def seen_on(page: Element) -> str:
    """What a form says it was made from."""
    return str(page.xpath("string(//main//input[@name='seen']/@value)"))


def test_a_party_is_edited_and_mistakes_stay_beside_their_fields(world: Quick) -> None:
    client, path = host(world), add_draft(world, quick.plan()) + "/parties/party_b"
    page = get_page(client, path)
    form = {
        str(field.get("name")): field.get("value") or str(field.xpath("string(.//option[@selected]/@value)"))
        for field in page.xpath("//main//form//*[self::input or self::select]")
        if field.get("name") != "csrf_token"
    }
    assert post(client, path, form).status_code == 303  # what was shown is what is kept
    form["seen"] = seen_on(get_page(client, path))
    wrong = post(client, path, {**form, "email": "nobody", "timezone": "Mars", "organisation": " "})
    assert wrong.status_code == 422
    page = check_page(wrong)
    assert {str(field.get("name")) for field in page.xpath("//*[@aria-invalid='true']")} >= {"email", "organisation"}
    assert page.xpath("string(//input[@name='email']/@value)") == "nobody"
    right = post(client, path, {**form, "representative_name": "样例新人", "email": "new@signers.example"})
    assert right.status_code == 303
    assert "样例新人" in words(get_page(client, right.headers["Location"]))


def test_an_amount_is_taken_as_people_group_it_and_not_otherwise(world: Quick) -> None:
    client, plan_path = host(world), add_draft(world, quick.plan())
    ceremony_id = plan_path.rsplit("/", 1)[1]
    with world.app.app_context():
        agreement_id = quick.played_from(ceremony_id, "").agreements["main"]
    path = f"{plan_path}/agreements/{agreement_id}"
    form: dict[str, object] = {"title": "样例协议", "currency": "USD", "between": ["party_a", "party_b"]}
    for typed in ("12,3", "1e5", "-1", "1,0000", "１２", "12 000"):
        answer = post(client, path, {**form, "amount": typed})
        assert (typed, answer.status_code) == (typed, 422)
        assert check_page(answer).xpath("string(//input[@name='amount']/@value)") == typed
    for typed, kept in (("5,000,000", "5000000"), (" 12.5 ", "12.5"), ("", None)):
        seen = seen_on(get_page(client, path))
        assert post(client, path, {**form, "amount": typed, "seen": seen}).status_code == 303
        state = client.get(f"/api/ceremonies/{ceremony_id}").get_json()["agreements"][0]
        assert (state["title"], state["amount"]) == ({"zh-CN": "样例协议"}, kept)


def test_after_the_invitation_the_plan_is_closed(world: Quick) -> None:
    client = host(world)
    answer = post(
        client,
        f"/ceremonies/{world.id}/agreements/{world.first}",
        {"title": "样例协议", "between": ["party_a", "party_b"]},
    )
    assert answer.status_code == 409
    check_page(answer)
    assert post(client, f"/ceremonies/{world.id}/invite").status_code == 409


def test_cancelling_asks_for_a_reason(world: Quick) -> None:
    client, path = host(world), f"/ceremonies/{world.id}/cancel"
    for reason in ("", "  ", "x" * 501):
        answer = post(client, path, {"reason": reason})
        assert answer.status_code == 422
        check_page(answer)
    assert post(client, path, {"reason": "改期\n另行通知"}).status_code == 303
    with world.app.app_context():
        assert str(ceremony_queries.get_ceremony(world.id).state) == "cancelled"


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_stage_shows_public_facts_only(world: Quick, locale: str) -> None:
    client = world.app.test_client()
    client.set_cookie("locale", locale)
    with world.app.app_context():
        token = ceremonies.stage_link(world.id, by=HOST)
    client.get(f"/stage/open/{token}")
    page = get_page(client, f"/stage/{world.id}")
    assert page.get("lang") == locale
    state = client.get(f"/stage/{world.id}/state.json").get_json()
    inline = json.loads(page.xpath("string(//script[@id='stage-state'])"))
    assert {**inline, "server_now": ""} == {**state, "server_now": ""}
    # Who holds a pen is named beside the ink (decision 0038), and nobody anywhere else.
    assert sorted(state.pop("pens").values()) == ["样例丙", "样例乙", "样例甲"]
    text = json.dumps(state, ensure_ascii=False)
    assert "signers.example" not in text
    assert '样例甲"' not in text
    assert token not in page.xpath("string(//html)")


def test_a_program_s_key_is_never_one_of_ours_and_counts_to_its_last_letter(world: Quick) -> None:
    client = host(world)
    token = {"X-CSRFToken": csrf_token(client)}
    with world.app.app_context():
        plan = CeremonyFile.read(quick.plan())
        ours = planning.import_ceremony(
            plan, organisation_id=world.played.organisation_id, by=HOST, demo=False, import_key="begun:of-a-page"
        )
    content, made = json.dumps(quick.plan()).encode(), {ours}
    for key in ("begun:of-a-page", "x" * 80 + "1", "x" * 80 + "2"):
        answers = [
            client.post("/api/ceremonies", data=content, headers={**token, "Idempotency-Key": key}) for _ in range(2)
        ]
        [found] = {each.get_json()["id"] for each in answers}
        made.add(found)
    assert len(made) == 4


def test_the_json_of_a_host_says_the_same_as_the_pages(world: Quick) -> None:
    client = host(world)
    headers = {"X-CSRFToken": csrf_token(client), "Idempotency-Key": "one-import"}
    content = json.dumps(quick.plan()).encode()
    first, again = (client.post("/api/ceremonies", data=content, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json()["id"] == again.get_json()["id"]
    bad = client.post("/api/ceremonies", data=b'{"date": null}', headers=headers)
    error = bad.get_json()["error"]
    assert (bad.status_code, error["code"]) == (422, "bad_ceremony_file")
    assert {"$.date", "$.title", "$.parties"} <= {problem["path"] for problem in error["problems"]}
    path = f"/api/ceremonies/{first.get_json()['id']}"
    nulls = client.post(
        f"{path}/parties/party_b", json=dict.fromkeys(("organisation", "email", "timezone")), headers=headers
    )
    assert {problem["path"] for problem in nulls.get_json()["error"]["problems"]} >= {
        "$.organisation",
        "$.email",
        "$.timezone",
        "$.place",
        "$.representative_name",
        "$.representative_title",
    }
    state = client.get(path).get_json()
    assert (state["state"], state["obstacles"], len(state["parties"])) == ("draft", [], 3)
    assert client.post(f"{path}/invite", headers=headers).status_code == 202
    assert client.get(path).get_json()["state"] == "printing"


@pytest.fixture
def demo(quick_world: QuickWorld, data_dir: Path, tmp_path: Path) -> Iterator[Quick]:
    """An application with the demo's pages, on a ceremony that was invited."""
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        settings = config.settings().model_copy(update={"demo": True, "smtp_url": ""})
        with apps.running(settings) as app:
            yield Quick(app, made.played)


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_demo_s_pages_empty_and_full(demo: Quick, locale: str) -> None:
    client = demo.app.test_client()
    client.set_cookie("locale", locale)
    for path in ("/demo", "/demo/mailbox", "/demo/mailbox?to=nobody@example.test"):
        assert get_page(client, path).get("lang") == locale
    assert client.get("/demo/mailbox/msg_nothing").status_code == 404
    with demo.app.app_context():
        ceremony.do_jobs()
        deliver_everything()
    listed = " ".join(get_page(client, "/demo/mailbox").xpath("//tbody//text()"))
    assert all(f"party-{each}@signers.example" in listed for each in "abc")
    (message,) = client.get("/demo/mailbox.json?to=party-a@signers.example").get_json()["messages"]
    page = get_page(client, f"/demo/mailbox/{message['id']}")
    assert page.xpath("//a[contains(@href, '/s/')]")
    file = client.get(f"/demo/mailbox/{message['id']}/files/0")
    assert file.data.startswith(b"BEGIN:VCALENDAR")
    assert client.get(f"/demo/mailbox/{message['id']}/files/1").status_code == 404


def deliver_everything() -> None:
    from core import claims
    from core.outbox import OutboxMessage
    from web import mail

    for claim in claims.take(OutboxMessage, worker="test", limit=50):
        mail.deliver(claim)
        db.session.remove()


def test_two_ceremonies_with_the_same_people_show_each_its_own_links(demo: Quick) -> None:
    client = demo.app.test_client()
    client.get("/demo")
    with demo.app.app_context():
        from web.demo import service

        organisation_id = service.prepare().organisation_id
        found = [quick.invite(quick.plan(), organisation_id).people["party_a"].seat_id for _ in range(2)]
        deliver_everything()
    page = get_page(client, "/demo")
    links = [str(each) for each in page.xpath("//main//li/a[contains(., '样例甲公司')]/@href")]
    assert len(links) == 2
    led = {client.get(link).headers["Location"] for link in links}
    assert led == {f"/seat/{seat_id}" for seat_id in found}
