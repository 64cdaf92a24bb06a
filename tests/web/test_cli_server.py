"""What the commands of the server do around it."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from web import cli_server


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_garbage_is_looked_for_again_when_the_server_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    cli_server._load_undisturbed()
    assert not gc.isenabled()
    cli_server._ready("ready on http://127.0.0.1:1")
    assert (gc.isenabled(), capsys.readouterr().out) == (True, "ready on http://127.0.0.1:1\n")


def test_an_embedded_installation_starts_without_the_driver_of_the_other_database() -> None:
    words = "import sys, web.asgi, web.app; print('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], capture_output=True, check=True).stdout == b"False\n"
