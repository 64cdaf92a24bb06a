"""Claiming due rows of one table and working on them in a few threads, each claim kept alive meanwhile."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from core import claims
from core.claims import Claim, Claimable, ClaimLost, Failure
from core.db import db
from core.errors import Refusal
from core.jobs import Hopeless
from pdf.errors import PdfError

log = structlog.get_logger()

LONGEST = timedelta(minutes=10)  # after that a handler counts as stuck, and its claim is let go


@dataclass(frozen=True)
class Share:
    """Rows of one table that a lane does: of the kinds in `only` (or all) but those in `but`, `threads` at a time.

    `hands_over`: when the worker stops, other workers get what is not done yet, instead of its being waited for.
    """

    model: type[Claimable]
    do: Callable[[Claim], None]
    threads: int
    only: Callable[[], Collection[str] | None] = lambda: None
    but: Callable[[], Collection[str]] = lambda: ()
    longest: timedelta = LONGEST
    hands_over: bool = False
    stand_back: Callable[[], None] = lambda: None


class Keeper:
    """Renews the claims that are being worked on, from a thread of its own."""

    def __init__(self, app: Flask, *, every: timedelta) -> None:
        self._app = app
        self._every = every.total_seconds()
        self._held: dict[Claim, float] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="claim-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def hold(self, claim: Claim, longest: timedelta) -> None:
        with self._lock:
            self._held[claim] = time.monotonic() + longest.total_seconds()

    def release(self, claim: Claim) -> None:
        with self._lock:
            self._held.pop(claim, None)

    def _run(self) -> None:
        while not self._stopping.wait(self._every):
            with self._lock:
                held = list(self._held.items())
            for claim, until in held:
                self._renew(claim, until)

    def _renew(self, claim: Claim, until: float) -> None:
        if time.monotonic() > until:
            self.release(claim)
            log.error("claim.stuck", row=claim.id)
            return
        try:
            with self._app.app_context():
                claims.renew(claim)
        except ClaimLost:
            self.release(claim)  # taken over, or finished between our look and now: its finish says which
        except SQLAlchemyError as error:
            log.warning("claim.not_renewed", row=claim.id, error=type(error).__name__)


class Lane:
    """A share of the rows of one table, done in threads of its own, each in an application context."""

    def __init__(self, app: Flask, share: Share, *, worker: str, keeper: Keeper, lease: timedelta) -> None:
        self._app = app
        self._share = share
        self.model = share.model
        self._worker = worker
        self._keeper = keeper
        self._lease = lease
        self._name = share.model.__name__
        self._free = share.threads
        self._in_hand: set[Claim] = set()
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._stopping = False
        self._pool = ThreadPoolExecutor(share.threads, thread_name_prefix=f"work-{self._name}")
        self._thread = threading.Thread(target=self._run, name=f"claim-{self._name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def look(self) -> None:
        """There may be due rows; returns at once."""
        self._news.set()

    def stop(self) -> None:
        """Claim no more, and wait for what is being done, or for its handler to see that others do it."""
        self._stopping = True
        self._news.set()
        self._thread.join()
        if self._share.hands_over:
            self._hand_over()
        self._pool.shutdown(wait=True)

    def _hand_over(self) -> None:
        with self._lock:
            in_hand = list(self._in_hand)
        for claim in in_hand:
            self._keeper.release(claim)
            try:
                with self._app.app_context():
                    claims.hand_over(claim)
            except ClaimLost:
                pass  # it was done this moment
            except SQLAlchemyError as error:
                log.warning("work.not_handed_over", row=claim.id, error=type(error).__name__)

    def _run(self) -> None:
        while not self._stopping:
            self._news.wait()
            self._news.clear()
            try:
                while not self._stopping and self._claim():
                    pass
            except Exception as error:  # noqa: BLE001  the outer edge: the next tick tries again
                log.warning("work.claim_failed", table=self._name, error=type(error).__name__)

    def _claim(self) -> bool:
        """Claim as many rows as there are free threads; False where there is no thread or no row."""
        with self._lock:
            free = self._free
        if free == 0:
            return False
        share = self._share
        share.stand_back()
        with self._app.app_context():
            taken = claims.take(
                self.model, worker=self._worker, limit=free, lease=self._lease, only=share.only(), but=share.but()
            )
        for claim in taken:
            self._keeper.hold(claim, share.longest)
            with self._lock:
                self._free -= 1
                self._in_hand.add(claim)
            self._pool.submit(self._work, claim)
        return bool(taken)

    def _work(self, claim: Claim) -> None:
        try:
            self._attempt(claim)
        except ClaimLost:
            log.warning("work.claim_lost", table=self._name, row=claim.id, attempt=claim.attempts)
        except Exception:
            # The claim runs out by itself, and the row is taken again.
            log.exception("work.not_settled", table=self._name, row=claim.id)
        finally:
            self._keeper.release(claim)
            with self._lock:
                self._free += 1
                self._in_hand.discard(claim)
            self._news.set()

    def _attempt(self, claim: Claim) -> None:
        """Do the row, or write down why not; raises ClaimLost."""
        if claim.tries > self._most_attempts(claim):
            self._give_back(claim, "given up: every attempt ended without a word", "worker_died", retry=False)
            return
        try:
            with self._app.app_context():
                self._share.do(claim)
                self._check_finished(claim)
        except ClaimLost:
            raise
        except (Refusal, Hopeless) as error:
            log.error("work.refused", table=self._name, row=claim.id, error=str(error))
            self._give_back(claim, f"{type(error).__name__}: {error}", reason_of(error), retry=False)
        except Exception as error:
            log.exception("work.failed", table=self._name, row=claim.id, attempt=claim.attempts)
            self._give_back(claim, f"{type(error).__name__}: {error}", reason_of(error), retry=True)

    def _most_attempts(self, claim: Claim) -> int:
        if claim.tries <= claims.MAX_SILENT_ATTEMPTS:
            return claims.MAX_SILENT_ATTEMPTS
        with self._app.app_context():
            return claims.MAX_ATTEMPTS if claims.has_said(claim) else claims.MAX_SILENT_ATTEMPTS

    def _check_finished(self, claim: Claim) -> None:
        db.session.rollback()
        row = db.session.get_one(self.model, claim.id)
        if row.done_at is None and row.attempts == claim.attempts:
            raise RuntimeError("the handler returned without claims.finish")

    def _give_back(self, claim: Claim, error: str, reason: str, *, retry: bool) -> None:
        with self._app.app_context():
            claims.give_back(claim, error=error, reason=reason, retry=retry)


def reason_of(error: Exception) -> str:
    """The name of what failed, where it has one that people can be told; empty where only the log says more."""
    if isinstance(error, Failure):
        return error.reason
    if isinstance(error, Refusal | PdfError):
        return error.code
    return "disk_full" if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT} else ""
