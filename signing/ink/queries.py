"""Reads of live ink."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select

from core import live, tokens
from core.db import read, table_of
from signing.ink.models import InkPen
from signing.ink.rules import Pen

PEN = table_of(InkPen)
_NAMES = [field.name for field in fields(Pen)]
_FIND = select(*(PEN.c[name] for name in _NAMES)).where(PEN.c.seat_id == bindparam("seat"))
_TAKE = _FIND.with_for_update()
_STREAM_LIFE = timedelta(hours=24)
JUST_NOW = timedelta(seconds=40)


def channel(ceremony_id: str) -> str:
    """The live channel of the strokes that are drawn in a ceremony."""
    return f"ink:{ceremony_id}"


def is_shown(ceremony_id: str) -> bool:  # noqa: ARG001  a setting of the ceremony will say so
    """Whether those who watch this ceremony see signatures while they are drawn."""
    return True


def stream(ceremony_id: str) -> dict[str, Any] | None:
    """Where a screen hears of strokes, those of the last moments first; None where none are shown."""
    if not is_shown(ceremony_id):
        return None
    name = channel(ceremony_id)
    token = tokens.issue_fleeting("live", name, expires_in=_STREAM_LIFE)
    return {"url": f"/live/{token}", "seq": live.find_seq_before(name, within=JUST_NOW)}


def find_pen(seat_id: str) -> Pen | None:
    """How far a seat's drawing has come."""
    return _pen(_FIND, seat_id)


def take_pen(seat_id: str) -> Pen | None:
    """The pen of a seat in order to change it."""
    return _pen(_TAKE, seat_id)


def _pen(statement: Any, seat_id: str) -> Pen | None:
    # Rows and no records: this is asked many times a second.
    row = read(statement, {"seat": seat_id}).one_or_none()
    return None if row is None else Pen(*row)
