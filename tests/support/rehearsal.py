"""Rehearsals for tests, made and played through the real use cases."""

from __future__ import annotations

from datetime import date, time

from core.db import db
from signing.agreements import queries as agreements
from signing.ceremonies import inviting, rehearsing
from signing.ceremonies.rules import CopyWish
from signing.seats import queries as seats
from tests.support import ceremony
from tests.support.ceremony import HOST, Person, Played

WISH = CopyWish(held_on=date(2026, 11, 30), starts_at=time(10, 0))


def rehearse(ceremony_id: str, key: str = "one") -> str:
    """A rehearsal of this ceremony, still a draft; returns its id."""
    return rehearsing.rehearse(ceremony_id, WISH, key, by=HOST)


def play(rehearsal_id: str) -> Played:
    """Print, invite and sign a rehearsal to its kit."""
    inviting.print_and_invite(rehearsal_id, by=HOST)
    ceremony.do_jobs()
    people = {seat.party_key: Person(seat.id, seat.party_key) for seat in seats.list_seats(rehearsal_id)}
    ids = {agreement.key: agreement.id for agreement in agreements.list_agreements(rehearsal_id)}
    db.session.remove()
    played = Played("", rehearsal_id, people, ids)
    ceremony.sign_all(played)
    ceremony.do_jobs()
    return played
