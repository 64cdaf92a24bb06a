"""Passing strokes on while they are drawn. Nothing of it is a state: a stroke that is lost changes no signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from core import clock, live
from core.db import db, transaction
from core.errors import Conflict
from core.prepared import Prepared
from signing.agreements import queries as agreement_queries
from signing.agreements import service as agreements
from signing.ink import queries, rules
from signing.ink.queries import PEN
from signing.ink.rules import Batch, Pen

DRAWN = "ink.drawn"
_INSERTS: Mapping[str, Prepared] = {
    "sqlite": Prepared(sqlite.insert(PEN).on_conflict_do_nothing()),
    "postgresql": Prepared(postgresql.insert(PEN).on_conflict_do_nothing()),
}
_NEW = {each.name: f"new_{each.name}" for each in fields(Pen)}  # a column's own name is SQLAlchemy's in an update
_CHANGE = Prepared(
    PEN.update().where(PEN.c.seat_id == bindparam("seat")).values({name: bindparam(new) for name, new in _NEW.items()})
)


def draw(seat_id: str, batch: Batch) -> None:
    """Show a batch of strokes to those who watch; they see it as being signed, until the signature is true.

    Who may not sign this agreement now may not draw on it either: raises what begins of a signature raise, Conflict
    `ink_not_shown`, and the refusals of `rules.advance`.
    """
    now = clock.now()
    pen = queries.find_pen(seat_id)
    # Before anything is asked or locked: a flood must not queue before everybody else's writes.
    if pen is not None:
        rules.advance(pen, batch, now=now)
    is_checked = rules.is_to_be_checked(pen, batch, now=now)
    if is_checked:
        ceremony_id = agreements.check_may_sign(seat_id, batch.agreement_id)
        if not queries.is_shown(ceremony_id):
            raise Conflict("ink_not_shown")
        pen = pen or rules.first(ceremony_id, batch, now=now)
    # The commit does not wait for the disk: after a power failure nobody asks for these strokes.
    with transaction(fleeting=True):
        pen = _advance(seat_id, pen, batch, is_checked=is_checked)
        live.publish(queries.channel(pen.ceremony_id), DRAWN, **_shown(seat_id, batch))


def lift(seat_id: str, agreement_id: str) -> None:
    """Take what a seat has drawn on an agreement from the screens, inside the caller's transaction; a drawing that has
    become a signature stays with it."""
    pen = queries.take_pen(seat_id)
    if pen is None or pen.agreement_id != agreement_id or agreement_queries.has_signed(agreement_id, seat_id):
        return
    after, batch = rules.lifted(pen)
    _change(seat_id, after)
    live.publish(queries.channel(pen.ceremony_id), DRAWN, **_shown(seat_id, batch))


def _advance(seat_id: str, pen: Pen | None, batch: Batch, *, is_checked: bool) -> Pen:
    """Keep how far the seat has come now, inside the transaction."""
    now = clock.now()
    kept = queries.take_pen(seat_id)
    if kept is None:
        assert pen is not None  # noqa: S101  who has none was checked, and given one
        _INSERTS[db.engine.dialect.name].run({"seat_id": seat_id, **asdict(pen)})
        kept = queries.take_pen(seat_id) or pen
    after = rules.advance(kept, batch, now=now)
    if is_checked:
        after = replace(after, checked_at=now)
    _change(seat_id, after)
    return after


def _change(seat_id: str, pen: Pen) -> None:
    _CHANGE.run({"seat": seat_id, **{new: getattr(pen, name) for name, new in _NEW.items()}})


def _shown(seat_id: str, batch: Batch) -> dict[str, Any]:
    """What a hall may see: who draws by the seat's id, which the stage knows, and lines."""
    told = {
        "seat": seat_id,
        "agreement": batch.agreement_id,
        "drawing": batch.drawing,
        "shape": batch.shape,
        "gone": list(batch.gone),
        "parts": [[part.stroke, part.points] for part in batch.parts],
        "over": batch.is_over,
    }
    return {**told, "typed": True} if batch.is_typed else told
