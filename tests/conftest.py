"""Fixtures that every room's tests share: a database of each kind, a data folder, mail, ports, processes."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import claims
from core.config import Settings
from tests.support import apps
from tests.support.databases import KINDS, Databases
from tests.support.forks import ForkedProcesses, Forks
from tests.support.order import long_first
from tests.support.smtp import MailServer
from tests.support.stages import TABLES, Stages
from tests.support.waiting import free_port as find_free_port
from tests.support.waiting import wait_until as poll_until
from web import blueprints

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Half a million objects live as long as the run: modules, tests, compiled statements.
_NEW_OBJECTS_A_COLLECTION = 20_000

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        items[:] = long_first(items, workers=workers, is_long=_is_long, set_up_of=_set_up_of)


def _is_long(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None


def _set_up_of(item: pytest.Item) -> Hashable:
    """What a test shares with others of its file; its own name where that is nothing."""
    made = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    shared = {name for name, definitions in made.items() if definitions[-1].scope in {"module", "class"}}
    if not shared:
        return item.nodeid
    chosen = item.callspec.params.items() if hasattr(item, "callspec") else ()
    return item.path, tuple(sorted((name, str(value)) for name, value in chosen if name in shared))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spare the garbage collector what was loaded by now: it would look through all of it a hundred times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS_A_COLLECTION)


@contextmanager
def _no_running_loop(item: pytest.Item) -> Iterator[None]:
    """Playwright's synchronous interface leaves its event loop marked as running, for as long as its browser lives.

    What calls asyncio.run in a later test of this process, as pyHanko does, would be refused.
    """
    if item.get_closest_marker("browser"):
        yield
        return
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with _no_running_loop(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with _no_running_loop(item):
        return (yield)


@pytest.fixture
def core_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Features that other tests of this process have imported hear of no work: their tables are not there."""
    monkeypatch.setattr(claims, "_watchers", [])


@pytest.fixture(scope="session")
def running_browser() -> Iterator[Browser]:
    """Chromium, started when first needed: a second one in the same process would meet the first one's event loop."""
    from tests.web.browsing import chromium  # most workers' tests never need Playwright

    with chromium() as running:
        yield running


@pytest.fixture
def browser(running_browser: Browser) -> Iterator[Browser]:
    """Chromium without any page of another test: one that is left open goes on counting and asking for its server."""
    yield running_browser
    for context in running_browser.contexts:
        context.close()


@pytest.fixture(scope="session")
def run_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Makes databases of both kinds; each test process has a PostgreSQL of its own, started when first needed."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.stop()


@pytest.fixture(scope="session")
def stages(databases: Databases, run_folder: Path) -> Stages:
    """Copies of ceremonies that the workers of a run play once."""
    return Stages(databases, run_folder / "stages")


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite`, then `postgresql`: a test that asks for a database runs on both."""
    return str(request.param)


@pytest.fixture
def database_url(databases: Databases, database_kind: str) -> Iterator[str]:
    """SQLAlchemy URL of an empty database of this test's own."""
    url = databases.empty(database_kind)
    yield url
    databases.drop(url)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty folder for files, keys and the like, readable by its owner alone."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def smtp() -> Iterator[MailServer]:
    """A mail server on loopback that keeps what it is sent: `.url`, `.mails`, `.wait_for(to=…)`, `.answer_next(…)`."""
    with MailServer() as server:
        yield server


@pytest.fixture
def free_port() -> int:
    """A TCP port on loopback that nobody listens on."""
    return find_free_port()


@pytest.fixture
def wait_until() -> Callable[..., object]:
    """`wait_until(condition, timeout)`: asks until the answer is true, and returns it."""
    return poll_until


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Runs modules of ours as processes that need not import everything anew."""
    made = Forks()
    yield made
    made.stop()


@pytest.fixture
def processes(tmp_path: Path, forks: Forks) -> Iterator[ForkedProcesses]:
    """Real processes that end with the test: `.start(command, env=…)`, or quicker `.fork(module, …, env=…)`."""
    started = ForkedProcesses(tmp_path, forks)
    yield started
    started.end_all()


@pytest.fixture
def settings(databases: Databases, database_kind: str, data_dir: Path) -> Iterator[Settings]:
    """Settings on a database with all tables and no rows, of each kind in turn."""
    url = databases.copy_of(database_kind, TABLES, apps.make_tables)
    yield Settings(data_dir=data_dir, database_url=url, log_level="INFO")
    databases.drop(url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The whole application, on each kind of database in turn."""
    with apps.running(settings) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser with a cookie jar of its own; `app.test_client()` gives another."""
    return app.test_client()


@pytest.fixture
def planted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A browser at an application that also has the views of tests/support/planted.py."""
    monkeypatch.setattr(blueprints, "BLUEPRINTS", (*blueprints.BLUEPRINTS, "tests.support.planted:bp"))
    with apps.running(settings) as app:
        yield app.test_client()
