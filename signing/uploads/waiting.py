"""Waiting a moment for what becomes of a file: most have a page or two, and are done before anybody looks twice."""

from __future__ import annotations

from threading import Event
from time import monotonic

from core import wake
from core.db import db
from signing.uploads import queries

_LOOK_SECONDS = 0.25  # what other processes commit is seen by looking


def wait_for_end(arrival: queries.ArrivalView, *, seconds: float) -> queries.ArrivalView | None:
    """The file as it is when it was refused or time is up; None when it was taken, or is no longer the newest."""
    heard = Event()
    deaf = wake.listen(wake.LIVE, heard.set)
    try:
        deadline = monotonic() + seconds
        while True:
            now = queries.find_arrival(arrival.agreement_id)
            db.session.rollback()
            left = deadline - monotonic()
            if now is None or now.id != arrival.id:
                return None
            if not now.is_arriving or left <= 0:
                return now
            heard.wait(min(left, _LOOK_SECONDS))
            heard.clear()
    finally:
        deaf()
