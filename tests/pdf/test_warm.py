"""Children forked from a warm process: limited like the others, and nothing of them or of their parent is left over."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pdf.child import ChildFailure, Limits
from pdf.errors import PdfError
from pdf.warm import Warm, as_descriptor
from tests.pdf.test_child import wait_until_gone

ROOT = Path(__file__).resolve().parents[2]
TASKS = "tests.pdf.child_tasks:"


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    made = Warm("tests.pdf.child_tasks")
    yield made
    made.close()


def refusal(warm: Warm, task: str, payload: bytes = b"", **limits: float) -> PdfError:
    with pytest.raises(PdfError) as caught:
        warm.run(TASKS + task, payload, limits=Limits(**limits))  # type: ignore[arg-type]
    return caught.value


def test_the_answer_comes_back_byte_for_byte_and_so_does_the_next(warm: Warm) -> None:
    payload = bytes(range(256)) * 20_000
    assert [warm.run(TASKS + "echo", each) for each in (payload, b"", b"x")] == [payload, b"", b"x"]


def test_every_call_has_a_process_and_a_session_of_its_own_and_no_environment(
    warm: Warm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YUNQIAN_SECRET_KEY", "do not pass on")
    seen = [json.loads(warm.run(TASKS + "surroundings", b"")) for _ in range(2)]
    assert len({each["pid"] for each in seen} | {warm.nursery_pid}) == 3
    assert all(each["session"] == each["pid"] for each in seen)
    assert not any(name.startswith(("YUNQIAN", "PATH")) for each in seen for name in each["environment"])


def test_the_child_holds_its_file_and_no_other(warm: Warm, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    with as_descriptor(tmp_path / "file") as file:
        assert json.loads(warm.run(TASKS + "descriptors", b"", file=file)) == {"open": [0, 1, 2, 3], "file": "content"}
    assert json.loads(warm.run(TASKS + "descriptors", b"")) == {"open": [0, 1, 2], "file": None}


@pytest.mark.parametrize(
    ("task", "payload", "code"),
    [
        ("refuse", b"", "page_broken"),
        ("fail", b"", "child_failed"),
        ("crash", b"", "child_crashed"),
        ("leave", b"", "child_crashed"),
        ("lie", b"", "child_crashed"),
        ("take_memory", b"2000000000", "child_memory"),
        ("open_many", b"200", "child_failed"),
        ("missing", b"", "child_failed"),
    ],
)
def test_what_goes_wrong_has_a_name_and_the_next_call_is_answered(
    warm: Warm, task: str, payload: bytes, code: str
) -> None:
    nursery = warm.nursery_pid
    assert refusal(warm, task, payload).code == code
    assert warm.run(TASKS + "echo", b"next") == b"next"
    assert nursery in (None, warm.nursery_pid)


@pytest.mark.parametrize("limits", [{"wall_seconds": 0.2}, {"cpu_seconds": 1}], ids=["wall clock", "processor"])
def test_who_takes_too_long_is_stopped(warm: Warm, limits: dict[str, float]) -> None:
    assert refusal(warm, "burn_processor", **limits).code == "child_time"


def test_one_that_takes_long_holds_up_no_other(warm: Warm) -> None:
    found: list[str] = []
    slow = threading.Thread(target=lambda: found.append(refusal(warm, "burn_processor", wall_seconds=2.0).code))
    slow.start()
    assert warm.run(TASKS + "echo", b"quick") == b"quick"
    assert found == []
    slow.join()
    assert found == ["child_time"]


def test_a_nursery_that_was_killed_is_replaced_without_notice(warm: Warm) -> None:
    warm.run(TASKS + "echo", b"")
    first = warm.nursery_pid
    assert first
    os.kill(first, signal.SIGKILL)
    assert warm.run(TASKS + "echo", b"again") == b"again"
    assert warm.nursery_pid not in (None, first)


def test_a_nursery_that_ends_idle_is_started_again() -> None:
    warm = Warm("tests.pdf.child_tasks", idle_seconds=0.0)
    assert [warm.run(TASKS + "echo", each) for each in (b"1", b"2")] == [b"1", b"2"]
    warm.close()


def test_a_nursery_that_cannot_start_is_a_failure_with_a_name() -> None:
    with pytest.raises(ChildFailure) as caught:
        Warm("tests.pdf.no_such_module").run(TASKS + "echo", b"")
    assert caught.value.code == "child_crashed"


def test_closing_ends_the_nursery_and_the_next_call_starts_another() -> None:
    warm = Warm("tests.pdf.child_tasks")
    warm.start()
    pid = warm.nursery_pid
    assert pid
    warm.close()
    wait_until_gone(pid)
    assert warm.run(TASKS + "echo", b"x") == b"x"
    warm.close()


_PARENT = """
import os, sys
from pdf.child import Limits
from pdf.warm import Warm
warm = Warm("tests.pdf.child_tasks")
warm.run("tests.pdf.child_tasks:echo", b"")
if os.fork() == 0:
    warm.run("tests.pdf.child_tasks:echo", b"")
print(warm.nursery_pid, flush=True)
if sys.argv[1] == "kill": sys.stdin.read()
"""


@pytest.mark.parametrize("end", ["exit", "kill"])
def test_two_processes_have_two_nurseries_that_end_with_them(end: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, end], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        start_new_session=True,
    ) as parent:  # fmt: skip
        assert parent.stdout
        pids = [int(parent.stdout.readline()) for _ in range(2)]
        if end == "kill":
            os.killpg(parent.pid, signal.SIGKILL)
        assert parent.wait(60) == (-signal.SIGKILL if end == "kill" else 0)
    assert len(set(pids)) == 2
    for pid in pids:
        wait_until_gone(pid)
