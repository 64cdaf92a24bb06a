"""`make lock`: the versions that everybody gets, with hashes and with no host named.

Choosing versions is the moment when packages are trusted; installing afterwards only checks hashes. ARGS are uv's,
for example --upgrade or --upgrade-package flask.
"""

from __future__ import annotations

import sys

from tools.setup.pages import NODE_LOCK
from tools.setup.progress import ROOT, SetupError, run, say
from tools.setup.python import DEV_LOCK, PIP, PYTHON, RUN_LOCK, UV_LOCK

# The lock serves every supported Python, so it is made for the oldest one with markers for the others.
_COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"),
)
_UV = ROOT / "tools" / "requirements-uv.in"
_NODE = ROOT / "tools" / "requirements-node.in"


def main(arguments: list[str]) -> int:
    run([*PIP, "--quiet", "uv"])
    uv = [str(PYTHON), "-m", "uv", *_COMPILE, *arguments]
    project = ROOT / "pyproject.toml"
    try:
        run([*uv, "--extra", "build", "--output-file", RUN_LOCK, project])
        run([*uv, "--extra", "build", "--extra", "dev", "-c", RUN_LOCK, "--output-file", DEV_LOCK, project])
        run([*uv, "--output-file", NODE_LOCK, _NODE])
        run([*uv, "--output-file", UV_LOCK, _UV])
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    for lock in (RUN_LOCK, DEV_LOCK, NODE_LOCK, UV_LOCK):
        packages = [line for line in lock.read_text().splitlines() if "==" in line and not line.startswith(" ")]
        say(f"{lock.name}: {len(packages)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
