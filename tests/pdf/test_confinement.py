"""A child that opens foreign files reaches no network, no program, no other process and no file of ours."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pdf import child, confinement
from pdf.child import ChildFailure, Limits, run_limited

TASKS = "tests.pdf.child_tasks:"


def refused(task: str, payload: bytes = b"", *, limits: Limits | None = None) -> str:
    with pytest.raises(ChildFailure) as caught:
        run_limited(TASKS + task, payload, limits=limits)
    assert caught.value.code == "child_failed"
    return str(caught.value)


@pytest.fixture(scope="module", autouse=True)
def kernel() -> None:
    if missing := child.list_missing():
        pytest.skip(f"this kernel does not confine: {', '.join(missing)}")


@pytest.fixture
def listener() -> Iterator[int]:
    """A port of this machine where somebody waits."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_no_address_is_reached_not_even_this_machine(listener: int) -> None:
    assert "PermissionError" in refused("connect", b"%d" % listener)


def test_programs_that_convert_reach_no_address_either(listener: int) -> None:
    assert "PermissionError" in refused("connect", b"%d" % listener, limits=Limits(programs=True))


def test_no_local_socket_is_reached(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        assert "PermissionError" in refused("connect_locally", path.encode())


@pytest.mark.parametrize("task", ["start_program", "fork", "replace_itself", "signal_parent"])
def test_no_other_process_is_started_or_signalled(task: str) -> None:
    assert "PermissionError" in refused(task)


def test_a_program_may_be_started_where_it_is_said() -> None:
    assert run_limited(TASKS + "start_program", b"", limits=Limits(programs=True)) == b"started\n"
    assert "PermissionError" in refused("signal_parent", limits=Limits(programs=True))


def test_files_of_ours_are_out_of_reach(tmp_path: Path) -> None:
    key = tmp_path / "root.key"
    key.write_bytes(b"a private key")
    assert "PermissionError" in refused("read_file", bytes(key))
    assert "PermissionError" in refused("list_folder", bytes(tmp_path))
    assert "PermissionError" in refused("read_file", bytes(Path(__file__).parents[2] / "pyproject.toml"))
    assert run_limited(TASKS + "read_file", bytes(key), limits=Limits(readable=(str(tmp_path),))) == b"a private key"


def test_nothing_is_written_but_in_the_folder_given(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    limits = Limits(writable=str(inside))
    assert "PermissionError" in refused("write_file", bytes(outside), limits=limits)
    assert run_limited(TASKS + "write_file", bytes(inside / "x"), limits=limits) == b"11"
    assert not outside.exists()


def test_the_limits_cannot_be_raised_again() -> None:
    assert "ValueError" in refused("raise_own_limit", limits=Limits(open_files=64))


def test_threads_and_an_honest_end_are_still_possible() -> None:
    assert run_limited(TASKS + "start_thread", b"") == b"from a thread"
    with pytest.raises(ChildFailure) as caught:
        run_limited(TASKS + "abort", b"")
    assert str(caught.value).startswith("ended with -6")


def test_a_processor_without_a_table_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement.platform, "machine", lambda: "s390x")
    assert not confinement._seccomp(confinement._libc(), confinement.Room())


def test_what_a_kernel_does_not_give_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    said = b"unconfined: files, network\nand more\n"
    child._warned.clear()
    with caplog.at_level(logging.WARNING, "yunqian.child"):
        child._tell_what_is_missing(said)
        child._tell_what_is_missing(said)
        child._tell_what_is_missing(b"a traceback\n")
    child._warned.clear()
    assert [record.getMessage().partition(":")[2].partition(":")[0] for record in caplog.records] == [" files, network"]
