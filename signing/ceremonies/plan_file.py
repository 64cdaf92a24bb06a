"""The ceremony file: JSON → a plan, or every problem at once, each with its JSON path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from graphlib import CycleError, TopologicalSorter
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import Invalid, Problem
from core.json_text import BadJson, load_file
from core.reader import Reader
from core.values import Money
from signing.ceremonies.plan_keys import (
    AGREEMENT,
    CEREMONY,
    CUE,
    MAX_AGREEMENTS,
    MAX_BETWEEN,
    MAX_FILE_BYTES,
    MAX_PARTIES,
    PARTY,
    Key,
    Kind,
)
from signing.ceremonies.rules import YEARS, AgreementPlan, CeremonyPlan, PartyPlan, PlannedCue, TimePolicy
from signing.cues import queries as cues

__all__ = ["MAX_AGREEMENTS", "MAX_BETWEEN", "MAX_FILE_BYTES", "MAX_PARTIES", "CeremonyFile"]
_START = {"morning": time(10), "afternoon": time(15), "evening": time(19)}


class CeremonyFile:
    """The file format of `examples/shuangliu-signing.json`; its keys stand in `plan_keys`."""

    @staticmethod
    def loads(content: bytes | None) -> CeremonyPlan:
        """A plan from the bytes of a file, None where none was chosen; raises Invalid with all problems."""
        try:
            data = load_file(content, largest=MAX_FILE_BYTES, lacking="no_ceremony_file")
        except BadJson as error:
            raise _bad([error.problem]) from None
        return CeremonyFile.read(data)

    @staticmethod
    def read(data: object) -> CeremonyPlan:
        """A plan from parsed JSON; raises Invalid with all problems."""
        if not isinstance(data, Mapping):
            raise _bad([Problem("$", "not_a_plan", {"found": _found(data)})])
        reader = Reader()
        plan = _read_plan(reader, data)
        if reader.problems:
            raise _bad(reader.problems)
        return plan


def _bad(problems: Sequence[Problem]) -> Invalid:
    return Invalid(problems, code="bad_ceremony_file")


def _found(data: object) -> str:
    kinds: tuple[tuple[Any, str], ...] = ((list, "list"), (str, "text"), (bool, "yes-no"), (int | float, "number"))
    return next((name for kind, name in kinds if isinstance(data, kind)), "other")


@dataclass(frozen=True)
class _Object:
    """One object of the file, its values taken by the definition of its keys."""

    reader: Reader
    path: str
    keys: Mapping[str, Key]
    given: Mapping[str, Any]

    @staticmethod
    def open(reader: Reader, data: object, path: str, keys: Mapping[str, Key]) -> _Object:
        required = [key.name for key in keys.values() if key.required]
        optional = [key.name for key in keys.values() if not key.required]
        return _Object(reader, path, keys, reader.mapping(data, path, required=required, optional=optional))

    def take(self, name: str) -> Any:
        """The value of a key, or a harmless stand-in where something is wrong with it."""
        key, path = self.keys[name], f"{self.path}.{name}"
        value, reader = self.given.get(name), self.reader
        match key.kind:
            case Kind.TEXT | Kind.LINES:
                lines = key.kind is Kind.LINES
                return reader.text(value, path, limit=key.limit, required=key.required, lines=lines)
            case Kind.TEXTS | Kind.LONG_TEXTS:
                return reader.texts(value, path, limit=key.limit, lines=key.kind is Kind.LONG_TEXTS)
            case Kind.PERSON:
                return reader.person(value, path, required=key.required)
            case Kind.EMAIL:
                return reader.email(value, path)
            case Kind.DAY:
                return reader.day(value, path)
            case Kind.TIME:
                return None if value is None else reader.time_of_day(value, path)
            case Kind.ZONE:
                return reader.zone(value, path)
            case Kind.CHOICE:
                return reader.choice(value, path, key.options, key.default)
            case Kind.MINUTES:
                return _minutes(reader, self.given.get(name, int(key.default)), path, key)
            case Kind.CUE_MINUTES:
                return _cue_seconds(reader, value, path)
            case Kind.YES_NO:
                return _flag(reader, self.given.get(name, key.default == "true"), path)
            case Kind.MONEY:
                return reader.money(value, path)
            case Kind.WORDS:
                words = enumerate(reader.items(value, path, least=key.least, most=key.most))
                return tuple(reader.text(each, f"{path}[{number}]", limit=key.limit) for number, each in words)
            case Kind.PARTIES | Kind.AGREEMENTS | Kind.CUES:
                return reader.items(value, path, least=key.least, most=key.most)
        raise LookupError(f"{name} must be taken with the keys that are known: {key.kind}")

    def take_name(self, seen: set[str]) -> str:
        """The object's own key, which no other has."""
        return self.reader.key(self.given.get("key"), f"{self.path}.key", seen)

    def take_names(self, name: str, known: set[str], *, what: str) -> tuple[str, ...]:
        """Keys of other objects; raises no problem for what is not `known` but says so."""
        key, path = self.keys[name], f"{self.path}.{name}"
        names = self.reader.known_keys(self.given.get(name), path, known, what=what, least=key.least)
        if len(names) > key.most:
            self.reader.problem(path, "too_many", most=key.most, count=len(names))
        return names


def _minutes(reader: Reader, value: object, path: str, key: Key) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and key.least <= value <= key.most:
        return value
    reader.problem(path, "bad_minutes", value=str(value)[:40])
    return int(key.default)


def _flag(reader: Reader, value: object, path: str) -> bool:
    if not isinstance(value, bool):
        reader.problem(path, "not_yes_or_no")
        return False
    return value


def _read_plan(reader: Reader, data: object) -> CeremonyPlan:
    top = _Object.open(reader, data, "$", CEREMONY)
    held_on = top.take("date")
    if held_on.year not in YEARS:
        reader.problem("$.date", "bad_date", value=str(top.given.get("date"))[:40])
    zone = top.take("host_timezone")
    start = _START[top.take("part_of_day")]
    start = top.take("starts_at") or start
    money = top.take("planned_investment")
    parties = _read_parties(reader, top)
    names = {party.key for party in parties}
    agreements = _read_agreements(reader, top, names, money)
    top.take("format")
    return CeremonyPlan(
        title=top.take("title"),
        held_on=held_on,
        starts_at=datetime.combine(held_on, start, ZoneInfo(zone)),
        host_timezone=zone,
        limit_minutes=top.take("limit_minutes"),
        conference_tool=top.take("conference_tool"),
        time_policy=TimePolicy(top.take("time_policy")),
        money=money,
        parties=parties,
        agreements=agreements,
        note=top.take("note"),
        source=top.take("source"),
        demo=top.take("demo"),
        needs_camera=top.take("needs_camera"),
        cues=_read_cues(reader, top, names, {each.key for each in agreements}),
        shows_ink=top.take("live_ink"),
    )


def _read_parties(reader: Reader, top: _Object) -> tuple[PartyPlan, ...]:
    seen: set[str] = set()
    parties = tuple(
        _read_party(_Object.open(reader, item, f"$.parties[{index}]", PARTY), seen)
        for index, item in enumerate(top.take("parties"))
    )
    hosts = [index for index, party in enumerate(parties) if party.is_host]
    for index in hosts[1:]:
        reader.problem(f"$.parties[{index}].role", "second_host")
    return parties


def _read_party(given: _Object, seen: set[str]) -> PartyPlan:
    assumed = given.take("assumed")
    return PartyPlan(
        key=given.take_name(seen),
        organisation=given.take("organisation"),
        representative_title=given.take("representative_title"),
        representative_name=given.take("representative_name"),
        email=given.take("email"),
        locale=given.take("locale"),
        place=given.take("place"),
        timezone=given.take("timezone"),
        is_host=given.take("role") == "host",
        assumed=assumed,
    )


def _read_agreements(reader: Reader, top: _Object, parties: set[str], money: Money | None) -> tuple[AgreementPlan, ...]:
    given = top.take("agreements")
    known = {item["key"] for item in given if isinstance(item, Mapping) and isinstance(item.get("key"), str)}
    seen: set[str] = set()
    agreements = [
        _read_agreement(_Object.open(reader, item, f"$.agreements[{index}]", AGREEMENT), parties, known, seen, money)
        for index, item in enumerate(given)
    ]
    _find_cycle(reader, agreements)
    return tuple(agreements)


def _read_agreement(
    given: _Object, parties: set[str], known: set[str], seen: set[str], money: Money | None
) -> AgreementPlan:
    given.take("assumed")
    after = given.take_names("after", known, what="agreement")
    kind = given.take("kind") or ("cooperation" if after else "investment")
    amount = given.take("amount")
    between = given.take_names("between", parties, what="party")
    return AgreementPlan(
        key=given.take_name(seen),
        title=given.take("title"),
        kind=kind,
        between=between,
        after=after,
        money=amount or (money if kind == "investment" else None),
    )


def _read_cues(reader: Reader, top: _Object, parties: set[str], agreements: set[str]) -> tuple[PlannedCue, ...]:
    called: set[str] = set()
    return tuple(
        _read_cue(_Object.open(reader, item, f"$.cues[{index}]", CUE), parties, agreements, called)
        for index, item in enumerate(top.take("cues"))
    )


def _read_cue(given: _Object, parties: set[str], agreements: set[str], called: set[str]) -> PlannedCue:
    reader, path = given.reader, f"{given.path}.agreements"
    kind, names = given.take("kind"), given.take_names("agreements", agreements, what="agreement")
    if kind == cues.SIGNING and not names and not given.given.get("agreements"):
        reader.problem(path, "cue_without_agreement")
    if kind != cues.SIGNING and names:
        reader.problem(path, "only_signing_calls")
    for name in called.intersection(names):
        reader.problem(path, "agreement_called_twice", key=name)
    called.update(names)
    place = given.given.get("place")
    if place is not None and place not in parties:
        reader.problem(f"{given.path}.place", "unknown_party", key=str(place)[:60])
    return PlannedCue(
        kind=kind,
        title=given.take("title"),
        seconds=given.take("minutes"),
        agreements=names,
        party_key=str(place or ""),
        speaker=given.take("speaker"),
        script=given.take("script"),
        stage_text=given.take("stage_text"),
    )


def _cue_seconds(reader: Reader, value: object, path: str) -> int:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10_000:
        seconds = round(value * 60)
        if cues.SHORTEST_SECONDS <= seconds <= cues.LONGEST_SECONDS:
            return seconds
    if value is not None:  # that it is missing is said already
        reader.problem(path, "bad_cue_length", value=str(value)[:40])
    return cues.SHORTEST_SECONDS


def _find_cycle(reader: Reader, agreements: Sequence[AgreementPlan]) -> None:
    sorter = TopologicalSorter({plan.key: plan.after for plan in agreements if plan.key})
    try:
        sorter.prepare()
    except CycleError as error:
        names = list(reversed(error.args[1]))
        index = max(i for i, plan in enumerate(agreements) if plan.key == names[0])
        reader.problem(f"$.agreements[{index}].after", "cycle", cycle=" → ".join(names))
