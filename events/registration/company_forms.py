"""What the team sends about companies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from core.errors import Invalid, Problem
from core.reader import Reader
from core.values import is_name
from events.registration import company_rules as rules
from events.registration.company_rules import CompanyFacts

_BETWEEN = re.compile(r"\t|[,，;；]")


def read(data: Mapping[str, Any]) -> CompanyFacts:
    """`name`, `city`, `industry`, each with `<name>_en`; raises Invalid."""
    reader = Reader()
    facts = CompanyFacts(
        name=reader.both(data, "name", limit=rules.LONGEST_NAME),
        city=reader.both(data, "city", limit=rules.LONGEST_CITY),
        industry=reader.both(data, "industry", limit=rules.LONGEST_INDUSTRY),
    )
    if not facts.name and not reader.problems:
        reader.problem("$.name", "empty_text")
    for name, end in (("zh-CN", ""), ("en", "_en")):
        if facts.name.get(name) and not is_name(facts.name[name]):
            reader.problem(f"$.name{end}", "no_letter")
    if reader.problems:
        raise Invalid(reader.problems)
    return facts


def read_several(text: str) -> list[CompanyFacts]:
    """One company in each line: name, city, industry, with tabs or commas between; as it is copied from a spreadsheet.

    Raises Invalid at `several`, with the number of each line that is wrong.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise Invalid([Problem("$.several", "empty_text")])
    if len(lines) > rules.MOST_AT_ONCE:
        raise Invalid([Problem("$.several", "too_many_companies_at_once", {"most": rules.MOST_AT_ONCE,
                                                                            "count": len(lines)})])  # fmt: skip
    problems: list[Problem] = []
    found: list[CompanyFacts] = []
    seen: dict[str, int] = {}
    for number, line in lines:
        # As a spreadsheet's text has them: a cell with a comma inside stands between tabs.
        cells = [cell.strip() for cell in (line.split("\t") if "\t" in line else _BETWEEN.split(line))]
        name, city, industry = (*cells, "", "")[:3]
        code = _fault(name, city, industry, cells)
        if not code and (first := seen.setdefault(name.casefold(), number)) != number:
            code = "company_line_twice"
            problems.append(Problem("$.several", code, {"line": number, "first": first}))
        elif code:
            problems.append(Problem("$.several", code, {"line": number}))
        found.append(CompanyFacts(_texts(name), _texts(city), _texts(industry)))
    if problems:
        raise Invalid(problems)
    return found


def _fault(name: str, city: str, industry: str, cells: list[str]) -> str:
    if len(cells) > 3 or not is_name(name) or not "".join(cells).isprintable():
        return "company_line_bad"
    too_long = len(name) > rules.LONGEST_NAME or len(city) > rules.LONGEST_CITY
    return "company_line_long" if too_long or len(industry) > rules.LONGEST_INDUSTRY else ""


def _texts(text: str) -> dict[str, str]:
    return {"zh-CN": text} if text else {}
