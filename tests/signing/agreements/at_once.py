"""Signers who press the button at the same moment: threads with application contexts of their own, or processes.

As a process: `python -m tests.signing.agreements.at_once FOLDER AGREEMENT SEAT…`, each seat's key in FOLDER/SEAT.pem.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from flask import Flask

from core.db import db
from core.errors import Conflict
from signing.agreements import preparing
from tests.support import quick
from tests.support.ceremony import Person
from tests.support.waiting import wait_until


def sign_as_a_browser_does(
    app: Flask, person: Person, agreement_id: str, wait: Callable[[], object], tries: int = 60
) -> tuple[preparing.Signed, int]:
    """Prepare, wait for the moment, finish; again by itself while others are faster. Any other refusal is raised.

    One appearance and one idempotency key for all tries: the person is asked for nothing.
    """
    with app.app_context():
        for attempt in range(1, tries + 1):
            found = quick.prepare(person, agreement_id)
            db.session.remove()
            if isinstance(found, preparing.Signed):
                return found, attempt
            if attempt == 1:
                wait()
            try:
                return quick.finish(person, found), attempt
            except Conflict as refused:
                if refused.code != "revision_moved":
                    raise
            finally:
                db.session.remove()
    raise AssertionError(f"{person.party} had no luck in {tries} tries")


def sign_at_once(app: Flask, people: Iterable[Person], agreement_id: str) -> list[tuple[preparing.Signed, int]]:
    """All of them, each in a thread; returns what each was told and after how many tries."""
    crowd = list(people)
    barrier = threading.Barrier(len(crowd), timeout=60)
    with ThreadPoolExecutor(len(crowd)) as pool:
        futures = [pool.submit(sign_as_a_browser_does, app, each, agreement_id, barrier.wait) for each in crowd]
        return [future.result(timeout=120) for future in futures]


def save_key(person: Person, folder: Path) -> None:
    """For the process that plays this person."""
    pem = person.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{person.seat_id}.pem").write_bytes(pem)


def _load(seat_id: str, folder: Path) -> Person:
    key = load_pem_private_key((folder / f"{seat_id}.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Person(seat_id, seat_id, key)


def main(folder: Path, agreement_id: str, seats: list[str]) -> None:
    from web.app import create_app

    app = create_app()
    people = [_load(seat_id, folder) for seat_id in seats]
    gate = threading.Barrier(len(people), timeout=60)

    def wait() -> None:
        gate.wait()
        print("ready", flush=True)  # noqa: T201
        wait_until((folder / "go").exists, 60, what="go")

    with ThreadPoolExecutor(len(people)) as pool:
        for future in [pool.submit(sign_as_a_browser_does, app, each, agreement_id, wait) for each in people]:
            signed, tries = future.result(timeout=120)
            print("signed", signed.revision, tries, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
