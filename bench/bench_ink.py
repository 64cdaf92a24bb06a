"""How soon those who watch have a stroke: six seats draw at once, 500 and 5,000 viewers.

Timed is from before the POST of a batch until a viewer has it: access, who may sign, the bounds, the commit, reading of
the stream, the way out to everybody. The server is one process with its pages and streams; what draws sends as the
signer's page does, a batch each 60 ms at the most, one at a time.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flask import Flask

from accounts import staff
from bench import ink_readers
from bench.common import Result, percentile
from core import clock, tokens
from core.config import Settings
from core.db import db, transaction
from signing.ink import queries as ink
from tests.support import ceremony, quick
from tests.support.ceremony import Person
from tests.support.pages import csrf_token
from web import migrate, own_server
from web.app import create_app

SEATS = 6
SECONDS = 6.0
PACE = 0.06
POINTS = 8
TIMED = 500  # of more viewers, only so many are looked at: the others would measure the one that looks
LIMIT_MS = 250.0
_FIRST = re.compile(rb'"parts":\[\[\d+,\[\[(\d+),(\d+),')
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Hand:
    """A proved browser of one seat."""

    seat_id: str
    agreement_id: str
    cookie: str
    csrf: str


@dataclass
class Sent:
    """When each batch was sent, by its number, which stands in its first point."""

    at: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> int:
        with self.lock:
            self.at.append(0.0)
            return len(self.at) - 1


def prepare(settings: Settings) -> tuple[list[Hand], str]:
    """A ceremony in which six have read what they are to sign, and the path of its ink."""
    migrate.upgrade(settings)
    app = create_app(settings)
    with app.app_context():
        with transaction():
            organisation_id = staff.add_organisation("样例单位")
        plan = {**quick.plan(parties=SEATS, follow=0), "demo": True}
        played = quick.invite(plan, organisation_id)
        [agreement_id] = played.agreements.values()
        for person in played.people.values():
            ceremony.enter(person)
            quick.read_all(person, agreement_id)
        token = tokens.issue_fleeting("live", ink.channel(played.ceremony_id), expires_in=timedelta(hours=1))
        db.session.remove()
    logging.disable(logging.INFO)  # a line for each request
    hands = [_hand(app, person, agreement_id) for person in played.people.values()]
    logging.disable(logging.NOTSET)
    with app.app_context():
        db.engine.dispose()
    return hands, f"/live/{token}"


def _hand(app: Flask, person: Person, agreement_id: str) -> Hand:
    client = app.test_client()
    csrf = csrf_token(client)
    headers = {"X-CSRFToken": csrf}
    with app.app_context():
        link = ceremony.link_token(person.seat_id)
    client.get(f"/s/{link}")
    assert client.post(f"/api/seat/{person.seat_id}/code", headers=headers).status_code == 200
    with app.app_context():
        code = ceremony.mailed_code(person.seat_id)
    proved = client.post(f"/api/seat/{person.seat_id}/code/check", json={"code": code}, headers=headers)
    assert proved.status_code == 200, proved.text
    cookie = client.get_cookie("yunqian")
    assert cookie is not None
    return Hand(person.seat_id, agreement_id, f"{cookie.key}={cookie.value}", csrf)


def draw(port: int, hand: Hand, sent: Sent, until: float) -> None:
    """Send batches as a page does while somebody draws; raises RuntimeError where one is refused."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    drawing, seq = int(clock.now().timestamp() * 1000), 0
    headers = {"Cookie": hand.cookie, "X-CSRFToken": hand.csrf, "Content-Type": "application/json"}
    while (begun := time.monotonic()) < until:
        number, seq = sent.next(), seq + 1
        first = [number % 10_000, number // 10_000, 5_000, seq * 60]
        points = [first, *([4_000 + 17 * n, 3_000 + 9 * n, 5_200, seq * 60 + 8 * n] for n in range(1, POINTS))]
        body = {"agreement": hand.agreement_id, "drawing": drawing, "seq": seq, "shape": 4_000, "gone": []}
        text = json.dumps({**body, "parts": [[seq // 20, points]], "over": False})
        sent.at[number] = time.monotonic()
        connection.request("POST", f"/api/seat/{hand.seat_id}/ink", text, headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {said[:200]!r}")
        sent.answers.append((time.monotonic() - begun) * 1000)
        time.sleep(max(0.0, begun + PACE - time.monotonic()))
    connection.close()


def look(readers: Sequence[socket.socket], sent: Sent, drawers: Sequence[threading.Thread]) -> list[float]:
    """Milliseconds from sending until each of the readers had it, for all batches; drawn meanwhile."""
    selector, taken = ink_readers.watch(readers), []
    rest: dict[int, bytes] = {}
    for drawer in drawers:
        drawer.start()
    ends = float("inf")
    while time.monotonic() < ends:
        for key, _ in selector.select(0.2):
            assert isinstance(key.fileobj, socket.socket)
            got = rest.pop(key.fd, b"") + key.fileobj.recv(65536)
            now, read_to = time.monotonic(), 0
            for found in _FIRST.finditer(got):
                number = int(found[1]) + 10_000 * int(found[2])
                taken.append((now - sent.at[number]) * 1000)
                read_to = found.end()
            rest[key.fd] = got[max(read_to, len(got) - 400) :]
        if ends == float("inf") and not any(drawer.is_alive() for drawer in drawers):
            ends = time.monotonic() + 2
    selector.close()
    return taken


def processor_seconds(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def busy_seconds() -> float:
    """What all processors of the machine were busy so far."""
    user, nice, system, *_ = (int(each) for each in Path("/proc/stat").read_text().split("\n")[0].split()[1:])
    return (user + nice + system) / _TICKS


def measure(server: own_server.OwnServer, hands: Sequence[Hand], path: str, viewers: int) -> Result:
    """Everybody draws for some seconds while so many watch."""
    port = int(server.url.rpartition(":")[2])
    with ExitStack() as stack:
        idle = viewers - TIMED
        if idle > 0:
            command = [sys.executable, "-m", "bench.ink_readers", str(port), path, str(idle)]
            others = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            stack.callback(others.wait)
            assert others.stdin
            assert others.stdout
            stack.callback(others.stdout.close)
            stack.callback(others.stdin.close)
            assert others.stdout.readline() == b"ready\n"
        readers = ink_readers.connect(port, path, min(viewers, TIMED))
        for reader in readers:
            stack.callback(reader.close)
        sent, until = Sent(), time.monotonic() + SECONDS + 0.5
        drawers = [threading.Thread(target=draw, args=(port, hand, sent, until)) for hand in hands]
        before, mine, all_before = processor_seconds(server.pid), time.process_time(), busy_seconds()
        begun = time.monotonic()
        taken = look(readers, sent, drawers)
        took = time.monotonic() - begun
        used, own = processor_seconds(server.pid) - before, time.process_time() - mine
        whole = busy_seconds() - all_before
    share = len(taken) / (len(sent.at) * len(readers))
    note = (
        f"median {statistics.median(taken):.0f} ms; {len(sent.at) / SECONDS:.0f} batches/s, answered in "
        f"{percentile(sent.answers, 0.95):.0f} ms (p95); {share:.1%} seen; server {used / took:.2f} of a core, readers "
        f"{own / took:.2f}, the machine {whole / took:.2f} of {os.cpu_count()}"
    )
    limit = LIMIT_MS if viewers <= TIMED else None
    return Result(
        f"stroke to {viewers} viewers, {SEATS} seats draw, p95", percentile(taken, 0.95), "ms", limit=limit, note=note
    )


def run() -> list[Result]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 12_000), hard), hard))
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder) / "data", own_server.free_port()
        data.mkdir(mode=0o700)
        hands, path = prepare(Settings(data_dir=data, demo=True, base_url=f"http://127.0.0.1:{port}", run_jobs=False))
        with own_server.running(data, port=port) as server:
            measure(server, hands[:1], path, 10)  # warm
            return [measure(server, hands, path, viewers) for viewers in (500, 5_000)]
