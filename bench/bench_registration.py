"""How long it takes to register over HTTP: 150 people one by one, 8 and 32 at once; and how many statements one takes.

The form is opened first and not timed; timed is sending it: validation, the place under its lock, the trail, the mail
into the outbox. The server runs as it comes: its worker, in a process
beside the pages, writes the mails meanwhile.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import event

from bench.beside import others
from bench.common import Client, Result, percentile
from core import clock
from core.audit import Actor
from core.config import Settings
from core.db import db
from events.conferences import planning, publishing, queries
from events.conferences.plan_file import ConferenceFile
from events.registration import service
from web import own_server
from web.app import create_app
from web.replay.client import Browser
from web.replay.host import Host

PEOPLE = 150  # for each number at once; their forms are opened too, which costs as much again
AT_ONCE = (1, 8, 32)
# Medians of others' registration, measured one by one on this class of machine; bench/beside.json has newer ones.
OTHERS = {"Indico 3.3": 84.0, "pretix 2026.8": 136.0}
TEN_TIMES = 0.1
MOST_STATEMENTS = 8
_EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "twin-city-conference.json"
_FIELD = re.compile(r'name="(csrf_token|request_key)" value="([^"]*)"')


def plan() -> dict[str, Any]:
    """The shipped example a month from now, with places for everybody."""
    data: dict[str, Any] = json.loads(_EXAMPLE.read_text(encoding="utf-8"))
    data["date"] = (clock.now() + timedelta(days=30)).date().isoformat()
    data["audiences"] = [{**each, "needs_approval": False} for each in data["audiences"]]
    for venue in data["venues"]:
        venue["places"] = {each["key"]: 10_000 for each in data["audiences"]}
    return data


@dataclass(frozen=True)
class Form:
    """Where people register, and as whom."""

    server: str
    path: str
    audience: str
    venue: str


_local = threading.local()
_numbers = count(1)


def register(form: Form) -> float:
    """One person; milliseconds from sending the form until the answer."""
    number = next(_numbers)
    client: Client = _local.__dict__.setdefault(form.server, Client(form.server))
    client.cookies.clear()
    # Each person has an address of their own, as behind a proxy: how often one may register is limited.
    network = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
    page = client.ask("GET", f"{form.path}?{urlencode({'audience': form.audience})}", headers=network)
    typed = {
        **dict(_FIELD.findall(page.content.decode())),
        "audience": form.audience,
        "venue": form.venue,
        "name": f"演示参会人{number}",
        "email": f"person{number}@demo.example",
        "company_name": "演示云帆智能制造有限公司",
        "timezone": "Asia/Shanghai",
        "privacy": "yes",
    }
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.ask("POST", form.path, body=urlencode(typed).encode(), headers=network | kind)
    if answer.status != HTTPStatus.SEE_OTHER:
        raise RuntimeError(f"{answer.status} for person {number}")
    return answer.taken


def measure(form: Form, at_once: int) -> Result:
    """The median for so many people at once."""
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(register, [form] * at_once))  # connections, and the first time
        started = time.perf_counter()
        taken = list(pool.map(register, [form] * PEOPLE))
        seconds = time.perf_counter() - started
    name = "register one by one" if at_once == 1 else f"register, {at_once} at once"
    median, slow = statistics.median(taken), percentile(taken, 0.95)
    rivals = others("registration", OTHERS)
    return Result(
        f"{name}: median",
        median,
        "ms",
        ratio=median / rivals.quickest if at_once == 1 else None,
        limit=TEN_TIMES if at_once == 1 else None,
        note=f"{PEOPLE} people: p95 {slow:.0f} ms, {PEOPLE / seconds:.0f} people a second, form included"
        + (f"; {rivals}" if at_once == 1 else ""),
    )


def count_statements() -> int:
    """SQL statements of one registration, BEGIN and COMMIT aside."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/bench.db"))
        with app.app_context():
            db.create_all()
            by = Actor("system", "bench")
            conference_id = planning.import_conference(
                ConferenceFile.read(plan()), organisation_id="org_bench", by=by, demo=True
            )
            publishing.publish(conference_id, by=by)
            conference = queries.get_conference(conference_id)
            found: list[str] = []
            places: dict[str, Any] = {"audience_id": conference.audiences[0].id, "venue_id": conference.venues[0].id}
            service.register(conference_id, service.Registering(name="一", email="a@demo.example", **places), by=by)

            @event.listens_for(db.engine, "before_cursor_execute")
            def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
                found.append(statement)

            service.register(
                conference_id,
                service.Registering(name="二", email="b@demo.example", **places),
                by=Actor("guest", address="203.0.113.1"),
                request_key="bench",
            )
            db.session.remove()
            db.engine.dispose()
        return sum(not statement.startswith("BEGIN") for statement in found)


def run() -> list[Result]:
    """A server of its own, the example published on it, then 150 people for each number at once."""
    os.environ["YUNQIAN_PROXY_DEPTH"] = "1"
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            own_server.running(Path(folder), port=own_server.free_port()) as server,
        ):
            browser = Browser(server.url, patience=60)
            Host(browser, say=lambda _line: None).sign_in()
            state = browser.post_bytes("/api/conferences", json.dumps(plan()).encode())
            browser.post(f"/api/conferences/{state['id']}/publish", {})
            venues, audiences = state["parts"]["venues"], state["parts"]["audiences"]
            form = Form(server.url, f"/c/{state['code']}/register", next(iter(audiences)), next(iter(venues)))
            found = [measure(form, at_once) for at_once in AT_ONCE]
    finally:
        del os.environ["YUNQIAN_PROXY_DEPTH"]
    statements = Result(
        "SQL statements of one registration",
        count_statements(),
        "statements",
        limit=MOST_STATEMENTS,
        note="with its mail",
    )
    return [*found, statements]
