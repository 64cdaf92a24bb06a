"""What the tests of pdf.child let a child do; module-level, because a child can only be told a name."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import time

from pdf.errors import PdfError


def echo(payload: bytes) -> bytes:
    return payload


def surroundings(_: bytes) -> bytes:
    print("noise on standard output")  # noqa: T201 - that it is noise is the point
    return json.dumps({"environment": dict(os.environ), "session": os.getsid(0), "pid": os.getpid()}).encode()


def refuse(_: bytes) -> bytes:
    raise PdfError("page 3 cannot be drawn", code="page_broken")


def fail(_: bytes) -> bytes:
    raise RecursionError("too deep")


def burn_processor(_: bytes) -> bytes:
    while True:
        pass


def take_memory(payload: bytes) -> bytes:
    return bytes(len(bytearray(int(payload)))).__len__().to_bytes(8)


def write_file(payload: bytes) -> bytes:
    path, size = payload.decode().split("|")
    with open(path, "wb") as file:
        file.write(bytes(int(size)))
    return b"written"


def open_many(payload: bytes) -> bytes:
    files = [open(os.devnull) for _ in range(int(payload))]  # noqa: SIM115
    return str(len(files)).encode()


def answer_long(payload: bytes) -> bytes:
    return b"x" * int(payload)


def crash(_: bytes) -> bytes:
    ctypes.string_at(0)
    return b"never"


def leave(_: bytes) -> bytes:
    os._exit(0)


def lie(_: bytes) -> bytes:
    os.write(2, b"goodbye\n")
    os._exit(7)


def hang_deaf(payload: bytes) -> bytes:
    """Write the own pid and that of a grandchild to a file, close stderr, ignore SIGTERM, and wait for ever."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with open(payload.decode() + ".part", "w") as file:
        file.write(f"{os.getpid()} {grandchild.pid}")
    os.rename(payload.decode() + ".part", payload.decode())
    os.close(2)
    time.sleep(600)
    return b"never"
