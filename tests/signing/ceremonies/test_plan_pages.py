"""The pages by which a host changes a draft, reads its papers, and answers the last question before inviting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml.etree import _Element as Element
from werkzeug.test import TestResponse

from accounts.rules import Role
from core import i18n
from core.db import db, transaction
from pdf.preview import PageImage
from signing.agreements import preview_service
from signing.agreements import queries as agreements
from signing.agreements.paper import AgreementPaper, agreement_html
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.models import Ceremony
from signing.ceremonies.rules import TimePolicy
from signing.seals import service as seals
from signing.seals.rules import SealUse
from tests.pdf.seal_world import encoded, mark
from tests.support import apps, quick
from tests.support.ceremony import HOST
from tests.support.pages import check_page, csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld

TITLES = {"main": "样例主协议", "next_0": "样例后续协议0", "next_1": "样例后续协议1"}


@pytest.fixture
def draft(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """main, between all three parties; next_0 and next_1 after it."""
    with quick_world.at("draft", "sqlite", data_dir, follow=2, inside=False) as made:
        yield made


def staff(draft: Quick, role: Role = Role.HOST, locale: str = "zh-CN") -> FlaskClient:
    account = apps.add_account(
        draft.app,
        role,
        email=f"{role}-{locale}@example.test".lower(),
        organisation_id=draft.played.organisation_id,
        locale=locale,
    )
    return apps.sign_in(draft.app, account)


def words(page: Element) -> str:
    return " ".join(" ".join(page.xpath("//main//text()")).split())


def filled(page: Element) -> dict[str, Any]:
    """What a browser would send of the page's form as it stands; boxes as lists."""
    form: dict[str, Any] = {}
    for each in page.xpath(
        "//main//form[contains(@class, 'stack-loose')]//*[self::input or self::select or self::textarea]"
    ):
        name, kind = str(each.get("name")), each.get("type")
        if name == "csrf_token":
            continue
        if kind == "checkbox":
            form.setdefault(name, [])
            if each.get("checked") is not None:
                form[name].append(each.get("value"))
        elif each.tag == "select":
            form[name] = each.xpath("string(.//option[@selected]/@value)")
        else:
            form[name] = each.text or "" if each.tag == "textarea" else each.get("value")
    return form


def state(client: FlaskClient, draft: Quick) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/ceremonies/{draft.id}").get_json()
    return found


def orders(client: FlaskClient, draft: Quick) -> dict[str, list[str]]:
    return {each["key"]: each["after"] for each in state(client, draft)["agreements"]}


def confirm(client: FlaskClient, page: Element) -> TestResponse:
    """Press the button of the last question as this page shows it."""
    [form] = page.xpath("//form[contains(@action, '/invite')]")
    return post(client, form.get("action"), {"seen": form.xpath("string(.//input[@name='seen']/@value)")})


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_every_form_of_a_draft_keeps_what_it_shows(draft: Quick, locale: str) -> None:
    client, path = staff(draft, locale=locale), f"/ceremonies/{draft.id}"
    before = state(client, draft)
    for form in ("plan", "parties/party_b", f"agreements/{draft.agreements['next_1']}"):
        page = get_page(client, f"{path}/{form}")
        assert page.get("lang") == locale
        assert post(client, f"{path}/{form}", filled(page)).headers["Location"] == path
    after = state(client, draft)
    assert {**after, "server_now": ""} == {**before, "server_now": ""}


def test_the_beginning_is_asked_for_in_the_place_s_time_with_the_zone_named(draft: Quick) -> None:
    client, path = staff(draft), f"/ceremonies/{draft.id}/plan"
    page = get_page(client, path)
    assert "目前按成都当地时间（中国标准时间）" in words(page)
    form = filled(page)
    assert (form["date"], form["time"]) == ("2026-07-01", "10:00")
    assert post(client, path, {**form, "time": "14:45", "timezone": "America/Los_Angeles"}).status_code == 303
    assert state(client, draft)["starts_at"] == "2026-07-01T21:45:00.000Z"
    page = check_page(post(client, path, {**form, "time": "later", "minutes": "many", "title": "样例 样例"}))
    assert set(page.xpath("//*[@aria-invalid='true']/@name")) == {"time", "minutes"}
    assert page.xpath("string(//input[@name='title']/@value)") == "样例 样例"


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_plan_says_the_order_as_people_do(draft: Quick, locale: str) -> None:
    page = get_page(staff(draft, locale=locale), f"/ceremonies/{draft.id}")
    said = [" ".join(each.itertext()) for each in page.xpath("//*[@data-opens]")]
    expected = {
        "zh-CN": ["最先开启", "开启于《样例主协议》完成之后"],
        "en": ["Opens first", "Opens after “样例主协议”"],
    }
    assert said[:2] == expected[locale]


def test_a_circle_is_refused_beside_its_field_and_the_boxes_stay_ticked(draft: Quick) -> None:
    client, path = staff(draft), f"/ceremonies/{draft.id}/agreements/{draft.agreements['main']}"
    form = filled(get_page(client, path))
    answer = post(client, path, {**form, "title": "样例总协议", "after": ["next_0"]})
    assert answer.status_code == 422
    page = check_page(answer)
    assert "样例总协议" in page.xpath("string(//*[@id='after-error'])")
    assert page.xpath("//input[@name='after'][@checked]/@value") == ["next_0"]
    assert page.xpath("//input[@name='between'][@checked]/@value") == ["party_a", "party_b", "party_c"]
    assert page.xpath("//*[@role='alert']//a/@href") == ["#after"]
    nobody = check_page(post(client, path, {**form, "between": []}))
    assert "至少" in nobody.xpath("string(//*[@id='between-error'])")
    assert orders(client, draft)["main"] == []


def test_who_was_chosen_before_keeps_the_order(draft: Quick) -> None:
    client, path = staff(draft), f"/ceremonies/{draft.id}/agreements/{draft.agreements['main']}"
    json_path = f"/api{path}"
    headers = {"X-CSRFToken": csrf_token(client)}
    changed = client.post(json_path, json={"title": "样例", "between": ["party_c", "party_a"]}, headers=headers)
    assert changed.status_code == 200
    form = filled(get_page(client, path))
    assert post(client, path, {**form, "between": ["party_a", "party_b", "party_c"]}).status_code == 303
    main = state(client, draft)["agreements"][0]
    assert [signer["party"] for signer in main["signers"]] == ["party_c", "party_a", "party_b"]


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_an_agreement_and_a_party_are_added_and_removed(draft: Quick, locale: str) -> None:
    client, path = staff(draft, locale=locale), f"/ceremonies/{draft.id}"
    form = filled(get_page(client, f"{path}/new-party"))
    values = {"organisation": "样例丁公司", "representative_name": "样例丁", "representative_title": "总经理"}
    refused = post(client, f"{path}/parties", {**form, **values, "place": "上海", "email": "nobody"})
    assert check_page(refused).xpath("string(//input[@name='key']/@value)") == form["key"]
    for _ in range(2):
        sent = {**form, **values, "place": "上海", "email": "party-d@signers.example"}
        assert post(client, f"{path}/parties", sent).status_code == 303
    assert len(state(client, draft)["parties"]) == 4
    form = filled(get_page(client, f"{path}/new-agreement"))
    added = {**form, "title": "样例新协议", "between": ["party_a", form["key"], "nobody"], "after": ["next_0"]}
    assert post(client, f"{path}/agreements", added).status_code == 422
    for _ in range(2):
        sent = {**form, "title": "样例新协议", "between": ["party_a", "party_b"], "after": ["next_0"]}
        assert post(client, f"{path}/agreements", sent).status_code == 303
    assert orders(client, draft)[form["key"]] == ["next_0"]

    removal = f"{path}/agreements/{draft.agreements['next_0']}/remove"
    page = get_page(client, removal)
    assert "样例新协议" in words(page)
    assert "样例主协议" in words(page)
    assert post(client, removal).headers["Location"] == path
    assert orders(client, draft)[form["key"]] == ["main"]
    assert post(client, removal).status_code == 404


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_party_that_agreements_name_leads_to_their_forms(draft: Quick, locale: str) -> None:
    client, path = staff(draft, locale=locale), f"/ceremonies/{draft.id}"
    two = {**filled(get_page(client, f"{path}/agreements/{draft.first}")), "between": ["party_a", "party_b"]}

    def named(party: str) -> list[tuple[str, str]]:
        links = get_page(client, f"{path}/parties/{party}/remove").xpath("//*[@data-named]//a")
        return [(link.get("href").rsplit("/", 1)[1], "".join(link.itertext()).strip("《》“”")) for link in links]

    titles = {draft.agreements[key]: title for key, title in TITLES.items()}
    needed = [draft.agreements["next_0"]]  # the others do without the party
    assert named("party_b") == [(each, titles[each]) for each in needed]
    post(client, f"{path}/agreements/{draft.agreements['next_0']}/remove")
    assert named("party_b") == [(draft.first, titles[draft.first])]
    assert get_page(client, f"{path}/parties/party_b/remove").xpath("//main//form")
    post(client, f"{path}/agreements/{draft.first}", two)
    assert named("party_b") == [(draft.first, titles[draft.first])]
    assert not get_page(client, f"{path}/parties/party_b/remove").xpath("//main//form")


def test_no_page_of_a_draft_shows_a_number_that_may_still_change(draft: Quick, small_previews: list[str]) -> None:
    with draft.app.app_context():
        numbers = [each.number for each in agreements.list_agreements(draft.id)]
    client, path, main = staff(draft), f"/ceremonies/{draft.id}", f"agreements/{draft.first}"
    post(client, f"{path}/agreements/{draft.agreements['next_0']}/remove")
    pages = [path, *(f"{path}/{each}" for each in ("invite", "discard", "trail", "seals", "parties/party_b/remove"))]
    pages += [f"{path}/{main}{each}" for each in ("", "/preview", "/paper", "/remove")]
    for each in pages:
        get_page(client, each)
        shown = re.sub(r"<pre.*?</pre>|<p class=.digest.*?</p>", "", client.get(each).text, flags=re.DOTALL)
        assert not [number for number in numbers if number in shown], each
    confirm(client, get_page(client, f"{path}/invite"))
    assert numbers[0] in client.get(path).text


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_last_question_shows_each_sum_beside_its_title(draft: Quick, locale: str) -> None:
    client, path = staff(draft, locale=locale), f"/ceremonies/{draft.id}"
    form = filled(get_page(client, f"{path}/agreements/{draft.first}"))
    post(client, f"{path}/agreements/{draft.first}", {**form, "amount": "500000000"})
    said = [" ".join("".join(each.itertext()).split()) for each in sums(get_page(client, f"{path}/invite"))]
    with i18n.use_locale(locale):
        assert said[0].startswith(f"样例主协议 {i18n.format_money(Decimal(500_000_000), 'CNY')}")
        assert [i18n.t("invite-no-amount") in each for each in said] == [False, True, True]


def sums(page: Element) -> list[Element]:
    found: list[Element] = page.xpath("//*[@data-agreement]")
    return found


def test_what_cannot_be_removed_says_why_and_offers_no_button(draft: Quick) -> None:
    client, path = staff(draft), f"/ceremonies/{draft.id}"
    for party, code in (("party_a", "party_is_host"), ("party_b", "party_needed")):
        page = get_page(client, f"{path}/parties/{party}/remove")
        assert not page.xpath("//main//form")
        assert page.xpath("//*[@id='why-not']")
        headers = {"X-CSRFToken": csrf_token(client)}
        answer = client.post(f"/api{path}/parties/{party}/remove", headers=headers)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, code)
    assert len(state(client, draft)["parties"]) == 3


def test_a_party_whose_key_is_a_word_of_ours_has_its_own_page(draft: Quick) -> None:
    client, path = staff(draft), f"/ceremonies/{draft.id}"
    for key in ("new", "remove", "new_party"):
        party = {**filled(get_page(client, f"{path}/parties/party_b")), "organisation": f"样例{key}公司"}
        assert post(client, f"{path}/parties", {**party, "key": key}).status_code == 303
        page = get_page(client, f"{path}/parties/{key}")
        assert page.xpath("string(//input[@name='organisation']/@value)") == f"样例{key}公司"


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_the_last_question_says_what_will_happen_and_then_asks_no_more(draft: Quick, locale: str) -> None:
    client, path = staff(draft, locale=locale), f"/ceremonies/{draft.id}"
    plan = get_page(client, path)
    assert not plan.xpath("//form[contains(@action, '/invite')]")
    assert plan.xpath(f"//a[@href='{path}/invite']")
    page = get_page(client, f"{path}/invite")
    text = words(page)
    for party in "abc":
        assert f"party-{party}@signers.example" in text
    with i18n.use_locale(locale):
        assert i18n.t("invite-what-freeze", n=3) in text
        assert i18n.t("invite-what-mail", n=3) in text
    # Ten in Chengdu is seven in the evening before in Los Angeles.
    assert "10:00" in text
    assert "19:00" in text
    [form] = page.xpath(f"//form[@action='{path}/invite']")
    assert form.get("method") == "post"
    assert confirm(client, page).headers["Location"] == path
    assert state(client, draft)["state"] == "printing"
    assert client.get(f"{path}/invite").headers["Location"] == path  # by the browser's way back
    assert post(client, f"{path}/invite").status_code == 409


def test_warnings_stand_on_the_plan_and_on_the_last_question_and_keep_nobody_from_it(draft: Quick) -> None:
    client, path = staff(draft), f"/ceremonies/{draft.id}"
    form = filled(get_page(client, f"{path}/plan"))
    post(client, f"{path}/plan", {**form, "date": "2001-01-01", "amount": "7"})
    party = filled(get_page(client, f"{path}/parties/party_b"))
    post(client, f"{path}/parties/party_b", {**party, "email": "party-a@signers.example"})
    for page in (get_page(client, path), get_page(client, f"{path}/invite")):
        said = " ".join(page.xpath("//*[@data-warnings]//text()"))
        assert "2001年1月1日" in said
        assert "样例甲（样例甲公司）、样例乙（样例乙公司）" in said
        assert "人民币7.00元" in said
    said = words(get_page(staff(draft, locale="en"), path))
    assert "样例甲 (Sample 0 Ltd), 样例乙 (Sample 1 Ltd)" in said
    assert [each["code"] for each in state(client, draft)["warnings"]] == [
        "start_past",
        "same_address",
        "sum_not_named",
    ]
    assert confirm(client, get_page(client, f"{path}/invite")).status_code == 303


def test_an_incomplete_plan_is_not_asked_the_last_question(draft: Quick) -> None:
    data = quick.plan()
    del data["parties"][0]["email"]
    with draft.app.app_context():
        other = quick.draft(data, draft.played.organisation_id)
    page = get_page(staff(draft), f"/ceremonies/{other.ceremony_id}/invite")
    assert page.xpath("//*[@id='missing']")
    assert not page.xpath("//form[contains(@action, '/invite')]")


@pytest.fixture
def small_previews(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Previews of one small page; what was printed is noted."""
    printed: list[str] = []

    def small(digest: str, paper: AgreementPaper, *_: object) -> preview_service.Preview:
        printed.append(agreement_html(paper))
        return preview_service.shelve(digest, b"%PDF-1.7 small", [PageImage(quick.picture(), 1, 1, "第1页的文字")])

    monkeypatch.setattr(preview_service, "_print", small)
    preview_service._kept.clear()
    return printed


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_paper_is_read_before_anybody_is_invited(draft: Quick, locale: str, small_previews: list[str]) -> None:
    path = f"/ceremonies/{draft.id}/agreements/{draft.agreements['main']}"
    for client in (staff(draft, locale=locale), staff(draft, Role.AUDITOR, locale)):
        page = get_page(client, f"{path}/preview")
        assert page.get("lang") == locale
        [picture] = page.xpath("//main//img/@src")
        [larger] = page.xpath("//main//button[@data-enlarge]")
        assert (larger.get("aria-pressed"), larger.get("aria-controls")) == ("false", "paper-pages")
        assert client.get(str(picture)).data == quick.picture()
        assert "第1页的文字" in words(page)
        paper = client.get(f"{path}/preview/paper.pdf")
        assert (paper.mimetype, paper.headers["Cache-Control"]) == ("application/pdf", "private, no-cache")
        again = client.get(f"{path}/preview/paper.pdf", headers={"If-None-Match": paper.headers["ETag"]})
        assert again.status_code == 304
        assert client.get(f"{path}/preview/pages/2.png").status_code == 404
    assert len(small_previews) == 1  # the same plan is printed once
    host = staff(draft, Role.ADMINISTRATOR, locale)
    form = filled(get_page(host, path))
    post(host, path, {**form, "title": "样例总协议"})
    get_page(host, f"{path}/preview")
    assert "样例总协议" in small_previews[-1]


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_draft_says_whose_seals_it_shows_and_which_are_lacking(
    draft: Quick, locale: str, small_previews: list[str]
) -> None:
    main = draft.agreements["main"]
    with draft.app.app_context():
        for key in ("party_a", "party_b"):
            seal = seals.upload_seal(draft.id, key, encoded(mark(300)), by=HOST)
            seals.choose_use(draft.id, main, key, SealUse.EDGES, by=HOST)
            if key == "party_a":
                seals.approve_seal(draft.id, key, seal.digest, by=HOST)
        ceremony = ceremonies.get_ceremony(draft.id)
        with i18n.use_locale(locale):
            shown, lacking = (i18n.pick(ceremony.party(key).organisation) for key in ("party_a", "party_b"))

    page = get_page(staff(draft, locale=locale), f"/ceremonies/{draft.id}/agreements/{main}/preview")

    said = page.xpath("string(//*[@id='seals'])")
    assert shown in said
    assert lacking not in said
    assert lacking in page.xpath("string(//*[@id='warnings'])")


def test_what_is_lacking_is_said_beside_the_draft(draft: Quick, small_previews: list[str]) -> None:
    data = quick.plan()
    del data["parties"][0]["representative_name"]
    data["agreements"][1]["kind"] = "investment"
    with draft.app.app_context():
        other = quick.draft(data, draft.played.organisation_id)
    client, path = staff(draft), f"/ceremonies/{other.ceremony_id}/agreements"
    page = get_page(client, f"{path}/{other.agreements['main']}/preview")
    assert page.xpath("//*[@id='missing']//a[contains(@href, '/parties/party_a')]")
    assert "（待定）" in small_previews[-1]
    page = get_page(client, f"{path}/{other.agreements['next_0']}/preview")
    assert not page.xpath("//main//img")
    assert page.xpath("//*[@id='missing']//a[contains(@href, '/agreements/')]")
    refused = client.get(
        f"{path}/{other.agreements['next_0']}/preview/paper.pdf", headers={"Accept": "application/json"}
    )
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (422, "invalid_input")


def test_there_is_no_draft_of_a_paper_that_is_being_frozen(draft: Quick, small_previews: list[str]) -> None:
    client, path = staff(draft), f"/ceremonies/{draft.id}"
    confirm(client, get_page(client, f"{path}/invite"))
    for file in ("preview", "preview/paper.pdf", "preview/pages/1.png"):
        answer = client.get(f"{path}/agreements/{draft.agreements['main']}/{file}")
        assert answer.status_code == 409
        check_page(answer)
    assert not small_previews


def test_two_papers_are_not_printed_at_once(
    draft: Quick, small_previews: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_service, "_PATIENCE_SECONDS", 0.01)
    client = staff(draft)
    with preview_service._printing:
        answer = client.get(f"/ceremonies/{draft.id}/agreements/{draft.agreements['main']}/preview")
    assert answer.status_code == 503
    check_page(answer)
    assert not small_previews


def test_where_only_the_built_in_clock_stamps_nobody_is_asked_about_a_silent_authority(draft: Quick) -> None:
    client, path = staff(draft), f"/ceremonies/{draft.id}/plan"
    page = get_page(client, path)
    assert not page.xpath("//select[@name='time_policy']")
    assert page.xpath("string(//input[@name='time_policy']/@value)") == "installation"
    with draft.app.app_context(), transaction():
        db.session.get_one(Ceremony, draft.id).time_policy = TimePolicy.REFUSE
    # What somebody chose once is shown, to be taken back.
    assert get_page(client, path).xpath("string(//select[@name='time_policy']/option[@selected]/@value)") == "refuse"
