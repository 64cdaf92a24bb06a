"""A server process and a browser for a journey."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.people import Host, Signer, World
from tests.support.ceremony import small
from tests.support.databases import SQLITE, Databases
from tests.support.processes import Processes
from tests.support.server import Server, steady_port
from web.replay import host as replay
from web.replay.client import Browser as Client


@dataclass(frozen=True)
class SmallCase:
    """A ceremony that programs prepared, for people to sign in; `addresses` by party key."""

    world: World
    ceremony_id: str
    addresses: dict[str, str]

    def host(self, **options: Any) -> Host:
        """The host, at the live page."""
        host = Host(self.world, **options)
        host.sign_in()
        host.page.goto(f"{self.world.url}/ceremonies/{self.ceremony_id}")
        return host

    def signer(self, key: str, **options: Any) -> Signer:
        return Signer(self.world, self.addresses[key], **options)


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[Callable[[str], str]]:
    """`serve(kind)`: address of a demo server of its own process on this kind of database, started when first asked."""
    folder = tmp_path_factory.mktemp("servers")
    processes = Processes(folder)
    started: dict[str, Server] = {}

    def address(kind: str) -> str:
        if kind not in started:
            data = folder / kind
            data.mkdir(mode=0o700)
            started[kind] = Server(processes, data, databases.empty(kind), steady_port())
            started[kind].start_all()
        return started[kind].url

    yield address
    processes.end_all()


@pytest.fixture
def world(browser: Browser, serve: Callable[[str], str], request: pytest.FixtureRequest) -> Iterator[World]:
    """People at one server; on SQLite where the test does not say otherwise. No page may have complained at the end."""
    made = World(browser, serve(getattr(request, "param", SQLITE)))
    yield made
    made.close()
    assert made.complaints.said == []


@pytest.fixture
def small_case(world: World) -> SmallCase:
    """Three parties, a park agreement and one that comes after it; invitations are out."""
    host = replay.Host(Client(world.url, patience=60), say=lambda _: None)
    host.sign_in()
    run = uuid.uuid4().hex[:8]
    data = small()
    for party in data["parties"]:
        party["email"] = f"{party['key']}.{run}@signers.example"
    host.import_file(json.dumps(data).encode())
    host.invite()
    return SmallCase(world, host.ceremony_id, {party["key"]: party["email"] for party in data["parties"]})
