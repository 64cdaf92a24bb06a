"""Work on bytes that nobody vouches for, in a short-lived child process with hard limits.

    answer = run_limited("pdf.intake:rebuild_here", payload, limits=Limits(cpu_seconds=10))

The named function takes `bytes`, returns `bytes`, and must be importable at module level. The child has a session of
its own, an empty environment and the limits below, dies with its parent, and is gone when the call returns (Linux).
It reaches no network, starts no program, signals nobody, writes no file and reads none but the system's and Python's
(pdf.confinement); what a kernel does not give of that is logged once as a warning.
What the function raises as PdfError arrives here as PdfError with the same `code` and `params`; anything else is a
ChildFailure: `child_time`, `child_memory`, `child_output`, `child_failed` (another exception), `child_crashed` (a
signal, an exit).
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, NoReturn, cast

from pdf import confinement
from pdf.errors import PdfError

_log = logging.getLogger("yunqian.child")
_ROOT = Path(__file__).resolve().parent.parent
_START = "import sys; sys.path.insert(0, sys.argv[1]); from pdf import child; child.serve_once(*sys.argv[2:])"
_PYTHON = (sys.executable, "-I", "-X", "utf8", "-c")
_PR_SET_PDEATHSIG = 1
_SAID_AT_MOST = 16_384
_UNCONFINED = "unconfined: "
_warned: set[str] = set()
_missing: list[str] = []


class ChildFailure(PdfError):
    """The child was stopped by a limit, or ended without an answer; `code` says which."""

    code = "child_failed"


@dataclass(frozen=True)
class Limits:
    """What a child may use: seconds, bytes, open files; folders to read, one to write in, programs to start."""

    wall_seconds: float = 20.0
    cpu_seconds: int = 10
    memory_bytes: int = 768 * 1024 * 1024
    output_bytes: int = 256 * 1024 * 1024
    open_files: int = 64
    readable: tuple[str, ...] = ()
    writable: str = ""
    programs: bool = False


def run_limited(function: str, payload: bytes, *, limits: Limits | None = None) -> bytes:
    """What `function` ("package.module:name", bytes → bytes) answers to `payload`. Raises PdfError, ChildFailure.

    Blocks the calling thread; costs about 0.1 s for the start of a Python, and the function's own imports.
    """
    limits = limits or Limits()
    with _memory_file() as given, _memory_file() as answered:
        given.write(payload)
        given.flush()
        given.seek(0)
        process = _start(function, given, answered, limits)
        try:
            said, in_time = _listen(process, limits.wall_seconds)
        finally:
            _end(process)
        if not in_time:
            raise ChildFailure(f"no answer within {limits.wall_seconds:g} s", code="child_time")
        answered.seek(0)
        return read_answer(answered.read(), process.returncode, said)


def list_missing() -> tuple[str, ...]:
    """What this kernel does not let a child give up, of `files`, `system calls`, `network`; asked of a real child."""
    return tuple(filter(None, run_limited("pdf.child:missing_here", b"").decode().split(",")))


def missing_here(_: bytes) -> bytes:
    """The child's part of `list_missing`."""
    return ",".join(_missing).encode()


def _memory_file() -> IO[bytes]:
    """A nameless file: pipes would need pumping threads, and RLIMIT_FSIZE does not bound them."""
    return open(os.memfd_create("yunqian-child"), "w+b")


def _start(function: str, given: IO[bytes], answered: IO[bytes], limits: Limits) -> subprocess.Popen[bytes]:
    # The limits are set by the child itself before it sees a byte of the payload: preexec_fn may deadlock where the
    # parent has threads.
    return subprocess.Popen(
        [*_PYTHON, _START, str(_ROOT), function, json.dumps(asdict(limits)), str(os.getpid())],
        stdin=given,
        stdout=answered,
        stderr=subprocess.PIPE,
        env={},
        start_new_session=True,
        cwd="/",
    )


def _listen(process: subprocess.Popen[bytes], seconds: float) -> tuple[bytes, bool]:
    """The last of what the child says on stderr, until that is closed (the child ended: True) or time is up (False)."""
    stream, said, deadline = cast("IO[bytes]", process.stderr), b"", time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                break
            chunk = os.read(stream.fileno(), _SAID_AT_MOST)
            if not chunk:
                return said, _is_over(process, deadline)
            said = (said + chunk)[-_SAID_AT_MOST:]
    return said, False


def _is_over(process: subprocess.Popen[bytes], deadline: float) -> bool:
    """Whether the child ends by its deadline: a closed stderr alone is no end."""
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the child's whole session, whatever it started, and reap it."""
    with contextlib.suppress(ProcessLookupError):  # it ended by itself and left nobody behind
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stderr is not None:
        process.stderr.close()


def _tell_what_is_missing(said: bytes) -> None:
    """Warn, once in a process, of what the kernel did not let the child give up."""
    first = said.partition(b"\n")[0].decode("utf-8", "replace")
    if first.startswith(_UNCONFINED) and first not in _warned:
        _warned.add(first)
        _log.warning("%s: foreign files are opened with the other limits alone", first)


def read_answer(raw: bytes, returncode: int, said: bytes) -> bytes:
    """What a child wrote (`+` and the result, or `-` and JSON {code, message}), with how it ended and what it said.

    Raises PdfError, ChildFailure; warns of what the kernel did not let the child give up.
    """
    _tell_what_is_missing(said)
    if returncode == 0 and raw[:1] == b"+":
        return raw[1:]
    if returncode == 0 and raw[:1] == b"-":
        raise _refused(raw[1:])
    last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
    if returncode in (-signal.SIGXCPU, -signal.SIGPROF):  # the whole child's time, or that of one page (pdf.drawing)
        raise ChildFailure("processor time used up", code="child_time")
    raise ChildFailure(f"ended with {returncode}: {last}", code="child_crashed")


def _refused(raw: bytes) -> PdfError:
    try:
        refusal = json.loads(raw)
        code, message, params = str(refusal["code"]), str(refusal["message"]), dict(refusal["params"])
    except (ValueError, LookupError, TypeError):
        return ChildFailure("an answer that cannot be read", code="child_crashed")
    if code.startswith("child_"):
        return ChildFailure(message, code=code)
    return PdfError(message, code=code, **params)


def serve_once(function: str, limits: str, parent: str) -> None:
    """The child's whole life: bind itself, read, call, answer. Called by run_limited's own command line only."""
    bounds = Limits(**json.loads(limits))
    is_alone = confinement.leave_network()
    die_with_parent(int(parent))
    output = os.dup(1)
    os.dup2(2, 1)  # what a library prints is not the answer
    confinement.bind(
        memory_bytes=bounds.memory_bytes,
        cpu_seconds=bounds.cpu_seconds,
        file_bytes=bounds.output_bytes,
        open_files=bounds.open_files,
    )
    try:
        work = _load(function)
        _shut_in(bounds, is_alone=is_alone)
        answer = b"+" + work(_payload())
    except PdfError as refusal:
        answer = _refusal(refusal.code, str(refusal), refusal.params)
    except MemoryError:
        answer = _refusal("child_memory", f"more than {bounds.memory_bytes} bytes of memory")
    except Exception as error:  # noqa: BLE001 - the outer edge of the child
        answer = _refusal("child_failed", f"{type(error).__name__}: {error}"[:500])
    _write(output, answer, bounds)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends, or end now if it is too late."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _shut_in(limits: Limits, *, is_alone: bool) -> None:
    """Confine this process, and say first what could not be had; either way of leaving the network is enough."""
    room = confinement.Room(tuple(limits.readable), limits.writable, limits.programs)
    missing = list(confinement.confine(room))
    if "system calls" in missing and not is_alone:
        missing.append("network")
    _missing[:] = missing
    if missing:
        os.write(2, f"{_UNCONFINED}{', '.join(missing)}\n".encode())


def _load(function: str) -> Callable[[bytes], bytes]:
    module, _, name = function.partition(":")
    return cast("Callable[[bytes], bytes]", getattr(importlib.import_module(module), name))


def _payload() -> bytes:
    with open(0, "rb") as given:
        return given.read()


def _refusal(code: str, message: str, params: Mapping[str, object] | None = None) -> bytes:
    """`params` are what JSON can carry: numbers and texts."""
    return b"-" + json.dumps({"code": code, "message": message, "params": dict(params or {})}).encode()


def _write(output: int, answer: bytes, limits: Limits) -> NoReturn:
    """Put the answer in place of whatever stands there, and leave without any further code of a library running."""
    if len(answer) > limits.output_bytes:
        answer = _refusal("child_output", f"an answer of {len(answer)} bytes")
    os.ftruncate(output, 0)
    os.lseek(output, 0, os.SEEK_SET)
    with open(output, "wb", buffering=0, closefd=False) as file:
        view = memoryview(answer)
        while view:
            view = view[file.write(view) or 0 :]
    os._exit(0)
