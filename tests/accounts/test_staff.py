"""The administrator's work: the first one, colleagues, rights, and links that work once."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts import mails, queries, rules, staff
from accounts.access import Role
from accounts.staff import NewAccount
from core import audit, outbox
from core.db import db
from core.errors import Refusal
from core.i18n import LOCALES, use_locale
from tests.support import trail
from tests.support.apps import PASSWORD, add_account, sign_in, signed_in
from tests.support.databases import KINDS
from tests.support.pages import check_page, get_page, post

on_both = pytest.mark.parametrize("database_kind", KINDS)

FIRST = {
    "organisation": "成都双流园区",
    "name": "管理员甲",
    "email": "admin@example.test",
    "password": PASSWORD,
    "repeat": PASSWORD,
}


def first_link(app: Flask) -> str:
    with app.app_context():
        return f"/accounts/first/{staff.issue_first_link()}"


def messages(app: Flask) -> list[outbox.OutboxMessage]:
    with app.app_context():
        return list(db.session.query(outbox.OutboxMessage).order_by(outbox.OutboxMessage.id))


def test_the_first_link_makes_the_first_administrator(app: Flask, client: FlaskClient) -> None:
    answer = client.get(first_link(app))
    assert answer.location == "/accounts/first"
    get_page(client, "/accounts/first")

    created = post(client, "/accounts/first", FIRST)

    assert created.status_code == 303
    page = get_page(client, "/accounts/")
    assert "成都双流园区" in "".join(page.itertext())
    assert trail.actions(app)[-2:] == ["account.first_link_issued", "account.first_administrator_created"]


@on_both
def test_the_first_link_works_once(app: Flask, client: FlaskClient) -> None:
    link = first_link(app)
    client.get(link)
    late = app.test_client()
    late.get(link)
    post(client, "/accounts/first", FIRST)

    assert post(late, "/accounts/first", {**FIRST, "email": "second@example.test"}).status_code == 410
    assert late.get(link).status_code == 410
    with app.app_context(), pytest.raises(rules.AlreadySetUp):
        staff.issue_first_link()


def test_a_new_first_link_ends_the_old_one(app: Flask, client: FlaskClient) -> None:
    old, new = first_link(app), first_link(app)

    assert client.get(old).status_code == 410
    assert client.get(new).status_code == 303


@on_both
def test_of_two_browsers_with_the_first_link_one_wins(app: Flask) -> None:
    with app.app_context():
        token_id = staff.open_first_link(staff.issue_first_link())
    start, outcomes = threading.Barrier(2), []

    def create(number: int) -> None:
        new = NewAccount(email=f"{number}@example.test", name="甲", roles=frozenset({Role.ADMINISTRATOR}))
        with app.app_context():
            start.wait()
            try:
                staff.create_first_administrator(
                    token_id, new, organisation="单位", password=PASSWORD, actor=audit.SYSTEM
                )
                outcomes.append("made")
            except Refusal as refusal:
                outcomes.append(refusal.code)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 2
    assert outcomes.count("made") == 1


def test_a_colleague_is_called_by_the_english_name_on_english_pages(app: Flask) -> None:
    admin = signed_in(app, Role.ADMINISTRATOR)
    form = {
        "email": "new@example.test",
        "name": "新同事",
        "name_en": "New Colleague",
        "roles": ["host"],
        "locale": "en",
    }
    assert post(admin, "/accounts/", {**form, "name_en": "x" * 121}).status_code == 422
    assert post(admin, "/accounts/", form).status_code == 200
    called = {}
    for locale in LOCALES:
        admin.set_cookie("locale", locale)
        called[locale] = get_page(admin, "/accounts/").xpath("//*[contains(@class, 'person')]//h2/text()")
    assert {locale: sorted(names) for locale, names in called.items()} == {
        "zh-CN": ["新同事", "测试员"],
        "en": ["New Colleague", "测试员"],
    }


def test_without_the_link_the_first_page_is_shut(client: FlaskClient) -> None:
    assert client.get("/accounts/first").location == "/login?next=/accounts/first"
    assert post(client, "/accounts/first", FIRST).status_code == 401


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"name": " "}, "name"),
        ({"organisation": "长" * 121}, "organisation"),
        ({"password": "short", "repeat": "short"}, "password"),
    ],
)
def test_a_first_form_with_a_mistake_is_shown_again(
    app: Flask, client: FlaskClient, change: dict[str, str], field: str
) -> None:
    client.get(first_link(app))

    answer = post(client, "/accounts/first", {**FIRST, **change})

    assert answer.status_code == 422
    assert check_page(answer).xpath("//*[@aria-invalid='true']/@name") == [field]
    with app.app_context():
        assert not queries.has_administrator()


@on_both
def test_an_administrator_adds_a_colleague_who_sets_a_password(app: Flask) -> None:
    admin = signed_in(app, Role.ADMINISTRATOR, email="admin@example.test")

    answer = post(
        admin, "/accounts/", {"email": "New@example.test", "name": "新同事", "roles": ["host", "clerk"], "locale": "en"}
    )

    link = check_page(answer).xpath("string(//*[@id='link'])").removeprefix("http://127.0.0.1:8600")
    browser = app.test_client()
    assert browser.get(link).location == "/accounts/password"
    assert "new@example.test" in "".join(get_page(browser, "/accounts/password").itertext())
    assert post(browser, "/accounts/password", {"password": PASSWORD, "repeat": PASSWORD}).status_code == 303
    assert browser.get("/account").status_code == 200
    sign_in(app, "new@example.test")
    assert app.test_client().get(link).status_code == 410, "the link works once"


def test_the_link_is_mailed_in_the_colleagues_language(app: Flask) -> None:
    admin = signed_in(app, Role.ADMINISTRATOR, email="admin@example.test")

    post(admin, "/accounts/", {"email": "new@example.test", "name": "New <b>", "roles": ["host"], "locale": "en"})

    message = messages(app)[-1]
    assert (message.recipient, message.locale, message.kind) == ("new@example.test", "en", staff.INVITATION)
    with app.app_context(), use_locale("en"):
        mail = mails.invitation(message.payload)
    assert "http://127.0.0.1:8600/accounts/password/eyJ" in mail.text
    assert "Dear New <b>," in mail.text
    assert "New &lt;b&gt;" in mail.html
    assert "(China Standard Time)" in mail.text
    assert mail.text.endswith("— Yunqian 云签 · remote signing\n")


def test_a_link_is_shown_on_the_page_only_where_no_mail_leaves(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from core import config

    admin = signed_in(app, Role.ADMINISTRATOR, email="admin@example.test")
    config.use(config.settings().model_copy(update={"smtp_url": "smtp://mail.example.test"}))

    answer = post(admin, "/accounts/", {"email": "new@example.test", "name": "新", "roles": ["host"]})

    assert "/accounts/password/" not in answer.text
    assert "new@example.test" in answer.text


@on_both
def test_an_address_is_taken_once(app: Flask) -> None:
    admin = signed_in(app, Role.ADMINISTRATOR, email="admin@example.test")

    answer = post(admin, "/accounts/", {"email": "ADMIN@example.test", "name": "x", "roles": ["host"]})

    assert answer.status_code == 409
    assert check_page(answer).xpath("//*[@aria-invalid='true']/@name") == ["email"]


def test_a_colleague_without_a_right_is_refused(app: Flask) -> None:
    admin = signed_in(app, Role.ADMINISTRATOR, email="admin@example.test")

    assert post(admin, "/accounts/", {"email": "n@example.test", "name": "x"}).status_code == 422
    assert post(admin, "/accounts/", {"email": "n@example.test", "name": "x", "roles": ["king"]}).status_code == 422


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_see_and_change_staff(app: Flask, role: Role) -> None:
    account = add_account(app, role)
    client = sign_in(app, account)

    assert client.get("/accounts/").status_code == 403
    for path in (
        "/accounts/",
        *(f"/accounts/{account.id}/{act}" for act in ("link", "roles", "deactivate", "activate")),
    ):
        assert post(client, path, {"roles": ["administrator"]}).status_code == 403
    check_page(client.get("/accounts/"))


def test_another_organisations_accounts_are_not_there(app: Flask) -> None:
    admin = signed_in(app, Role.ADMINISTRATOR, email="admin@example.test")
    stranger = add_account(app, Role.HOST, email="stranger@example.test")

    assert "stranger@example.test" not in "".join(get_page(admin, "/accounts/").itertext())
    for act in ("link", "roles", "deactivate", "activate"):
        assert post(admin, f"/accounts/{stranger.id}/{act}", {"roles": ["clerk"]}).status_code == 404
    with app.app_context():
        found = queries.find_account(stranger.id)
    assert found == stranger


def test_a_deactivated_colleague_is_out_at_once_and_may_come_back(app: Flask) -> None:
    admin = add_account(app, Role.ADMINISTRATOR, email="admin@example.test")
    clerk = add_account(app, Role.CLERK, email="clerk@example.test", organisation_id=admin.organisation_id)
    office, desk = sign_in(app, admin), sign_in(app, clerk)

    post(office, f"/accounts/{clerk.id}/deactivate")

    assert desk.get("/account").status_code == 303
    post(office, f"/accounts/{clerk.id}/activate")
    assert desk.get("/account").status_code == 303, "a session from before must not come back"
    sign_in(app, clerk)
    assert trail.actions(app)[-3:] == ["account.deactivated", "account.activated", "account.signed_in"]


def test_rights_change_at_once(app: Flask) -> None:
    admin = add_account(app, Role.ADMINISTRATOR, email="admin@example.test")
    clerk = add_account(app, Role.CLERK, email="clerk@example.test", organisation_id=admin.organisation_id)
    desk = sign_in(app, clerk)

    post(sign_in(app, admin), f"/accounts/{clerk.id}/roles", {"roles": ["administrator", "clerk"]})

    assert desk.get("/accounts/").status_code == 200
    entry = trail.entries(app)[-1]
    assert entry["action"] == "account.roles_changed"
    assert entry["data"] == {"before": ["clerk"], "after": ["administrator", "clerk"]}


@pytest.mark.parametrize(("act", "fields"), [("deactivate", {}), ("roles", {"roles": ["host"]})])
def test_the_last_administrator_stays(app: Flask, act: str, fields: dict[str, object]) -> None:
    admin = add_account(app, Role.ADMINISTRATOR, email="admin@example.test")

    assert post(sign_in(app, admin), f"/accounts/{admin.id}/{act}", fields).status_code == 409

    with app.app_context():
        assert queries.find_account(admin.id) == admin


def test_the_page_says_why_the_only_administrator_stays(app: Flask) -> None:
    admin = add_account(app, Role.ADMINISTRATOR, Role.HOST, email="admin@example.test")
    add_account(app, Role.CLERK, email="clerk@example.test", organisation_id=admin.organisation_id)

    page = get_page(sign_in(app, admin), "/accounts/")

    (own,) = page.xpath(f"//li[@id='{admin.id}']")
    assert len(own.xpath(".//*[contains(@class, 'notice')]")) == 1
    assert not own.xpath(".//form[contains(@action, '/deactivate')]")
    (box,) = own.xpath(".//input[@type='checkbox'][@value='administrator']")
    assert "disabled" in box.attrib
    sent = own.xpath(".//input[@name='roles'][@type='hidden' or @checked and not(@disabled)]/@value")
    assert sent == ["administrator", "host"], "what is shown as kept is sent"


def test_with_a_second_administrator_either_may_go(app: Flask) -> None:
    admin = add_account(app, Role.ADMINISTRATOR, email="admin@example.test")
    other = add_account(app, Role.ADMINISTRATOR, email="other@example.test", organisation_id=admin.organisation_id)

    page = get_page(sign_in(app, admin), "/accounts/")

    assert not page.xpath("//main//*[contains(@class, 'notice')]")
    assert page.xpath("//form[contains(@action, '/deactivate')]/@action") == [f"/accounts/{other.id}/deactivate"]


def test_who_gives_the_administrators_right_away_is_led_to_a_page_of_their_own(app: Flask) -> None:
    admin = add_account(app, Role.ADMINISTRATOR, Role.HOST, email="admin@example.test")
    add_account(app, Role.ADMINISTRATOR, email="other@example.test", organisation_id=admin.organisation_id)

    answer = post(sign_in(app, admin), f"/accounts/{admin.id}/roles", {"roles": ["host"]})

    assert answer.location == "/account"


@on_both
def test_of_two_administrators_who_shut_each_other_out_one_stays(app: Flask) -> None:
    one = add_account(app, Role.ADMINISTRATOR, email="one@example.test")
    two = add_account(app, Role.ADMINISTRATOR, email="two@example.test", organisation_id=one.organisation_id)
    start, outcomes = threading.Barrier(2), []

    def shut_out(account_id: str) -> None:
        with app.app_context():
            start.wait()
            try:
                staff.deactivate(one.organisation_id, account_id, actor=audit.SYSTEM)
                outcomes.append("done")
            except rules.LastAdministrator:
                outcomes.append("refused")

    threads = [threading.Thread(target=shut_out, args=(account.id,)) for account in (one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["done", "refused"]


def test_an_administrator_sends_a_new_password_link(app: Flask) -> None:
    admin = add_account(app, Role.ADMINISTRATOR, email="admin@example.test")
    clerk = add_account(app, Role.CLERK, email="clerk@example.test", organisation_id=admin.organisation_id)
    office, desk = sign_in(app, admin), sign_in(app, clerk)
    links = []
    for _ in range(2):
        answer = post(office, f"/accounts/{clerk.id}/link")
        links.append(check_page(answer).xpath("string(//*[@id='link'])").removeprefix("http://127.0.0.1:8600"))

    assert app.test_client().get(links[0]).status_code == 410, "a newer link ends the older"
    browser = app.test_client()
    browser.get(links[1])
    new = "four brown otters in the reeds"
    post(browser, "/accounts/password", {"password": new, "repeat": new})

    assert desk.get("/account").status_code == 303, "a new password ends every session"
    sign_in(app, clerk, new)
