"""A process of its own that adds entries to one chain: `python -m tests.core.audit_writer CHAIN COUNT NAME`."""

from __future__ import annotations

import sys

from core import audit, config
from core.audit import Actor, Subject
from core.db import transaction
from tests.support.core_app import core_app

if __name__ == "__main__":
    chain, count, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    app = core_app(config.settings())
    for number in range(count):
        with app.app_context(), transaction():
            audit.record(chain, "test.act", actor=Actor("account", name), subject=Subject("test", str(number)))
