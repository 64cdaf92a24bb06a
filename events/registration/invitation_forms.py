"""The rows of an uploaded list, read into invitations, each with everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from core.errors import Problem
from events.registration import invitation_rules as rules
from events.registration.invitation_rules import Flaw, Known
from events.registration.signup_forms import read_person


@dataclass(frozen=True)
class InvitedRow:
    """One row as it is kept; a wrong one as it was typed, cut to what the columns hold."""

    number: int
    name: str
    email: str
    company_name: str
    job_title: str
    phone: str
    locale: str
    audience_id: str | None
    venue_id: str | None
    flaws: tuple[Flaw, ...]


_LONGEST = {"name": 120, "email": 254, "company_name": 120, "job_title": 120, "phone": 40}


def read_rows(
    rows: Sequence[tuple[int, Sequence[str], Collection[str]]], header: Sequence[str], known: Known
) -> list[InvitedRow]:
    """`rows`: (number in the file, cells, marks)."""
    columns, seen = rules.columns_of(header), set[str]()
    return [_read(number, rules.cells_of(cells, columns), marks, known, seen) for number, cells, marks in rows]


def _read(number: int, cells: Mapping[str, str], marks: Collection[str], known: Known, seen: set[str]) -> InvitedRow:
    flaws = [Flaw("", f"row_{mark}") for mark in marks]
    person, problems = read_person({name: cells.get(name, "") for name in _LONGEST})
    # What a formula would have said is not known, so nothing else is said of such a row.
    if not flaws:
        flaws += [_flaw(each) for each in problems]
    address = person.email.lower()
    if address and not flaws:
        if address in known.invited:
            flaws.append(Flaw("email", "invited_already"))
        elif address in seen:
            flaws.append(Flaw("email", "address_twice"))
    audience = rules.choose(cells.get("audience", ""), known.audiences, only=_only(known.audiences))
    venue_text = cells.get("venue", "")
    venue = rules.choose(venue_text, known.venues, only=None)
    language = rules.language_of(cells.get("locale", ""))
    if not marks:
        if audience is None:
            typed = cells.get("audience", "")[:40]
            flaws.append(
                Flaw("audience", "no_such_audience", {"value": typed}) if typed else Flaw("audience", "empty_text")
            )
        if venue_text and venue is None:
            flaws.append(Flaw("venue", "no_such_venue", {"value": venue_text[:40]}))
        if language is None:
            flaws.append(Flaw("locale", "no_such_language", {"value": cells.get("locale", "")[:40]}))
    if not flaws:
        seen.add(address)
    good = vars(person) if not flaws else {}
    texts = {name: good.get(name) or cells.get(name, "")[:most] for name, most in _LONGEST.items()}
    return InvitedRow(
        number, **texts, locale=language or "zh-CN", audience_id=audience, venue_id=venue, flaws=tuple(flaws)
    )


def _only(audiences: Mapping[str, str]) -> str | None:
    """The one kind of people that there is; a row must name one where there are more."""
    ids = set(audiences.values())
    return next(iter(ids)) if len(ids) == 1 else None


def _flaw(problem: Problem) -> Flaw:
    return Flaw(problem.path.removeprefix("$."), problem.code, problem.params)
