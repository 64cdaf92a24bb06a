"""What a room bears that is led live, over HTTP on both databases: floods, second people, hosts and signers who were
removed while their pages are open. Strokes: tests/signing/ink. Each is refused by name, and the room goes on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts import staff
from accounts.rules import Role
from core import clock
from core.db import db
from core.live import LiveUpdate
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.cues import queries as cues
from signing.cues import service as cue_service
from signing.presence import queries as presence
from tests.signing.seats.test_seat_api import Browser
from tests.support import apps, quick
from tests.support.ceremony import HOST
from tests.support.pages import csrf_token
from tests.support.quick import Quick, QuickWorld

JOINS = 120  # four times what a link lets in; more would only take longer


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path, database_kind: str) -> Iterator[Quick]:
    with quick_world.at("invited", database_kind, data_dir, inside=False) as made:
        yield made


@dataclass
class Desk:
    """A host's browser tab and what it sends; `code` of what is refused."""

    world: Quick
    client: FlaskClient

    def __post_init__(self) -> None:
        self.headers = {"X-CSRFToken": csrf_token(self.client)}
        self.cues = f"/api/ceremonies/{self.world.id}/cues"

    def lead(self, verb: str) -> tuple[int, str]:
        sheet = self.sheet()
        body = {"seq": sheet.seq, "cue": sheet.next.id if sheet.next else ""}
        answer = self.client.post(f"{self.cues}/lead/{verb}", json=body, headers=self.headers)
        return answer.status_code, answer.get_json().get("error", {}).get("code", "")

    def sheet(self) -> cues.SheetView:
        with self.world.app.app_context():
            found = cues.get_sheet(self.world.id)
            db.session.remove()
        return found


def hosts(world: Quick) -> tuple[str, list[Desk], Desk]:
    """A host's account with two tabs open, and an administrator, who leads the same ceremony."""
    with world.app.app_context():
        cue_service.make_sheet(world.id, by=HOST)
        db.session.remove()
    first = apps.add_account(
        world.app, Role.HOST, email="first@example.test", organisation_id=world.played.organisation_id
    )
    return (
        first.id,
        [Desk(world, apps.sign_in(world.app, first)) for _ in range(2)],
        Desk(world, quick.host(world, Role.ADMINISTRATOR)),
    )


def told(world: Quick) -> list[str]:
    """What the channel that hosts' pages follow was told, as JSON."""
    with world.app.app_context():
        rows = db.session.scalars(select(LiveUpdate.data).filter_by(channel=f"ceremony:{world.id}"))
        found = [json.dumps(each, ensure_ascii=False) for each in rows]
        db.session.remove()
    return found


def test_a_flood_of_joins_on_one_link_is_refused_by_name_and_hides_nobody(world: Quick) -> None:
    signer, link = Browser(world), world.link("party_a")
    signer.enter()
    signer.post("here", {"visible": True})

    def join(_: int) -> str:
        client = world.app.test_client()
        if client.get(link).status_code != 303:
            return "no link"
        headers = {"X-CSRFToken": csrf_token(client)}
        answer = client.post(f"{signer.api}/here", json={}, headers=headers)
        return "in" if answer.status_code == 200 else str(answer.get_json()["error"]["code"])

    with ThreadPoolExecutor(4) as many:
        became = Counter(many.map(join, range(JOINS)))
    assert became == {"in": 30, "too_many_attempts": JOINS - 30}
    with world.app.app_context():
        where = presence.where_are(world.id)[signer.seat_id]
        assert len(where.proved) == 1
        assert len(where.stays) == 31
        db.session.remove()
    # The signer, and the others, go on as before.
    signer.post("here", {"visible": True})
    signer.read(world.first)
    frozen = signer.state()["agreements"][0]
    assert signer.sign(signer.prepare(world.first), frozen)["status"] == "signed"
    Browser(world, "party_b").enter()


def test_a_second_person_on_a_link_reads_and_signs_nothing_and_disturbs_nobody(world: Quick) -> None:
    signer, second = Browser(world), Browser(world)
    signer.enter()
    assert second.state()["step"] == "identity"
    refusals = {
        "consent": {"accepted": True, "place": "成都", "timezone": "Asia/Shanghai"},
        f"agreements/{world.first}/read": {"page": 1},
    }
    for path, body in refusals.items():
        assert second.post(path, body, 403)["code"] == "identity_not_proved", path
    assert second.prepare(world.first, 403)["code"] == "identity_not_proved"
    page = f"/seat/{second.seat_id}/agreements/{world.first}/pages/1.png"
    assert second.client.get(page).status_code == 403
    # Guessing spends what is of this person's own; who has proved who they are keeps that.
    answer = second.client.post(f"{second.api}/code", json=None, headers={"X-CSRFToken": csrf_token(second.client)})
    assert answer.get_json().get("error", {}).get("code", "") in {"", "code_just_sent"}
    for _ in range(6):
        wrong = second.client.post(
            f"{second.api}/code/check", json={"code": "000000"}, headers={"X-CSRFToken": csrf_token(second.client)}
        )
        assert wrong.status_code >= 400
    signer.read(world.first)
    frozen = signer.state()["agreements"][0]
    assert signer.sign(signer.prepare(world.first), frozen)["status"] == "signed"


def test_a_new_link_of_the_host_ends_what_a_second_person_did_with_the_old_one(world: Quick) -> None:
    second = Browser(world)
    second.post("code")
    for _ in range(6):
        second.client.post(
            f"{second.api}/code/check", json={"code": "000000"}, headers={"X-CSRFToken": csrf_token(second.client)}
        )
    desk = Desk(world, quick.host(world))
    path = f"/ceremonies/{world.id}/seats/{second.seat_id}/invite"
    assert desk.client.post(path, headers=desk.headers).status_code == 303
    assert second.client.get(second.api).status_code in {403, 410}
    with clock.frozen(clock.now() + timedelta(minutes=1)):  # codes to one mailbox keep their distance
        Browser(world).enter()


def test_a_host_who_was_removed_leads_nothing_from_any_tab_while_another_goes_on(world: Quick) -> None:
    removed, tabs, other = hosts(world)
    assert tabs[0].lead("stand_by")[0] == 200
    with world.app.app_context():
        staff.deactivate(world.played.organisation_id, removed, actor=HOST)
        db.session.remove()
    before = other.sheet().seq
    for tab in tabs:
        assert tab.lead("go") == (401, "sign_in_needed")
        assert tab.client.get(tab.cues).status_code == 401
        page = tab.client.get(f"/ceremonies/{world.id}/cues")
        assert (page.status_code, page.headers.get("Location", "").split("?")[0]) == (303, "/login")
        seat_id = world.people["party_a"].seat_id
        closed = tab.client.post(f"/ceremonies/{world.id}/lobby/{seat_id}/remove", headers=tab.headers)
        assert (closed.status_code, other.sheet().seq) == (401, before)
    assert other.lead("go")[0] == 200
    # A stream that was open hears on for a while: of what it hears, nothing says who or what.
    assert not any(name in line for line in told(world) for name in ("样例", "@", "text"))


def test_a_host_who_became_an_auditor_in_mid_ceremony_looks_on_and_leads_nothing(world: Quick) -> None:
    account, [tab, _], other = hosts(world)
    assert tab.lead("stand_by")[0] == 200
    with world.app.app_context():
        staff.change_roles(world.played.organisation_id, account, [Role.AUDITOR], actor=HOST)
        db.session.remove()
    assert tab.lead("go")[0] == 403
    assert tab.client.get(f"/ceremonies/{world.id}/cues").status_code == 200
    assert other.lead("go")[0] == 200


@pytest.mark.parametrize(("verb", "code"), [("hold", "seat_held"), ("remove", "seat_removed")])
def test_who_is_held_or_removed_begins_no_signature_from_an_open_page_and_the_others_sign(
    world: Quick, verb: str, code: str
) -> None:
    people = [Browser(world, party) for party in world.people]
    for each in people:
        each.enter()
        each.read(world.first)
    kept_out, *others = people
    desk = Desk(world, quick.host(world))
    answer = desk.client.post(
        f"/ceremonies/{world.id}/lobby/{kept_out.seat_id}/{verb}", data={"why": "请稍候"}, headers=desk.headers
    )
    assert answer.status_code == 303
    status = 409 if verb == "hold" else 403
    assert kept_out.prepare(world.first, status)["code"] == code
    if verb == "remove":
        for path in ("here", "code"):
            assert kept_out.post(path, {}, 403)["code"] == code
        assert kept_out.client.get(f"/seat/{kept_out.seat_id}").status_code == 403
    frozen = others[0].state()["agreements"][0]
    for each in others:
        assert each.sign(each.prepare(world.first), frozen)["status"] == "signed"
    back = "release" if verb == "hold" else "let_in"
    desk.client.post(f"/ceremonies/{world.id}/lobby/{kept_out.seat_id}/{back}", headers=desk.headers)
    assert kept_out.sign(kept_out.prepare(world.first), frozen)["status"] == "signed"
    with world.app.app_context():
        assert agreements.get_agreement(world.first).signed_count == 3
        assert ceremonies.get_ceremony(world.id).state == "invited"
        db.session.remove()
