"""A server process and a browser for a journey."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from playwright.sync_api import Browser

from core import config
from signing.ceremonies import inviting, planning
from signing.ceremonies.plan_file import CeremonyFile
from signing.seals.demo import give_demo_seals
from tests.journeys.people import Host, Signer, World
from tests.support import ceremony
from tests.support.ceremony import HOST, Played
from tests.support.databases import SQLITE, Databases
from tests.support.forks import ForkedProcesses, Forks
from tests.support.server import Server, steady_port
from tests.support.stages import Stage, Stages
from web import migrate
from web.demo import service as demo


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
def serve(
    tmp_path_factory: pytest.TempPathFactory, databases: Databases, forks: Forks
) -> Iterator[Callable[[str], str]]:
    """`serve(kind)`: address of a demo server of its own process on this kind of database, started when first asked."""
    folder = tmp_path_factory.mktemp("servers")
    processes = ForkedProcesses(folder, forks)
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


@contextmanager
def peaceful(browser: Browser, url: str) -> Iterator[World]:
    """People at the server at `url`; no page may have complained at the end."""
    made = World(browser, url)
    yield made
    made.close()
    assert made.complaints.said == []


@pytest.fixture
def world(browser: Browser, serve: Callable[[str], str], request: pytest.FixtureRequest) -> Iterator[World]:
    """People at one server that all journeys share; on SQLite where the test does not say otherwise."""
    with peaceful(browser, serve(getattr(request, "param", SQLITE))) as made:
        yield made


def _invite(_: Played | None) -> Played:
    """As the demo's host does it; the mails are sent by the server that finds them in its database."""
    organisation_id = demo.prepare().organisation_id
    plan = CeremonyFile.read(ceremony.small())
    ceremony_id = planning.import_ceremony(plan, organisation_id=organisation_id, by=HOST, demo=True)
    give_demo_seals(ceremony_id, by=HOST)
    inviting.print_and_invite(ceremony_id, by=HOST)
    ceremony.do_jobs()
    with migrate._locked(config.settings()) as connection:
        command.stamp(migrate._config(connection), "head")
    return Played(organisation_id, ceremony_id, people={}, agreements={})


SMALL_CASE = Stage("journey-small-case", _invite, demo=True)


@pytest.fixture
def small_case(browser: Browser, stages: Stages, processes: ForkedProcesses, data_dir: Path) -> Iterator[SmallCase]:
    """Three parties, a park agreement and one that comes after it; invitations are out. On a server of its own."""
    with stages.copied(SMALL_CASE, SQLITE, data_dir) as (url, played):
        server = Server(processes, data_dir, url, steady_port())
        server.start_all()
        addresses = {party["key"]: party["email"] for party in ceremony.small()["parties"]}
        with peaceful(browser, server.url) as world:
            yield SmallCase(world, played.ceremony_id, addresses)
        processes.end_all()
