"""How long a rehearsal took is offered as the ceremony's plan."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core import clock
from core.db import transaction
from core.errors import Conflict, NotFound
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.ceremonies import rehearsal_times
from signing.cues import queries, service, suggesting
from tests.support.ceremony import HOST
from tests.support.quick import Quick, QuickWorld
from tests.support.rehearsal import rehearse


def run(ceremony_id: str, seconds: list[int]) -> None:
    """As the first cues were run, one after the other; what is asked is what was kept of them."""
    with transaction():
        for row, took in zip(queries.list_rows(ceremony_id), seconds, strict=False):
            row.ended_at = clock.now()
            row.began_at = row.ended_at - timedelta(seconds=took)


@pytest.fixture
def run_once(drafted: Quick) -> tuple[str, str]:
    """(ceremony, rehearsal): the first two cues took 47 and 3 seconds."""
    service.make_sheet(drafted.id, by=HOST)
    made = rehearse(drafted.id)
    run(made, [47, 3])
    return drafted.id, made


def test_planned_and_rehearsed_stand_side_by_side(run_once: tuple[str, str]) -> None:
    result = rehearsal_times.read(run_once[1])
    assert [each.took and each.took.seconds for each in result.cues[:3]] == [47, 3, None]
    assert all(each.real for each in result.cues)
    assert result.took == timedelta(seconds=50)


def test_all_times_become_the_plan_rounded(run_once: tuple[str, str]) -> None:
    real, made = run_once
    assert rehearsal_times.take_over(made, looked_at=0, by=HOST) == 2
    after = queries.get_sheet(real)
    assert [cue.planned_seconds for cue in after.cues[:3]] == [45, 10, 60]
    assert after.seq == 1


def test_one_time_is_taken_over_alone(run_once: tuple[str, str]) -> None:
    real, made = run_once
    first = queries.get_sheet(made).cues[0].id
    assert rehearsal_times.take_over(made, cue_id=first, looked_at=0, by=HOST) == 1
    assert [cue.planned_seconds for cue in queries.get_sheet(real).cues[:2]] == [45, 120]


def test_who_looked_at_an_older_sheet_is_told(run_once: tuple[str, str]) -> None:
    rehearsal_times.take_over(run_once[1], looked_at=0, by=HOST)
    with pytest.raises(Conflict, match="cue_sheet_moved"):
        rehearsal_times.take_over(run_once[1], looked_at=0, by=HOST)


def test_a_cue_that_the_ceremony_no_longer_has_is_left_out(run_once: tuple[str, str]) -> None:
    real, made = run_once
    service.remove_cue(real, queries.get_sheet(real).cues[0].id, looked_at=0, by=HOST)
    assert rehearsal_times.read(made).cues[0].real is None
    assert rehearsal_times.take_over(made, looked_at=1, by=HOST) == 1


def test_nothing_was_run_and_there_is_nothing_to_take(drafted: Quick) -> None:
    made = rehearse(drafted.id)
    with pytest.raises(Conflict, match="rehearsal_without_times"):
        rehearsal_times.take_over(made, looked_at=0, by=HOST)
    with pytest.raises(NotFound):
        rehearsal_times.read(drafted.id)


def test_each_place_has_its_time_from_the_call_to_its_signature(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("rehearsed", "sqlite", data_dir) as quick:
        made = ceremonies.list_rehearsals(quick.id)[0].id
        with transaction():
            service.lay_sheet(made, suggesting.suggest(agreements.list_agreements(made), "party_a"))
        first = agreements.list_agreements(made)[0]
        cue = next(each for each in queries.get_sheet(made).cues if first.id in each.agreements)
        with transaction():
            row = queries.find_row(queries.list_rows(made), cue.id)
            row.began_at = min(each.signed_at for each in first.signers if each.signed_at) - timedelta(seconds=5)
        times = next(each for each in rehearsal_times.read(made).cues if each.cue.id == cue.id).places
        assert {each.party_key for each in times} == {"party_a", "party_b", "party_c"}
        assert times[-1].took >= timedelta(seconds=5)
        assert [each.took for each in times] == sorted((each.took for each in times), reverse=True)
