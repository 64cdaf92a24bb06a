"""`yunqian work`: an operator sees what failed, and has it tried again, without SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from flask import Flask

from core import audit, claims, jobs, outbox
from core.config import Settings
from core.db import db, transaction
from core.errors import Conflict
from core.jobs import Job
from core.outbox import OutboxMessage
from tests.support import apps
from web import cli_work

Run = Callable[..., str]


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    with apps.running(settings) as made:
        yield made


@pytest.fixture
def run(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    @contextmanager
    def opened() -> Iterator[tuple[Flask, Settings]]:
        with app.app_context():
            yield app, settings

    monkeypatch.setattr(cli_work, "opened", opened)

    def call(*words: str) -> str:
        result = CliRunner().invoke(cli_work.work, words, catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    return call


@pytest.fixture
def dead(app: Flask) -> tuple[str, str]:
    """The ids of a job and a mail that were given up."""
    with app.app_context():
        with transaction():
            jobs.add("agreement.seal", "agr_1", chain="cer_1", agreement="agr_1")
            mail_id = outbox.add("account_invitation", to="a@b.example", locale="en", chain=audit.INSTALLATION)
        for model in (Job, OutboxMessage):
            [claim] = claims.take(model, worker="test")
            claims.give_back(claim, error="OSError: no space", reason="disk_full", retry=False)
        return db.session.query(Job.id).scalar(), mail_id


def test_an_operator_sees_what_failed_of_which_ceremony_and_why(run: Run, dead: tuple[str, str]) -> None:
    found = [json.loads(line) for line in run("list").splitlines()]
    assert [(each["id"], each["kind"], each["of"]) for each in found] == [
        (dead[0], "agreement.seal", "cer_1"),
        (dead[1], "account_invitation", "installation"),
    ]
    assert {(each["reason"], each["last_error"], each["next_at"]) for each in found} == {
        ("disk_full", "OSError: no space", None)
    }


def test_an_operator_has_it_tried_again_and_the_trail_says_so(app: Flask, run: Run, dead: tuple[str, str]) -> None:
    assert run("again", *dead).split() == list(dead)
    assert run("list") == ""
    with app.app_context():
        assert [claim.id for claim in claims.take(Job, worker="test")] == [dead[0]]
        for chain in ("cer_1", audit.INSTALLATION):
            entry = json.loads(list(audit.list_lines(chain))[-1])
            assert (entry["action"], entry["actor"]) == ("work.tried_again", {"kind": "system"})


def test_what_is_not_listed_is_not_tried_again(run: Run, dead: tuple[str, str]) -> None:
    run("again", dead[0])
    with pytest.raises(Conflict, match="trouble_over"):
        run("again", dead[0])
