"""What the tests of pdf.child let a child do; module-level, because a child can only be told a name."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial

from pdf.child import die_with_parent
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


def grow_file(payload: bytes) -> bytes:
    with open(os.memfd_create("big"), "wb") as file:
        file.write(bytes(int(payload)))
    return b"written"


def write_file(payload: bytes) -> bytes:
    with open(payload, "wb") as file:
        return str(file.write(b"left behind")).encode()


def read_file(payload: bytes) -> bytes:
    with open(payload, "rb") as file:
        return file.read()


def list_folder(payload: bytes) -> bytes:
    return "\n".join(os.listdir(payload.decode())).encode()


def connect(payload: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", int(payload))) as link:
        return link.recv(10)


def connect_locally(payload: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(payload.decode())
        return link.recv(10)


def start_program(_: bytes) -> bytes:
    return subprocess.check_output(["/bin/echo", "started"])


def fork(_: bytes) -> bytes:
    pid = os.fork()
    if not pid:
        os._exit(0)
    return str(os.waitpid(pid, 0)[0]).encode()


def replace_itself(_: bytes) -> bytes:
    os.execv("/bin/echo", ["echo", "replaced"])  # noqa: S606


def signal_parent(_: bytes) -> bytes:
    os.kill(os.getppid(), 0)
    return b"it may be killed"


def raise_own_limit(_: bytes) -> bytes:
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
    return b"raised"


def start_thread(_: bytes) -> bytes:
    said: list[bytes] = []
    thread = threading.Thread(target=said.append, args=(b"from a thread",))
    thread.start()
    thread.join()
    return said[0]


def abort(_: bytes) -> bytes:
    os.abort()


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
    grandchild = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], preexec_fn=partial(die_with_parent, os.getpid())
    )
    with open(payload.decode() + ".part", "w") as file:
        file.write(f"{os.getpid()} {grandchild.pid}")
    os.rename(payload.decode() + ".part", payload.decode())
    os.close(2)
    time.sleep(600)
    return b"never"


def descriptors(_: bytes) -> bytes:
    """Which descriptors are open (but for the one of looking), and what stands in the file on the third."""
    looked = sorted(int(each) for each in os.listdir("/proc/self/fd"))[:-1]
    content = os.pread(3, 100, 0).decode() if 3 in looked else None
    return json.dumps({"open": looked, "file": content}).encode()
