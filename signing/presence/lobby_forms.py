"""What the host's lobby sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Invalid, NotFound
from core.reader import Reader
from signing.presence import lobby_rules as rules
from signing.presence.lobby_rules import Act, Quick


def read_act(verb: str, data: Mapping[str, Any]) -> tuple[Act, str]:
    """What to do about a signer, and the sentence for who is held; raises NotFound, Invalid."""
    if verb not in list(Act):
        raise NotFound
    reader = Reader()
    why = reader.text(data.get("why"), "$.why", limit=rules.LONGEST_WHY) if verb == Act.HOLD else ""
    if reader.problems:
        raise Invalid(reader.problems)
    return Act(verb), why


def read_policy(data: Mapping[str, Any]) -> bool:
    """Whether each signer is admitted; raises Invalid."""
    reader = Reader()
    found = reader.choice(data.get("policy"), "$.policy", ["each", "open"], "open")
    if reader.problems:
        raise Invalid(reader.problems)
    return found == "each"


def read_message(data: Mapping[str, Any]) -> tuple[Quick | None, str]:
    """A quick message, or a text of one's own; raises Invalid."""
    reader = Reader()
    if data.get("quick"):
        quick = reader.choice(data.get("quick"), "$.quick", list(Quick), "")
        text = ""
    else:
        quick, text = "", reader.text(data.get("text"), "$.text", limit=rules.LONGEST_MESSAGE)
    if reader.problems:
        raise Invalid(reader.problems)
    return (Quick(quick) if quick else None), text
