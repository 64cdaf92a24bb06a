"""The team's pages of who registered: find people, decide, move, hold places; each venue's organiser for that venue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.rules import Role
from core.config import Settings
from core.db import transaction
from events.conferences import team
from events.conferences.queries import ConferenceView
from events.conferences.rules import Duty
from events.registration import queries, service
from events.registration.rules import RegistrationState
from tests.events.registration.test_registering import GUEST, set_capacity
from tests.support import apps
from tests.support import conference as sample
from tests.support.databases import SQLITE, Databases
from tests.support.pages import csrf_token
from tests.support.stages import TABLES


@pytest.fixture
def app(databases: Databases, data_dir: Path) -> Iterator[Flask]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as made:
        yield made
    databases.drop(url)


@pytest.fixture
def lead(app: Flask) -> FlaskClient:
    return apps.sign_in(app, apps.add_account(app, Role.ADMINISTRATOR, email="lead@example.test"))


@pytest.fixture
def conference(app: Flask, lead: FlaskClient) -> ConferenceView:
    from accounts import queries as accounts

    with app.app_context():
        record = accounts.find_record("lead@example.test")
        assert record is not None
        return sample.keep_open(organisation_id=record.organisation_id)


def enter(app: Flask, conference: ConferenceView, number: int, **named: object) -> str:
    with app.app_context():
        return service.register(conference.id, sample.someone(conference, number, **named), by=GUEST).id  # type: ignore[arg-type]


def state(app: Flask, registration_id: str) -> RegistrationState:
    with app.app_context():
        return queries.get_registration(registration_id).state


def send(client: FlaskClient, path: str, **form: str) -> int:
    return client.post(path, data={"csrf_token": csrf_token(client), **form}).status_code


def test_people_are_found_by_name_pinyin_company_code_and_address(
    app: Flask, lead: FlaskClient, conference: ConferenceView
) -> None:
    found = enter(app, conference, 1, name="欧阳样例", company_name="演示云帆", job_title="经理")
    enter(app, conference, 2, name="Sample Person")
    with app.app_context():
        code = queries.get_registration(found).code
    page = f"/conferences/{conference.id}/registrations"
    for text in ("欧阳", "oyy", "ouyang", "云帆", code.lower(), "person1@", "OUYANG yang"):
        shown = lead.get(page, query_string={"text": text}).text
        assert "欧阳样例" in shown, text
        assert "Sample Person" not in shown, text
    assert "Sample Person" in lead.get(page, query_string={"text": "sp"}).text
    assert "没有找到" in lead.get(page, query_string={"text": "%"}).text
    assert "欧阳样例" not in lead.get(page, query_string={"state": "pending"}).text


def test_a_list_has_pages(
    app: Flask, lead: FlaskClient, conference: ConferenceView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    for number in (1, 2, 3):
        enter(app, conference, number, venue="cloud")
    answer = lead.get(f"/api/conferences/{conference.id}/registrations?venue=cloud").get_json()
    assert [each["name"] for each in answer["registrations"]] == ["样例3", "样例2"]
    rest = lead.get(f"/api/conferences/{conference.id}/registrations?after={answer['next']}").get_json()
    assert ([each["name"] for each in rest["registrations"]], rest["next"]) == (["样例1"], None)


def test_somebody_is_approved_moved_and_declined_with_a_reason(
    app: Flask, lead: FlaskClient, conference: ConferenceView
) -> None:
    guest = enter(app, conference, 1, audience="guest")
    person = enter(app, conference, 2)
    page = f"/conferences/{conference.id}/registrations"
    assert send(lead, f"{page}/{guest}/approve") == 303
    assert state(app, guest) is RegistrationState.CONFIRMED
    assert send(lead, f"{page}/{person}/move", venue="cloud") == 303
    with app.app_context():
        assert queries.get_registration(person).venue_id == conference.venue("cloud").id
    assert send(lead, f"{page}/{person}/reject", reason="") == 422
    assert send(lead, f"{page}/{person}/reject", reason="人数有限") == 303
    shown = lead.get(f"{page}/{person}").text
    assert "人数有限" in shown
    assert "更换会场" in shown
    assert send(lead, f"{page}/{person}/withdraw") == 409


def test_a_full_hall_is_said_on_the_page(app: Flask, lead: FlaskClient, conference: ConferenceView) -> None:
    with app.app_context():
        set_capacity(conference, 1, venue="london")
    enter(app, conference, 1, venue="london")
    second = enter(app, conference, 2)
    answer = lead.post(
        f"/conferences/{conference.id}/registrations/{second}/move",
        data={"csrf_token": csrf_token(lead), "venue": "london"},
    )
    assert answer.status_code == 409
    assert "这个会场已经没有名额" in answer.text


def test_the_waiting_list_stands_in_its_order(app: Flask, lead: FlaskClient, conference: ConferenceView) -> None:
    with app.app_context():
        set_capacity(conference, 1)
    for number in (1, 2, 3):
        enter(app, conference, number)
    shown = lead.get(f"/conferences/{conference.id}/registrations/waiting").text
    assert "样例1" not in shown
    assert shown.index("样例2") < shown.index("样例3")


def test_a_group_holds_places_that_its_link_gives_and_gives_the_rest_back(
    app: Flask, lead: FlaskClient, conference: ConferenceView
) -> None:
    path, until = f"/conferences/{conference.id}/groups", f"{conference.starts_on}T08:00"
    form = {"name": "代表团", "venue": "chengdu", "audience": "guest", "size": "3", "until": until, "key": "k"}
    assert send(lead, path, **{**form, "size": "0"}) == 422
    assert send(lead, path, **{**form, "until": "2020-01-01T08:00"}) == 409
    day_after = conference.ends_on + timedelta(days=1)
    assert send(lead, path, **{**form, "until": f"{day_after}T00:00"}) == 409
    assert [send(lead, path, **form) for _ in range(2)] == [303, 303]
    with app.app_context():
        [group] = queries.list_groups(conference.id)
        token = service.find_group_link(group.id)
        assert token is not None
        assert service.get_group_by_link(token).id == group.id
    assert token in lead.get(path).text
    first = enter(app, conference, 1, audience="guest", group_id=group.id)
    assert state(app, first) is RegistrationState.CONFIRMED
    with app.app_context():
        places = {(each.venue_id, each.audience_id): each for each in queries.list_places(conference.id)}
        assert places[(group.venue_id, group.audience_id)].count.taken == 3
        service.withdraw(first, by=GUEST)
        assert queries.get_group(group.id).left == 3
    enter(app, conference, 2, audience="guest", group_id=group.id)
    assert send(lead, f"{path}/{group.id}/release") == 303
    with app.app_context():
        places = {(each.venue_id, each.audience_id): each for each in queries.list_places(conference.id)}
        assert places[(group.venue_id, group.audience_id)].count.taken == 1
        assert service.find_group_link(group.id) is None


def test_only_who_has_to_confirm_an_address_is_marked(
    app: Flask, lead: FlaskClient, conference: ConferenceView
) -> None:
    page = f"/conferences/{conference.id}/registrations"
    enter(app, conference, 1, approved=True)
    assert "邮箱未确认" not in lead.get(page).text
    enter(app, conference, 2)
    assert lead.get(page).text.count("邮箱未确认") == 1


def test_a_venues_organiser_sees_and_changes_that_venue_alone(
    app: Flask, lead: FlaskClient, conference: ConferenceView
) -> None:
    with app.app_context():
        from accounts import queries as accounts

        own = accounts.find_record("lead@example.test")
        assert own is not None
        organisation_id = own.organisation_id
    account = apps.add_account(app, Role.ORGANISER, email="hall@example.test", organisation_id=organisation_id)
    with app.app_context(), transaction():
        team.add_row(conference.id, account.id, Duty.VENUE, venue_id=conference.venue("chengdu").id)
    db_ids = {venue: enter(app, conference, n, venue=venue) for n, venue in enumerate(("chengdu", "london"))}
    client = apps.sign_in(app, account)
    page = f"/conferences/{conference.id}/registrations"
    shown = client.get(page).text
    assert "样例0" in shown
    assert "样例1" not in shown
    assert client.get(f"{page}/{db_ids['london']}").status_code == 403
    assert send(client, f"{page}/{db_ids['london']}/withdraw") == 403
    # Nor are another venue's places given away.
    assert 'value="london"' in lead.get(f"{page}/{db_ids['chengdu']}").text
    assert 'value="london"' not in client.get(f"{page}/{db_ids['chengdu']}").text  # not offered what is not theirs
    assert send(client, f"{page}/{db_ids['chengdu']}/move", venue="london") == 403
    headers = {"X-CSRFToken": csrf_token(client)}
    moved = client.post(f"/api{page}/{db_ids['chengdu']}/move", json={"venue": "london"}, headers=headers)
    assert (moved.status_code, moved.get_json()["error"]["code"]) == (403, "not_your_venue")
    assert send(client, f"{page}/{db_ids['chengdu']}/withdraw") == 303


def test_programs_register_decide_and_hold(app: Flask, lead: FlaskClient, conference: ConferenceView) -> None:
    path, headers = f"/api/conferences/{conference.id}", {"X-CSRFToken": csrf_token(lead), "Idempotency-Key": "one"}
    person = {"name": "样例", "email": "sample@example.com", "venue": "chengdu", "audience": "guest"}
    made = lead.post(f"{path}/registrations", json=person, headers=headers)
    assert (made.status_code, made.get_json()["state"]) == (201, "confirmed")
    assert lead.post(f"{path}/registrations", json=person, headers=headers).get_json()["id"] == made.get_json()["id"]
    wrong = lead.post(f"{path}/registrations", json={**person, "venue": "nowhere"}, headers=headers)
    assert wrong.status_code == 422
    places = lead.get(f"{path}/places").get_json()["places"]
    assert {"venue": "chengdu", "audience": "guest", "capacity": 5, "taken": 1, "waiting": 0} in places
    one = f"{path}/registrations/{made.get_json()['id']}"
    assert lead.post(f"{one}/reject", json={"reason": "重复"}, headers=headers).get_json()["state"] == "rejected"
    hold = {"name": "代表团", "venue": "london", "audience": "company", "size": 4, "key": "g"}
    held = lead.post(f"{path}/groups", json={**hold, "until": f"{conference.starts_on}T08:00"}, headers=headers)
    assert held.status_code == 201
    assert f"/c/{conference.code}/group/" in held.get_json()["link"]
    released = lead.post(f"{path}/groups/{held.get_json()['id']}/release", json={}, headers=headers).get_json()
    assert released["released_at"] is not None
