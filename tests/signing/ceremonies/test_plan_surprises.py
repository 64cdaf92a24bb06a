"""Anything at all as a ceremony file, or in any place of a good one: a plan or a list of problems, no exception."""

from __future__ import annotations

import copy
import json
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid, Problem
from signing.ceremonies.plan_file import CeremonyFile
from signing.ceremonies.rules import CeremonyPlan
from tests.signing.ceremonies.plan_changes import put
from tests.support import quick

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def leaves(data: Any, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """The paths of everything inside."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(found for key, value in inside for found in leaves(value, (*path, key)))]


LEAVES = leaves(quick.plan())[1:]


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_arbitrary_json_is_a_plan_or_a_list_of_problems(data: object) -> None:
    with pytest.raises(Invalid) as invalid:
        CeremonyFile.read(data)
    assert invalid.value.problems


def _plan_or_problems(content: bytes) -> CeremonyPlan | tuple[Problem, ...]:
    try:
        return CeremonyFile.loads(content)
    except Invalid as invalid:
        return invalid.problems


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(LEAVES), JSON), min_size=1, max_size=3))
def test_a_good_file_with_anything_in_any_place_is_a_plan_or_a_list_of_problems(
    changes: list[tuple[tuple[object, ...], object]],
) -> None:
    data = copy.deepcopy(quick.plan())
    for path, value in changes:
        try:
            put(*path, value=value)(data)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this place away
    plan = _plan_or_problems(json.dumps(data).encode())
    if not isinstance(plan, CeremonyPlan):
        assert plan
        return
    for text in (*plan.title.values(), *(party.representative_name for party in plan.parties)):
        text.encode()
    assert len(plan.parties) >= 2
    assert plan.starts_at.astimezone(UTC)
