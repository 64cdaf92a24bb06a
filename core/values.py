"""Values that every feature speaks in, and what makes a text a name; pure, so that rules may use them too."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# The letters among Unicode's Default_Ignorable_Code_Point: Hangul fillers, which show nothing.
_UNSEEN_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
Texts = dict[str, str]  # a text by locale: {"zh-CN": …, "en": …}, at least one of them


@dataclass(frozen=True)
class Money:
    """An amount as a plain decimal string and its ISO 4217 code."""

    amount: str
    currency: str


def is_name(text: str) -> bool:
    """Whether people can read it as a name: it has a letter or a digit, of whatever script, that can be seen."""
    return any(unicodedata.category(char)[0] in "LN" and char not in _UNSEEN_LETTERS for char in text)
