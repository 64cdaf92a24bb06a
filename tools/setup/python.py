"""The virtual environment: made by the Python that runs set-up, filled from a lock file with hashes."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from tools.setup import debian, stamps
from tools.setup.progress import ROOT, SetupError, run

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUN_LOCK = ROOT / "requirements.lock"
DEV_LOCK = ROOT / "requirements-dev.lock"
UV_LOCK = ROOT / "requirements-uv.lock"
PIP: tuple[str | Path, ...] = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install")
LOCKED = ("--no-deps", "--no-compile", "--progress-bar", "off", "--require-hashes")
SOURCE_ONLY = ("flask-principal",)
_VERSION = ".".join(str(part) for part in sys.version_info[:3])


def ensure(*, with_tests: bool) -> bool:
    """Make `.venv` hold the locked packages and the command `yunqian`; says whether there was anything to do."""
    made = _ensure_venv()
    wanted = {lock.name: stamps.fingerprint([lock], _VERSION) for lock in (RUN_LOCK, DEV_LOCK)}
    lock = DEV_LOCK if with_tests else RUN_LOCK
    packages = made or not stamps.is_done(lock.name, wanted[lock.name])
    if packages:
        _install(lock)
        # The development lock holds everything that the other one does.
        for name in (RUN_LOCK.name, DEV_LOCK.name) if with_tests else (RUN_LOCK.name,):
            stamps.mark_done(name, wanted[name])
    return _ensure_project(again=made) or packages


def _ensure_venv() -> bool:
    probe: list[str | Path] = [PYTHON, "-c", "import sys, pip; print('.'.join(map(str, sys.version_info[:3])))"]
    if PYTHON.exists():
        seen = subprocess.run(probe, capture_output=True, text=True, check=False)
        if seen.returncode == 0 and seen.stdout.strip() == _VERSION:
            return False
    if not _has_ensurepip():
        debian.install([f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"])
    run([sys.executable, "-m", "venv", "--clear", VENV])
    return True


def _has_ensurepip() -> bool:
    # Debian's Python has the module venv and not ensurepip until python3-venv is there.
    probe = subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False)
    return probe.returncode == 0


def _install(lock: Path) -> None:
    wheels, sources = split_lock(lock.read_text(), SOURCE_ONLY)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / lock.name
        # --only-binary: building in isolation would fetch build tools that no hash covers. What has no wheel is
        # built afterwards, with the setuptools of the lock.
        path.write_text(wheels)
        _install_wheels(path)
        path.write_text(sources)
        run([*PIP, *LOCKED, "--no-build-isolation", "--use-pep517", "-r", path])
    run([PYTHON, "-m", "compileall", "-q", "-j", "0", next(VENV.glob("lib/python3*/site-packages"))])


def _install_wheels(lock: Path) -> None:
    """By uv, which takes a tenth of the time; by pip where uv can't, for example behind an index it does not read."""
    uv: list[str | Path] = [PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, "--no-deps", "--require-hashes"]
    # Hashes decide what is taken, so every index may be asked for it.
    uv += ["--only-binary", ":all:", "--index-strategy", "unsafe-best-match", "-r", lock]
    try:
        run([*PIP, *LOCKED, "--only-binary", ":all:", "-r", UV_LOCK])
        run(uv, env=uv_settings(_pip_settings()))
    except SetupError:
        run([*PIP, *LOCKED, "--only-binary", ":all:", "-r", lock])


def _pip_settings() -> dict[str, str]:
    """What pip is told by its files and variables on this machine, by key."""
    command: list[str | Path] = [PYTHON, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    lines = (line.partition("=") for line in listed.splitlines())
    return {name.rpartition(".")[2]: value.strip("'") for name, _, value in lines}


def uv_settings(pip: Mapping[str, str]) -> dict[str, str]:
    """The same settings as uv reads them."""
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
    }
    separators = {"UV_FIND_LINKS": ","}
    return {
        theirs: separators.get(theirs, " ").join(pip[ours].replace("\\n", " ").split())
        for ours, theirs in names.items()
        if pip.get(ours)
    }


def split_lock(text: str, names: Collection[str]) -> tuple[str, str]:
    """A lock file as two: without these packages, and these packages only; each with its hashes."""
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", text)
    chosen = [block for block in blocks if block.split("==", 1)[0].strip().lower() in names]
    return "".join(block for block in blocks if block not in chosen), "".join(chosen)


def _ensure_project(*, again: bool) -> bool:
    """Editable: the packages are read from the work tree, and the command is made."""
    print_ = stamps.fingerprint([ROOT / "pyproject.toml", ROOT / "tools" / "hatch_build.py"])
    if not again and (VENV / "bin" / "yunqian").exists() and stamps.is_done("project", print_):
        return False
    # hatchling is in the lock, so nothing is fetched here.
    run([*PIP, "--no-index", "--no-deps", "--no-build-isolation", "-e", ROOT])
    stamps.mark_done("project", print_)
    return True
