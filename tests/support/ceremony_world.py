"""The model ceremony, ready-made: `invited`, `signed` with its jobs undone, or `sealed` with all done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from accounts import staff
from core.db import transaction
from tests.support import ceremony
from tests.support.ceremony import Played
from tests.support.stages import Stage, Stages


def _invite(_before: Played | None) -> Played:
    with transaction():
        organisation_id = staff.add_organisation("样例单位")
    return ceremony.invite(ceremony.small(), organisation_id=organisation_id)


def _sign(before: Played | None) -> Played:
    assert before
    ceremony.sign_all(before)
    return before


def _seal(before: Played | None) -> Played:
    assert before
    ceremony.do_jobs()
    return before


INVITED = Stage("ceremony-invited", _invite, demo=True)
SIGNED = Stage("ceremony-signed", _sign, after=INVITED, demo=True)
SEALED = Stage("ceremony-sealed", _seal, after=SIGNED, demo=True)
_STAGES = {"invited": INVITED, "signed": SIGNED, "sealed": SEALED}


class CeremonyWorld:
    """Every test gets a copy."""

    def __init__(self, stages: Stages) -> None:
        self._stages = stages

    @contextmanager
    def at(self, stage: str, kind: str, data_dir: Path) -> Iterator[tuple[Flask, Played]]:
        """An application, inside its context, and a ceremony that is `invited`, `signed` or `sealed`."""
        with self._stages.at(_STAGES[stage], kind, data_dir) as world:
            yield world
