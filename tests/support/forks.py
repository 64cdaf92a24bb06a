"""Modules of ours run as processes of their own, without half of a second or two of imports for each of them.

One process (`python -m tests.support.forks`) has imported the product and forks a child for every order. A child has a
session, environment, folder and output of its own, runs its module as `python -m` does, and dies with its parent. Texts
are parsed, tables are mapped and routes are compiled before the fork; a template is compiled by the child that first
shows it.
Starting anew from nothing is tested where it is the matter: the demo and the replays start real commands.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from tests.support.processes import Processes, Running, die_with_parent

_ROOT = Path(__file__).resolve().parents[2]
_COMMANDS = ("web.asgi", "web.cli_accounts", "web.cli_server", "web.cli_verify", "web.jobs", "tests.support.core_app")


class Forked(Running):
    """A forked process; the same to its test as one that was started."""

    def __init__(self, forks: Forks, pid: int, command: Sequence[str], log: Path) -> None:
        self.command = list(command)
        self.log = log
        self._forks = forks
        self._pid = pid
        self._code: int | None = None
        self._handle = os.pidfd_open(pid)  # readable when the process has ended

    @property
    def pid(self) -> int:
        return self._pid

    @property
    def is_alive(self) -> bool:
        return not self._has_ended(0)

    def wait(self, timeout: float = 60.0) -> int:
        if not self._has_ended(timeout):
            raise subprocess.TimeoutExpired(self.command, timeout)
        assert self._code is not None
        return self._code

    def _has_ended(self, timeout: float) -> bool:
        if self._code is not None:
            return True
        if not select.select([self._handle], [], [], timeout)[0]:
            return False
        self._code = self._forks.exit_code(self._pid)
        os.close(self._handle)
        return True


class Forks:
    """The process that others are forked from; it starts when first asked and ends with `stop`.

    One that is `bare` has not loaded the product.
    """

    def __init__(self, *, bare: bool = False) -> None:
        self._mother: subprocess.Popen[str] | None = None
        self._bare = bare
        self._templates = ""
        self._one_at_a_time = threading.Lock()

    def start(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        log: Path,
        errors: Path | None = None,
    ) -> Forked:
        """As `python -m module arguments…`; prints into `log`, what goes to standard error into `errors` if given."""
        for path in (log, errors or log):
            path.touch()  # it may be read before the child opens it
        order = {
            "module": module,
            "arguments": list(arguments),
            "env": dict(env),
            "cwd": str(cwd),
            "log": str(log),
            "errors": str(errors or log),
        }
        return Forked(self, self._ask(order), ["python", "-m", module, *arguments], log)

    def run(
        self, module: str, *arguments: object, env: Mapping[str, str], cwd: Path | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """As `subprocess.run` of `python -m module arguments…`, to its end; ended when it takes too long."""
        words = [str(argument) for argument in arguments]
        with tempfile.TemporaryDirectory() as folder:
            out, errors = Path(folder) / "out", Path(folder) / "errors"
            running = self.start(module, words, env=env, cwd=cwd or Path.cwd(), log=out, errors=errors)
            try:
                code = running.wait(timeout)
            except subprocess.TimeoutExpired:
                running.kill()
                raise
            return subprocess.CompletedProcess(running.command, code, out.read_text(), errors.read_text())

    def exit_code(self, pid: int) -> int:
        """Of a process that has ended; negative: the signal that ended it. Asked once."""
        return self._ask({"ended": pid})

    def stop(self) -> None:
        if self._mother:
            assert self._mother.stdin is not None
            self._mother.stdin.close()
            self._mother.wait(30)
            self._mother = None
            shutil.rmtree(self._templates, ignore_errors=True)  # a child may be writing its last one

    def _ask(self, order: dict[str, Any]) -> int:
        with self._one_at_a_time:
            if self._mother is None:
                self._templates = "" if self._bare else tempfile.mkdtemp()
                self._mother = subprocess.Popen(
                    [sys.executable, "-m", __name__, self._templates],
                    cwd=_ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    preexec_fn=die_with_parent,
                )
            assert self._mother.stdin is not None
            assert self._mother.stdout is not None
            self._mother.stdin.write(json.dumps(order) + "\n")
            self._mother.stdin.flush()
            answer = self._mother.stdout.readline()
        assert answer, f"the process that forks ended at {order}"
        return int(answer)


class ForkedProcesses(Processes):
    """Starts processes for one test, commands and modules, and ends all of them after it."""

    def __init__(self, folder: Path, forks: Forks) -> None:
        super().__init__(folder)
        self._forks = forks

    def fork(self, module: str, *arguments: object, env: Mapping[str, str] | None = None) -> Forked:
        """As `python -m module arguments…`, at once; `env` is added to this process's environment."""
        words = [str(argument) for argument in arguments]
        forked = self._forks.start(
            module, words, env={**os.environ, **(env or {})}, cwd=Path.cwd(), log=self._next_log()
        )
        self._all.append(forked)
        return forked


def take_orders(asked: IO[str], told: IO[str]) -> dict[str, Any]:
    """Fork for every order. Returns in the children alone, with the order; ends the process when nobody asks more."""
    for line in asked:
        order = json.loads(line)
        if "ended" in order:
            _, status = os.waitpid(order["ended"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            # In both: whoever comes first, the group is there when somebody wants to signal it.
            os.setpgid(answer, answer)
            if not answer:
                asked.close()
                told.close()
                return dict(order)
        told.write(f"{answer}\n")
        told.flush()
    sys.exit()


def become(order: dict[str, Any]) -> None:
    """What exec would have done for a process started anew."""
    die_with_parent()
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    for stream, path, mode in (
        (0, os.devnull, os.O_RDONLY),
        (1, order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        (2, order["errors"], os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        opened = os.open(path, mode, 0o600)
        os.dup2(opened, stream)
        os.close(opened)
    sys.argv = [order["module"], *order["arguments"]]


def load_product(templates: str) -> None:
    """Import it, and make what every child would make anew; `templates` is a folder for compiled ones."""
    from flask import Flask
    from jinja2 import FileSystemBytecodeCache
    from sqlalchemy.orm import configure_mappers

    from core import config, i18n
    from tests.support import routes
    from web import blueprints
    from web.app import create_app

    for name in (*blueprints.REGISTERED, *blueprints.BLUEPRINTS, *blueprints.DEMO_BLUEPRINTS, *_COMMANDS):
        import_module(name.partition(":")[0])
    configure_mappers()
    for locale in i18n.LOCALES:
        i18n._bundle(locale)
    routes.keep_compiled()
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(templates)}
    before = config._current[:]
    with tempfile.TemporaryDirectory() as folder:
        create_app(config.Settings(data_dir=Path(folder), demo=True))
    config._current[:] = before


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the keyboard's goes to pytest, which says when it is over
    asked, told = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    if sys.argv[1]:
        load_product(sys.argv[1])
    gc.freeze()
    order = take_orders(asked, told)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    become(order)
    runpy.run_module(order["module"], run_name="__main__", alter_sys=True)
