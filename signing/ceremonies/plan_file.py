"""The ceremony file: JSON → a plan, or every problem at once, each with its JSON path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from graphlib import CycleError, TopologicalSorter
from zoneinfo import ZoneInfo

from core.errors import Invalid, Problem
from core.i18n import LOCALES
from core.reader import BadJson, Reader, load_json
from core.values import Money
from signing.ceremonies.rules import YEARS, AgreementPlan, CeremonyPlan, PartyPlan

MAX_PARTIES = 20
MAX_AGREEMENTS = 50
MAX_BETWEEN = 10  # as many as a paper has names for: 甲方 … 癸方
MAX_FILE_BYTES = 500_000
_START = {"morning": time(10), "afternoon": time(15), "evening": time(19)}


class CeremonyFile:
    """The file format of `examples/shuangliu-signing.json`."""

    @staticmethod
    def loads(content: bytes) -> CeremonyPlan:
        """A plan from the bytes of a file; raises Invalid with all problems."""
        if len(content) > MAX_FILE_BYTES:
            raise Invalid([Problem("$", "file_too_large", {"limit": MAX_FILE_BYTES // 1000})], code="bad_ceremony_file")
        try:
            data = load_json(content)
            return CeremonyFile.read(data)
        except BadJson as error:
            raise Invalid([error.problem], code="bad_ceremony_file") from None
        except RecursionError:  # nested just as deep as the parser bears, and deeper than what walks it
            raise Invalid([Problem("$", "not_json", {"line": 1})], code="bad_ceremony_file") from None

    @staticmethod
    def read(data: object) -> CeremonyPlan:
        """A plan from parsed JSON; raises Invalid with all problems."""
        reader = Reader()
        plan = _read_plan(reader, data)
        if reader.problems:
            raise Invalid(reader.problems, code="bad_ceremony_file")
        return plan


def _read_plan(reader: Reader, data: object) -> CeremonyPlan:
    top = reader.mapping(
        data,
        "$",
        required=("title", "date", "host_timezone", "parties", "agreements"),
        optional=(
            "source",
            "part_of_day",
            "starts_at",
            "limit_minutes",
            "conference_tool",
            "planned_investment",
            "note",
            "demo",
        ),
    )
    held_on = reader.day(top.get("date"), "$.date")
    if held_on.year not in YEARS:
        reader.problem("$.date", "bad_date", value=str(top.get("date"))[:40])
    zone = reader.zone(top.get("host_timezone"), "$.host_timezone")
    start = _START[reader.choice(top.get("part_of_day"), "$.part_of_day", tuple(_START), "morning")]
    if top.get("starts_at") is not None:
        start = reader.time_of_day(top["starts_at"], "$.starts_at")
    money = reader.money(top.get("planned_investment"), "$.planned_investment")
    parties = _read_parties(reader, top.get("parties"))
    return CeremonyPlan(
        title=reader.texts(top.get("title"), "$.title", limit=120),
        held_on=held_on,
        starts_at=datetime.combine(held_on, start, ZoneInfo(zone)),
        host_timezone=zone,
        limit_minutes=_read_minutes(reader, top.get("limit_minutes", 15)),
        conference_tool=reader.text(top.get("conference_tool"), "$.conference_tool", limit=60, required=False),
        money=money,
        parties=parties,
        agreements=_read_agreements(reader, top.get("agreements"), {party.key for party in parties}, money),
        note=reader.text(top.get("note"), "$.note", limit=4000, required=False, lines=True),
        source=reader.text(top.get("source"), "$.source", limit=1000, required=False, lines=True),
        demo=_read_flag(reader, top.get("demo", False)),
    )


def _read_minutes(reader: Reader, value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 600:
        return value
    reader.problem("$.limit_minutes", "bad_minutes", value=str(value)[:40])
    return 15


def _read_flag(reader: Reader, value: object) -> bool:
    if not isinstance(value, bool):
        reader.problem("$.demo", "not_yes_or_no")
        return False
    return value


def _read_parties(reader: Reader, value: object) -> tuple[PartyPlan, ...]:
    seen: set[str] = set()
    parties = []
    for index, item in enumerate(reader.items(value, "$.parties", least=2, most=MAX_PARTIES)):
        path = f"$.parties[{index}]"
        given = reader.mapping(
            item,
            path,
            required=("key", "organisation", "representative_title", "place", "timezone"),
            optional=("representative_name", "email", "locale", "role", "assumed"),
        )
        assumed = reader.items(given.get("assumed"), f"{path}.assumed", least=0, most=10)
        parties.append(
            PartyPlan(
                key=reader.key(given.get("key"), f"{path}.key", seen),
                organisation=reader.texts(given.get("organisation"), f"{path}.organisation", limit=60),
                representative_title=reader.texts(
                    given.get("representative_title"), f"{path}.representative_title", limit=40
                ),
                representative_name=reader.person(
                    given.get("representative_name"), f"{path}.representative_name", required=False
                ),
                email=reader.email(given.get("email"), f"{path}.email"),
                locale=reader.choice(given.get("locale"), f"{path}.locale", LOCALES, "zh-CN"),
                place=reader.texts(given.get("place"), f"{path}.place", limit=40),
                timezone=reader.zone(given.get("timezone"), f"{path}.timezone"),
                is_host=reader.choice(given.get("role"), f"{path}.role", ("host", "partner"), "partner") == "host",
                assumed=tuple(
                    reader.text(one, f"{path}.assumed[{number}]", limit=40) for number, one in enumerate(assumed)
                ),
            )
        )
    hosts = [index for index, party in enumerate(parties) if party.is_host]
    for index in hosts[1:]:
        reader.problem(f"$.parties[{index}].role", "second_host")
    return tuple(parties)


def _read_agreements(
    reader: Reader, value: object, parties: set[str], money: Money | None
) -> tuple[AgreementPlan, ...]:
    given = reader.items(value, "$.agreements", least=1, most=MAX_AGREEMENTS)
    known = {item["key"] for item in given if isinstance(item, Mapping) and isinstance(item.get("key"), str)}
    seen: set[str] = set()
    agreements = [_read_agreement(reader, item, i, parties, known, seen, money) for i, item in enumerate(given)]
    _find_cycle(reader, agreements)
    return tuple(agreements)


def _read_agreement(
    reader: Reader,
    item: object,
    index: int,
    parties: set[str],
    known: set[str],
    seen: set[str],
    money: Money | None,
) -> AgreementPlan:
    path = f"$.agreements[{index}]"
    given = reader.mapping(
        item, path, required=("key", "title", "between", "after"), optional=("kind", "amount", "assumed")
    )
    for number, one in enumerate(reader.items(given.get("assumed"), f"{path}.assumed", least=0, most=10)):
        reader.text(one, f"{path}.assumed[{number}]", limit=40)
    after = reader.known_keys(given.get("after"), f"{path}.after", known, what="agreement", least=0)
    kind = reader.choice(
        given.get("kind"), f"{path}.kind", ("investment", "cooperation"), "cooperation" if after else "investment"
    )
    amount = reader.money(given.get("amount"), f"{path}.amount")
    between = reader.known_keys(given.get("between"), f"{path}.between", parties, what="party", least=2)
    if len(between) > MAX_BETWEEN:
        reader.problem(f"{path}.between", "too_many", most=MAX_BETWEEN, count=len(between))
    return AgreementPlan(
        key=reader.key(given.get("key"), f"{path}.key", seen),
        title=reader.texts(given.get("title"), f"{path}.title", limit=120),
        kind=kind,
        between=between,
        after=after,
        money=amount or (money if kind == "investment" else None),
    )


def _find_cycle(reader: Reader, agreements: Sequence[AgreementPlan]) -> None:
    sorter = TopologicalSorter({plan.key: plan.after for plan in agreements if plan.key})
    try:
        sorter.prepare()
    except CycleError as error:
        names = list(reversed(error.args[1]))
        index = max(i for i, plan in enumerate(agreements) if plan.key == names[0])
        reader.problem(f"$.agreements[{index}].after", "cycle", cycle=" → ".join(names))
