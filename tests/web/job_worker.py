"""A process that works: `python -m tests.web.job_worker FOLDER LEASE_SECONDS`.

It does jobs of the kind `paced`: says so in FOLDER/begun-<pid>, waits for FOLDER/go-<pid>, and records what it did in
the same transaction as its finish.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from core import audit, claims, config, jobs
from core.audit import Actor, Subject
from core.claims import Claim
from core.db import transaction
from tests.support.core_app import core_app
from web import logging
from web.jobs import Worker

FOLDER = Path(sys.argv[1])


@jobs.handles("paced")
def paced(claim: Claim, payload: dict[str, Any]) -> None:
    (FOLDER / f"begun-{os.getpid()}").touch()
    while not (FOLDER / f"go-{os.getpid()}").exists():
        time.sleep(0.01)
    with transaction():
        audit.record("cer_1", "test.done", actor=Actor("system", str(os.getpid())), subject=Subject("job", claim.id))
        claims.finish(claim)


@jobs.handles("quick")
def quick(claim: Claim, payload: dict[str, Any]) -> None:
    with transaction():
        audit.record("cer_1", "test.done", actor=Actor("system", str(os.getpid())), subject=Subject("job", claim.id))
        claims.finish(claim)


if __name__ == "__main__":
    logging.configure("INFO")
    worker = Worker(core_app(config.settings()), lease=timedelta(seconds=float(sys.argv[2])), tick_seconds=0.05)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    worker.start()
    sys.stdout.write("working\n")
    sys.stdout.flush()
    stopping.wait()
    worker.stop()
