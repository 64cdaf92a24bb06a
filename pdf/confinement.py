"""What the kernel takes from a child of pdf.child before it sees a byte of the payload. Called inside that child only.

Needs no privilege: a user and network namespace of its own (unshare(2)), Landlock on files (landlock(7)), and a seccomp
filter on system calls (seccomp(2)). Where the kernel or a container refuses one of them, `confine` says which.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_CLONE_THREAD = 0x0001_0000
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 22, 38
_SECCOMP_MODE_FILTER = 2
_AF_UNIX = 1
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
# linux/landlock.h: execute, write, read, list; bits 4 to 12 remove and make things; 14 (since ABI 3) truncates.
_EXECUTE, _WRITE, _READ, _LIST, _MAKE_SOCKET = 1, 2, 4, 8, 1 << 9
_ALL_ABI_1, _TRUNCATE = (1 << 13) - 1, 1 << 14
_SCOPED = 3  # since ABI 6: no abstract local sockets and no signals to processes outside
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc", "/opt", "/proc/self", "/dev/urandom", "/sys/devices/system/cpu")


@dataclass(frozen=True)
class _Calls:
    """Numbers of the system calls of one processor (asm/unistd.h); those from 424 on are the same everywhere."""

    audit_arch: int
    socket: int
    clone: int
    starting: tuple[int, ...]  # execve, execveat, fork, vfork
    signals: tuple[int, ...]  # kill, tgkill: to oneself they are how abort() ends a program
    prlimit: int
    others: tuple[int, ...]  # tkill, queued signals, ptrace, process_vm_*, unshare, setns, bpf, perf, keys


_PROCESSORS = {
    "x86_64": _Calls(
        0xC000_003E, 41, 56, (59, 322, 57, 58), (62, 234), 302,
        (200, 129, 297, 101, 310, 311, 272, 308, 321, 298, 248, 249, 250),
    ),
    "aarch64": _Calls(
        0xC000_00B7, 198, 220, (221, 281), (129, 131), 261,
        (130, 138, 240, 117, 270, 271, 97, 268, 280, 241, 217, 218, 219),
    ),
}  # fmt: skip
_EVERYWHERE = (424, 425, 426, 427, 434, 438)  # pidfd_send_signal, io_uring_*, pidfd_open, pidfd_getfd
_CLONE3 = 435


@dataclass(frozen=True)
class Room:
    """What a child may reach: folders to read, one to write in (or none), and whether it may start programs.

    Programs that are started may speak over local sockets, because LibreOffice does not start without; over no others.
    """

    readable: tuple[str, ...] = ()
    writable: str = ""
    programs: bool = False


def bind(*, memory_bytes: int, cpu_seconds: int, file_bytes: int, open_files: int) -> None:
    """Set the limits of setrlimit(2) on this process and all that it starts."""
    for what, soft, hard in (
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1),  # SIGXCPU first: it has a name of its own
        (resource.RLIMIT_FSIZE, file_bytes, file_bytes),
        (resource.RLIMIT_NOFILE, open_files, open_files),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (soft, hard))


def leave_network() -> bool:
    """Move into a network of one's own with nothing in it; False where the kernel does not let us."""
    user, group = os.getuid(), os.getgid()
    if _libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    # One keeps one's number, which programs put into names of files (user_namespaces(7)).
    for name, text in (("setgroups", "deny"), ("gid_map", f"{group} {group} 1"), ("uid_map", f"{user} {user} 1")):
        with suppress(OSError), open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    return True


def confine(room: Room) -> tuple[str, ...]:
    """Shut the door behind this process for good; what could not be had: `files`, `system calls`."""
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return ("files", "system calls")
    missing = () if _landlock(libc, room) else ("files",)
    return missing if _seccomp(libc, room) else (*missing, "system calls")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _landlock(libc: ctypes.CDLL, room: Room) -> bool:
    version = libc.syscall(_LANDLOCK_CREATE, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    handled = _ALL_ABI_1 | (_TRUNCATE if version >= 3 else 0)
    ruleset = _create(libc, version, handled)
    if ruleset < 0:
        return False
    try:
        read = _READ | _LIST | _EXECUTE
        for path in (*_SYSTEM, *_python(), *room.readable):
            _permit(libc, ruleset, path, read)
        _permit(libc, ruleset, "/dev/null", _READ | _WRITE)
        if room.programs:
            _permit(libc, ruleset, "/tmp", _MAKE_SOCKET)  # noqa: S108 - where LibreOffice listens, whatever TMPDIR says
        if room.writable:
            _permit(libc, ruleset, room.writable, handled & ~_EXECUTE)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _create(libc: ctypes.CDLL, version: int, handled: int) -> int:
    attributes = struct.pack("=Q", handled) if version < 6 else struct.pack("=QQQ", handled, 0, _SCOPED)
    return int(libc.syscall(_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0))


def _python() -> Iterable[str]:
    """Where modules that are imported late come from."""
    return {sys.prefix, sys.base_prefix, str(Path(__file__).parent)}


def _permit(libc: ctypes.CDLL, ruleset: int, path: str, access: int) -> None:
    with suppress(OSError):  # a path that is not there needs no rule
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(path):
                access &= _READ | _WRITE | _EXECUTE
            rule = struct.pack("=Qi", access, descriptor)
            libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0)
        finally:
            os.close(descriptor)


_LOAD, _EQUAL, _AT_LEAST, _SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # linux/bpf_common.h
_ALLOW, _ERRNO, _KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000  # linux/seccomp.h
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16  # struct seccomp_data
_X32 = 0x4000_0000


def _seccomp(libc: ctypes.CDLL, room: Room) -> bool:
    calls = _PROCESSORS.get(platform.machine())
    if calls is None or sys.byteorder != "little":
        return False
    lines = b"".join(struct.pack("=HBBI", *line) for line in _filter(calls, room))
    program = ctypes.create_string_buffer(lines, len(lines))
    prog = struct.pack("@HP", len(lines) // 8, ctypes.addressof(program))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, prog, 0, 0) == 0)


def _filter(calls: _Calls, room: Room) -> Iterator[tuple[int, int, int, int]]:
    """The filter: another processor's calls kill; what reaches beyond this process is refused; the rest is allowed."""
    yield _LOAD, 0, 0, _ARCH
    yield _EQUAL, 1, 0, calls.audit_arch
    yield _RETURN, 0, 0, _KILL
    yield _LOAD, 0, 0, _NUMBER
    yield from _refuse_if(_AT_LEAST, _X32, errno.ENOSYS)
    for number in (*calls.others, *_EVERYWHERE):
        yield from _refuse_if(_EQUAL, number, errno.EPERM)
    yield from _only_with(calls.prlimit, _EQUAL, 0, errno.EPERM)  # 0: oneself
    if room.programs:
        yield from _refuse_if(_EQUAL, calls.signals[0], errno.EPERM)
        yield from _only_with(calls.socket, _EQUAL, _AF_UNIX, errno.EACCES)
    else:
        yield from _refuse_if(_EQUAL, calls.socket, errno.EACCES)
        yield from _refuse_if(_EQUAL, _CLONE3, errno.ENOSYS)  # its flags cannot be seen: libc then takes clone
        for number in calls.starting:
            yield from _refuse_if(_EQUAL, number, errno.EPERM)
        yield from _only_with(calls.clone, _SET, _CLONE_THREAD, errno.EPERM)
        for number in calls.signals:
            yield from _only_with(number, _EQUAL, os.getpid(), errno.EPERM)
    yield _RETURN, 0, 0, _ALLOW


def _refuse_if(test: int, value: int, error: int) -> Iterator[tuple[int, int, int, int]]:
    yield test, 0, 1, value
    yield _RETURN, 0, 0, _ERRNO | error


def _only_with(number: int, test: int, value: int, error: int) -> Iterator[tuple[int, int, int, int]]:
    """Call `number` is allowed if its first argument passes the test; other calls go on behind."""
    yield _EQUAL, 0, 4, number
    yield _LOAD, 0, 0, _FIRST_ARGUMENT
    yield test, 0, 1, value
    yield _RETURN, 0, 0, _ALLOW
    yield _RETURN, 0, 0, _ERRNO | error
