"""What the page of data protection sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Invalid
from core.reader import Reader
from core.values import Texts

LONGEST_NOTICE = 2000  # characters
MOST_RETENTION_DAYS = 3650


@dataclass(frozen=True)
class NoticeForm:
    """Who has people's data, for what, and for how many days after the conference."""

    controller: Texts
    purpose: Texts
    retention_days: int


def read_notice(data: Mapping[str, Any]) -> NoticeForm:
    """`controller`, `purpose` (each with `_en`, each in both languages or in none) and `retention_days` (1 to 3,650).
    Raises Invalid."""
    reader = Reader()
    controller = reader.both(data, "controller", limit=200)
    purpose = reader.both(data, "purpose", limit=LONGEST_NOTICE, lines=True)
    for name, texts in (("controller", controller), ("purpose", purpose)):
        if len(texts) == 1:
            lacking = "" if "en" in texts else "_en"
            reader.problem(f"$.{name}{lacking}", "label_missing", language="zh-CN" if "en" in texts else "en")
    text = str(data.get("retention_days") or "").strip()
    days = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= days <= MOST_RETENTION_DAYS:
        reader.problem("$.retention_days", "bad_days", most=MOST_RETENTION_DAYS)
    if reader.problems:
        raise Invalid(reader.problems)
    return NoticeForm(controller, purpose, days)
