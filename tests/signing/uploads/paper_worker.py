"""A worker that takes papers in: `python -m tests.signing.uploads.paper_worker FOLDER`.

It says so in FOLDER/begun-<pid> when a paper's first page is looked at, and goes on when FOLDER/go-<pid> is there.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from core import config
from pdf.progress import Progress, Step
from web import logging
from web.app import create_app
from web.jobs import Worker

FOLDER = Path(sys.argv[1])


def pace(progress: Progress, step: Step, pages: int = 0) -> None:
    really(progress, step, pages)
    if step is Step.LOOKING:
        (FOLDER / f"begun-{os.getpid()}").touch()
        while not (FOLDER / f"go-{os.getpid()}").exists() and not progress.is_stopped:
            threading.Event().wait(0.01)


really = Progress.begin

if __name__ == "__main__":
    logging.configure("INFO")
    Progress.begin = pace  # type: ignore[assignment, method-assign]
    worker = Worker(create_app(config.settings()), tick_seconds=0.05)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    worker.start()
    sys.stdout.write("working\n")
    sys.stdout.flush()
    stopping.wait()
    worker.stop()
