"""Reads of live ink."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from core import i18n, live, tokens
from core.db import table_of
from core.prepared import Prepared
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.ink.models import InkPen
from signing.ink.rules import Pen
from signing.seats import queries as seats

PEN = table_of(InkPen)
_NAMES = [field.name for field in fields(Pen)]
_OF_SEAT = select(*(PEN.c[name] for name in _NAMES)).where(PEN.c.seat_id == bindparam("seat"))
# Built once, and rows instead of records: they are asked many times a second.
_FIND = Prepared(_OF_SEAT)
_TAKE = Prepared(_OF_SEAT.with_for_update())
_STREAM_LIFE = timedelta(hours=24)
JUST_NOW = timedelta(seconds=40)


def channel(ceremony_id: str) -> str:
    """The live channel of the strokes that are drawn in a ceremony."""
    return f"ink:{ceremony_id}"


def is_shown(ceremony_id: str) -> bool:
    """Whether those who watch this ceremony see signatures while they are drawn."""
    return ceremonies.shows_ink(ceremony_id)


def stream(ceremony_id: str) -> dict[str, Any]:
    """Where a screen hears of strokes, those of the last moments first. Where none are shown none come: the host may
    have them shown again while the screen is open."""
    name = channel(ceremony_id)
    token = tokens.issue_fleeting("live", name, expires_in=_STREAM_LIFE)
    return {"url": f"/live/{token}", "seq": live.find_seq_before(name, within=JUST_NOW)}


def pens(ceremony_id: str, *, until: datetime | None = None) -> dict[str, str]:
    """By seat the name of who holds its pen, for screens that show ink; nobody's where none is shown.

    `until`: who came in another's place after that is not named yet.
    """
    if not is_shown(ceremony_id):
        return {}
    found = seats.list_seats(ceremony_id)
    return {each.id: each.name for each in found if until is None or each.since is None or each.since <= until}


def panel(ceremony_id: str, *, but: str = "") -> dict[str, Any]:
    """What a page of the room needs to show ink small: the stream, and `names`."""
    return {**stream(ceremony_id), **names(ceremony_id, but=but)}


def names(ceremony_id: str, *, but: str = "") -> dict[str, Any]:
    """In the current locale: whose pens there are, without the seat `but`, and the titles of what they sign."""
    ceremony = ceremonies.get_ceremony(ceremony_id)
    party = {each.key: each for each in ceremony.parties}
    return {
        "pens": {
            each.id: {
                "party": i18n.pick(party[each.party_key].organisation),
                "office": i18n.pick(party[each.party_key].representative_title),
                "name": each.name,
            }
            for each in seats.list_seats(ceremony_id)
            if each.id != but
        },
        "agreements": {each.id: i18n.pick(each.title) for each in agreements.list_agreements(ceremony_id)},
    }


def find_pen(seat_id: str) -> Pen | None:
    """How far a seat's drawing has come."""
    return _pen(_FIND, seat_id)


def take_pen(seat_id: str) -> Pen | None:
    """The pen of a seat in order to change it."""
    return _pen(_TAKE, seat_id)


def _pen(statement: Prepared, seat_id: str) -> Pen | None:
    row = statement.read({"seat": seat_id}).one_or_none()
    return None if row is None else Pen(*row)
