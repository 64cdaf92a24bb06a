"""Values that every feature speaks in; no behaviour, so that rules may use them too."""

from __future__ import annotations

from dataclasses import dataclass

Texts = dict[str, str]  # a text by locale: {"zh-CN": …, "en": …}, at least one of them


@dataclass(frozen=True)
class Money:
    """An amount as a plain decimal string and its ISO 4217 code."""

    amount: str
    currency: str
