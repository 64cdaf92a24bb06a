"""Two requests at once make one row, of a device's trial and of the server's look; and what goes wrong without care."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from core import clock
from core.db import db
from core.errors import Conflict
from pdf import sign as pdf_sign
from signing.preflight import queries, service, trial_service
from signing.preflight.models import SeatTrial, ServerCheck
from signing.preflight.service import Looker
from signing.seats import queries as seats
from tests.support.databases import POSTGRESQL
from tests.support.quick import Quick, QuickWorld

PHONE = Looker("phone", "link", is_proved=False)


@pytest.fixture
def on_postgresql(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("invited", POSTGRESQL, data_dir) as world:
        yield world


def request() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    return made.public_bytes(Encoding.DER)


def at_once(world: Quick, act: Callable[[], object]) -> list[BaseException | None]:
    """The same act in two threads; what each was told."""
    db.session.remove()

    def do(_: int) -> BaseException | None:
        with world.app.app_context():
            try:
                act()
            except IntegrityError as wrong:
                db.session.rollback()
                return wrong
            finally:
                db.session.remove()
        return None

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(do, range(2)))


def count(model: Any) -> int:
    found = db.session.scalar(select(func.count()).select_from(model)) or 0
    db.session.rollback()
    return found


def meeting(act: Callable[..., Any]) -> Callable[..., Any]:
    """The act, gone on with once two have come this far."""
    both = threading.Barrier(2, timeout=60)

    def meet(*args: Any) -> Any:
        found = act(*args)
        both.wait()
        return found

    return meet


def test_two_requests_of_a_device_make_one_trial(invited: Quick) -> None:
    seat_id = invited.people["party_a"].seat_id
    start = threading.Barrier(2, timeout=60)

    def certify() -> None:
        start.wait()
        trial_service.certify(seat_id, request(), by=PHONE)

    assert at_once(invited, certify) == [None, None]
    assert count(SeatTrial) == 1


def test_without_the_seats_lock_one_of_them_meets_an_error(
    on_postgresql: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite lets one unit of work write at a time, whatever it takes: there the lock is never missed."""
    seat_id = on_postgresql.people["party_a"].seat_id
    trial_service.certify(seat_id, request(), by=Looker("another", "link", is_proved=True))
    monkeypatch.setattr(seats, "take_seat", lambda _: None)
    find = queries.find_trial
    meet = meeting(lambda found: found)

    def find_together(seat: str, device: str) -> SeatTrial | None:
        found = find(seat, device)
        in_transaction = getattr(places, "counted", False)
        places.counted = True
        return meet(found) if in_transaction else found

    places = threading.local()
    monkeypatch.setattr(queries, "find_trial", find_together)
    told = at_once(on_postgresql, lambda: trial_service.certify(seat_id, request(), by=PHONE))
    assert sorted(type(each).__name__ for each in told) == ["IntegrityError", "NoneType"]


def begun(world: Quick) -> tuple[str, ec.EllipticCurvePrivateKey]:
    seat_id, key = world.people["party_a"].seat_id, ec.generate_private_key(ec.SECP256R1())
    made = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    trial_service.certify(seat_id, made.public_bytes(Encoding.DER), by=PHONE)
    db.session.remove()
    return seat_id, key


def signed_by(world: Quick, seat_id: str, key: ec.EllipticCurvePrivateKey) -> Callable[[], None]:
    """What the browser's test signature does when it comes, in a thread of its own."""
    paper = trial_service.prepare(seat_id, by=PHONE)
    raw = pdf_sign.sign_attributes(key, paper.attributes)
    db.session.remove()

    def finish() -> None:
        with world.app.app_context():
            trial_service.finish(seat_id, raw, by=PHONE)
            db.session.remove()

    def meanwhile() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(finish).result(timeout=60)

    return meanwhile


def test_what_is_signed_while_it_is_prepared_anew_is_refused_by_name(
    invited: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat_id, key = begun(invited)
    finish, put = signed_by(invited, seat_id, key), trial_service.storage.put

    def put_late(content: bytes) -> str:
        finish()
        return put(content)

    monkeypatch.setattr(trial_service.storage, "put", put_late)
    with pytest.raises(Conflict) as refused:
        trial_service.prepare(seat_id, by=PHONE)
    db.session.rollback()
    assert refused.value.code == "trial_not_begun"
    assert count(SeatTrial) == 0


def test_without_the_trials_lock_it_meets_an_error(on_postgresql: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    seat_id, key = begun(on_postgresql)
    finish, done = signed_by(on_postgresql, seat_id, key), threading.Event()

    def find_unlocked(seat: str, device: str) -> SeatTrial | None:
        found = db.session.get(SeatTrial, (seat, device))
        if not done.is_set():
            done.set()
            finish()
        return found

    monkeypatch.setattr(queries, "take_trial", find_unlocked)
    # Another instant: in the same second the paper would be the same, and nothing be written.
    with clock.frozen(clock.now() + timedelta(minutes=1)), pytest.raises(StaleDataError):
        trial_service.prepare(seat_id, by=PHONE)
    db.session.rollback()


def test_a_paper_that_was_prepared_anew_waits_for_its_own_signature(
    invited: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signature of the paper before is good, and does not take the new one away."""
    seat_id, key = begun(invited)
    finish, verify = signed_by(invited, seat_id, key), trial_service.verify_pdf

    def verify_late(*args: Any, **more: Any) -> Any:
        found = verify(*args, **more)
        with invited.app.app_context(), clock.frozen(clock.now() + timedelta(minutes=1)):
            trial_service.prepare(seat_id, by=PHONE)
            db.session.remove()
        return found

    monkeypatch.setattr(trial_service, "verify_pdf", verify_late)
    finish()
    assert count(SeatTrial) == 1


def test_two_hosts_who_ask_the_server_at_once_have_one_look(invited: Quick) -> None:
    start = threading.Barrier(2, timeout=60)

    def ask() -> None:
        start.wait()
        service.ask_server("org", ceremony_id=invited.id)

    assert at_once(invited, ask) == [None, None]
    assert count(ServerCheck) == 1


def test_a_row_that_is_looked_for_before_it_is_made_meets_an_error(
    on_postgresql: Quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet = meeting(lambda: None)

    def insert_where_none_was_seen(model: Any, **values: Any) -> None:
        seen = db.session.get(model, values["id"])
        meet()
        if seen is None:
            db.session.add(model(**values))
            db.session.flush()

    monkeypatch.setattr(service, "insert_missing", insert_where_none_was_seen)
    told = at_once(on_postgresql, lambda: service.ask_server("org", ceremony_id=on_postgresql.id))
    assert sorted(type(each).__name__ for each in told) == ["IntegrityError", "NoneType"]
