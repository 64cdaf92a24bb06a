"""A draft that is not wanted: asked about once, out of every list, its trail still there; nothing else can go so."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accounts.rules import Role
from core import audit, i18n
from core.db import db
from core.errors import Conflict
from signing.ceremonies import editing, inviting, queries, seen, service
from signing.ceremonies.rules import CeremonyState
from tests.signing.ceremonies.test_plan_pages import filled, staff, state, words
from tests.support import quick
from tests.support.ceremony import HOST
from tests.support.databases import KINDS
from tests.support.pages import check_page, csrf_token, get_page, post
from tests.support.quick import Quick, QuickWorld


@pytest.fixture
def draft(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    """main, between all three parties; next_0 after it."""
    with quick_world.at("draft", "sqlite", data_dir, inside=False) as made:
        yield made


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_a_draft_goes_out_of_the_list_after_one_question_and_its_trail_stays(draft: Quick, locale: str) -> None:
    client, path = staff(draft, locale=locale), f"/ceremonies/{draft.id}"
    plan = get_page(client, path)
    assert not plan.xpath("//form[contains(@action, '/cancel')]")
    [asked] = plan.xpath("//main//a[contains(@href, '/discard')]/@href")
    question = get_page(client, asked)
    [form] = question.xpath(f"//main//form[@action='{asked}']")

    answer = post(client, asked, {"seen": form.xpath("string(.//input[@name='seen']/@value)")})

    page = get_page(client, answer.headers["Location"])
    assert not page.xpath("//tbody/tr")
    with i18n.use_locale(locale):
        assert i18n.t("ceremonies-removed") in page.xpath("string(//*[@id='removed'])")
    assert not get_page(client, "/ceremonies").xpath("//*[@id='removed']")
    assert client.get("/api/ceremonies").get_json()["ceremonies"] == []
    auditor = staff(draft, Role.AUDITOR, locale)
    [more] = get_page(auditor, "/ceremonies").xpath("//main//a[contains(@href, 'show=')]/@href")
    removed = get_page(auditor, more)
    assert removed.xpath("//tbody//a/@href") == [path]
    [trail] = get_page(auditor, path).xpath("//main//a[contains(@href, '/trail')]/@href")
    with i18n.use_locale(locale):
        said = i18n.t("trail-action-ceremony-discarded")
    assert said in words(get_page(auditor, trail))


def test_only_the_draft_that_was_shown_is_discarded(draft: Quick) -> None:
    client, path = staff(draft), f"/ceremonies/{draft.id}"
    page = get_page(client, f"{path}/discard")
    facts = filled(get_page(client, f"{path}/plan"))
    post(client, f"{path}/plan", {**facts, "minutes": "25"})

    refused = post(client, f"{path}/discard", {"seen": page.xpath("string(//input[@name='seen']/@value)")})

    assert (refused.status_code, state(client, draft)["state"]) == (409, "draft")
    anew = check_page(refused)
    assert anew.xpath("//*[@id='changed']//li/text()") == ["仪式的名称、时间、总额或备注"]
    confirmed = anew.xpath("string(//input[@name='seen']/@value)")
    assert [post(client, f"{path}/discard", {"seen": confirmed}).status_code for _ in range(2)] == [303, 303]
    assert post(client, f"{path}/discard").status_code == 303  # nothing more is done


def test_a_page_that_does_not_say_what_it_showed_discards_nothing(draft: Quick) -> None:
    client = staff(draft)
    assert post(client, f"/ceremonies/{draft.id}/discard").status_code == 409
    assert state(client, draft)["state"] == "draft"


def test_programs_discard_too_and_may_say_what_they_read(draft: Quick) -> None:
    client, address = staff(draft), f"/api/ceremonies/{draft.id}/discard"
    headers = {"X-CSRFToken": csrf_token(client)}
    stale = client.post(address, json={"seen": "0" * 64}, headers=headers)
    done = client.post(address, headers=headers)
    assert (stale.status_code, stale.get_json()["error"]["code"]) == (409, "plan_changed")
    assert (done.status_code, done.get_json()["state"]) == (200, "discarded")


ACTS: dict[str, Callable[[Quick], object]] = {
    "party removed": lambda draft: editing.remove_party(draft.id, "party_c", by=HOST),
    "invited": lambda draft: inviting.print_and_invite(draft.id, by=HOST),
    "cancelled": lambda draft: service.cancel(draft.id, reason="改期", by=HOST),
    "stage opened": lambda draft: service.stage_link(draft.id, by=HOST),
}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_can_be_done_with_a_discarded_draft(quick_world: QuickWorld, data_dir: Path, kind: str) -> None:
    with quick_world.at("draft", kind, data_dir) as draft:
        link = service.stage_link(draft.id, by=HOST)
        editing.discard(draft.id, by=HOST, looked_at=seen.of_plan(queries.get_ceremony(draft.id)))
        for name, act in ACTS.items():
            with pytest.raises(Conflict, match="ceremony_discarded"):
                act(draft)
            assert queries.get_ceremony(draft.id).state is CeremonyState.DISCARDED, name
        entry = json.loads(list(audit.list_lines(draft.id))[-1])
        assert (entry["action"], entry["data"]["title"]) == ("ceremony.discarded", "样例项目云签约")
        db.session.remove()
        assert draft.app.test_client().get(f"/stage/open/{link}").status_code == 410


@pytest.mark.parametrize("stage", ["printing", "invited", "cancelled"])
def test_what_was_ever_printed_or_invited_cannot_be_discarded(
    quick_world: QuickWorld, data_dir: Path, stage: str
) -> None:
    with quick_world.at("invited" if stage == "invited" else "draft", "sqlite", data_dir, inside=False) as world:
        with world.app.app_context():
            if stage == "printing":
                inviting.print_and_invite(world.id, by=HOST)
            elif stage == "cancelled":
                service.cancel(world.id, reason="改期", by=HOST)
        client, path = staff(world), f"/ceremonies/{world.id}"
        assert not get_page(client, path).xpath("//a[contains(@href, '/discard')]")
        for answer in (client.get(f"{path}/discard"), post(client, f"{path}/discard")):
            assert answer.status_code == 409
            check_page(answer)
        assert state(client, world)["state"] == stage


@pytest.mark.parametrize("kind", KINDS)
def test_of_one_who_discards_and_one_who_invites_at_once_one_is_refused(
    quick_world: QuickWorld, data_dir: Path, kind: str
) -> None:
    with quick_world.at("draft", kind, data_dir) as draft:
        barrier = threading.Barrier(2, timeout=60)

        def do(act: Callable[..., None]) -> str:
            with draft.app.app_context():
                barrier.wait()
                try:
                    act(draft.id, by=HOST)
                except Conflict as refusal:
                    return refusal.code
                return "done"

        with ThreadPoolExecutor(2) as pool:
            answers = [
                each.result(60)
                for each in [pool.submit(do, editing.discard), pool.submit(do, inviting.print_and_invite)]
            ]
        found = queries.get_ceremony(draft.id).state
        assert answers == (
            ["done", "ceremony_discarded"] if found is CeremonyState.DISCARDED else ["ceremony_printing", "done"]
        )


def test_a_discarded_copy_does_not_keep_the_host_from_another(draft: Quick) -> None:
    client, path = staff(draft), f"/ceremonies/{draft.id}"
    with draft.app.app_context():
        service.cancel(draft.id, reason="改期", by=HOST)
    wish: dict[str, object] = {"date": "2027-03-01", "time": "09:30"}
    first = post(client, f"{path}/copy", wish).headers["Location"]
    with draft.app.app_context():
        editing.discard(first.rsplit("/", 1)[1], by=HOST)
    second = post(client, f"{path}/copy", wish).headers["Location"]
    assert first != second


def test_a_discarded_draft_is_no_twin(draft: Quick) -> None:
    with draft.app.app_context():
        again = quick.draft(quick.plan(), draft.played.organisation_id)
        assert [each.id for each in queries.list_twins(queries.get_ceremony(draft.id))] == [again.ceremony_id]
        editing.discard(again.ceremony_id, by=HOST)
        assert queries.list_twins(queries.get_ceremony(draft.id)) == []
