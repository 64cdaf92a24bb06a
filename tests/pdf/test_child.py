"""A limited child gives its answer or a name for what stopped it, and is never left behind."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pdf.child import ChildFailure, Limits, run_limited
from pdf.errors import PdfError

TASKS = "tests.pdf.child_tasks:"
MEGABYTE = 1024 * 1024


def refusal(task: str, payload: bytes = b"", **limits: object) -> PdfError:
    with pytest.raises(PdfError) as caught:
        run_limited(TASKS + task, payload, limits=Limits(**limits))  # type: ignore[arg-type]
    return caught.value


def wait_for_file(path: Path) -> str:
    """The text of a file that another process moves into place; woken by the kernel's own clock tick, bounded."""
    for _ in range(2_000):
        if path.exists():
            return path.read_text()
        select.select([], [], [], 0.01)
    raise AssertionError(f"{path} never came")


def wait_until_gone(pid: int) -> None:
    for _ in range(2_000):
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        select.select([], [], [], 0.01)
    raise AssertionError(f"process {pid} is still there")


def test_the_answer_comes_back_byte_for_byte() -> None:
    payload = bytes(range(256)) * 20_000  # 5 MB: more than any pipe buffer
    assert run_limited(TASKS + "echo", payload) == payload


def test_an_empty_answer_is_an_answer() -> None:
    assert run_limited(TASKS + "echo", b"") == b""


def test_the_child_sees_no_environment_and_has_a_session_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUNQIAN_SECRET_KEY", "do not pass on")
    seen = json.loads(run_limited(TASKS + "surroundings", b""))
    assert "YUNQIAN_SECRET_KEY" not in seen["environment"]
    assert "PATH" not in seen["environment"]
    assert seen["session"] == seen["pid"] != os.getsid(0)


def test_a_refusal_keeps_its_code() -> None:
    error = refusal("refuse")
    assert (type(error), error.code, str(error)) == (PdfError, "page_broken", "page 3 cannot be drawn")


def test_any_other_exception_is_named() -> None:
    error = refusal("fail")
    assert (type(error), error.code, str(error)) == (ChildFailure, "child_failed", "RecursionError: too deep")


def test_processor_time_is_bounded() -> None:
    assert refusal("burn_processor", cpu_seconds=1).code == "child_time"


def test_memory_is_bounded() -> None:
    assert refusal("take_memory", str(400 * MEGABYTE).encode(), memory_bytes=300 * MEGABYTE).code == "child_memory"
    assert int.from_bytes(run_limited(TASKS + "take_memory", str(10 * MEGABYTE).encode())) == 10 * MEGABYTE


def test_an_answer_may_not_be_longer_than_allowed() -> None:
    assert refusal("answer_long", b"10001", output_bytes=10_000).code == "child_output"
    assert len(run_limited(TASKS + "answer_long", b"10000", limits=Limits(output_bytes=20_000))) == 10_000


def test_a_file_may_not_grow_longer_than_allowed() -> None:
    assert "File too large" in str(refusal("grow_file", b"20000", output_bytes=10_000))
    assert run_limited(TASKS + "grow_file", b"5000", limits=Limits(output_bytes=10_000)) == b"written"


def test_open_files_are_bounded() -> None:
    assert "Too many open files" in str(refusal("open_many", b"100", open_files=32))
    assert run_limited(TASKS + "open_many", b"10") == b"10"


@pytest.mark.parametrize("task", ["crash", "leave", "lie"])
def test_a_child_that_ends_without_an_answer_has_crashed(task: str) -> None:
    assert refusal(task).code == "child_crashed"


def test_the_last_words_of_a_crashed_child_are_kept() -> None:
    assert str(refusal("lie")) == "ended with 7: goodbye"


def test_a_child_that_hangs_is_killed_with_its_own_children(tmp_path: Path) -> None:
    limits = {"wall_seconds": 4.0, "writable": str(tmp_path), "programs": True}
    assert refusal("hang_deaf", str(tmp_path / "pids").encode(), **limits).code == "child_time"
    for pid in wait_for_file(tmp_path / "pids").split():
        wait_until_gone(int(pid))


def test_a_killed_parent_takes_the_child_along(tmp_path: Path) -> None:
    program = (
        "import sys; from pdf.child import Limits, run_limited; "
        "run_limited(sys.argv[1], sys.argv[2].encode(), limits=Limits(programs=True, writable=sys.argv[3]))"
    )
    command = [sys.executable, "-c", program, TASKS + "hang_deaf", str(tmp_path / "pids"), str(tmp_path)]
    parent = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    child, grandchild = map(int, wait_for_file(tmp_path / "pids").split())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_until_gone(child)
    wait_until_gone(grandchild)


def test_many_threads_may_ask_at_once() -> None:
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(run_limited(TASKS + "echo", b"%d" % n))) for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [b"%d" % n for n in range(6)]
