"""The worker: does the rows of core.jobs and core.outbox, in this process, with any number of others beside it.

APScheduler is the clock only. What is due is claimed in the database (core.claims), so it does not matter how many
clocks tick; a claim is kept alive while its work goes on and runs out when the process dies.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from datetime import timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from core import claims, clock, ids, jobs, limits, live, outbox, wake
from core.claims import Claim
from core.db import db, transaction
from core.jobs import Job
from core.outbox import OutboxMessage
from web import mail, workers
from web.lanes import Keeper, Lane, Share

log = structlog.get_logger()

TICK_SECONDS = 0.5  # how soon rows of other processes, and rows whose time has come, are seen
ASK_SECONDS = 20  # how often the periodic work is looked at
JOB_THREADS = 2
SLOW_THREADS = 2  # papers that hosts bring along: each has a child that may take a gigabyte
LONGEST_SLOW = timedelta(minutes=75)  # what a paper of 300 pages may take on the clock at the most (pdf.intake)
MAIL_THREADS = 2  # of their own, so that a slow mail server does not hold up the sealing
MANY_THREADS = 2  # invitations by the thousand: no code and no confirmation waits behind them
TELL_SECONDS = 1  # how often what changes often, such as a count, is told
KEEP_PERIODIC = timedelta(days=7)


class Worker:
    """Background work of one process: `start` returns at once, `stop` waits for what is being done."""

    def __init__(
        self,
        app: Flask,
        *,
        lease: timedelta = claims.LEASE,
        tick_seconds: float = TICK_SECONDS,
        stand_back: Callable[[], None] = lambda: None,
    ) -> None:
        """`stand_back` waits for a moment in which mails keep nobody from a page of this process."""
        self._app = app
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{ids.secret()[:8]}"
        self._keeper = Keeper(app, every=lease / 3)
        shares = (
            Share(Job, do_job, JOB_THREADS, but=jobs.slow_kinds),
            Share(Job, do_job, SLOW_THREADS, only=jobs.slow_kinds, longest=LONGEST_SLOW, hands_over=True),
            Share(OutboxMessage, mail.deliver, MAIL_THREADS, but=outbox.kinds_to_many, stand_back=stand_back),
            Share(OutboxMessage, mail.deliver, MANY_THREADS, only=outbox.kinds_to_many, stand_back=stand_back),
        )
        self._lanes = [Lane(app, share, worker=self.name, keeper=self._keeper, lease=lease) for share in shares]
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._clock = BackgroundScheduler(timezone="UTC")
        self._clock.add_job(self.look, "interval", seconds=tick_seconds, coalesce=True, max_instances=1)
        self._clock.add_job(self.ask_periodic, "interval", seconds=ASK_SECONDS, coalesce=True, max_instances=1)
        self._clock.add_job(self.tell, "interval", seconds=TELL_SECONDS, coalesce=True, max_instances=1)
        self._not_telling: set[str] = set()
        self._deafen: Callable[[], None] = lambda: None
        self._presence: workers.Presence | None = None

    def start(self) -> None:
        """Begin to work: at once on what this process commits, at the next tick on what others do."""
        self._presence = workers.Presence(self.name)
        self._free_dead()
        self._deafen = wake.listen(wake.WORK, self.look)
        self._keeper.start()
        for lane in self._lanes:
            lane.start()
        self._clock.start()
        self.ask_periodic()
        self.look()

    def stop(self) -> None:
        """Claim no more, finish what was begun."""
        self._deafen()
        self._clock.shutdown(wait=True)
        for lane in self._lanes:
            lane.stop()
        self._keeper.stop()
        if self._presence is not None:
            self._presence.leave()

    def _free_dead(self) -> None:
        """What killed workers of this data folder had in hand may be taken at once."""
        dead = workers.list_dead()
        if not dead:
            return
        with self._app.app_context(), transaction():
            for lane in self._lanes:
                for name in dead:
                    claims.free(lane.model, worker=name)
        for name in dead:
            workers.forget(name)
        log.warning("work.took_over", workers=dead)

    def look(self) -> None:
        """There may be due rows."""
        for lane in self._lanes:
            lane.look()

    def ask_periodic(self) -> None:
        """Ask for the periodic work of the current slots; of all processes that ask, one row comes."""
        try:
            with self._app.app_context():
                jobs.ask_periodic()
        except SQLAlchemyError as error:
            log.warning("work.periodic_not_asked", error=type(error).__name__)

    def tell(self) -> None:
        """Have the live channels hear of counts that changed; one that fails keeps no other from telling."""
        for teller in live.list_tellers():
            name = f"{teller.__module__}.{teller.__qualname__}"
            try:
                with self._app.app_context():
                    teller()
            except Exception as error:  # noqa: BLE001  the outer edge: in a second it is called again
                if name not in self._not_telling:
                    log.warning("work.not_told", teller=name, error=type(error).__name__)
                self._not_telling.add(name)
            else:
                if name in self._not_telling:
                    log.info("work.told_again", teller=name)
                self._not_telling.discard(name)


def do_job(claim: Claim) -> None:
    """Call the handler of a claimed job."""
    row = db.session.get_one(Job, claim.id)
    kind, payload = row.kind, row.payload
    db.session.rollback()
    jobs.handler_of(kind)(claim, payload)


@jobs.repeats("housekeeping", every=timedelta(hours=1))
def keep_house(claim: Claim, _payload: dict[str, object]) -> None:
    """Forget what nobody asks for any more."""
    with transaction():
        live.forget_old()
        limits.forget_old()
        jobs.forget_periodic(before=clock.now() - KEEP_PERIODIC)
        claims.finish(claim)
