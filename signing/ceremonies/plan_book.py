"""A whole plan as a workbook: one sheet each for the ceremony, its parties, agreements and cues.

Rows become the parsed JSON of the ceremony file, which alone is held to the rules; what is wrong with it is told with
the row where it stands. Headings are understood in every language of the product, whatever the reader's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.errors import Invalid, Problem
from core.i18n import in_every_locale, t
from pdf import sheets
from pdf.errors import PdfError
from signing.ceremonies.plan_file import CeremonyFile
from signing.ceremonies.plan_keys import MAX_AGREEMENTS, MAX_PARTIES
from signing.ceremonies.rules import CeremonyPlan, TimePolicy
from signing.cues import queries as cues

Plan = CeremonyPlan
MOST_ROWS = {"ceremony": 60, "parties": MAX_PARTIES, "agreements": MAX_AGREEMENTS, "cues": cues.MOST_CUES}
# The columns of each sheet as they are written; the first ones have to be there.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "ceremony": ("item", "value"),
    "parties": (
        *("key", "organisation", "timezone", "organisation_en", "position", "position_en", "name", "email", "language"),
        *("place", "place_en", "host"),
    ),
    "agreements": ("key", "title", "between", "title_en", "kind", "amount", "currency", "after"),
    "cues": (
        *("cue", "title", "minutes", "title_en", "agreements", "where", "speaker", "script", "script_en"),
        *("stage", "stage_en"),
    ),
}
_NEEDED = {"ceremony": 2, "parties": 3, "agreements": 3, "cues": 3}
# What the ceremony's sheet may say, by its first column.
ITEMS = (
    *("title", "title_en", "date", "starts_at", "host_timezone", "limit_minutes", "conference_tool", "time_policy"),
    *("live_ink", "amount", "currency", "note", "source", "needs_camera", "format"),
)
YES, NO, HOST_LANGUAGES = "plan-book-yes", "plan-book-no", {"zh-CN": "中文", "en": "English"}
_APART = re.compile(r"[\s,，、;；]+")
_MIDNIGHT = re.compile(r"T00:00(:00)?$")
_SECONDS = re.compile(r"^(\d{1,2}:\d{2}):\d{2}$")


@dataclass(frozen=True)
class ReadBook:
    """`data` as of parsed JSON; `rows` says in which row of its sheet each entry stands."""

    data: dict[str, Any]
    rows: Mapping[str, tuple[int, ...]]


class BadBook(Exception):
    """What is wrong with a workbook, and in which row each of its entries stands."""

    def __init__(self, invalid: Invalid, rows: Mapping[str, tuple[int, ...]]) -> None:
        super().__init__(invalid.code)
        self.invalid, self.rows = invalid, rows


def read_plan(content: bytes) -> Plan:
    """A plan from the bytes of a workbook; raises BadBook with all problems."""
    rows: Mapping[str, tuple[int, ...]] = {}
    try:
        book = read(content)
        rows = book.rows
        return CeremonyFile.read(book.data)
    except Invalid as invalid:
        raise BadBook(invalid, rows) from invalid


def read(content: bytes) -> ReadBook:
    """Raises Invalid with every row that cannot be taken as it is, and with what the file lacks."""
    problems: list[Problem] = []
    found = {name: _read_sheet(content, name, problems) for name in COLUMNS}
    if problems:
        raise Invalid(problems, code="bad_ceremony_file")
    data = _ceremony(found["ceremony"])
    data["parties"] = [_party(row) for _, row in found["parties"]]
    data["agreements"] = [_agreement(row) for _, row in found["agreements"]]
    if found["cues"]:
        data["cues"] = [_cue(row) for _, row in found["cues"]]
    return ReadBook(data, {name: tuple(number for number, _ in rows) for name, rows in found.items()})


Rows = list[tuple[int, dict[str, str]]]


def _read_sheet(content: bytes, name: str, problems: list[Problem]) -> Rows:
    heads = headings(name)
    wanted = [heads[column] for column in COLUMNS[name][: _NEEDED[name]]]
    try:
        sheet = sheets.read_sheet(content, wanted=wanted, most_rows=MOST_ROWS[name])
    except PdfError as error:
        if error.code != "sheet_without_columns":
            code = "sheet_broken" if error.code == "sheet_broken" else "sheet_too_heavy"
            raise Invalid([Problem("$", code)], code="bad_ceremony_file") from error
        if name != "cues":
            lacks = t("list-separator").join(t(_head(name, column)) for column in COLUMNS[name][: _NEEDED[name]])
            problems.append(
                Problem(f"$.{name}", "book_lacks_sheet", {"sheet": t(f"plan-sheet-{name}"), "columns": lacks})
            )
        return []
    if sheet.more:
        count = MOST_ROWS[name] + sheet.more
        problems.append(Problem(f"$.{name}", "too_many_rows", {"most": MOST_ROWS[name], "count": count}))
    places = {column: at for column, names in heads.items() if (at := _find(sheet.header, names)) is not None}
    rows: Rows = []
    for row in sheet.rows:
        problems.extend(Problem(f"$.{name}[row {row.number}]", f"row_{mark}") for mark in row.marks)
        cells = {column: row.cells[at].strip() for column, at in places.items() if at < len(row.cells)}
        if any(cells.values()):
            rows.append((row.number, cells))
    return rows


def _find(header: Collection[str], names: Collection[str]) -> int | None:
    return next((at for at, cell in enumerate(header) if _plain(cell) in names), None)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _head(sheet: str, column: str) -> str:
    return f"plan-book-{sheet}-{column}"


@cache
def headings(sheet: str) -> dict[str, frozenset[str]]:
    """What a column of this sheet may be called, as it is compared."""
    return {column: _names(_head(sheet, column)) for column in COLUMNS[sheet]}


@cache
def _names(message_id: str) -> frozenset[str]:
    return frozenset(_plain(text) for text in in_every_locale(message_id).values())


def _ceremony(rows: Rows) -> dict[str, Any]:
    given: dict[str, str] = {}
    for _, row in rows:
        item = next((item for item in ITEMS if _plain(row.get("item", "")) in _names(f"plan-book-item-{item}")), "")
        if item:
            given[item] = row.get("value", "")
    data = {
        **{name: given.get(name, "") for name in ("host_timezone", "conference_tool", "note", "source")},
        "time_policy": _word(
            given.get("time_policy", ""), lambda each: _names(f"plan-book-time-{each}"), list(TimePolicy)
        ),
        "format": given.get("format", ""),
        "title": _both(given, "title"),
        "date": _MIDNIGHT.sub("", given.get("date", "")),
        "starts_at": _clock(given.get("starts_at", "")),
        "limit_minutes": _number(given.get("limit_minutes", "")),
        "live_ink": _yes_or_no(given.get("live_ink", "")),
        "planned_investment": _money(given),
        "needs_camera": True if _plain(given.get("needs_camera", "")) in _names(YES) else "",
    }
    return _told(data)


def _yes_or_no(text: str) -> bool | str:
    """What is neither stays as it is, for the reading of the file to name it."""
    said = _plain(text)
    return said in _names(YES) or (False if said in _names(NO) else text)


def _party(row: Mapping[str, str]) -> dict[str, Any]:
    data = {
        "key": row.get("key", ""),
        "organisation": _both(row, "organisation"),
        "representative_title": _both(row, "position"),
        "representative_name": row.get("name", ""),
        "email": row.get("email", ""),
        "locale": _word(row.get("language", ""), lambda locale: {_plain(HOST_LANGUAGES[locale])}, HOST_LANGUAGES),
        "place": _both(row, "place"),
        "timezone": row.get("timezone", ""),
        "role": "host" if _plain(row.get("host", "")) in _names(YES) else "",
    }
    return _told(data)


def _agreement(row: Mapping[str, str]) -> dict[str, Any]:
    kinds = ("investment", "cooperation")
    data = {
        "key": row.get("key", ""),
        "title": _both(row, "title"),
        "kind": _word(row.get("kind", ""), lambda kind: _names(f"plan-kind-{kind}"), kinds),
        "amount": _money(row),
    }
    return {**_told(data), "between": _list(row.get("between", "")), "after": _list(row.get("after", ""))}


def _cue(row: Mapping[str, str]) -> dict[str, Any]:
    data = {
        "kind": _word(row.get("cue", ""), lambda kind: _names(f"cue-kind-{kind}"), cues.CUE_KINDS),
        "title": _both(row, "title"),
        "minutes": _number(row.get("minutes", "")),
        "agreements": _list(row.get("agreements", "")),
        "place": row.get("where", ""),
        "speaker": row.get("speaker", ""),
        "script": _both(row, "script"),
        "stage_text": _both(row, "stage"),
    }
    return _told(data)


def _told(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, "", {}, [])}


def _both(row: Mapping[str, str], name: str) -> dict[str, str]:
    return {
        language: text for language, text in (("zh-CN", row.get(name, "")), ("en", row.get(f"{name}_en", ""))) if text
    }


def _list(text: str) -> list[str]:
    return [each for each in _APART.split(text) if each]


def _number(text: str) -> int | float | str:
    """As a number where it is one; else as it stands, for the reader of the file to refuse by name."""
    try:
        return int(text)
    except ValueError:
        pass
    return float(text) if re.fullmatch(r"[0-9]{1,4}[.][0-9]{1,6}", text, re.ASCII) else text


def _clock(text: str) -> str:
    return _SECONDS.sub(r"\1", text).rjust(5, "0") if text else ""


def _money(row: Mapping[str, str]) -> dict[str, str] | None:
    amount = row.get("amount", "").replace(",", "")
    return {"amount": amount, "currency": row.get("currency", "") or "CNY"} if amount else None


def _word(text: str, names: Callable[[str], Collection[str]], options: Collection[str]) -> str:
    """The option that is called so in any language; else the text, to be refused by name."""
    return next((option for option in options if _plain(text) in {*names(option), option.casefold()}), text)
