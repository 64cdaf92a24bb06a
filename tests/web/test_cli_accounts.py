"""`yunqian accounts`: from an empty folder to the first administrator, with real processes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import Settings
from tests.support.apps import PASSWORD, running, sign_in
from tests.support.forks import Forks
from tests.support.pages import get_page, post

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def yunqian(forks: Forks, data_dir: Path) -> Command:
    """Runs the command on this data folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YUNQIAN_", "LC_", "LANG"))}

    def run(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        env = {**kept, "YUNQIAN_DATA_DIR": str(data_dir), "LANG": "C.UTF-8", **settings}
        return forks.run("web.cli", *words, env=env)

    return run


def test_the_first_link_leads_to_the_first_administrator_and_then_no_more(yunqian: Command, data_dir: Path) -> None:
    printed = yunqian("accounts", "first-link")
    assert printed.returncode == 0, printed.stderr
    link = printed.stdout.strip().removeprefix("http://127.0.0.1:8600")
    with running(Settings(data_dir=data_dir)) as app:
        client = app.test_client()
        client.get(link)
        form = {
            "organisation": "单位",
            "name": "甲",
            "email": "a@example.test",
            "password": PASSWORD,
            "repeat": PASSWORD,
        }
        assert post(client, "/accounts/first", form).status_code == 303
        get_page(client, "/accounts/")

    again = yunqian("accounts", "first-link")
    added = yunqian("accounts", "add", "B@example.test", "--name", "乙", "--role", "host", "--role", "clerk")

    assert (again.returncode, again.stdout) == (1, "")
    assert "There is an administrator already" in again.stderr
    assert added.returncode == 0, added.stderr
    with running(Settings(data_dir=data_dir)) as app:
        client = app.test_client()
        client.get(added.stdout.strip().removeprefix("http://127.0.0.1:8600"))
        post(client, "/accounts/password", {"password": PASSWORD, "repeat": PASSWORD})
        sign_in(app, "b@example.test")


def test_a_wrong_setting_or_address_is_said_in_a_sentence_and_an_exit_code(yunqian: Command) -> None:
    setting = yunqian("accounts", "first-link", YUNQIAN_PROXY_DEPTH="9")
    address = yunqian("accounts", "add", "nowhere", "--name", "乙", "--role", "host", LANG="zh_CN.UTF-8")

    assert setting.returncode == 2
    assert "YUNQIAN_PROXY_DEPTH" in setting.stderr
    assert address.returncode == 1
    assert "$.email: 这不是邮箱地址。" in address.stderr
    assert "Traceback" not in setting.stderr + address.stderr
