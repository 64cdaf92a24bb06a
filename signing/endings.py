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
    """Why an agreement ended unsigned, for who leads; empty where it did not."""
    ending = agreements.find_ending(agreement)
    if ending is None:
        return ""
    party = ceremony.party(seats.get_seat(ending.seat_id).party_key) if ending.seat_id else None
    return words(ending, who=i18n.pick(party.organisation) if party else "")
