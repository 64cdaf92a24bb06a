"""Two and ten signers at the same moment on one file: each has exactly one signature in it. And what goes wrong without
each of the two guards."""

from __future__ import annotations

import io
import itertools
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import select

from core import config, storage
from core.db import db
from pdf.verify import verify_pdf
from signing.agreements import preparing, queries, rules, signing
from signing.agreements.models import Agreement
from signing.agreements.rules import AgreementState, SignerState
from signing.trust import service as trust
from tests.signing.agreements import at_once
from tests.support import core_app, quick
from tests.support.forks import ForkedProcesses
from tests.support.quick import Quick, QuickWorld


@pytest.fixture
def ten(quick_world: QuickWorld, database_kind: str, data_dir: Path) -> Iterator[Quick]:
    """Ten people with the pen in hand."""
    with quick_world.at("entered", database_kind, data_dir, parties=10, follow=0) as world:
        yield world


def final_file(world: Quick) -> bytes:
    db.session.remove()
    agreement = queries.get_agreement(world.first)
    assert agreement.state is AgreementState.COMPLETED
    return storage.read(agreement.head_digest or "")


def fields_signed(pdf: bytes) -> list[str]:
    """The fields that hold a signature, as pyHanko sees them, the platform's own left out."""
    reader = PdfFileReader(io.BytesIO(pdf))
    return sorted(each.field_name for each in reader.embedded_signatures if each.field_name.startswith("sign_"))


def check_everybody_signed_once(world: Quick, folder: Path) -> None:
    pdf = final_file(world)
    wanted = sorted(f"sign_{key}" for key in world.people)
    assert fields_signed(pdf) == wanted
    verdict = verify_pdf(pdf, name="final.pdf", anchors=trust.trust().anchors)
    # Without the last revision the file is not finished, but every signature in it must hold.
    assert sorted(each.field for each in verdict.signatures if each.field.startswith("sign_")) == wanted
    assert {str(each.verdict) for each in verdict.signatures} == {"TOTAL-PASSED"}
    file = folder / "final.pdf"
    file.write_bytes(pdf)
    told = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
    assert told.count("Signature is Valid.") == len(wanted) + 1, told
    signers = queries.get_agreement(world.first).signers
    assert sorted(signer.signed_revision or 0 for signer in signers) == list(range(1, len(wanted) + 1))
    kept = [
        storage.read(signer.signed_digest or "") for signer in sorted(signers, key=lambda s: s.signed_revision or 0)
    ]
    assert all(after.startswith(before) for before, after in itertools.pairwise(kept))
    assert kept[-1] == pdf


def test_two_signers_at_the_same_moment_both_sign(quick_world: QuickWorld, database_kind: str, data_dir: Path) -> None:
    with quick_world.at("entered", database_kind, data_dir, parties=2, follow=0) as world:
        answers = at_once.sign_at_once(world.app, world.people.values(), world.first)
        assert sorted(signed.revision for signed, _ in answers) == [1, 2]
        assert sorted(tries for _, tries in answers) == [1, 2]  # they did meet, and one prepared again by itself
        check_everybody_signed_once(world, data_dir)


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", ["sqlite"])  # below, five threads in each of two processes, on both
def test_ten_signers_at_the_same_moment_all_sign(ten: Quick, data_dir: Path) -> None:
    answers = at_once.sign_at_once(ten.app, ten.people.values(), ten.first)
    assert sorted(signed.revision for signed, _ in answers) == list(range(1, 11))
    assert max(tries for _, tries in answers) > 1
    check_everybody_signed_once(ten, data_dir)


@pytest.mark.slow
def test_ten_signers_in_two_processes_all_sign(
    ten: Quick, tmp_path: Path, processes: ForkedProcesses, data_dir: Path
) -> None:
    people = list(ten.people.values())
    for person in people:
        at_once.save_key(person, tmp_path)
    environment = core_app.environment(config.settings())
    started = [
        processes.fork(
            "tests.signing.agreements.at_once",
            tmp_path,
            ten.first,
            *(person.seat_id for person in half),
            env=environment,
        )
        for half in (people[:5], people[5:])
    ]
    for process in started:
        process.wait_ready(lambda process=process: process.output().count("ready") == 5, 60)
    (tmp_path / "go").touch()
    assert [process.wait(120) for process in started] == [0, 0], [process.output() for process in started]
    check_everybody_signed_once(ten, data_dir)


def test_without_the_comparison_a_signature_is_lost(entered: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pair of the tests above: all the same, but nobody looks whether the head has moved."""
    monkeypatch.setattr(rules, "check_head", lambda **_: None)
    answers = at_once.sign_at_once(entered.app, entered.people.values(), entered.first)
    assert len(answers) == 3
    agreement = queries.get_agreement(entered.first)
    assert {signer.state for signer in agreement.signers} == {SignerState.SIGNED}
    assert len(fields_signed(storage.read(agreement.head_digest or ""))) < 3


def test_without_the_row_lock_a_signature_is_lost(
    quick_world: QuickWorld, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL: two who read the same head compare it successfully, and the later one writes over the other.

    On SQLite the lock is BEGIN IMMEDIATE; tests/core/test_db.py has its pair.
    """
    barrier = threading.Barrier(2, timeout=60)
    appending = threading.local()

    def take_without_lock(agreement_id: str) -> Agreement:
        found = db.session.execute(
            select(Agreement).filter_by(id=agreement_id).execution_options(populate_existing=True)
        ).scalar_one()
        if getattr(appending, "now", False):
            appending.now = False
            barrier.wait()
        return found

    real = signing._append

    def append(*args: object, **options: object) -> preparing.Signed:
        appending.now = True
        return real(*args, **options)  # type: ignore[arg-type]

    with quick_world.at("entered", "postgresql", data_dir, parties=2, follow=0) as world:
        monkeypatch.setattr(queries, "take_agreement", take_without_lock)
        monkeypatch.setattr(signing, "_append", append)
        answers = at_once.sign_at_once(world.app, world.people.values(), world.first)
        assert [tries for _, tries in answers] == [1, 1]
        agreement = queries.get_agreement(world.first)
        assert {signer.state for signer in agreement.signers} == {SignerState.SIGNED}
        assert len(fields_signed(storage.read(agreement.head_digest or ""))) == 1


def test_one_who_sends_the_same_act_ten_times_at_once_signs_once(entered: Quick) -> None:
    person = next(iter(entered.people.values()))
    answers = at_once.sign_at_once(entered.app, [person] * 10, entered.first)
    assert len({signed for signed, _ in answers}) == 1
    assert quick.prepare(person, entered.first) == answers[0][0]
    agreement = queries.get_agreement(entered.first)
    assert agreement.head_revision == 1
    assert fields_signed(storage.read(agreement.head_digest or "")) == ["sign_party_a"]


def test_the_server_s_key_signs_once_however_often_it_is_asked_at_once(entered: Quick) -> None:
    person = next(iter(entered.people.values()))
    barrier = threading.Barrier(4, timeout=60)

    def ask() -> preparing.Signed:
        with entered.app.app_context():
            barrier.wait()
            return signing.sign_with_server_key(
                person.seat_id, entered.first, idempotency_key="one-act", appearance=quick.typed(person), address=""
            )

    with ThreadPoolExecutor(4) as pool:
        answers = {future.result(timeout=60) for future in [pool.submit(ask) for _ in range(4)]}
    assert [(each.revision, each.key_custody) for each in answers] == [(1, "server")]
    agreement = queries.get_agreement(entered.first)
    assert fields_signed(storage.read(agreement.head_digest or "")) == ["sign_party_a"]
