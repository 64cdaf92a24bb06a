"""How long a check-in takes over HTTP: badges one by one and at 8 doors at once; and how many statements one takes.

Timed is sending one scan as a phone does: the link and the badge's signature are checked, the person's row is held, the
scan is kept for good, the counters are told. The server runs as it comes.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import event, insert

from bench.beside import others
from bench.common import Client, Result, percentile
from core import clock, ids, tokens
from core.audit import Actor
from core.config import Settings
from core.db import db, transaction
from events.badges import qr
from events.checkin import phones, service
from events.checkin.rules import Direction, ScanKind
from events.checkin.scan_rules import NewScan, Upload
from events.conferences import planning, publishing, queries
from events.conferences.plan_file import ConferenceFile
from events.conferences.queries import ConferenceView
from events.registration.models import Registration
from events.registration.rules import RegistrationState
from signing.trust import service as trust
from web import migrate, own_server
from web.app import create_app

ALONE, PEOPLE, DOORS = 250, 500, 8  # who comes one by one; who comes at so many doors
# Medians of others' check-in, measured one by one on this class of machine; bench/beside.json has newer ones.
OTHERS = {"Indico 3.3": 69.0, "pretix 2026.8": 74.0}
TEN_TIMES = 0.1
MOST_STATEMENTS = 6
_EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "twin-city-conference.json"
_BY = Actor("system", "bench")


@dataclass(frozen=True)
class Phone:
    """A paired phone: what it says of itself in each request."""

    id: str
    token: str
    device: str


@dataclass(frozen=True)
class Hall:
    """What a run begins with: phones at one door's hall, and the texts of badges of people who may come in."""

    phones: Sequence[Phone]
    badges: Sequence[str]


def prepare(settings: Settings, *, people: int, doors: int) -> Hall:
    """The shipped example on this folder, tomorrow, with so many confirmed people and paired phones."""
    migrate.upgrade(settings)
    app = create_app(settings)
    with app.app_context():
        plan = json.loads(_EXAMPLE.read_text(encoding="utf-8"))
        plan["date"] = (clock.now() + timedelta(days=1)).date().isoformat()
        read = ConferenceFile.read(plan)
        conference_id = planning.import_conference(read, organisation_id="org_bench", by=_BY, demo=True)
        publishing.publish(conference_id, by=_BY)
        conference = queries.get_conference(conference_id)
        made = Hall([_phone(conference) for _ in range(doors)], _badges(conference, people))
        db.session.remove()
        db.engine.dispose()
    return made


def _phone(conference: ConferenceView) -> Phone:
    hall = next(venue for venue in conference.venues if venue.doors)
    phone_id = phones.open_door(conference.id, hall.doors[0].id, label="bench", by=_BY)
    device = ids.secret()
    phones.pair(phone_id, device)
    return Phone(phone_id, tokens.find_newest(phones.PURPOSE, phone_id) or "", device)


def _badges(conference: ConferenceView, people: int) -> list[str]:
    hall = next(venue for venue in conference.venues if venue.doors)
    now, found = clock.now(), [ids.new("reg") for _ in range(people)]
    same = {
        "conference_id": conference.id,
        "audience_id": conference.audiences[0].id,
        "venue_id": hall.id,
        "state": RegistrationState.CONFIRMED,
        "locale": "zh-CN",
        "timezone": hall.timezone,
        "answers": {},
        "email": "",
        "is_demo": True,
        "created_at": now,
        "changed_at": now,
    }
    rows = [{"id": each, "code": each[-8:], "name": f"演示{each[-4:]}", "pinyin": "ys", **same} for each in found]
    with transaction():
        db.session.execute(insert(Registration), rows)
    key = trust.door_key()
    return [qr.make(qr.BadgePrint(conference.id, each, 1), key_id=key.id, sign=key.sign) for each in found]


_local = threading.local()


def send(url: str, phone: Phone, badge: str) -> float:
    """One badge at one door; milliseconds from the scan until the answer. Raises RuntimeError for who is not let in."""
    client: Client = _local.__dict__.setdefault(url, Client(url))
    now = clock.iso(clock.now())
    scan = {"nonce": ids.secret(), "kind": "badge", "direction": "in", "at": now, "code": badge}
    said = {"Authorization": f"Bearer {phone.token}", "X-Door-Device": phone.device, "Accept": "application/json"}
    answer = client.ask(
        "POST",
        "/door/api/scans",
        body=json.dumps({"sent_at": now, "waiting": 0, "scans": [scan]}).encode(),
        headers=said | {"Content-Type": "application/json"},
    )
    if answer.status != HTTPStatus.OK or json.loads(answer.content)["answers"][0]["decision"] != "admitted":
        raise RuntimeError(f"{answer.status}: {answer.content[:200]!r}")
    return answer.taken


def measure(url: str, hall: Hall, badges: Sequence[str]) -> Result:
    """The median when these phones share the people among themselves."""
    at_once = len(hall.phones)
    asked = [(url, hall.phones[number % at_once], badge) for number, badge in enumerate(badges)]
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda one: send(*one), asked[: 2 * at_once]))  # connections, and the first time
        started = time.perf_counter()
        taken = list(pool.map(lambda one: send(*one), asked[2 * at_once :]))
        seconds = time.perf_counter() - started
    median = statistics.median(taken)
    single = at_once == 1
    rivals = others("check-in", OTHERS)
    return Result(
        "check in one by one: median" if single else f"check in at {at_once} doors at once: median",
        median,
        "ms",
        ratio=median / rivals.quickest if single else None,
        limit=TEN_TIMES if single else None,
        note=f"p95 {percentile(taken, 0.95):.0f} ms, {len(taken) / seconds:.0f} people a second"
        + (f"; {rivals}" if single else ""),
    )


def count_statements(settings: Settings, phone: Phone, badge: str) -> int:
    """SQL statements of one badge that is scanned, BEGIN and COMMIT aside."""
    found: list[str] = []
    app = create_app(settings)
    with app.app_context():

        @event.listens_for(db.engine, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            found.append(statement)

        now = clock.now()
        scan = NewScan(ids.secret(), ScanKind.BADGE, Direction.IN, now, code=badge)
        service.record_scans(phone.id, phone.device, Upload((scan,), now))
        db.session.remove()
        db.engine.dispose()
    return sum(not statement.startswith("BEGIN") for statement in found)


def run() -> list[Result]:
    """A server of its own on the example, then 500 people at eight doors, and 250 others at one of them.

    The eight doors come first: a worker that is still starting takes half of such a machine, and no door is opened in
    the second in which its server was started.
    """
    found = []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        hall = prepare(settings, people=ALONE + PEOPLE + 1, doors=DOORS)
        with own_server.running(Path(folder), port=own_server.free_port()) as server:
            crowded = measure(server.url, hall, hall.badges[ALONE:-1])
            found += [measure(server.url, Hall(hall.phones[:1], hall.badges), hall.badges[:ALONE]), crowded]
        counted = count_statements(settings, hall.phones[0], hall.badges[-1])
    return [*found, Result("SQL statements of one check-in", counted, "statements", limit=MOST_STATEMENTS)]
