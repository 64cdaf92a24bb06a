"""What browsers and PDFs are given: scripts and styles built by Node, fonts cut down for agreements."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.setup import stamps
from tools.setup.progress import ROOT, SetupError, run
from tools.setup.python import LOCKED, PIP, PYTHON, VENV

NODE_LOCK = ROOT / "requirements-node.lock"
OLDEST_NODE = 20
STATIC = ROOT / "static"
_PACKAGES = (ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc")
_SOURCES = (ROOT / "web" / "assets", ROOT / "tsconfig.json", ROOT / "tools" / "build_assets.mjs")
_FONTS = STATIC / "fonts" / "pdf"
_FONT_TOOLS = ("build_fonts", "build_script_fonts")
_FONT_SOURCES = (
    *(ROOT / "tools" / f"{name}.py" for name in _FONT_TOOLS),
    *(ROOT / "pdf" / f"{name}.py" for name in ("fonts", "scripts")),
)


def ensure() -> bool:
    """Make `static/` current; says whether there was anything to do."""
    return any([_ensure_assets(), _ensure_fonts()])


def _ensure_assets() -> bool:
    if not _PACKAGES[0].exists():
        return False
    packages = stamps.fingerprint(_PACKAGES)
    sources = stamps.fingerprint([*_PACKAGES, *_SOURCES])
    has_modules = (ROOT / "node_modules" / ".package-lock.json").exists() and stamps.is_done("node_modules", packages)
    if has_modules and STATIC.is_dir() and stamps.is_done("static", sources):
        return False
    env = node_environment()
    if not has_modules:
        # --ignore-scripts: no package runs code of its own while it is installed.
        run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], env=env)
        stamps.mark_done("node_modules", packages)
    run(["npm", "run", "build"], env=env)
    stamps.mark_done("static", sources)
    return True


def _ensure_fonts() -> bool:
    if not _FONT_SOURCES[0].exists():
        return False
    wanted = stamps.fingerprint(_FONT_SOURCES)
    if (_FONTS / "scripts").is_dir() and stamps.is_done("fonts", wanted):
        return False
    for name in _FONT_TOOLS:
        run([PYTHON, "-m", f"tools.{name}"])
    stamps.mark_done("fonts", wanted)
    return True


def node_environment() -> dict[str, str]:
    """PATH on which `node` and `npm` are new enough: the machine's, or else a copy from PyPI inside `.venv`."""
    ours = VENV / "bin"
    if not _is_new_enough(shutil.which("node"), shutil.which("npm")):
        if not _is_new_enough(ours / "node", ours / "npm"):
            _install_node()
        return {"PATH": f"{ours}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    return {"PATH": os.environ.get("PATH", os.defpath)}


def _is_new_enough(node: str | Path | None, npm: str | Path | None) -> bool:
    if not node or not npm or not Path(node).exists() or not Path(npm).exists():
        return False
    seen = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.", seen.stdout)
    return version is not None and int(version[1]) >= OLDEST_NODE


def _install_node() -> None:
    run([*PIP, *LOCKED, "--only-binary", ":all:", "-r", NODE_LOCK])
    if not _is_new_enough(VENV / "bin" / "node", VENV / "bin" / "npm"):
        raise SetupError(f"Node {OLDEST_NODE} or newer is needed and the copy from PyPI does not start here.")
