"""Personal links: what opening one leaves behind, and how many of them a browser may hold."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from accounts.link_access import MOST as MOST_SCREENS
from accounts.rules import Role
from core.db import db
from signing.agreements import service as agreement_service
from signing.ceremonies import inviting
from signing.ceremonies import service as ceremonies
from signing.seats.access import MOST_SEATS
from tests.support import apps, ceremony
from tests.support.ceremony import ADDRESS, HOST
from tests.support.pages import csrf_token
from tests.support.quick import Quick, QuickWorld
from tests.support.trail import with_private

SCANNER, PERSON = "198.51.100.66", "203.0.113.7"
# RFC 6265 §6.1 asks for 4,096 bytes of name, value and attributes; browsers give no more.
COOKIE_MOST = 4096


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        yield made


def kept(world: Quick) -> dict[str, list[str]]:
    """Every row of every table, as text; without how often codes were asked for, which is counted by reading."""
    with world.app.app_context():
        rows = {
            name: sorted(str(tuple(row)) for row in db.session.execute(table.select()))
            for name, table in db.metadata.tables.items()
        }
    counted = ("('verify_code',", "('attended',")
    return {name: [row for row in found if not row.startswith(counted)] for name, found in rows.items()}


def trail(world: Quick) -> list[tuple[str, str]]:
    """Action and network address of each entry."""
    with world.app.app_context():
        found = with_private(world.id)
    return [(entry["action"], entry["actor"].get("address", "")) for entry in found]


def visitor(world: Quick, address: str) -> FlaskClient:
    client = world.app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def ask_for_code(world: Quick, client: FlaskClient, party: str = "party_a") -> str:
    """Come by the link, press the button; returns the address of the seat's JSON."""
    api = f"/api/seat/{world.people[party].seat_id}"
    assert client.get(world.link(party)).status_code == 303
    answer = client.post(f"{api}/code", headers={"X-CSRFToken": csrf_token(client)})
    assert answer.status_code == 200, answer.text
    return api


def prove(world: Quick, client: FlaskClient, party: str = "party_a") -> str:
    api = ask_for_code(world, client, party)
    headers = {"X-CSRFToken": csrf_token(client)}
    assert client.post(f"{api}/code/check", json={"code": world.code(party)}, headers=headers).status_code == 200
    return api


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_scanner_that_opens_the_links_of_a_mail_leaves_nothing(world: Quick, method: str) -> None:
    before = kept(world)
    scanner = visitor(world, SCANNER)

    for _ in range(3):
        assert scanner.open(world.link("party_a"), method=method, follow_redirects=True).status_code == 200

    assert kept(world) == before


def test_a_scanner_that_runs_the_pages_scripts_is_no_signer(world: Quick) -> None:
    """The host sees that some device has the page open and proved nothing; the seat and the trail know nothing."""
    before = kept(world)
    scanner = visitor(world, SCANNER)
    page = scanner.get(world.link("party_a"), follow_redirects=True)
    api = page.request.path.replace("/seat/", "/api/seat/")
    headers = {"X-CSRFToken": csrf_token(scanner)}

    # What web/assets/seat.ts sends without anybody pressing anything.
    assert scanner.get(api).status_code == 200
    assert scanner.post(f"{api}/here", headers=headers).status_code == 200

    after = kept(world)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"stay", "attempt_limit", "live_channel", "live_update"}


def test_the_trail_begins_with_the_persons_first_button_and_their_address(world: Quick) -> None:
    before = len(trail(world))
    visitor(world, SCANNER).get(world.link("party_a"), follow_redirects=True)

    ask_for_code(world, visitor(world, PERSON))

    assert trail(world)[before:] == [("seat.opened", PERSON), ("identity.code_sent", PERSON)]


def test_the_host_sees_who_has_the_page_open_once_they_proved_who_they_are(world: Quick) -> None:
    client = visitor(world, PERSON)
    api = prove(world, client)
    before = kept(world)["seat"]

    client.post(f"{api}/here", headers={"X-CSRFToken": csrf_token(client)})

    assert kept(world)["seat"] != before


def addresses(world: Quick, party: str) -> list[str]:
    """Every address of the product that can be read, with the ids of this ceremony in it."""
    ids = {
        "ceremony_id": world.id,
        "agreement_id": world.first,
        "party_key": party,
        "seat_id": world.people[party].seat_id,
        "signing_id": "sig_nothing",
        "token": world.link(party).removeprefix("/s/"),
        "digest": "0" * 64,
        "name": "issuing",
        "number": "1",
        "filename": "manifest.json",
        "account_id": "acc_nothing",
        "message_id": "msg_nothing",
    }
    found = []
    for rule in world.app.url_map.iter_rules():
        if "GET" in (rule.methods or set()):
            path = rule.rule
            for name in rule.arguments:
                path = path.replace(f"<{name}>", ids.get(name, "nothing"))
                for kind in ("int", "path"):
                    path = path.replace(f"<{kind}:{name}>", ids.get(name, "nothing"))
            found.append(path)
    assert len(found) > 30
    return found


@pytest.mark.parametrize("who", ["nobody", "signer", "administrator"])
def test_reading_writes_nothing(world: Quick, who: str) -> None:
    client = visitor(world, PERSON)
    if who == "signer":
        prove(world, client)
    if who == "administrator":
        owner = world.played.organisation_id
        client = apps.sign_in(world.app, apps.add_account(world.app, *Role, organisation_id=owner))
    paths = addresses(world, "party_a")
    before = kept(world)

    for path in paths:
        for method in ("GET", "HEAD"):
            assert client.open(path, method=method).status_code < 500, path

    assert kept(world) == before


def test_a_new_link_asks_for_a_new_proof(world: Quick) -> None:
    client = visitor(world, PERSON)
    api = prove(world, client)
    assert client.get(world.link("party_a")).status_code == 303
    assert client.get(api).get_json()["identity"]["proved"], "the same link again takes nothing away"
    with world.app.app_context():
        token = inviting.invite_again(world.id, world.people["party_a"].seat_id, by=HOST)

    client.get(f"/s/{token}")

    assert not client.get(api).get_json()["identity"]["proved"]


def test_a_link_alone_tells_neither_reasons_nor_what_was_declared(world: Quick) -> None:
    client, forwarded = visitor(world, PERSON), visitor(world, SCANNER)
    api = prove(world, client)
    forwarded.get(world.link("party_a"))
    with world.app.app_context():
        ceremony.enter(world.people["party_a"])
        agreement_service.decline(world.people["party_a"].seat_id, world.first, reason="价格谈不拢", address=ADDRESS)

    mine, theirs = client.get(api).get_json(), forwarded.get(api).get_json()

    assert mine["agreements"][0]["ending"]["reason"] == "价格谈不拢"
    assert mine["consent"]["place"]
    assert mine["certificate"]
    assert theirs["agreements"][0]["ending"]["reason"] == ""
    assert (theirs["consent"], theirs["certificate"]) == (None, None)


def test_a_picture_that_a_browser_kept_is_shown_only_while_its_link_holds(world: Quick) -> None:
    client = visitor(world, PERSON)
    prove(world, client)
    seat_id = world.people["party_a"].seat_id
    path = f"/seat/{seat_id}/agreements/{world.first}/pages/1.png"
    first = client.get(path)
    assert (first.status_code, first.headers["Cache-Control"]) == (200, "private, no-cache")
    again = {"If-None-Match": first.headers["ETag"]}
    kept_picture = client.get(path, headers=again)
    assert (kept_picture.status_code, kept_picture.data) == (304, b"")
    with world.app.app_context():
        inviting.invite_again(world.id, seat_id, by=HOST)

    assert client.get(path, headers=again).status_code == 410


def plant(client: FlaskClient, count: int) -> list[str]:
    """Give this browser so many seats with proofs, and as many stages as it may have; returns the seats."""
    chance = random.Random(7)

    def name(kind: str) -> str:
        # As core.ids makes them over the ninety days of a link: three signs of the time are always the same.
        return f"{kind}_01m" + "".join(chance.choices("0123456789abcdefghjkmnpqrstvwxyz", k=23))

    with client.session_transaction() as session:
        session["held_seats"] = [(name("sea"), name("lnk"), name("prf")) for _ in range(count)]
        session["held_stages"] = [(name("cer"), name("lnk")) for _ in range(MOST_SCREENS)]
        return [seat for seat, _, _ in session["held_seats"]]


def test_a_browser_holds_forty_seats_and_the_newest_always_works(world: Quick) -> None:
    account = apps.add_account(world.app, Role.HOST, organisation_id=world.played.organisation_id)
    client = apps.sign_in(world.app, account)
    planted = plant(client, MOST_SEATS)

    opened = client.get(world.link("party_a"))
    api = prove(world, client)
    with world.app.app_context():
        stage = ceremonies.stage_link(world.id, by=HOST)

    assert client.get(f"/stage/open/{stage}", follow_redirects=True).status_code == 200
    assert opened.status_code == 303
    assert client.get(api).get_json()["identity"]["proved"]
    assert client.get("/account").status_code == 200, "the sign-in is still there"
    with client.session_transaction() as session:
        held = [seat for seat, _, _ in session["held_seats"]]
        assert (len(session["held_stages"]), session["held_stages"][-1][0]) == (MOST_SCREENS, world.id)
    assert held == [*planted[1:], world.people["party_a"].seat_id]
    cookie = client.get_cookie("yunqian")
    assert cookie is not None
    assert len(f"{cookie.key}={cookie.value}; Path=/; HttpOnly; SameSite=Lax; Secure") + 60 < COOKIE_MOST


def test_a_seat_that_is_opened_again_is_the_newest(world: Quick) -> None:
    client = visitor(world, PERSON)
    client.get(world.link("party_a"))
    client.get(world.link("party_b"))

    client.get(world.link("party_a"))

    with client.session_transaction() as session:
        held = [seat for seat, _, _ in session["held_seats"]]
    assert held == [world.people[party].seat_id for party in ("party_b", "party_a")]
