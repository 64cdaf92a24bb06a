"""Reads of thanks: the host's words, who was thanked when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.db import db
from signing.ceremonies.queries import CeremonyView
from signing.cues import queries as cues
from signing.thanks import rules
from signing.thanks.models import CeremonyThanks, ThanksLetter
from signing.thanks.rules import Draft, Standing


@dataclass(frozen=True)
class LetterView:
    """A letter that went out."""

    reader: str
    message_id: str
    locale: str
    sent_at: datetime
    sent_by: str


@dataclass(frozen=True)
class ThanksView:
    """The host's words, and when and by whom the first letters were sent."""

    draft: Draft
    sent_at: datetime | None
    sent_by: str


def get_thanks(ceremony_id: str) -> ThanksView:
    """What was written for a ceremony; nothing yet is empty words."""
    row = db.session.get(CeremonyThanks, ceremony_id)
    if row is None:
        return ThanksView(Draft({}), None, "")
    return ThanksView(Draft(dict(row.words), row.with_team), row.sent_at, row.sent_by)


def take_thanks(ceremony_id: str) -> CeremonyThanks:
    """The row in order to change it, made where there is none; the caller has taken the ceremony."""
    row = db.session.get(CeremonyThanks, ceremony_id, populate_existing=True)
    if row is None:
        row = CeremonyThanks(ceremony_id=ceremony_id, words={})
        db.session.add(row)
        db.session.flush()
    return row


def list_letters(ceremony_id: str) -> dict[str, LetterView]:
    """The letters that went out, by reader."""
    query = select(ThanksLetter).filter_by(ceremony_id=ceremony_id).order_by(ThanksLetter.sent_at, ThanksLetter.reader)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {
        row.reader: LetterView(**{name: getattr(row, name) for name in LetterView.__dataclass_fields__}) for row in rows
    }


def standing(ceremony: CeremonyView) -> Standing:
    """Whether letters may go out: once all is signed or ended, or the host has ended the cue sheet."""
    sheet = cues.find_sheet(ceremony.id)
    return rules.standing(
        is_rehearsal=ceremony.is_rehearsal,
        is_cancelled=ceremony.is_over and str(ceremony.state) in {"cancelled", "discarded"},
        is_over=ceremony.is_over or (sheet is not None and sheet.ended_at is not None),
    )
