"""The wheel carries everything that runs: whoever installs it needs no Node, no checkout and no build."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools.hatch_build import FOLDERS

ROOT = Path(__file__).resolve().parents[1]
SHIPS = ("core", "accounts", "signing", "events", "projects", "pdf", "web")
PLACES = """
import json, sys
from core import paths
print(json.dumps({n: str(getattr(paths, n)()) for n in ("templates", "static", "locales", "migrations", "examples")}))
"""


def source_tree(target: Path) -> Path:
    """The project as git has it, with pages as `make setup` leaves them; a copy, since building writes into it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    for name in names:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target / name)
    for folder in FOLDERS:
        (target / folder).mkdir(exist_ok=True)
    (target / "static" / "js").mkdir(parents=True, exist_ok=True)
    (target / "static" / "js" / "built-by-node.js").write_text("export {};\n")
    return target


def build(tree: Path, kind: str = "wheel") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", "out"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = source_tree(tmp_path_factory.mktemp("tree"))
    seen = build(tree)
    assert seen.returncode == 0, seen.stderr
    [path] = (tree / "out").glob("yunqian-*.whl")
    return path


def test_the_wheel_has_every_room_and_every_folder(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if not name.startswith("yunqian-")} == set(SHIPS)
    for folder in ("templates", "locales", "examples"):
        want = {str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*") if path.is_file()}
        have = {name.removeprefix("web/_data/") for name in names if name.startswith(f"web/_data/{folder}/")}
        assert want
        assert want <= have
    assert "web/_data/static/js/built-by-node.js" in names


def test_the_wheel_has_no_tests_no_sources_of_pages_and_no_data_of_ours(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    unwanted = ("tests/", "tools/", "bench/", "node_modules/", "var/", "web/assets/", ".venv/")
    assert [name for name in names if name.startswith(unwanted) or "__pycache__" in name] == []


def test_what_is_installed_finds_its_folders_inside_itself(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    command = [sys.executable, "-c", PLACES]
    # The folder of the unpacked wheel stands first on the path, before the editable checkout.
    seen = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    places = json.loads(seen.stdout)
    assert places == {folder: str(tmp_path / "web" / "_data" / folder) for folder in FOLDERS}
    assert all(Path(place).is_dir() for name, place in places.items() if name != "migrations")


def test_a_checkout_finds_its_folders_beside_the_packages() -> None:
    seen = subprocess.run([sys.executable, "-c", PLACES], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(seen.stdout) == {folder: str(ROOT / folder) for folder in FOLDERS}


def test_the_command_and_the_licence_are_declared(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    [about] = [name.split("/")[0] for name in archive.namelist() if name.endswith("/METADATA")]
    assert "yunqian = web.cli:main" in archive.read(f"{about}/entry_points.txt").decode()
    assert "Apache License" in archive.read(f"{about}/licenses/LICENSE").decode()
    assert "License-Expression: Apache-2.0" in archive.read(f"{about}/METADATA").decode()


def test_without_built_pages_there_is_no_wheel_but_a_sentence(tmp_path: Path) -> None:
    tree = source_tree(tmp_path)
    shutil.rmtree(tree / "static")
    seen = build(tree)
    assert seen.returncode != 0
    assert "Not there yet: static. Run `make setup` first." in seen.stderr
