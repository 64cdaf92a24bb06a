"""The ceremony file in words, in the current locale: where a problem is, and what every key means."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core import paths
from core.errors import Problem
from core.i18n import has, t
from core.reader import CURRENCIES
from signing.ceremonies.plan_keys import OBJECTS, Key
from signing.cues import queries as cues

EXAMPLE = "shuangliu-signing.json"
_STEP = re.compile(r"\.([a-z_]+|zh-CN)(?=[.\[]|$)|\[([0-9]+)\]")
_SHEETS = ("ceremony", "parties", "agreements", "cues")
_ROW = re.compile(r"^\$\.(parties|agreements|cues|ceremony)\[(?:row ([0-9]+)|([0-9]+))\](.*)$")
_CUE_KIND = re.compile(r"^\$\.cues\[[^\]]+\]\.kind$")
_ENTRIES = {"parties": "plan-where-party", "agreements": "plan-where-agreement", "cues": "plan-where-cue"}


@dataclass(frozen=True)
class Told:
    """A problem for a page: where in words, the sentence, and what programs read."""

    where: str
    message: str
    path: str
    code: str


def told(problems: Sequence[Problem]) -> list[Told]:
    """The problems of a file, in their order."""
    return [Told(place(each.path), t(each.message_id, **each.params), each.path, each.code) for each in problems]


def told_in_rows(problems: Sequence[Problem], rows: Mapping[str, Sequence[int]]) -> list[Told]:
    """The problems of a workbook, each at its sheet and row; `rows`: in which row each entry of a sheet stands."""
    return [replace(each, where=_row_place(each, rows)) for each in told([_in_words(each) for each in problems])]


def _in_words(problem: Problem) -> Problem:
    """Whoever fills in a workbook chooses a cue's kind by its word, not by our code for it."""
    if problem.code != "not_an_option" or not _CUE_KIND.match(problem.path):
        return problem
    words = t("list-separator").join(t(f"cue-kind-{kind}") for kind in cues.CUE_KINDS)
    return replace(problem, params={**problem.params, "known": words})


def _row_place(told: Told, rows: Mapping[str, Sequence[int]]) -> str:
    found = _ROW.match(told.path)
    if found is None:
        inside = told.path.removeprefix("$.").split(".")[0]
        return t(f"plan-sheet-{inside}") if inside in _SHEETS else _joined(t("plan-sheet-ceremony"), told.path)
    sheet, marked, index, rest = found.groups()
    number = int(marked) if marked else _at(rows.get(sheet, ()), int(index))
    return _joined(t("plan-book-row", sheet=t(f"plan-sheet-{sheet}"), row=number), f"${rest}")


def _at(numbers: Sequence[int], index: int) -> int:
    return numbers[index] if index < len(numbers) else index + 1


def _joined(above: str, path: str) -> str:
    return above if path == "$" else t("plan-where-join", above=above, here=place(path))


def place(path: str) -> str:
    """`$.parties[2].place.en` → `Party 3 · Place · in English`."""
    steps: list[str] = []
    at, inside = 1, ""
    while found := _STEP.match(path, at):
        at, (name, index) = found.end(), found.groups()
        if name is None:
            n = int(index) + 1
            # The list itself says nothing more once its entry is named.
            steps[-1:] = [t(_ENTRIES[inside], n=n)] if inside in _ENTRIES else [*steps[-1:], t("plan-where-entry", n=n)]
            inside = ""
        else:
            steps.append(_label(name))
            inside = name
    rest = path[at:].removeprefix(".")
    steps += [f"“{rest}”"] if rest else []
    words = t("plan-where-file") if not steps else steps[0]
    for step in steps[1:]:
        words = t("plan-where-join", above=words, here=step)
    return words


def _label(name: str) -> str:
    for message_id in (f"plan-where-{name}", f"plan-label-{name}"):
        if has(message_id):
            return t(message_id)
    return f"“{name}”"


@dataclass(frozen=True)
class KeyWords:
    """One key for people; `example` is JSON from the shipped file, empty where it has none."""

    name: str
    label: str
    says: str
    takes: str
    required: bool
    default: str
    example: str


def describe() -> list[tuple[str, list[KeyWords]]]:
    """Every key of the file by object, as the reading of it defines them."""
    samples = _samples()
    return [
        (t(f"plan-object-{name}"), [_described(name, key, samples[name]) for key in keys.values()])
        for name, keys in OBJECTS.items()
    ]


def _described(owner: str, key: Key, samples: Sequence[Mapping[str, Any]]) -> KeyWords:
    values = {**vars(key), "options": ", ".join(key.options), "currencies": ", ".join(CURRENCIES)}
    found = next((sample[key.name] for sample in samples if sample.get(key.name)), None)
    return KeyWords(
        name=key.name,
        label=t(f"plan-label-{key.name}"),
        says=t(f"plan-says-{owner}-{key.name}"),
        takes=t(f"plan-takes-{key.kind}", **values),
        required=key.required,
        default=key.default,
        example="" if found is None or key.name in _ENTRIES else json.dumps(found, ensure_ascii=False),
    )


def _samples() -> dict[str, Sequence[Mapping[str, Any]]]:
    plan = json.loads(example())
    return {"ceremony": [plan], "party": plan["parties"], "agreement": plan["agreements"], "cue": plan.get("cues", [])}


def example() -> bytes:
    """The shipped example, which is the template to begin with."""
    return (paths.examples() / EXAMPLE).read_bytes()
