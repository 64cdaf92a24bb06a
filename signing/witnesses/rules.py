"""Who may be a witness: pure."""

from __future__ import annotations

from dataclasses import dataclass

MAX_WITNESSES = 6
LONGEST_ORGANISATION = 120
LOCALES = ("zh-CN", "en")


@dataclass(frozen=True)
class WitnessPlan:
    """A witness as the host names one; without an `email` the host hands the link over."""

    name: str
    organisation: str
    email: str
    locale: str
