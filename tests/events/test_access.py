"""Every route of the events rooms with every kind of visitor: a new route must be entered here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.rules import Account, Role
from core.audit import Actor
from core.config import Settings
from core.db import transaction
from events.checkin import phones
from events.conferences import team
from events.conferences.queries import ConferenceView
from events.conferences.rules import Duty
from events.registration import service as registrations
from tests.support import apps, conference
from tests.support.databases import SQLITE, Databases
from tests.support.pages import csrf_token
from tests.support.stages import TABLES

LEADS = {"administrator", "lead"}
PLANNERS = {*LEADS, "venue"}
READERS = {*PLANNERS, "auditor"}
DOOR_KEEPERS = {*LEADS, "clerk"}  # of the door that the clerk stands at
# Who has a role that may plan at all, on this team or not.
ORGANISERS = {*PLANNERS, "outsider", "other administrator"}
LISTERS = {*ORGANISERS, "auditor"}
EVERYBODY = {*LISTERS, "nobody", "host", "clerk"}

# endpoint → who is let in; what happens then (404, 409, 422 …) is tested elsewhere.
RULES: dict[str, set[str]] = {
    "conferences.list_conferences": LISTERS,
    "conferences.show_new": ORGANISERS,
    "conferences.create": ORGANISERS,
    "conferences.show": READERS,
    "conferences.preview": READERS,
    "conferences.show_facts": LEADS,
    "conferences.change_facts": LEADS,
    "conferences.ask_move": LEADS,
    "conferences.move": LEADS,
    "conferences.ask_publish": LEADS,
    "conferences.publish": LEADS,
    "conference_imports.show_import": ORGANISERS,
    "conference_imports.import_file": ORGANISERS,
    "conference_imports.download_example": ORGANISERS,
    "conference_parts.show_planner": PLANNERS,
    "conference_parts.show_new": PLANNERS,
    "conference_parts.add": PLANNERS,
    "conference_parts.show": PLANNERS,
    "conference_parts.change": PLANNERS,
    "conference_parts.ask_removal": PLANNERS,
    "conference_parts.remove": PLANNERS,
    "conference_team.show": LEADS,
    "conference_team.add": LEADS,
    "conference_team.remove": LEADS,
    "conference_public.show": EVERYBODY,
    "conference_public.download_calendar": EVERYBODY,
    "conference_public.download_venue": EVERYBODY,
    "conference_public.download_item": EVERYBODY,
    "registration.list_companies": READERS,
    "registration.add_companies": PLANNERS,
    "registration.show_company": READERS,
    "registration.change_company": PLANNERS,
    "registration.remove_company": PLANNERS,
    "registration.add_person": PLANNERS,
    "registration.assign": PLANNERS,
    "registrations.list_people": READERS,
    "registrations.list_waiting": READERS,
    "registrations.show": READERS,
    "registrations.approve": PLANNERS,
    "registrations.reject": PLANNERS,
    "registrations.withdraw": PLANNERS,
    "registrations.move": PLANNERS,
    "registrations.vouch": PLANNERS,
    "registration_groups.show": READERS,
    "registration_groups.hold": PLANNERS,
    "registration_groups.release": PLANNERS,
    "registration_api.list_places": READERS,
    "registration_api.list_registrations": READERS,
    "registration_api.register": PLANNERS,
    "registration_api.show": READERS,
    "registration_api.approve": PLANNERS,
    "registration_api.reject": PLANNERS,
    "registration_api.withdraw": PLANNERS,
    "registration_api.move": PLANNERS,
    "registration_api.list_groups": READERS,
    "registration_api.hold": PLANNERS,
    "registration_api.release": PLANNERS,
    "registration_form.show": READERS,
    "registration_form.preview": READERS,
    "registration_form.show_new": LEADS,
    "registration_form.add": LEADS,
    "registration_form.show_question": LEADS,
    "registration_form.change": LEADS,
    "registration_form.move": LEADS,
    "registration_form.ask_removal": LEADS,
    "registration_form.remove": LEADS,
    "registration_form.show_notice": LEADS,
    "registration_form.change_notice": LEADS,
    "invitations.show": READERS,
    "invitations.show_list": READERS,
    "invitations.download_result": READERS,
    "invitations.upload": LEADS,
    "invitations.download_template": LEADS,
    "signup.open_invitation": EVERYBODY,
    "signup.ask_decline": EVERYBODY,
    "signup.decline": EVERYBODY,
    "signup.show": EVERYBODY,
    "signup.open_group": EVERYBODY,
    "signup.register": EVERYBODY,
    "signup.send_link": EVERYBODY,
    "own_registration.open_link": EVERYBODY,
    "own_registration.download_file_for_team": READERS,
    # Whoever has the personal link, and no account at all (test_signup.py).
    "own_registration.show": set(),
    "own_registration.show_done": set(),
    "own_registration.show_change": set(),
    "own_registration.change": set(),
    "own_registration.move": set(),
    "own_registration.prove": set(),
    "own_registration.send_mail": set(),
    "own_registration.accept": set(),
    "own_registration.ask_withdrawal": set(),
    "own_registration.withdraw": set(),
    "own_registration.download_calendar": set(),
    "own_registration.show_feed": EVERYBODY,
    "own_registration.show_data": set(),
    "own_registration.download_data": set(),
    "own_registration.download_file": set(),
    "own_registration.ask_deletion": set(),
    "own_registration.delete": set(),
    "badges.show": {*READERS, "clerk"},
    "badges.preview": {*READERS, "clerk"},
    "badges.print_badges": {*PLANNERS, "clerk"},
    "badges.show_run": {*PLANNERS, "clerk"},
    "badges.download": {*PLANNERS, "clerk"},
    "badge_keys.download_keys": EVERYBODY,
    # By the personal link, and no account at all (badges/test_pages.py).
    "badge_tickets.show": set(),
    "badge_tickets.download": set(),
    "badge_wallets.download_apple": set(),
    "badge_wallets.save_google": set(),
    "badge_api.list_badges": {*READERS, "clerk"},
    "badge_api.print_badges": {*PLANNERS, "clerk"},
    "attendance.show": READERS,
    "attendance.set_threshold": LEADS,
    "attendance.show_person": READERS,
    "attendance_api.show": LEADS,
    "attendance_api.list_people": LEADS,
    "attendance_api.show_person": LEADS,
    "attendance_api.list_certificates": LEADS,
    "attended.certify_all": LEADS,
    "attended.issue": PLANNERS,
    "attended.withdraw": PLANNERS,
    "attended.download": READERS,
    "attended.check": EVERYBODY,
    # By the personal link, and no account at all (attendance/test_certificates.py).
    "attended.show_own": set(),
    "attended.issue_own": set(),
    "attended.download_own": set(),
    "robots.show": LEADS,
    "robots.show_new": LEADS,
    "robots.add": LEADS,
    "robots.show_robot": LEADS,
    "robots.change": LEADS,
    "robots.send_test": LEADS,
    "robots.show_log": LEADS,
    "robots.send_again": LEADS,
    "robots.pause": LEADS,
    "robots.resume": LEADS,
    "robots.ask_removal": LEADS,
    "robots.remove": LEADS,
    "exports.show": LEADS,
    "exports.ask": LEADS,
    "exports.download": LEADS,
    "reports.show": READERS,
    "reports.ask": READERS,
    "reports.download": READERS,
    "surveys.show_all": READERS,
    "surveys.show_new": LEADS,
    "surveys.add": LEADS,
    "surveys.show": READERS,
    "surveys.show_facts": LEADS,
    "surveys.change": LEADS,
    "surveys.start": LEADS,
    "surveys.stop": LEADS,
    "surveys.close": LEADS,
    "surveys.remove": LEADS,
    "surveys.send_test": LEADS,
    "surveys.preview": READERS,
    "surveys.show_results": READERS,
    "surveys.download": LEADS,
    "survey_questions.show": LEADS,
    "survey_questions.show_new": LEADS,
    "survey_questions.add": LEADS,
    "survey_questions.show_question": LEADS,
    "survey_questions.change": LEADS,
    "survey_questions.move": LEADS,
    "survey_questions.remove": LEADS,
    "survey_answers.open_link": EVERYBODY,
    # By the personal link, and no account at all (surveys/test_pages.py).
    "survey_answers.show": set(),
    "survey_answers.show_done": set(),
    "survey_answers.answer": set(),
    "notices.show": READERS,
    "notices.preview": LEADS,
    "reminders.show": READERS,
    "reminders.add_suggested": PLANNERS,
    "reminders.show_new": PLANNERS,
    "reminders.add": PLANNERS,
    "reminders.show_rule": PLANNERS,
    "reminders.change": PLANNERS,
    "reminders.pause": PLANNERS,
    "reminders.resume": PLANNERS,
    "reminders.ask_now": PLANNERS,
    "reminders.send_now": PLANNERS,
    "reminders.ask_removal": PLANNERS,
    "reminders.remove": PLANNERS,
    "reminder_log.show": READERS,
    "reminder_log.preview": READERS,
    "reminder_log.send_test": PLANNERS,
    "checkin.show": {*READERS, "clerk"},
    "checkin.add_phone": DOOR_KEEPERS,
    "checkin.show_phone": DOOR_KEEPERS,
    "checkin.close_phone": DOOR_KEEPERS,
    "checkin.close": LEADS,
    "checkin.show_counter": LEADS,
    "checkin.make_counter": LEADS,
    "checkin.take_back_counter": LEADS,
    # Screens come by their link, and no account does (checkin/test_counter.py).
    "counter.open_link": EVERYBODY,
    "counter.show": set(),
    "counter.show_state": set(),
    "clerk.list_own": {"clerk"},
    "door.show": EVERYBODY,
    "door.show_manifest": EVERYBODY,
    "door.show_worker": EVERYBODY,
    # Phones come by their link, and no account does (checkin/test_phone_api.py).
    "door_api.pair": set(),
    "door_api.show_list": set(),
    "door_api.record_scans": set(),
    "door_api.move": set(),
    "conference_api.list_conferences": LISTERS,
    "conference_api.import_conference": ORGANISERS,
    "conference_api.show": READERS,
    "conference_api.change_conference": LEADS,
    "conference_api.move": LEADS,
    "conference_api.add_part": PLANNERS,
    "conference_api.change_part": PLANNERS,
    "conference_api.move_item": PLANNERS,
    "conference_api.remove_part": PLANNERS,
    "conference_api.publish": LEADS,
    "show_api.make": LEADS,
    "show_api.show": READERS,
    "show_api.act": LEADS,
    "show_api.add": LEADS,
    "show_api.change": LEADS,
    "show_api.move": LEADS,
    "show_api.remove": LEADS,
    # What ends the conference comes last: every visitor walks through all of this.
    "conferences.cancel": LEADS,
    "conference_api.cancel": LEADS,
}
_NO = {
    "sign_in_needed",
    "forbidden",
    "not_on_team",
    "not_your_door",
    "door_link_needed",
    "counter_link_needed",
    "registration_link_needed",
    "survey_link_needed",
}


@dataclass
class World:
    """A published conference, and accounts by what they are to it."""

    app: Flask
    draft: ConferenceView
    accounts: dict[str, Account]
    phone_id: str


@pytest.fixture
def world(databases: Databases, data_dir: Path) -> Iterator[World]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    with apps.running(Settings(data_dir=data_dir, database_url=url)) as app:
        yield _make(app)
    databases.drop(url)


def _make(app: Flask) -> World:
    own = apps.add_account(app, Role.ADMINISTRATOR, email="administrator@example.test")
    accounts = {"administrator": own}
    roles = {
        "lead": Role.ORGANISER,
        "venue": Role.ORGANISER,
        "outsider": Role.ORGANISER,
        "clerk": Role.CLERK,
        "auditor": Role.AUDITOR,
        "host": Role.HOST,
    }
    for name, role in roles.items():
        email = f"{name}@example.test"
        accounts[name] = apps.add_account(app, role, email=email, organisation_id=own.organisation_id)
    accounts["other administrator"] = apps.add_account(app, Role.ADMINISTRATOR, email="other@example.test")
    by = Actor("account", accounts["lead"].id)
    with app.app_context():
        draft = conference.keep_open(organisation_id=own.organisation_id, by=by)
        hall = draft.venue("chengdu")
        with transaction():
            team.add_row(draft.id, accounts["venue"].id, Duty.VENUE, venue_id=hall.id)
            team.add_row(draft.id, accounts["clerk"].id, Duty.CLERK, door_id=hall.doors[0].id)
        phone_id = phones.open_door(draft.id, hall.doors[0].id, label="Phone", by=by)
        return World(app, conference.view(draft.id), accounts, phone_id)


def rules(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, rule) of every route of the events rooms."""
    blueprints = {name for name, made in app.blueprints.items() if made.import_name.startswith("events.")}
    return [
        (rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in blueprints
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]


def browser(world: World, who: str) -> FlaskClient:
    return apps.sign_in(world.app, world.accounts[who]) if who in world.accounts else world.app.test_client()


def test_every_route_of_the_events_rooms_is_in_the_table(world: World) -> None:
    assert sorted({endpoint for endpoint, _, _ in rules(world.app)}) == sorted(RULES)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_everybody_comes_exactly_as_far_as_the_table_says(world: World, who: str) -> None:
    client = browser(world, who)
    headers = {"X-CSRFToken": csrf_token(client), "Accept": "application/json"}
    order = list(RULES)
    let_in: set[str] = set()
    for endpoint, method, rule in sorted(rules(world.app), key=lambda each: order.index(each[0])):
        path = rule.replace("<any(venues, audiences, speakers, agenda):part>", "agenda")
        named = {"conference_id": world.draft.id, "code": world.draft.code, "key": "talk", "token": "nonsense"}
        for name, value in {
            **named,
            "registration_id": "reg_nobody",
            "list_id": "ivl_none",
            "group_id": "grp_nobody",
            "run_id": "bdr_nothing",
            "rule_id": "rem_nothing",
            "survey_id": "svy_nothing",
            "export_id": "exp_nothing",
            "kind": "dingtalk",
            "company_id": "com_nothing",
            "robot_id": "rob_nothing",
            "message_id": "msg_nothing",
            "cue_id": "shc_nothing",
            "verb": "go",
        }.items():
            path = path.replace(f"<{name}>", value)
        if endpoint.endswith("download_venue"):
            path = path.replace("talk", "chengdu")
        door_id = world.draft.venue("chengdu").doors[0].id
        path = path.replace("<door_id>", door_id).replace("<phone_id>", world.phone_id)
        assert "<" not in path, f"{rule} has an argument that this test does not know"
        answer = client.open(path, method=method, headers=headers)
        assert answer.status_code < 500, (endpoint, answer.text[:500])
        if answer.status_code in (401, 403):
            assert answer.get_json()["error"]["code"] in _NO, (endpoint, answer.text)
        elif answer.status_code == 404 and who == "other administrator" and "<conference_id>" in rule:
            # To who belongs to another organisation it is not there.
            assert answer.get_json()["error"]["code"] == "conference_not_found", (endpoint, answer.text)
        else:
            let_in.add(endpoint)
    assert let_in == {endpoint for endpoint, allowed in RULES.items() if who in allowed}


def test_a_venues_organiser_reaches_nobody_of_another_venue(world: World) -> None:
    with world.app.app_context():
        someone = conference.someone(world.draft, 1, venue="london")
        registered = registrations.register(world.draft.id, someone, by=conference.ORGANISER).id
    client = browser(world, "venue")
    headers = {"X-CSRFToken": csrf_token(client), "Accept": "application/json"}
    refused = {}
    for endpoint, method, rule in rules(world.app):
        if "<conference_id>" in rule and "<registration_id>" in rule:
            named = {"conference_id": world.draft.id, "registration_id": registered, "key": "paper"}
            for name, value in named.items():
                rule = rule.replace(f"<{name}>", value)
            answer = client.open(rule, method=method, headers=headers)
            refused[endpoint] = (answer.status_code, answer.get_json()["error"]["code"])
    assert "own_registration.download_file_for_team" in refused
    # What is for who leads alone refuses before it asks whose venue it is.
    why = {endpoint: "not_on_team" if RULES[endpoint] == LEADS else "not_your_venue" for endpoint in refused}
    assert refused == {endpoint: (403, code) for endpoint, code in why.items()}


def test_a_duty_taken_away_closes_the_plan_at_once(world: World) -> None:
    client = browser(world, "venue")
    path = f"/conferences/{world.draft.id}"
    assert client.get(path).status_code == 200
    lead = browser(world, "lead")
    form = {"account": world.accounts["venue"].id, "duty": f"venue:{world.draft.venue('chengdu').id}"}
    form["csrf_token"] = csrf_token(lead)
    assert lead.post(f"{path}/team/remove", data=form).status_code == 303
    assert client.get(path).status_code == 403
