"""A process that works off every due job: `python -m tests.core.claim_worker claims|naive FILE START`.

Each row that it was given is one line of FILE. `naive` looks for open rows and marks them afterwards, as one would
without claims. It begins when START exists, so that several begin together.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from sqlalchemy import select, update

from core import claims, clock, config
from core.db import db, transaction
from core.jobs import Job
from tests.support.core_app import core_app


def work_with_claims() -> list[str]:
    taken = claims.take(Job, worker=str(os.getpid()), limit=5)
    for claim in taken:
        with transaction():
            claims.finish(claim)
    return [claim.id for claim in taken]


def work_naively() -> list[str]:
    found = list(db.session.scalars(select(Job.id).where(Job.done_at.is_(None)).order_by(Job.due_at, Job.id).limit(5)))
    with transaction():
        db.session.execute(update(Job).where(Job.id.in_(found)).values(done_at=clock.now()))
    return found


if __name__ == "__main__":
    work = {"claims": work_with_claims, "naive": work_naively}[sys.argv[1]]
    app = core_app(config.settings())
    Path(sys.argv[2]).touch()  # ready
    while not Path(sys.argv[3]).exists():
        time.sleep(0.005)
    with Path(sys.argv[2]).open("a") as log:
        while True:
            with app.app_context():
                done = work()
            if not done:
                break
            log.writelines(f"{one}\n" for one in done)
