"""Two hosts over one draft: nobody undoes what another saved, and what is confirmed is what was shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core import i18n
from tests.signing.ceremonies.test_plan_pages import filled, staff, state
from tests.support.pages import check_page, csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld


@pytest.fixture
def draft(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """main, between all three parties; next_0 after it, between two."""
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


def form_of(draft: Quick, name: str) -> str:
    return f"/ceremonies/{draft.id}/{name.format(main=draft.first)}"


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
