"""Who was told that they are registered gets the mail, whatever dies in between."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from core import clock
from core.claims import LEASE, take
from core.config import Settings
from core.db import db
from core.outbox import OutboxMessage
from events.registration import queries
from tests.support import apps
from tests.support import conference as sample
from tests.support.databases import SQLITE, Databases
from tests.support.smtp import MailServer
from tests.support.stages import TABLES
from web import mail

# Registers, says so, and is killed before any worker has looked at the mail.
_CHILD = """
import os, signal, sys
from pathlib import Path
from core.audit import Actor
from core.config import Settings
from events.conferences import queries
from events.registration import service
from web.app import create_app
folder, url, conference_id = sys.argv[1:]
with create_app(Settings(data_dir=Path(folder), database_url=url)).app_context():
    conference = queries.get_conference(conference_id)
    new = service.Registering(audience_id=conference.audience("company").id, venue_id=conference.venue("chengdu").id,
                              name="样例", email="sample@example.com")
    print(service.register(conference_id, new, by=Actor("guest")).id, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def settings(databases: Databases, data_dir: Path, smtp: MailServer) -> Iterator[Settings]:
    url = databases.copy_of(SQLITE, TABLES, apps.make_tables)
    sender = "云签 Yunqian <no-reply@sign.example>"
    yield Settings(
        data_dir=data_dir, database_url=url, smtp_url=smtp.url, mail_from=sender, base_url="https://sign.example"
    )
    databases.drop(url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with apps.running(settings) as made:
        yield made


def test_a_process_killed_after_its_answer_and_a_worker_killed_with_the_mail_lose_nothing(
    app: Flask, settings: Settings, smtp: MailServer
) -> None:
    with app.app_context():
        conference = sample.keep_open()
        arguments = [str(settings.data_dir), settings.database_url, conference.id]
        child = subprocess.run(
            [sys.executable, "-c", _CHILD, *arguments], stdout=subprocess.PIPE, text=True, check=False
        )
        assert child.returncode == -signal.SIGKILL
        registered = queries.get_registration(child.stdout.strip())
        db.session.remove()
        [_lost] = take(OutboxMessage, worker="killed")
        with clock.frozen(clock.now() + LEASE * 2):
            [claim] = take(OutboxMessage, worker="next")
            mail.deliver(claim)
            assert take(OutboxMessage, worker="third") == []
    [sent] = smtp.mails
    assert sent.recipients == ("sample@example.com",)
    assert registered.code in sent.text
