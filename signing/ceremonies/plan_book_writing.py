"""A whole plan written as the workbook that plan_book reads. Every text is written as a text: nothing is calculated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from core.i18n import t
from pdf import books
from signing.ceremonies.plan_book import COLUMNS, HOST_LANGUAGES, ITEMS, NO, YES
from signing.ceremonies.plan_writing import to_data
from signing.ceremonies.rules import CeremonyPlan, TimePolicy

_WIDE = {
    "script": 60,
    "script_en": 60,
    "value": 60,
    "title": 36,
    "title_en": 36,
    "organisation": 32,
    "stage": 32,
    "email": 28,
}


def write(plan: CeremonyPlan, *, made_at: datetime) -> bytes:
    """The file in the current locale's words; the same plan and `made_at` give the same bytes."""
    data = to_data(plan)
    rows: dict[str, list[list[str]]] = {
        "ceremony": [[t(f"plan-book-item-{item}"), _item(data, item)] for item in ITEMS],
        "parties": [_cells("parties", _party(each)) for each in data["parties"]],
        "agreements": [_cells("agreements", _agreement(each)) for each in data["agreements"]],
        "cues": [_cells("cues", _cue(each)) for each in data.get("cues", [])],
    }
    sheets = [
        books.BookSheet(
            t(f"plan-sheet-{name}"),
            [books.Column(t(f"plan-book-{name}-{column}"), _WIDE.get(column, 18)) for column in COLUMNS[name]],
            found,
        )
        for name, found in rows.items()
    ]
    return books.write_book(sheets, made_at=made_at).data


def _cells(sheet: str, values: Mapping[str, Any]) -> list[str]:
    return [str(values.get(column, "")) for column in COLUMNS[sheet]]


def _item(data: Mapping[str, Any], item: str) -> str:
    if item in ("title", "title_en"):
        return _both(data, "title")[item]
    if item in ("amount", "currency"):
        return str((data.get("planned_investment") or {}).get(item, ""))
    if item == "time_policy":  # the usual one is no word that people would look for
        policy = data.get(item, TimePolicy.INSTALLATION)
        return "" if policy == TimePolicy.INSTALLATION else t(f"plan-book-time-{policy}")
    if item == "needs_camera":
        return t(YES) if data.get(item) else ""
    if item == "live_ink":
        return t(YES if data.get(item, True) else NO)
    return str(data.get(item, ""))


def _both(data: Mapping[str, Any], key: str, name: str = "") -> dict[str, str]:
    texts = data.get(key) or {}
    return {name or key: texts.get("zh-CN", ""), f"{name or key}_en": texts.get("en", "")}


def _party(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **data,
        **_both(data, "organisation"),
        **_both(data, "representative_title", "position"),
        **_both(data, "place"),
        "name": data.get("representative_name", ""),
        "language": HOST_LANGUAGES[data["locale"]],
        "host": t(YES) if data.get("role") == "host" else "",
    }


def _agreement(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **data,
        **_both(data, "title"),
        "kind": t(f"plan-kind-{data['kind']}"),
        **(data.get("amount") or {"amount": ""}),
        "between": _list(data["between"]),
        "after": _list(data["after"]),
    }


def _cue(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **data,
        **_both(data, "title"),
        **_both(data, "script"),
        **_both(data, "stage_text", "stage"),
        "cue": t(f"cue-kind-{data['kind']}"),
        "agreements": _list(data.get("agreements", [])),
        "where": data.get("place", ""),
    }


def _list(keys: Sequence[str]) -> str:
    return ", ".join(keys)
