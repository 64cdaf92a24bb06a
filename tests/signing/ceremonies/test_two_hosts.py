"""Two hosts over one draft: nobody undoes what another saved, and what is confirmed is what was shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core import clock, i18n, storage
from core.db import db, transaction
from signing.ceremonies import editing, queries, seen
from signing.ceremonies.forms import read_party
from signing.seals import service as seals
from signing.seals.rules import SealUse
from signing.uploads.models import AgreementUpload
from tests.signing.ceremonies.test_plan_pages import confirm, filled, staff, state
from tests.support.ceremony import HOST
from tests.support.pages import check_page, csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld


@pytest.fixture
def draft(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """main, between all three parties; next_0 after it, between two."""
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


def form_of(draft: Quick, name: str) -> str:
    return f"/ceremonies/{draft.id}/{name.format(main=draft.first)}"


def shown(draft: Quick) -> str:
    """What the last question would show now."""
    with draft.app.app_context():
        return seen.of_plan(queries.get_ceremony(draft.id))


FORMS = {
    "plan": ({"minutes": "25"}, {"title": "样例另名"}),
    "parties/party_b": ({"place": "样例市"}, {"representative_name": "样例丁"}),
    "agreements/{main}": ({"amount": "500"}, {"title": "样例另一协议"}),
}


@pytest.mark.parametrize("locale", i18n.LOCALES)
@pytest.mark.parametrize("form", FORMS)
def test_who_saves_second_sees_what_stands_there_and_may_save_again(draft: Quick, form: str, locale: str) -> None:
    client, path, (theirs, mine) = staff(draft, locale=locale), form_of(draft, form), FORMS[form]
    shown_to_both = filled(get_page(client, path))

    assert post(client, path, {**shown_to_both, **theirs}).status_code == 303
    refused = post(client, path, {**shown_to_both, **mine})
    kept = filled(get_page(client, path))

    assert refused.status_code == 409
    page = check_page(refused)
    said = " ".join(page.xpath("//*[@id='changed']//dd/text()"))
    assert all(value in said for value in theirs.values())
    assert {**filled(page), "seen": ""} == {**shown_to_both, **mine, "seen": ""}
    assert {**kept, "seen": ""} == {**shown_to_both, **theirs, "seen": ""}
    assert post(client, path, filled(page)).status_code == 303
    assert {**filled(get_page(client, path)), "seen": ""} == {**shown_to_both, **mine, "seen": ""}


def test_a_form_sent_twice_is_one_change(draft: Quick) -> None:
    client, path = staff(draft), form_of(draft, "parties/party_b")
    form = {**filled(get_page(client, path)), "place": "样例市"}
    assert [post(client, path, form).status_code for _ in range(2)] == [303, 303]


def test_a_mistake_does_not_make_a_form_forget_what_it_was_made_from(draft: Quick) -> None:
    client, path = staff(draft), form_of(draft, "agreements/{main}")
    form = filled(get_page(client, path))
    post(client, path, {**form, "amount": "500"})
    mistaken = check_page(post(client, path, {**form, "title": ""}))
    assert post(client, path, {**filled(mistaken), "title": "样例"}).status_code == 409


def test_a_party_that_hosts_no_more_is_asked_anew(draft: Quick) -> None:
    client, path = staff(draft), form_of(draft, "parties/party_a")
    form = filled(get_page(client, path))
    other = form_of(draft, "parties/party_b")
    post(client, other, {**filled(get_page(client, other)), "is_host": ["yes"]})
    refused = post(client, path, {**form, "place": "样例市"})
    assert refused.status_code == 409
    assert filled(check_page(refused))["is_host"] == []


@pytest.mark.parametrize(
    ("path", "digest", "body"),
    [
        ("plan", lambda found: found["ceremony"], {"title": "样例", "date": "2027-01-01", "time": "10:00",
                                                   "timezone": "Asia/Shanghai", "minutes": 15}),
        ("parties/party_b", lambda found: found["parties"]["party_b"],
         {"organisation": "样例", "representative_name": "样例", "representative_title": "样例", "place": "样例",
          "timezone": "Asia/Shanghai", "email": "b@signers.example"}),
        ("agreements/{main}", lambda found: next(iter(found["agreements"].values())), {"title": "样例"}),
    ],
)  # fmt: skip
def test_programs_may_say_what_they_read(
    draft: Quick, path: str, digest: Callable[[dict[str, Any]], str], body: dict[str, Any]
) -> None:
    client, address = staff(draft), f"/api{form_of(draft, path)}"
    headers = {"X-CSRFToken": csrf_token(client)}
    read = digest(state(client, draft)["seen"])
    stale = client.post(address, json={**body, "seen": "0" * 64}, headers=headers)
    fresh = client.post(address, json={**body, "seen": read}, headers=headers)
    silent = client.post(address, json={**body, "title": "样例二", "place": "样例二"}, headers=headers)
    odd = client.post(address, json={**body, "seen": 1}, headers=headers)

    assert (stale.status_code, stale.get_json()["error"]["code"]) == (409, "plan_changed")
    assert [answer.status_code for answer in (fresh, silent, odd)] == [200, 200, 422]


def move_party(draft: Quick) -> None:
    form = {"organisation": "样例乙公司", "representative_name": "样例丁", "representative_title": "总经理"}
    rest = {"email": "d@signers.example", "place": "样例市", "timezone": "Asia/Shanghai"}
    editing.change_party(draft.id, "party_b", read_party({**form, **rest}), by=HOST)


def upload(draft: Quick) -> None:
    text = storage.put(b"a rebuilt paper")
    with transaction():
        row = AgreementUpload(agreement_id=draft.first, name="样例.pdf", kind="pdf", uploaded_by="acc_x")
        row.original_digest, row.original_bytes, row.rebuilt_digest, row.pages = text, 1, text, []
        row.uploaded_at = clock.now()
        db.session.add(row)


def put_seal(draft: Quick) -> None:
    seals.keep_seal(draft.id, "party_c", storage.put(b"ink"), original=b"ink", by=HOST)


def place_seal(draft: Quick) -> None:
    seals.choose_use(draft.id, draft.first, "party_c", SealUse.NONE, by=HOST)


@pytest.mark.parametrize(
    ("act", "part"),
    [(move_party, "样例乙公司"), (upload, "样例主协议"), (put_seal, "样例丙公司"), (place_seal, "样例主协议")],
)
def test_only_the_plan_that_was_shown_is_finalised(draft: Quick, act: Callable[[Quick], None], part: str) -> None:
    client, path = staff(draft), f"/ceremonies/{draft.id}/invite"
    page = get_page(client, path)
    with draft.app.app_context():
        act(draft)

    refused = confirm(client, page)

    assert (refused.status_code, state(client, draft)["state"]) == (409, "draft")
    anew = check_page(refused)
    assert [each.strip(" 《》") for each in anew.xpath("//*[@id='changed']//li/text()")] == [part]
    assert confirm(client, anew).status_code == 303
    assert state(client, draft)["state"] == "printing"


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_what_was_removed_meanwhile_and_the_facts_are_told_too(draft: Quick, locale: str) -> None:
    client, path = staff(draft, locale=locale), f"/ceremonies/{draft.id}"
    page = get_page(client, f"{path}/invite")
    facts = filled(get_page(client, f"{path}/plan"))
    post(client, f"{path}/plan", {**facts, "time_policy": "refuse"})
    post(client, f"{path}/agreements/{draft.agreements['next_0']}/remove")

    anew = check_page(confirm(client, page))

    with i18n.use_locale(locale):
        told = [i18n.t("invite-changed-facts"), i18n.t("invite-changed-gone", n=1)]
    assert anew.xpath("//*[@id='changed']//li/text()") == told


def test_a_page_that_does_not_say_what_it_showed_finalises_nothing(draft: Quick) -> None:
    client = staff(draft)
    assert post(client, f"/ceremonies/{draft.id}/invite").status_code == 409
    assert state(client, draft)["state"] == "draft"


def test_programs_may_say_which_plan_they_mean(draft: Quick) -> None:
    client, address = staff(draft), f"/api/ceremonies/{draft.id}/invite"
    headers = {"X-CSRFToken": csrf_token(client)}
    before = state(client, draft)["seen"]["plan"]
    with draft.app.app_context():
        place_seal(draft)
    stale = client.post(address, json={"seen": before}, headers=headers)
    fresh = client.post(address, json={"seen": shown(draft)}, headers=headers)

    assert (stale.status_code, stale.get_json()["error"]["code"]) == (409, "plan_changed")
    assert fresh.status_code == 202
