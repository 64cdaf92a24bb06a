"""What the host's page and programs send about thanks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import Invalid, NotFound
from core.i18n import LOCALES
from core.reader import Reader
from signing.thanks.rules import LONGEST_WORDS, Draft, Kind


def read_draft(data: Mapping[str, Any]) -> Draft:
    """`words` in Chinese, `words_en` in English (each may be empty), `team`; raises Invalid."""
    reader = Reader()
    # A line end of a form is two characters: what fits into the field must be taken.
    plain = {
        name: value.replace("\r\n", "\n") if isinstance(value, str) else value
        for name in ("words", "words_en")
        if (value := data.get(name)) is not None
    }
    words = reader.both(plain, "words", limit=LONGEST_WORDS, lines=True)
    team = data.get("team")
    if team not in (None, True, False, "yes"):
        reader.problem("$.team", "not_yes_or_no")
    if reader.problems:
        raise Invalid(reader.problems)
    return Draft(words, with_team=bool(team))


def read_letter(data: Mapping[str, Any]) -> tuple[Kind, str]:
    """`letter` and `language`; raises NotFound for others than there are."""
    letter, language = data.get("letter"), data.get("language")
    if letter not in list(Kind) or language not in LOCALES:
        raise NotFound("thanks_letter_not_found")
    return Kind(str(letter)), str(language)
