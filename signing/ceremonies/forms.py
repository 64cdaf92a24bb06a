"""What the host's pages send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from core.errors import Invalid
from core.i18n import LOCALES
from core.reader import Reader
from core.values import Money, Texts
from signing.ceremonies import rules
from signing.ceremonies.rules import (
    KINDS,
    YEARS,
    AgreementChange,
    Beginning,
    CeremonyChange,
    CopyWish,
    PartyChange,
    TimePolicy,
)

_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d{1,2})?", re.ASCII)  # 500,000,000.00; 12,3 is no such thing


def read_ceremony(data: Mapping[str, Any]) -> CeremonyChange:
    """The changed ceremony from a page form or JSON; raises Invalid.

    `title`, `title_en`, `date` (YYYY-MM-DD) and `time` (HH:MM) in `timezone`, `minutes`, `tool`, `time_policy`
    (installation, wait, refuse), `amount` (may be empty), `currency`, `note`.
    """
    reader = Reader()
    change = _ceremony(reader, data)
    if reader.problems:
        raise Invalid(reader.problems)
    return change


def _ceremony(reader: Reader, data: Mapping[str, Any]) -> CeremonyChange:
    held_on, start = _day(reader, data), reader.time_of_day(data.get("time"), "$.time")
    zone = reader.zone(data.get("timezone") or "", "$.timezone")
    return CeremonyChange(
        title=_both(reader, data, "title", rules.LONGEST_TITLE),
        starts_at=_start(reader, held_on, start, zone),
        host_timezone=zone,
        limit_minutes=_minutes(reader, data.get("minutes")),
        conference_tool=reader.text(data.get("tool"), "$.tool", limit=60, required=False),
        time_policy=TimePolicy(
            reader.choice(data.get("time_policy"), "$.time_policy", list(TimePolicy), TimePolicy.INSTALLATION)
        ),
        money=_money(reader, data),
        note=reader.text(data.get("note"), "$.note", limit=4000, required=False, lines=True),
    )


def read_beginning(data: Mapping[str, Any]) -> Beginning:
    """A new ceremony from a page form or JSON: what `read_ceremony` takes, of which `title`, `date`, `time` and
    `timezone` must be given, and the host's `organisation` and `place` in both languages. Raises Invalid.
    """
    reader = Reader()
    wish = Beginning(
        about=_ceremony(reader, {"minutes": 15, **data}),
        organisation=_both(reader, data, "organisation", rules.LONGEST_ORGANISATION),
        place=_both(reader, data, "place", rules.LONGEST_PLACE),
    )
    if reader.problems:
        raise Invalid(reader.problems)
    return wish


def _day(reader: Reader, data: Mapping[str, Any]) -> date:
    held_on = reader.day(data.get("date") or "", "$.date")
    if held_on.year not in YEARS:
        reader.problem("$.date", "bad_date", value=str(data.get("date"))[:40])
    return held_on


def _start(reader: Reader, held_on: date, start: time, zone: str) -> datetime:
    """The instant in this zone; on the night when clocks are put forward an hour is missing."""
    at = datetime.combine(held_on, start, ZoneInfo(zone))
    if at.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(fold=0) != at.replace(fold=0):
        reader.problem("$.time", "no_such_time", time=f"{start:%H:%M}", zone=zone)
    return at


def _minutes(reader: Reader, value: object) -> int:
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if re.fullmatch(r"[0-9]{1,3}", text) and 1 <= int(text) <= 600:
        return int(text)
    reader.problem("$.minutes", "bad_minutes", value=str(value if value is not None else "")[:40])
    return 15


def read_party(data: Mapping[str, Any]) -> PartyChange:
    """A changed party from a page form or JSON; texts come as `place` and `place_en`. Raises Invalid."""
    reader = Reader()
    change = PartyChange(
        organisation=_both(reader, data, "organisation", rules.LONGEST_ORGANISATION),
        representative_name=reader.person(data.get("representative_name"), "$.representative_name", required=True),
        representative_title=_both(reader, data, "representative_title", rules.LONGEST_POSITION),
        email=reader.email(data.get("email"), "$.email"),
        locale=reader.choice(data.get("locale"), "$.locale", LOCALES, "zh-CN"),
        place=_both(reader, data, "place", rules.LONGEST_PLACE),
        timezone=reader.zone(data.get("timezone") or "", "$.timezone"),
        is_host=data.get("is_host") in ("yes", True),
    )
    if not str(data.get("email") or "").strip():
        reader.problem("$.email", "empty_text")
    if reader.problems:
        raise Invalid(reader.problems)
    return change


def _both(reader: Reader, data: Mapping[str, Any], name: str, limit: int) -> Texts:
    texts = {"zh-CN": reader.name(data.get(name), f"$.{name}", limit=limit)}
    english = reader.name(data.get(f"{name}_en"), f"$.{name}_en", limit=limit, required=False)
    return {**texts, "en": english} if english else texts


def read_address(data: Mapping[str, Any]) -> str:
    """A corrected mail address; raises Invalid."""
    reader = Reader()
    email = reader.email(data.get("email"), "$.email")
    if not email and not reader.problems:
        reader.problem("$.email", "empty_text")
    if reader.problems:
        raise Invalid(reader.problems)
    return email


def read_agreement(data: Mapping[str, Any]) -> AgreementChange:
    """A changed agreement from a page form or JSON: `title`, `title_en`, `amount` (may be empty), `currency`, and as
    far as they are to change `kind`, `between`, `after` (lists of keys). Raises Invalid.
    """
    reader = Reader()
    kind = data.get("kind")
    change = AgreementChange(
        title=_both(reader, data, "title", rules.LONGEST_TITLE),
        money=_money(reader, data),
        kind=None if kind is None else reader.choice(kind, "$.kind", KINDS, KINDS[0]),
        between=_keys(reader, data.get("between"), "$.between"),
        after=_keys(reader, data.get("after"), "$.after"),
    )
    if reader.problems:
        raise Invalid(reader.problems)
    return change


def read_order(data: Mapping[str, Any]) -> tuple[str, ...]:
    """`after`: the keys of agreements that another comes after. Raises Invalid."""
    reader = Reader()
    after = _keys(reader, data.get("after"), "$.after")
    if reader.problems:
        raise Invalid(reader.problems)
    return after or ()


def _keys(reader: Reader, value: object, path: str) -> tuple[str, ...] | None:
    if value is None:
        return None
    found: dict[str, None] = {}
    for index, key in enumerate(reader.items(value, path, least=0, most=50)):
        if not isinstance(key, str):
            reader.problem(f"{path}[{index}]", "not_a_text")
        elif key in found:
            reader.problem(f"{path}[{index}]", "duplicate_key", key=key[:60])
        else:
            found[key] = None
    return tuple(found)


def _money(reader: Reader, data: Mapping[str, Any]) -> Money | None:
    raw = data.get("amount")
    if isinstance(raw, str):
        raw = raw.strip().replace(",", "") if _GROUPED.fullmatch(raw.strip()) else raw.strip()
    given = None if raw in (None, "") else {"amount": raw, "currency": data.get("currency") or "CNY"}
    return reader.money(given, "$")


def read_key(data: Mapping[str, Any]) -> str:
    """The key by which something new is known, so that a form sent twice adds one thing; raises Invalid."""
    reader = Reader()
    key = reader.key(data.get("key") or "", "$.key", set())
    if reader.problems:
        raise Invalid(reader.problems)
    return key


@dataclass(frozen=True)
class Listing:
    """Which page of the list is asked for, in which order, whether that of discarded drafts; which one just went."""

    page: int
    by_date: bool
    discarded: bool
    removed: str


def read_listing(args: Mapping[str, str]) -> Listing:
    """From `?order=date&page=2&show=discarded&removed=cer_…`; what is no page number is page 1, no id is none."""
    page = args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    removed = args.get("removed", "")
    return Listing(
        number,
        by_date=args.get("order") == "date",
        discarded=args.get("show") == "discarded",
        removed=removed if removed.isascii() and removed.isidentifier() else "",
    )


def read_why(data: Mapping[str, Any]) -> str:
    """Why a ceremony is called off: 1 to 500 characters; raises Invalid."""
    reader = Reader()
    reason = reader.text(data.get("reason"), "$.reason", limit=500, lines=True)
    if reader.problems:
        raise Invalid(reader.problems)
    return reason


def read_template_title(data: Mapping[str, Any]) -> str:
    """What a template is called; empty: as the ceremony. Raises Invalid."""
    reader = Reader()
    title = reader.text(data.get("title"), "$.title", limit=rules.LONGEST_TITLE, required=False)
    if reader.problems:
        raise Invalid(reader.problems)
    return title


def read_copy(data: Mapping[str, Any]) -> CopyWish:
    """When what was not signed is to be signed: `date` (YYYY-MM-DD) and `time` (HH:MM). Raises Invalid."""
    reader = Reader()
    wish = CopyWish(held_on=_day(reader, data), starts_at=reader.time_of_day(data.get("time"), "$.time"))
    if reader.problems:
        raise Invalid(reader.problems)
    return wish


def read_seq(data: Mapping[str, Any]) -> int:
    """Which state of the sheet was looked at; what is no number is none that there ever was."""
    raw = data.get("seq")
    text = str(raw) if isinstance(raw, int | str) and not isinstance(raw, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


@cache
def zone_names() -> tuple[str, ...]:
    """The IANA zones that people choose from: those of places, in order."""
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix")))
    )
