"""What a company is to a conference; pure."""

from __future__ import annotations

from dataclasses import dataclass

from core.values import Texts

MOST_COMPANIES = 5_000  # of one conference
MOST_AT_ONCE = 500  # of one pasted list
LONGEST_NAME = 120  # characters, here and below
LONGEST_CITY = 60
LONGEST_INDUSTRY = 60


@dataclass(frozen=True)
class CompanyFacts:
    """What it is called, where it is, and what it does; each by locale, the last two may be empty."""

    name: Texts
    city: Texts
    industry: Texts
