"""`yunqian demo`: what it prints and opens, and that it leaves nothing running."""

from __future__ import annotations

import os
import pty
import re
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.support.processes import Processes, Running
from tests.support.server import steady_port
from tests.support.waiting import is_listening, wait_until

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
DEMO = (sys.executable, "-m", "web.cli", "demo")
ENGLISH = {"LC_ALL": "C.UTF-8"}


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def links(output: str) -> dict[str, str]:
    """Label → address, as the demo lists them."""
    return {label.strip(): url for label, url in re.findall(r"^  (\S.*)\n    (http\S+)$", output, re.MULTILINE)}


def test_a_port_that_is_taken_is_said(processes: Processes, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        demo = processes.start([*DEMO, "--port", str(port), "--data", tmp_path / "data"], env=ENGLISH)
        assert demo.wait() == 1
    assert f"port {port} cannot be used" in demo.output()
    assert "--port" in demo.output()
    assert not (tmp_path / "data").exists()


def start(processes: Processes, folder: Path, port: int, *options: str) -> Running:
    places = ("--port", str(port), "--data", folder / "data", "--out", folder / "out")
    return processes.start([*DEMO, *places, *options], env=ENGLISH)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def first(folder: Path) -> Iterator[str]:
    """What a first start prints that neither plays nor stays."""
    processes = Processes(folder)
    demo = start(processes, folder, steady_port(), "--no-play", "--exit")
    assert demo.wait(180) == 0, demo.output()
    yield demo.output()
    processes.end_all()


@pytest.fixture(scope="module")
def abroad(first: str, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A demo on the first one's folder, at an address of its own, that goes on running."""
    processes = Processes(tmp_path_factory.mktemp("abroad"))
    demo = start(processes, folder, steady_port(), "--no-play", "--address", "127.0.0.2")
    demo.wait_for_output("goes on running", 120)
    yield demo
    processes.end_all()


@pytest.mark.slow
class TestDemo:
    """Four starts on one data folder."""

    def test_the_first_start_prints_every_link(self, first: str) -> None:
        paths = [urlsplit(url).path for url in links(first).values()]
        assert len([path for path in paths if path.startswith("/s/")]) == 6
        kinds = [path for path in paths if not path.startswith("/s/")]
        assert [path.rsplit("/", 1)[0] for path in kinds] == ["", "/ceremonies", "/stage/open", "/demo", ""]
        assert "5 of 5" in first  # progress was seen

    def test_a_second_start_uses_the_first_ones_ceremony_and_ends_when_asked(
        self, first: str, folder: Path, processes: Processes
    ) -> None:
        port = steady_port()
        demo = start(processes, folder, port, "--no-play")
        demo.wait_for_output("goes on running", 120)
        found = links(demo.output())
        assert {urlsplit(url).netloc for url in found.values()} == {f"127.0.0.1:{port}"}
        personal = {urlsplit(url).path for url in found.values() if "/s/" in url}
        assert personal == {urlsplit(url).path for url in links(first).values() if "/s/" in url}
        assert "of 5" not in demo.output()  # nothing was printed again
        self._open_every_link(found)
        (server,) = children(demo.pid)
        demo.send(signal.SIGTERM)
        assert demo.wait(30) == 0
        assert not Path(f"/proc/{server}").exists()
        assert not is_listening(port)

    def _open_every_link(self, found: dict[str, str]) -> None:
        with requests.Session() as browser:
            start = browser.get(found["start page"], headers={"Accept-Language": "en"})
            form = {"csrf_token": _CSRF.findall(start.text)[0], "next": "/demo"}
            assert browser.post(f"{found['start page']}/sign-in", data=form).status_code == 200
            for url in found.values():
                assert browser.get(url).status_code == 200, url

    def test_at_an_address_of_the_network_every_link_leads_there_and_the_price_is_said(self, abroad: Running) -> None:
        found = links(abroad.output())
        assert "is host there" in abroad.output()
        (host,) = {urlsplit(url).netloc for url in found.values()}
        assert host.startswith("127.0.0.2:")
        self._open_every_link(found)

    def test_a_killed_demo_takes_its_server_along(self, abroad: Running) -> None:
        (server,) = children(abroad.pid)
        abroad.kill()
        wait_until(lambda: not Path(f"/proc/{server}").exists(), 30, what="the server's end")

    def test_in_a_terminal_it_waits_for_enter(self, first: str, folder: Path, processes: Processes) -> None:
        keyboard, terminal = pty.openpty()
        places = (
            "--port",
            str(steady_port()),
            "--data",
            folder / "data",
            "--out",
            folder / "out",
            "--exit",
            "--pace",
            "0",
        )
        # Running gives its processes no terminal: a shell opens this one in its place.
        command = ["sh", "-c", f'exec "$@" < {os.ttyname(terminal)}', "sh", *DEMO, *map(str, places)]
        command += ["--exit", "--pace", "0"]
        demo = processes.start(command, env=ENGLISH)
        demo.wait_for_output("Press Enter", 120)
        assert "signed" not in demo.output()
        os.write(keyboard, b"\n")
        assert demo.wait(240) == 0, demo.output()
        assert demo.output().count("TOTAL-PASSED") == 7
        assert len(list((folder / "out").iterdir())) == 7
        os.close(keyboard)
        os.close(terminal)
