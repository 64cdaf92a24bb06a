"""`python -m tools.npm …`: npm with the Node that set-up found or brought."""

from __future__ import annotations

import os
import sys

from tools.setup.pages import node_environment

if __name__ == "__main__":
    environment = {**os.environ, **node_environment()}
    os.execvpe("npm", ["npm", *sys.argv[1:]], environment)  # noqa: S606  (no shell is the point)
