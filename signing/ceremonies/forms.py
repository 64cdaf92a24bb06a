"""What the host's pages send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from core.errors import Invalid
from core.i18n import LOCALES
from core.reader import Reader
from core.values import Texts
from signing.ceremonies.rules import YEARS, AgreementChange, CopyWish, PartyChange

_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d{1,2})?", re.ASCII)  # 500,000,000.00; 12,3 is no such thing


def read_party(data: Mapping[str, Any]) -> PartyChange:
    """A changed party from a page form or JSON; texts come as `place` and `place_en`. Raises Invalid."""
    reader = Reader()
    change = PartyChange(
        organisation=_both(reader, data, "organisation", 60),
        representative_name=reader.person(data.get("representative_name"), "$.representative_name", required=True),
        representative_title=_both(reader, data, "representative_title", 40),
        email=reader.email(data.get("email"), "$.email"),
        locale=reader.choice(data.get("locale"), "$.locale", LOCALES, "zh-CN"),
        place=_both(reader, data, "place", 40),
        timezone=reader.zone(data.get("timezone") or "", "$.timezone"),
    )
    if not str(data.get("email") or "").strip():
        reader.problem("$.email", "empty_text")
    if reader.problems:
        raise Invalid(reader.problems)
    return change


def _both(reader: Reader, data: Mapping[str, Any], name: str, limit: int) -> Texts:
    texts = {"zh-CN": reader.text(data.get(name), f"$.{name}", limit=limit)}
    english = reader.text(data.get(f"{name}_en"), f"$.{name}_en", limit=limit, required=False)
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
    """A changed agreement from a page form or JSON: `title`, `title_en`, `amount` (may be empty), `currency`."""
    reader = Reader()
    raw = data.get("amount")
    if isinstance(raw, str):
        raw = raw.strip().replace(",", "") if _GROUPED.fullmatch(raw.strip()) else raw.strip()
    money = None if raw in (None, "") else {"amount": raw, "currency": data.get("currency") or "CNY"}
    change = AgreementChange(title=_both(reader, data, "title", 120), money=reader.money(money, "$"))
    if reader.problems:
        raise Invalid(reader.problems)
    return change


def read_why(data: Mapping[str, Any]) -> str:
    """Why a ceremony is called off: 1 to 500 characters; raises Invalid."""
    reader = Reader()
    reason = reader.text(data.get("reason"), "$.reason", limit=500, lines=True)
    if reader.problems:
        raise Invalid(reader.problems)
    return reason


def read_copy(data: Mapping[str, Any]) -> CopyWish:
    """When what was not signed is to be signed: `date` (YYYY-MM-DD) and `time` (HH:MM). Raises Invalid."""
    reader = Reader()
    held_on = reader.day(data.get("date"), "$.date")
    if held_on.year not in YEARS:
        reader.problem("$.date", "bad_date", value=str(data.get("date"))[:40])
    wish = CopyWish(held_on=held_on, starts_at=reader.time_of_day(data.get("time"), "$.time"))
    if reader.problems:
        raise Invalid(reader.problems)
    return wish


@cache
def zone_names() -> tuple[str, ...]:
    """The IANA zones that people choose from: those of places, in order."""
    return tuple(
        sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix")))
    )
