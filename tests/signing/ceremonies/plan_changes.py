"""A good ceremony file with something changed in it, and the problems that its reader finds."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from core import i18n
from core.errors import Invalid
from signing.ceremonies.plan_file import CeremonyFile
from tests.support import quick

Change = Callable[[dict[str, Any]], object]


def problems_of(read: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as invalid:
        read()
    assert invalid.value.code == "bad_ceremony_file"
    assert invalid.value.params["count"] == len(invalid.value.problems)
    for locale in i18n.LOCALES:
        with i18n.use_locale(locale):
            for problem in invalid.value.problems:
                assert i18n.t(problem.message_id, **problem.params).strip().encode()  # can be said, and sent
    return [(problem.path, problem.code) for problem in invalid.value.problems]


def in_data(change: Change) -> list[tuple[str, str]]:
    data = copy.deepcopy(quick.plan())
    change(data)
    return problems_of(lambda: CeremonyFile.read(data))


def in_bytes(content: bytes) -> list[tuple[str, str]]:
    return problems_of(lambda: CeremonyFile.loads(content))


def put(*path: object, value: object) -> Change:
    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return change


def drop(*path: object) -> Change:
    def change(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        del data[path[-1]]

    return change
