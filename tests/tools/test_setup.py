"""Set-up shows why it failed, does nothing twice, and says which command it would need."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.setup import debian, pages, progress, stamps
from tools.setup.debian import Kind, Need
from tools.setup.progress import SetupError
from tools.setup.python import DEV_LOCK, RUN_LOCK, SOURCE_ONLY, split_lock, uv_settings

NOWHERE = Need("no-such-package", Kind.COMMAND, ("no-such-command-here",), "for this test")


def test_a_failing_command_shows_its_last_lines_and_its_code() -> None:
    script = "import sys; print('first'); print('the reason', file=sys.stderr); sys.exit(3)"
    with pytest.raises(SetupError, match=r"(?s)the reason.*ended with code 3"):
        progress.run([sys.executable, "-c", script])


def test_a_line_without_an_end_is_shown_too() -> None:
    with pytest.raises(SetupError, match="no newline here"):
        progress.run([sys.executable, "-c", "import sys; sys.stdout.write('no newline here'); sys.exit(1)"])


def test_a_long_command_says_that_it_lives(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "HEARTBEAT_SECONDS", 0.0)
    progress.run([sys.executable, "-c", "print('unpacking')"])
    assert "unpacking" in capsys.readouterr().out


def test_a_step_is_done_until_what_it_was_made_from_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "STAMPS", tmp_path / "stamps.json")
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.ts").write_text("one")
    stamps.mark_done("static", stamps.fingerprint([source]))
    assert stamps.is_done("static", stamps.fingerprint([source]))
    (source / "b.ts").write_text("")
    assert not stamps.is_done("static", stamps.fingerprint([source]))


def test_a_torn_stamp_file_counts_as_nothing_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "STAMPS", tmp_path / "stamps.json")
    stamps.mark_done("static", "abc")
    stamps.STAMPS.write_text(stamps.STAMPS.read_text()[:5])
    assert not stamps.is_done("static", "abc")


def test_what_may_not_be_installed_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "_root_prefix", lambda: None)
    with pytest.raises(SetupError, match=r"sudo apt-get install -y --no-install-recommends no-such-package"):
        debian.ensure([NOWHERE])


def test_what_is_installed_and_still_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "install", lambda _packages: None)
    with pytest.raises(SetupError, match="still not to be found: no-such-package"):
        debian.ensure([NOWHERE])


def test_an_old_package_list_is_renewed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[list[str]] = []

    def apt(command: list[str], *, env: dict[str, str]) -> None:
        said.append(command)
        if len(said) == 1:
            raise SetupError("404")

    monkeypatch.setattr(debian, "_root_prefix", list)
    monkeypatch.setattr(debian, "run", apt)
    debian.install(["qpdf"])
    assert [command[1] for command in said] == ["install", "update", "install"]


@pytest.mark.parametrize("lock", [RUN_LOCK, DEV_LOCK], ids=lambda lock: lock.name)
def test_splitting_a_lock_loses_no_line(lock: Path) -> None:
    text = lock.read_text()
    wheels, sources = split_lock(text, SOURCE_ONLY)
    assert sorted((wheels + sources).splitlines()) == sorted(text.splitlines())
    assert [line.split("==")[0] for line in sources.splitlines() if "==" in line] == list(SOURCE_ONLY)
    assert sources.count("--hash=sha256:") >= 1


def test_what_pip_is_told_uv_is_told_too() -> None:
    pip = {"index-url": "https://a.test/simple", "extra-index-url": "\\nfile:///b\\nfile:///c", "find-links": "/d /e"}
    assert uv_settings(pip | {"timeout": "60"}) == {
        "UV_DEFAULT_INDEX": "https://a.test/simple",
        "UV_INDEX": "file:///b file:///c",
        "UV_FIND_LINKS": "/d,/e",
    }
    assert uv_settings({}) == {}


def test_node_older_than_the_oldest_is_not_taken(tmp_path: Path) -> None:
    def node(version: str) -> Path:
        path = tmp_path / f"node-{version}"
        path.write_text(f"#!/bin/sh\necho {version}\n")
        path.chmod(0o755)
        return path

    assert not pages._is_new_enough(node("v18.20.4"), node("v18.20.4"))
    assert not pages._is_new_enough(tmp_path / "absent", tmp_path / "absent")
    assert pages._is_new_enough(node("v20.0.0"), node("v20.0.0"))
