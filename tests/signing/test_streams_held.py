"""Every live address on a page is of the link, or the account, by which the page was opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from accounts.rules import Role
from core import i18n, tokens
from core.db import transaction
from signing.captions import queries as captions
from signing.ceremonies import queries as ceremonies
from signing.cues import service as cues
from signing.screens import link_service
from signing.screens.link_service import Screen
from signing.witnesses import queries as witnesses
from signing.witnesses import service as witness_service
from signing.witnesses.rules import WitnessPlan
from tests.signing.test_access import signer
from tests.support.ceremony import HOST
from tests.support.pages import post
from tests.support.quick import Quick, QuickWorld, host

_LIVE = re.compile(r"/live/([A-Za-z0-9_.-]+)")


@pytest.fixture
def world(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", "sqlite", data_dir, inside=False) as made:
        with made.app.app_context():
            cues.make_sheet(made.id, by=HOST)
        yield made


def holders(client: FlaskClient, path: str) -> set[str]:
    """Whose the live addresses in an answer are; at least one stands there."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    found = {tokens.decode(each, "live").token_id for each in _LIVE.findall(answer.text)}
    assert found, path
    return found


def opened(world: Quick, path: str, token: str, purpose: str) -> tuple[FlaskClient, set[str]]:
    client = world.app.test_client()
    assert client.get(f"{path}/open/{token}").status_code == 303
    return client, {tokens.decode(token, purpose).token_id}


def test_streams_of_stage_and_monitor_are_their_links(world: Quick) -> None:
    with world.app.app_context():
        monitor = link_service.make_link(world.id, Screen.MONITOR, by=HOST)
        with transaction():
            stage = tokens.issue(ceremonies.STAGE_LINK, world.id, expires_in=timedelta(hours=1))
    client, own = opened(world, "/monitor", monitor, Screen.MONITOR)
    assert holders(client, f"/monitor/{world.id}") == own
    client, own = opened(world, "/stage", stage, ceremonies.STAGE_LINK)
    assert holders(client, f"/stage/{world.id}") == own


def test_streams_of_witness_and_interpreter_are_their_links(world: Quick) -> None:
    with world.app.app_context():
        witness = witness_service.name_witness(world.id, WitnessPlan("见证人甲", "样例公证处", "", "zh-CN"), by=HOST)
        token = tokens.find_newest(witnesses.LINK, witness)
        assert token
    client, own = opened(world, "/witness", token, witnesses.LINK)
    assert holders(client, f"/witness/{witness}") == own
    assert post(host(world), f"/ceremonies/{world.id}/captions", {"language": "en"}).status_code == 303
    with world.app.app_context():
        [interpreter] = captions.list_links(world.id)
        token = tokens.find_newest(captions.LINK, interpreter.id)
        assert token
    client, own = opened(world, "/interpreter", token, captions.LINK)
    assert holders(client, f"/interpreter/{interpreter.id}") == own


def test_streams_of_a_signer_are_the_personal_links(world: Quick) -> None:
    client, seat_id = signer(world), world.people["party_a"].seat_id
    own = {tokens.decode(world.link("party_a").removeprefix("/s/"), "seat").token_id}
    assert holders(client, f"/api/seat/{seat_id}") == own


def test_streams_of_a_host_are_the_accounts_and_no_others(world: Quick) -> None:
    one, two = host(world), host(world, Role.ADMINISTRATOR)
    found = [holders(client, f"/ceremonies/{world.id}/cues") for client in (one, two)]
    assert [len(each) for each in found] == [1, 1]
    assert found[0] != found[1]
    assert all(each.startswith("acc_") for [each] in found)


def test_after_a_request_its_language_and_holder_are_forgotten(world: Quick) -> None:
    client = host(world, locale="en")
    assert 'lang="en"' in client.get(f"/ceremonies/{world.id}/cues").text
    assert i18n.current() == i18n.DEFAULT
    with world.app.app_context():
        plain = tokens.issue_fleeting("live", "stage:1", expires_in=timedelta(hours=1))
    assert tokens.decode(plain, "live").token_id == ""
