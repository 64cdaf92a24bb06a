"""What must come from the operating system: found by looking for the thing itself, installed from Debian's packages."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tools.setup.progress import SetupError, run, say


class Kind(StrEnum):
    COMMAND = "command"
    LIBRARY = "library"
    FILE = "file"


@dataclass(frozen=True)
class Need:
    """One thing of the system: the Debian package that brings it and how to see that it is there."""

    package: str
    kind: Kind
    names: tuple[str, ...]
    why: str

    def is_there(self) -> bool:
        if self.kind is Kind.COMMAND:
            return any(shutil.which(name) for name in self.names)
        if self.kind is Kind.LIBRARY:
            return all(_loads(name) for name in self.names)
        return any(next(Path("/").glob(name.lstrip("/")), None) for name in self.names)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


TO_RUN = (
    Need("libpango-1.0-0", Kind.LIBRARY, ("libpango-1.0.so.0",), "sets the lines of agreements"),
    Need("libpangoft2-1.0-0", Kind.LIBRARY, ("libpangoft2-1.0.so.0",), "sets the lines of agreements"),
    Need("libharfbuzz-subset0", Kind.LIBRARY, ("libharfbuzz-subset.so.0",), "puts into a PDF only the glyphs it uses"),
    Need(
        "fonts-noto-cjk",
        Kind.FILE,
        ("/usr/share/fonts/**/NotoSansCJK*", "/usr/local/share/fonts/**/NotoSansCJK*"),
        "Chinese and Latin letters of agreements",
    ),
    Need(
        "fonts-noto-core",
        Kind.FILE,
        ("/usr/share/fonts/truetype/noto/NotoSansArabic-*", "/usr/local/share/fonts/noto-core/NotoSansArabic-*"),
        "names in other scripts on badges",
    ),
    Need("poppler-utils", Kind.COMMAND, ("pdftoppm",), "reads uploaded papers a second time; checks our signatures"),
    Need("poppler-data", Kind.FILE, ("/usr/share/poppler/cMap/*",), "Chinese letters of others' papers, read so"),
    Need(
        "fonts-urw-base35",
        Kind.FILE,
        ("/usr/share/fonts/**/D050000L.*", "/usr/local/share/fonts/**/D050000L.*"),
        "standard letters and signs of others' papers, read so",
    ),
)
TO_TEST = (
    *TO_RUN,
    Need("chromium", Kind.COMMAND, ("chromium", "chromium-browser", "google-chrome"), "journeys in a real browser"),
    Need("qpdf", Kind.COMMAND, ("qpdf",), "checks our PDFs with somebody else's program"),
    Need("libnss3-tools", Kind.COMMAND, ("certutil",), "tells pdfsig whom to trust"),
    Need("openssl", Kind.COMMAND, ("openssl",), "checks timestamps and CMS with somebody else's program"),
    Need("softhsm2", Kind.COMMAND, ("softhsm2-util",), "stands where an HSM stands"),
    Need("postgresql", Kind.FILE, ("/usr/lib/postgresql/*/bin/initdb",), "every service test runs on it too"),
)


def ensure(needs: Sequence[Need]) -> bool:
    """Install what is missing, and say whether anything was; raises SetupError with the command when it may not."""
    missing = [need for need in needs if not need.is_there()]
    if not missing:
        return False
    for need in missing:
        say(f"      missing: {need.package} ({need.why})")
    install([need.package for need in missing])
    still = [need.package for need in missing if not need.is_there()]
    if still:
        raise SetupError(f"Installed, but still not to be found: {' '.join(still)}.")
    return True


def install(packages: Sequence[str]) -> None:
    """`apt-get install` as root or by a sudo that asks nothing; raises SetupError elsewhere."""
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    prefix = _root_prefix()
    if prefix is None:
        raise SetupError(f"Needed from the operating system. Please run:\n\n    sudo {' '.join(command)}\n")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run([*prefix, *command], env=quiet)
    except SetupError:  # most often an old or empty list of packages
        run([*prefix, "apt-get", "update"], env=quiet)
        run([*prefix, *command], env=quiet)


def _root_prefix() -> list[str] | None:
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n", "--preserve-env=DEBIAN_FRONTEND"]
    return None
