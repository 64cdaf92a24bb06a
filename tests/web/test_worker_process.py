"""The worker in a process of its own: there beside the pages, back when it died, gone when they are."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import wake
from tests.support.databases import SQLITE, Databases
from tests.support.forks import ForkedProcesses
from tests.support.server import Server, steady_port
from tests.support.waiting import wait_until
from web.worker_process import Wire


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    try:
        return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]
    except FileNotFoundError:
        return []


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def working(data_dir: Path) -> set[int]:
    """Processes that say that they work."""
    folder = data_dir / "workers"
    return {int(path.name.split(":")[1]) for path in folder.iterdir()} if folder.exists() else set()


@pytest.fixture
def server(databases: Databases, processes: ForkedProcesses, data_dir: Path) -> Server:
    return Server(processes, data_dir, databases.empty(SQLITE), steady_port())


@pytest.fixture
def apart(server: Server, data_dir: Path) -> tuple[int, int, int]:
    """Pages, nursery and worker of a server that was just started."""
    server.start_all()
    pages = server.running[0].pid
    wait_until(lambda: working(data_dir))
    (nursery,) = children(pages)
    (worker,) = children(nursery)
    return pages, nursery, worker


def test_the_worker_is_a_process_beside_the_pages(apart: tuple[int, int, int], data_dir: Path) -> None:
    _pages, _nursery, worker = apart
    assert working(data_dir) == {worker}
    assert os.getpriority(os.PRIO_PROCESS, worker) > os.getpriority(os.PRIO_PROCESS, 0)


def test_a_worker_that_is_killed_comes_back(apart: tuple[int, int, int], data_dir: Path) -> None:
    _pages, nursery, worker = apart
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: working(data_dir) == set(children(nursery)) - {worker} != set())


def test_nothing_is_left_when_the_pages_are_killed(apart: tuple[int, int, int]) -> None:
    pages, nursery, worker = apart
    os.kill(pages, signal.SIGKILL)
    wait_until(lambda: is_gone(nursery) and is_gone(worker))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_all_end_when_the_pages_are_asked_to(
    server: Server, apart: tuple[int, int, int], data_dir: Path, number: signal.Signals
) -> None:
    pages, nursery, worker = apart
    os.kill(pages, number)
    server.running[0].wait()
    assert is_gone(nursery)
    assert is_gone(worker)
    assert working(data_dir) == set()


def test_all_end_when_a_terminal_or_a_service_manager_signals_all(
    server: Server, apart: tuple[int, int, int], data_dir: Path
) -> None:
    server.running[0].send(signal.SIGINT)
    server.running[0].wait()
    assert [is_gone(pid) for pid in apart] == [True] * 3
    assert working(data_dir) == set()


def test_pages_do_the_work_themselves_where_nobody_is_left_to_restart_the_worker(
    apart: tuple[int, int, int], data_dir: Path
) -> None:
    pages, nursery, worker = apart
    os.kill(nursery, signal.SIGKILL)
    wait_until(lambda: working(data_dir) == {pages} and is_gone(worker))


def test_work_among_the_pages_where_it_is_asked_for(server: Server, data_dir: Path) -> None:
    server.env = {"YUNQIAN_RUN_JOBS": "true"}
    server.start_all()
    wait_until(lambda: working(data_dir) == {server.running[0].pid})


@pytest.fixture
def wire() -> Iterator[tuple[Wire, socket.socket]]:
    """One end with all that belongs to it, and the bare other one."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with mine, theirs:
        wired = Wire(mine, passes_on=[wake.WORK])
        wired.start()
        yield wired, theirs
        wired.stop()


def test_the_other_process_hears_of_what_is_committed_here(wire: tuple[Wire, socket.socket]) -> None:
    wake.tell([wake.LIVE, wake.WORK])
    assert wire[1].recv(64) == b"work"


def test_who_listens_here_hears_of_what_is_committed_there(wire: tuple[Wire, socket.socket]) -> None:
    heard = threading.Event()
    deafen = wake.listen(wake.LIVE, heard.set)
    listening = threading.Thread(target=wire[0].listen)
    listening.start()
    wire[1].send(b"live")
    assert heard.wait(60)
    wire[1].close()
    listening.join(60)
    deafen()
    assert not listening.is_alive()


def test_a_commit_waits_for_no_other_process(wire: tuple[Wire, socket.socket]) -> None:
    for _ in range(10_000):  # more than there is room for
        wake.tell([wake.WORK])
    wire[1].close()
    wake.tell([wake.WORK])
