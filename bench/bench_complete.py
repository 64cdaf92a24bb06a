"""From the last of ten signatures to the kept B-LTA file: the real job, with a timestamp authority on loopback.

The job asks the issuers of the authority's certificates, seals, and verifies the whole file before it is kept. The
authority is a server of ours with keys of its own, below roots that this installation is told of.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from flask import Flask

from accounts import staff
from bench.common import Result, milliseconds
from core import claims, storage
from core.db import db, transaction
from core.jobs import Job
from pdf.verify import Indication, Level, verify_pdf
from signing.agreements import preparing
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.agreements.rules import AgreementState, DrawnOrTyped
from signing.ceremonies import inviting
from signing.seals import demo
from signing.trust import service as trust
from tests.support import ceremony, quick
from tests.support.ceremony import HOST, Played
from web import migrate, own_server
from web.jobs import do_job

SIGNERS = 10
LONGEST_SECONDS = 1.5
_AGREEMENTS = 3


@dataclass(frozen=True)
class _Completions:
    """Seconds of each completion, by the wall and of the processor; the last file, and milliseconds to verify it."""

    seconds: Sequence[float]
    worked: Sequence[float]
    pdf: bytes
    judged: float

    def result(self, name: str) -> Result:
        """Processor time tells of a busy machine: there the wall clock measures the others."""
        note = (
            f"median of {len(self.seconds)}, slowest {max(self.seconds):.2f} s; "
            f"processor {statistics.median(self.worked):.2f} s; "
            f"{len(self.pdf) / 1e6:.2f} MB, verified in {self.judged:.0f} ms of it"
        )
        return Result(name, statistics.median(self.seconds), "s", limit=LONGEST_SECONDS, note=note)


def run() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder, _installation(Path(folder)) as app, app.app_context():
        with transaction():
            organisation_id = staff.add_organisation("样例单位")
        plain = _complete(organisation_id, seals=False)
        sealed = _complete(organisation_id, seals=True)
    return [
        plain.result(f"complete {SIGNERS} signers to B-LTA, verified, loopback authority"),
        sealed.result("the same with ten specimen seals on every edge"),
    ]


@contextmanager
def _installation(folder: Path) -> Iterator[Flask]:
    """Our application, and beside it the server that gives the time."""
    port = own_server.free_port()
    with own_server.running(folder / "authority", port=port) as authority:
        roots = folder / "authority.pem"
        roots.write_bytes(requests.get(f"{authority.url}/pki/anchors.pem", timeout=30).content)
        data = folder / "data"
        data.mkdir(mode=0o700)
        values: dict[str, Any] = {
            "demo": True,
            "organisation": "Bench",  # the authority is a stranger: its names are others
            "tsa_urls": (f"{authority.url}/tsa",),
            "tsa_anchors": roots,
            "tsa_revocation_hosts": (f"{own_server.LOOPBACK}:{port}",),
        }
        url = f"sqlite:///{data / 'bench.sqlite3'}"
        migrate.upgrade(ceremony.settings_for(url, data, **values))
        app = ceremony.make_app(url, data, **values)
        try:
            yield app
        finally:
            ceremony.close_app(app)


def _complete(organisation_id: str, *, seals: bool) -> _Completions:
    played = _invited(organisation_id, seals=seals)
    for person in played.people.values():
        ceremony.enter(person)
    for agreement_id in played.agreements.values():
        for person in played.people.values():
            _sign(person, agreement_id, seal=seals)
    seconds, worked = zip(*(_seal_next() for _ in played.agreements), strict=True)
    found = [agreements.get_agreement(each) for each in played.agreements.values()]
    assert all(each.state is AgreementState.SEALED for each in found), [each.state for each in found]
    pdf = storage.read(found[-1].head_digest or "")
    judged = milliseconds(lambda: _judge(pdf), times=5, warm=1)
    ceremony.do_jobs()  # certificates and kits: the next ones must not stand behind them
    return _Completions(seconds, worked, pdf, judged)


def _invited(organisation_id: str, *, seals: bool) -> Played:
    """Agreements between all ten, really printed."""
    plan = quick.plan(parties=SIGNERS, follow=0)
    [main] = plan["agreements"]
    several = [{**main, "key": f"agreement_{n}", "title": f"样例协议{n}"} for n in range(_AGREEMENTS)]
    played = quick.draft({**plan, "agreements": several, "demo": True}, organisation_id)
    if seals:
        demo.give_demo_seals(played.ceremony_id, by=HOST)
    inviting.print_and_invite(played.ceremony_id, by=HOST)
    ceremony.do_jobs()
    return played


def _sign(person: ceremony.Person, agreement_id: str, *, seal: bool) -> None:
    for page in range(1, agreements.get_agreement(agreement_id).page_count + 1):
        agreement_service.note_read(person.seat_id, agreement_id, page, address=ceremony.ADDRESS)
    look = DrawnOrTyped(drawing=ceremony.drawing(), typed="", seal=seal)
    prepared = quick.prepare(person, agreement_id, key=f"{person.seat_id}-{agreement_id}", appearance=look)
    assert isinstance(prepared, preparing.Preparation)
    quick.finish(person, prepared)
    db.session.remove()


def _seal_next() -> tuple[float, float]:
    """Seconds from looking for the work to its last commit, by the wall and of processor time."""
    begun, worked = time.perf_counter(), time.process_time()
    [claim] = claims.take(Job, worker="bench")
    do_job(claim)
    taken = time.perf_counter() - begun, time.process_time() - worked
    assert db.session.get_one(Job, claim.id).kind == agreement_service.SEAL
    db.session.remove()
    return taken


def _judge(pdf: bytes) -> None:
    verdict = verify_pdf(pdf, name="bench.pdf", anchors=trust.published_anchors())
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    persons = [each for each in verdict.signatures if each.level is not Level.DOCUMENT_TIMESTAMP]
    assert [each.level for each in persons] == [Level.B_LTA] * (SIGNERS + 1), [each.level for each in persons]
