"""A process that publishes updates: `python -m tests.web.publisher CHANNEL COUNT`."""

from __future__ import annotations

import sys

from core import config, live
from core.db import transaction
from tests.support.core_app import core_app

if __name__ == "__main__":
    app = core_app(config.settings())
    for number in range(int(sys.argv[2])):
        with app.app_context(), transaction():
            live.publish(sys.argv[1], "test", number=number)
