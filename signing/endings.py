"""Why an agreement ended unsigned, in the reader's words."""

from __future__ import annotations

from core import i18n
from core.i18n import t
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView, Ending
from signing.ceremonies.queries import CeremonyView
from signing.seats import queries as seats


def words(ending: Ending, *, who: str, mine: bool = False) -> str:
    """One sentence in the current locale; `who` is the organisation of who declined, `mine` that it was the reader."""
    code = "declined-mine" if mine and ending.code == "declined" else ending.code
    return t(f"agreement-ended-{code}", who=who, after=ending.after, state=ending.after_state)


def of_agreement(agreement: AgreementView, ceremony: CeremonyView) -> str:
    """Why an agreement ended unsigned, for who leads: with who declined it, by name; empty where it did not."""
    ending = agreements.find_ending(agreement)
    if ending is None:
        return ""
    return words(ending, who=_who(agreement, ending, ceremony) if ending.seat_id else "")


def _who(agreement: AgreementView, ending: Ending, ceremony: CeremonyView) -> str:
    """The organisation, and the person who sat there when it ended."""
    seat = seats.get_seat(ending.seat_id)
    person = seat.as_at(agreement.ended_at) if agreement.ended_at else seat
    return i18n.pick(ceremony.party(seat.party_key).organisation) + i18n.aside(person.name)
