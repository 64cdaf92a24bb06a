"""Every route of the signing rooms with every kind of visitor: a new route must be entered here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.rules import Role
from core import tokens
from signing.captions import queries as captions
from signing.captions import service as caption_service
from signing.ceremonies import inviting, templates
from signing.ceremonies import service as ceremonies
from signing.screens import link_service
from signing.screens.link_service import Screen
from signing.witnesses import queries as witnesses
from signing.witnesses import service as witness_service
from signing.witnesses.rules import WitnessPlan
from tests.support import apps, quick
from tests.support.ceremony import HOST
from tests.support.pages import csrf_token
from tests.support.quick import Quick, QuickWorld

HOSTS = {"administrator", "host"}
READERS = {*HOSTS, "auditor"}
SEAT = {"seat", "signer"}
EVERYBODY = {*READERS, *SEAT, "nobody", "organiser", "clerk", "other host", "other signer", "screen", "witness"}
EVERYBODY |= {"interpreter"}

# endpoint → who is let in; what happens then (404, 409, 422 …) is tested elsewhere.
RULES: dict[str, set[str]] = {
    "agreement_api.decline": {"signer"},
    "agreement_api.finish": {"signer"},
    "agreement_api.note_read": {"signer"},
    "agreement_api.prepare": {"signer"},
    "agreement_api.show_content": {"signer"},
    "ink_api.draw": {"signer"},
    "ink_api.draw_by_phone": set(),
    "imports.import_file": {*HOSTS, "other host"},
    "ceremonies.begin": {*HOSTS, "other host"},
    "ceremonies.list_ceremonies": {*READERS, "other host"},
    "links.make_stage_link": HOSTS,
    "links.show_stage_link": HOSTS,
    "links.show_seat_link": HOSTS,
    "ceremonies.show": READERS,
    "ceremonies.show_new": {*HOSTS, "other host"},
    "imports.show_import": {*HOSTS, "other host"},
    "imports.download_example": {*HOSTS, "other host"},
    "certificates.revoke": HOSTS,
    "certificates.show": READERS,
    "certificate_api.list_certificates": READERS,
    "certificate_api.revoke": HOSTS,
    "ceremony_api.begin": {*HOSTS, "other host"},
    "ceremony_api.import_ceremony": {*HOSTS, "other host"},
    "ceremony_api.invite": HOSTS,
    "ceremony_api.list_ceremonies": {*READERS, "other host"},
    "ceremony_api.make_stage_link": HOSTS,
    "ceremony_api.show": READERS,
    "evidence.download_ceremony_kit": READERS,
    "evidence.download_certificate": READERS,
    "evidence.download_final": READERS,
    "evidence.download_kit": READERS,
    "evidence.download_seat_certificate": {"signer"},
    "evidence.download_seat_final": {"signer"},
    "evidence.download_seat_kit": {"signer"},
    "evidence.download_trail": READERS,
    "evidence.show_seat_trail": {"signer"},
    "evidence.show_trail": READERS,
    "frozen.download": READERS,
    "frozen.show": READERS,
    "frozen.show_page": READERS,
    "cues.show": READERS,
    "cues.make": HOSTS,
    "cues.lead": HOSTS,
    "cues.show_new": HOSTS,
    "cues.add": HOSTS,
    "cues.show_cue": HOSTS,
    "cues.change": HOSTS,
    "cues.move": HOSTS,
    "cues.put_right": HOSTS,
    "cues.propose_words": HOSTS,
    "cues.remove_cue": HOSTS,
    "cues.remove": HOSTS,
    "cues.tick": HOSTS,
    "cue_api.tick": HOSTS,
    "ceremony_reports.show": READERS,
    "ceremony_reports.ask": READERS,
    "ceremony_reports.download": READERS,
    "thanks.show": READERS,
    "thanks.write": HOSTS,
    "thanks.send_test": HOSTS,
    "thanks.send": HOSTS,
    "thanks_api.show": READERS,
    "thanks_api.write": HOSTS,
    "thanks_api.send": HOSTS,
    "witnesses.show": READERS,
    "witnesses.add": HOSTS,
    "witnesses.show_link": HOSTS,
    "witness.open_link": EVERYBODY,
    "witness.show": {"witness"},
    "witness.declare": {"witness"},
    "witness.tick": {"witness"},
    "witness_api.tick": {"witness"},
    "captions.show": READERS,
    "captions.add": HOSTS,
    "captions.choose_stage": HOSTS,
    "captions.show_link": HOSTS,
    "interpreter.open_link": EVERYBODY,
    "interpreter.show": {"interpreter"},
    "interpreter_api.show": {"interpreter"},
    "interpreter_api.say": {"interpreter"},
    "seat_captions_api.show": {"signer"},
    "lobby.show": READERS,
    "lobby.show_seat": READERS,
    "lobby.set_policy": HOSTS,
    "lobby.admit_all": HOSTS,
    "lobby.write_to_all": HOSTS,
    "lobby.write": HOSTS,
    "lobby.act": HOSTS,
    "cue_api.show": READERS,
    "cue_api.make": HOSTS,
    "cue_api.lead": HOSTS,
    "cue_api.move": HOSTS,
    "understudy.show": HOSTS,
    "understudy.replace_signer": HOSTS,
    "drawpads.open_link": EVERYBODY,
    "drawpads.join": EVERYBODY,
    "drawpads.show": set(),
    "drawpad_api.look": set(),
    "drawpad_api.draw": set(),
    "drawpad_api.offer": {"signer"},
    "drawpad_api.fetch": {"signer"},
    "drawpad_api.close": {"signer"},
    "look.show": HOSTS,
    "screens.show": HOSTS,
    "screens.make": HOSTS,
    "monitor.open_link": EVERYBODY,
    "observe.open_link": EVERYBODY,
    "observe.show": {"screen"},
    "observe.show_state": {"screen"},
    "monitor.show": {"screen"},
    "monitor.show_state": {"screen"},
    "look.change": HOSTS,
    "look.switch_ink": HOSTS,
    "links.preview_stage": HOSTS,
    "links.preview_state": HOSTS,
    "look.show_emblem": EVERYBODY,
    "meetings.show": HOSTS,
    "meetings.paste": HOSTS,
    "meetings.make": HOSTS,
    "meetings.remove": HOSTS,
    "meetings.send": HOSTS,
    "drills.show": READERS,
    "drills.begin": HOSTS,
    "drills.end": HOSTS,
    "drill_api.show_of_seat": SEAT,
    "drill_api.note_of_seat": SEAT,
    "drill_api.show_of_stage": {"screen"},
    "drill_api.note_of_stage": {"screen"},
    "drill_api.show_of_monitor": {"screen"},
    "drill_api.note_of_monitor": {"screen"},
    "drill_api.show_of_observer": {"screen"},
    "drill_api.note_of_observer": {"screen"},
    "drill_api.show_of_phone": set(),
    "drill_api.note_of_phone": set(),
    "drill_api.show_of_host": HOSTS,
    "drill_api.note_of_host": HOSTS,
    "drill_api.begin": HOSTS,
    "drill_api.end": HOSTS,
    "preflight.show_check": SEAT,
    "preflight.show": READERS,
    "preflight.look": HOSTS,
    "preflight.choose_camera": HOSTS,
    "preflight_api.ping": SEAT,
    "preflight_api.certify": SEAT,
    "preflight_api.prepare": SEAT,
    "preflight_api.show_content": SEAT,
    "preflight_api.finish": SEAT,
    "preflight_api.keep": SEAT,
    "rehearsals.show": READERS,
    "rehearsals.make": HOSTS,
    "rehearsals.choose_invitations": HOSTS,
    "rehearsals.discard": HOSTS,
    "rehearsal.show_result": READERS,
    "rehearsal.take_over": HOSTS,
    "discard.ask": HOSTS,
    "discard.discard": HOSTS,
    "invite.ask": HOSTS,
    "invite.send": HOSTS,
    "plan.add_agreement": HOSTS,
    "plan.add_party": HOSTS,
    "plan.change_agreement": HOSTS,
    "plan.change_ceremony": HOSTS,
    "plan.change_party": HOSTS,
    "plan.remove_agreement": HOSTS,
    "plan.remove_party": HOSTS,
    "plan.show_agreement": HOSTS,
    "plan.show_agreement_removal": HOSTS,
    "plan.show_ceremony": HOSTS,
    "plan.show_new_agreement": HOSTS,
    "plan.show_new_party": HOSTS,
    "plan.show_party": HOSTS,
    "plan.show_party_removal": HOSTS,
    "plan_api.add_agreement": HOSTS,
    "plan_api.add_party": HOSTS,
    "plan_templates.show": {*HOSTS, "other host"},
    "plan_templates.begin": HOSTS,
    "plan_templates.remove": HOSTS,
    "plan_templates.save": HOSTS,
    "plan_templates.show_again": HOSTS,
    "plan_templates.copy_whole": HOSTS,
    "plan_files.download_json": HOSTS,
    "plan_files.download_book": HOSTS,
    "plan_api.change_agreement": HOSTS,
    "plan_api.order_agreement": HOSTS,
    "plan_api.change_ceremony": HOSTS,
    "plan_api.change_party": HOSTS,
    "plan_api.discard": HOSTS,
    "plan_api.remove_agreement": HOSTS,
    "plan_api.remove_party": HOSTS,
    "previews.download": READERS,
    "previews.show": READERS,
    "previews.show_page": READERS,
    "seal_api.approve": HOSTS,
    "seal_api.choose_use": HOSTS,
    "seal_api.remove": HOSTS,
    "seal_api.show": HOSTS,
    "seal_api.upload": HOSTS,
    "seal_api.use_demo_seals": HOSTS,
    "seals.approve": HOSTS,
    "seals.choose_uses": HOSTS,
    "seals.remove": HOSTS,
    "seals.show": HOSTS,
    "seals.show_picture": HOSTS,
    "seals.show_to_signer": {"signer"},
    "seals.upload": HOSTS,
    "seals.use_demo_seals": HOSTS,
    "seat_api.bring_certificate": {"signer"},
    "seat_api.check_code": SEAT,
    "seat_api.enrol": {"signer"},
    "seat_api.give_consent": {"signer"},
    "presence_api.note_here": SEAT,
    "seat_api.send_code": SEAT,
    "seat_api.show": SEAT,
    "seats.open_link": EVERYBODY,
    "seats.show_page": {"signer"},
    "seats.show_seat": SEAT,
    "seats.show_text": {"signer"},
    "stage.open_link": EVERYBODY,
    "stage.show": {"screen"},
    "stage.show_state": {"screen"},
    "upload_api.remove": HOSTS,
    "upload_api.show": HOSTS,
    "upload_api.upload": HOSTS,
    "upload_api.withdraw": HOSTS,
    "uploads.remove": HOSTS,
    "uploads.show": HOSTS,
    "uploads.show_page": HOSTS,
    "uploads.upload": HOSTS,
    "uploads.withdraw": HOSTS,
    "verify.answer_ocsp": EVERYBODY,
    "verify.answer_ocsp_by_get": EVERYBODY,
    "trouble_api.list_troubles": READERS,
    "trouble_api.try_again": HOSTS,
    "troubles.show_address": HOSTS,
    "troubles.try_again": HOSTS,
    "verify.answer_timestamp": EVERYBODY,
    "verify.check": EVERYBODY,
    "verify.download_anchors": EVERYBODY,
    "verify.download_authority": EVERYBODY,
    "verify.download_list": EVERYBODY,
    "verify.look_up": EVERYBODY,
    "verify.show": EVERYBODY,
    "verify_code.ask": EVERYBODY,
    "verify_code.show": EVERYBODY,
    # What takes links back or ends the ceremony comes last: every visitor walks through all of this.
    "trouble_api.correct_address": HOSTS,
    "troubles.correct_address": HOSTS,
    "witnesses.take_back": HOSTS,
    "captions.take_back": HOSTS,
    "links.invite_again": HOSTS,
    "ceremony_api.invite_again": HOSTS,
    "screens.take_back": HOSTS,
    "links.take_back_stage_link": HOSTS,
    "ceremony_api.take_back_stage_link": HOSTS,
    "ceremonies.cancel": HOSTS,
    "ceremonies.copy_unsigned": HOSTS,
    "ceremony_api.copy_unsigned": HOSTS,
}
STAFF_ROOMS = {"ceremonies", "ceremony_api", "discard", "evidence", "frozen", "links", "plan", "plan_api", "previews"}
STAFF_ROOMS |= {
    "plan_files",
    "plan_templates",
    "lobby",
    "meetings",
    "understudy",
    "cues",
    "cue_api",
    "witnesses",
    "captions",
    "ceremony_reports",
    "thanks",
    "thanks_api",
    "troubles",
    "trouble_api",
    "uploads",
    "upload_api",
    "seals",
    "seal_api",
}
_NO = {
    "sign_in_needed",
    "forbidden",
    "personal_link_needed",
    "identity_not_proved",
    "stage_link_needed",
    "monitor_link_needed",
    "observer_link_needed",
}
_NO |= {"witness_link_needed", "interpreter_link_needed"}
_NO |= {"drawpad_needed"}


@dataclass
class Visit:
    """One call and what it came to."""

    endpoint: str
    response: TestResponse

    @property
    def is_let_in(self) -> bool:
        if self.response.status_code == 303 and "/login" in self.response.headers["Location"]:
            return False
        return self.response.status_code not in (401, 403)

    @property
    def says_why(self) -> bool:
        """A refusal has one of the names that were promised, or leads to the sign-in page."""
        if self.response.status_code == 303:
            return True
        return self.response.is_json and self.response.get_json()["error"]["code"] in _NO


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        yield made


def signing_rules(world: Quick) -> list[tuple[str, str, str]]:
    """(endpoint, method, rule) of every route of the signing rooms."""
    blueprints = {name for name, made in world.app.blueprints.items() if made.import_name.startswith("signing.")}
    return [
        (rule.endpoint, method, rule.rule)
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in blueprints
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]


def staff(world: Quick, role: Role, *, elsewhere: bool = False) -> FlaskClient:
    organisation = "" if elsewhere else world.played.organisation_id
    account = apps.add_account(world.app, role, email=f"{role}@example.test", organisation_id=organisation)
    return apps.sign_in(world.app, account)


def seat(world: Quick, party: str = "party_a") -> FlaskClient:
    client = world.app.test_client()
    assert client.get(world.link(party)).status_code == 303
    return client


def signer(world: Quick, party: str = "party_a") -> FlaskClient:
    client, seat_id = seat(world, party), world.people[party].seat_id
    headers = {"X-CSRFToken": csrf_token(client)}
    assert client.post(f"/api/seat/{seat_id}/code", headers=headers).status_code == 200
    code = {"code": world.code(party)}
    assert client.post(f"/api/seat/{seat_id}/code/check", json=code, headers=headers).status_code == 200
    return client


def screen(world: Quick) -> FlaskClient:
    client = world.app.test_client()
    with world.app.app_context():
        token = ceremonies.stage_link(world.id, by=HOST)
        monitor = link_service.make_link(world.id, Screen.MONITOR, by=HOST)
        observer = link_service.make_link(world.id, Screen.OBSERVE_TWO_MINUTES, by=HOST)
    assert client.get(f"/stage/open/{token}").status_code == 303
    assert client.get(f"/observe/120/open/{observer}").status_code == 303
    assert client.get(f"/monitor/open/{monitor}").status_code == 303
    return client


def witness(world: Quick) -> FlaskClient:
    client = world.app.test_client()
    with world.app.app_context():
        plan = WitnessPlan("见证", "公证处", "", "zh-CN")
        made = next((each.id for each in witnesses.list_witnesses(world.id)), None)
        made = made or witness_service.name_witness(world.id, plan, by=HOST)
        token = tokens.find_newest("witness", made)
    assert client.get(f"/witness/open/{token}").status_code == 303
    return client


def interpreter(world: Quick) -> FlaskClient:
    client = world.app.test_client()
    with world.app.app_context():
        made = next((each.id for each in captions.list_links(world.id)), None)
        made = made or caption_service.make_link(world.id, "en", by=HOST)
        token = tokens.find_newest("interpreter", made)
    assert client.get(f"/interpreter/open/{token}").status_code == 303
    return client


VISITORS: dict[str, Callable[[Quick], FlaskClient]] = {
    "nobody": lambda world: world.app.test_client(),
    "administrator": lambda world: staff(world, Role.ADMINISTRATOR),
    "host": lambda world: staff(world, Role.HOST),
    "organiser": lambda world: staff(world, Role.ORGANISER),
    "clerk": lambda world: staff(world, Role.CLERK),
    "auditor": lambda world: staff(world, Role.AUDITOR),
    "other host": lambda world: staff(world, Role.HOST, elsewhere=True),
    "seat": seat,
    "signer": signer,
    "other signer": lambda world: signer(world, "party_b"),
    "screen": screen,
    "witness": witness,
    "interpreter": interpreter,
}


def _first_witness(world: Quick) -> str:
    with world.app.app_context():
        return next((each.id for each in witnesses.list_witnesses(world.id)), "wit_nothing")


def _first_interpreter(world: Quick) -> str:
    with world.app.app_context():
        return next((each.id for each in captions.list_links(world.id)), "cpl_nothing")


def _template(world: Quick) -> str:
    """One of this organisation, made anew where a visitor before has removed it."""
    with world.app.app_context():
        own = next((each.id for each in templates.list_templates(world.played.organisation_id) if each.is_own), None)
        return own or templates.save_template(world.id, "", by=HOST)


def visit_all(world: Quick, client: FlaskClient, **other_ids: str) -> list[Visit]:
    """Call every route with the ids of this ceremony (of its first seat and agreement) and nothing in the body."""
    ids = {
        "ceremony_id": world.id,
        "agreement_id": world.first,
        "party_key": "party_a",
        "seat_id": world.people["party_a"].seat_id,
        "signing_id": "sig_nothing",
        "trouble_id": "job_nothing",
        "token": "nonsense",
        "digest": "0" * 64,
        "name": "ca",
        "number": "1",
        "certificate_id": "crt_nothing",
        "cue_id": "cue_nothing",
        "drill_id": "drl_nothing",
        "screen": "monitor",
        "report_id": "rep_nothing",
        "delay": "120",
        "witness_id": _first_witness(world),
        "interpreter_id": _first_interpreter(world),
        "pad_id": "pad_nothing",
        "template_id": _template(world),
        "verb": "hold",
        "encoded": "AA==",
        "code": "00000-00000",
        **other_ids,
    }
    headers = {"X-CSRFToken": csrf_token(client), "Accept": "application/json"}
    found = []
    order = list(RULES)
    for endpoint, method, rule in sorted(signing_rules(world), key=lambda each: order.index(each[0])):
        path = rule
        for name, value in ids.items():
            path = path.replace(f"<{name}>", value).replace(f"<int:{name}>", value).replace(f"<path:{name}>", value)
        assert "<" not in path, f"{rule} has an argument that this test does not know"
        found.append(Visit(endpoint, client.open(path, method=method, headers=headers)))
    return found


def test_every_route_of_the_signing_rooms_is_in_the_table(world: Quick) -> None:
    assert sorted({endpoint for endpoint, _, _ in signing_rules(world)}) == sorted(RULES)


@pytest.mark.parametrize("who", list(VISITORS))
def test_everybody_comes_exactly_as_far_as_the_table_says(world: Quick, who: str) -> None:
    visits = visit_all(world, VISITORS[who](world))
    broken = [visit for visit in visits if visit.response.status_code >= 500]
    assert not broken, [(visit.endpoint, visit.response.text[:500]) for visit in broken]
    # To a host of another organisation a ceremony is not there: neither let in nor told that it is somebody else's.
    hidden = {visit.endpoint for visit in visits if visit.response.status_code == 404}
    let_in = {visit.endpoint for visit in visits if visit.is_let_in}
    expected = {endpoint for endpoint, allowed in RULES.items() if who in allowed}
    if who == "other host":
        staff_only = {endpoint for endpoint, allowed in RULES.items() if "host" in allowed} - expected
        assert staff_only <= hidden
        let_in -= staff_only
    assert let_in == expected
    assert all(visit.says_why for visit in visits if not visit.is_let_in)


def test_ids_of_another_ceremony_are_not_there_in_ones_own(world: Quick) -> None:
    organisation_id = apps.add_account(world.app, email="x@example.test").organisation_id
    with world.app.app_context():
        other = Quick(world.app, quick.invite(quick.plan(), organisation_id))
    client = staff(world, Role.ADMINISTRATOR)
    foreign = {"agreement_id": other.first, "seat_id": other.people["party_a"].seat_id}
    statuses = {
        visit.endpoint: visit.response.status_code
        for visit in visit_all(world, client, **foreign)
        if visit.endpoint.split(".")[0] in STAFF_ROOMS
    }
    asked = {
        endpoint
        for endpoint, _, rule in signing_rules(world)
        if ("<agreement_id>" in rule or "<seat_id>" in rule) and "host" in RULES[endpoint]
    }
    # An empty form is told its problems before its agreement is looked up; none of them shows anything of it.
    assert {endpoint: statuses[endpoint] for endpoint in asked} == {
        endpoint: 422 if endpoint == "plan_api.change_agreement" else 404 for endpoint in asked
    }


def test_a_link_taken_back_ends_what_it_opened(world: Quick) -> None:
    client = signer(world)
    seat_id = world.people["party_a"].seat_id
    path = f"/api/seat/{seat_id}"
    assert client.get(path).status_code == 200
    with world.app.app_context():
        inviting.invite_again(world.id, seat_id, by=HOST)
    answer = client.get(path)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (410, "seat_link_replaced")
    assert client.get(f"/seat/{seat_id}").status_code == 410


def test_one_browser_may_hold_several_seats_and_each_needs_its_own_proof(world: Quick) -> None:
    client = signer(world)
    other = world.people["party_b"].seat_id
    client.get(world.link("party_b"))
    mine, theirs = (client.get(f"/api/seat/{each}").get_json() for each in (world.people["party_a"].seat_id, other))
    assert (mine["identity"]["proved"], theirs["identity"]["proved"]) == (True, False)
    text = client.get(f"/seat/{other}/agreements/{world.first}/text", headers={"Accept": "application/json"})
    assert text.get_json()["error"]["code"] == "identity_not_proved"


def test_a_proof_is_not_good_in_another_browser_with_the_same_link(world: Quick) -> None:
    signer(world)
    forwarded = seat(world)
    seat_id = world.people["party_a"].seat_id
    assert forwarded.get(f"/api/seat/{seat_id}").get_json()["step"] == "identity"
    answer = forwarded.get(
        f"/seat/{seat_id}/agreements/{world.first}/pages/1.png", headers={"Accept": "application/json"}
    )
    assert answer.get_json()["error"]["code"] == "identity_not_proved"
