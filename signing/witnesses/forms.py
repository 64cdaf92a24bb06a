"""What the host's page sends about witnesses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Invalid
from core.reader import Reader
from signing.witnesses import rules
from signing.witnesses.rules import WitnessPlan


def read_witness(data: Mapping[str, Any]) -> WitnessPlan:
    """`name`, `organisation`, `email` (may be empty), `language`; raises Invalid."""
    reader = Reader()
    plan = WitnessPlan(
        name=reader.person(data.get("name"), "$.name", required=True),
        organisation=reader.name(data.get("organisation"), "$.organisation", limit=rules.LONGEST_ORGANISATION),
        email=reader.email(data.get("email") or None, "$.email"),
        locale=reader.choice(data.get("language") or None, "$.language", rules.LOCALES, "zh-CN"),
    )
    if reader.problems:
        raise Invalid(reader.problems)
    return plan
