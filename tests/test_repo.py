"""What is in the repository: no registry is named, every locked package has a hash, licence and changelog are there."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock", "requirements-uv.lock")
# In two halves, so that this file does not name them either: package registries, and what pages load things from.
HOSTS = [
    first + second
    for first, second in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "mirror.com"),
        ("registry.yarn", "pkg.com"),
        ("deb.deb", "ian.org"),
        ("security.deb", "ian.org"),
        ("proxy.go", "lang.org"),
        ("crat", "es.io"),
        ("jsd", "elivr.net"),
        ("unp", "kg.com"),
        ("cdn", "js.com"),
        ("fonts.google", "apis.com"),
        ("fonts.gst", "atic.com"),
    )
]


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def named_hosts(text: str) -> list[str]:
    return [host for host in HOSTS if host in text.lower()]


def locked(text: str) -> dict[str, int]:
    """Package and version to the number of its hashes."""
    blocks = re.split(r"(?m)^(?=[a-z0-9])", text)
    return {block.split()[0]: block.count("--hash=sha256:") for block in blocks if "==" in block}


def test_no_tracked_file_names_a_registry() -> None:
    files = tracked_files()
    assert len(files) > 50
    found = {str(path.relative_to(ROOT)): named_hosts(path.read_text(errors="replace")) for path in files}
    assert {name: hosts for name, hosts in found.items() if hosts} == {}


@pytest.mark.parametrize("host", HOSTS, ids=range(len(HOSTS)))
def test_a_named_registry_would_be_seen(host: str) -> None:
    assert host in named_hosts(f"see https://{host.upper()}/simple")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_version_and_a_hash(lock: str) -> None:
    packages = locked((ROOT / lock).read_text())
    assert packages
    assert [name for name, hashes in packages.items() if hashes == 0] == []


def test_a_package_without_a_hash_would_be_seen() -> None:
    assert locked("a==1 \\\n    --hash=sha256:00\nb==2\nc==3 ; x == 'y' \\\n    --hash=sha256:11\n") == {
        "a==1": 1,
        "b==2": 0,
        "c==3": 1,
    }


def test_both_locks_agree() -> None:
    run, develop = (set(locked((ROOT / name).read_text())) for name in LOCKS[:2])
    assert run <= develop


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for lock, wanted in (
        (LOCKS[0], [*project["dependencies"], *project["optional-dependencies"]["build"]]),
        (LOCKS[1], project["optional-dependencies"]["dev"]),
    ):
        names = {_plain(line.split("==")[0]) for line in locked((ROOT / lock).read_text())}
        assert [name for name in wanted if _plain(re.split(r"[\[<>=;~! ]", name)[0]) not in names] == []


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_page_packages_are_locked_by_content_and_not_by_place() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    others = {name: package for name, package in packages.items() if name}
    assert others
    assert [name for name, package in others.items() if "resolved" in package] == []
    assert [name for name, package in others.items() if not package.get("integrity", "").startswith("sha512-")] == []


def test_the_licence_is_there() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0" in text


def test_the_changelog_knows_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"\b{re.escape(version)}\b", text)
    assert re.search(r"(?m)^## (Unreleased|\d+\.\d+\.\d+)", text)


def test_nothing_built_is_tracked() -> None:
    built = (".venv", "node_modules", "static", "var", "dist")
    names = [path.relative_to(ROOT).parts[0] for path in tracked_files()]
    assert not set(built) & set(names)


def test_ci_calls_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert re.search(r"(?m)^[^#]*\bmake test\b", script.read_text())
