"""Reads of captions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from core import clock, live, tokens
from core.db import db
from core.errors import NotFound
from signing.captions import rules
from signing.captions.models import CaptionDesk, CaptionLine, CaptionLink
from signing.captions.rules import Line

LINK = "interpreter"
LANGUAGES, LONGEST, LATE = rules.LANGUAGES, rules.LONGEST, rules.LATE
_STREAM_LIFE = timedelta(hours=24)
_LOOKED_THROUGH = 24  # newest lines of a link: enough for what stands of them


@dataclass(frozen=True)
class LinkView:
    """An interpreter's link as pages see it."""

    id: str
    ceremony_id: str
    language: str
    created_at: datetime
    taken_back_at: datetime | None
    said: int
    last_at: datetime | None

    @property
    def holds(self) -> bool:
        """Whether the host has not taken it back."""
        return self.taken_back_at is None

    @property
    def name(self) -> str:
        """Its language, as those who read it call it."""
        return LANGUAGES[self.language]


def channel(ceremony_id: str) -> str:
    """The live channel of a ceremony's captions; like strokes they are kept there for a minute."""
    return f"captions:{ceremony_id}"


def view(link: CaptionLink) -> LinkView:
    return LinkView(**{name: getattr(link, name) for name in LinkView.__dataclass_fields__})


def list_links(ceremony_id: str, *, holding: bool = False) -> list[LinkView]:
    """The interpreters of a ceremony in the order in which they were asked; with `holding`, none taken back."""
    query = select(CaptionLink).filter_by(ceremony_id=ceremony_id).order_by(CaptionLink.created_at, CaptionLink.id)
    if holding:
        query = query.where(CaptionLink.taken_back_at.is_(None))
    return [view(each) for each in db.session.scalars(query)]


def get_link(link_id: str, *, ceremony_id: str | None = None) -> LinkView:
    """One interpreter's link, of this ceremony where one is given; raises NotFound."""
    link = db.session.get(CaptionLink, link_id)
    if link is None or ceremony_id not in (None, link.ceremony_id):
        raise NotFound("interpreter_not_found")
    return view(link)


def take_link(link_id: str, *, ceremony_id: str | None = None) -> CaptionLink:
    """One link in order to change it; raises NotFound."""
    link = db.session.scalar(
        select(CaptionLink).filter_by(id=link_id).with_for_update().execution_options(populate_existing=True)
    )
    if link is None or ceremony_id not in (None, link.ceremony_id):
        raise NotFound("interpreter_not_found")
    return link


def take_desk(ceremony_id: str) -> CaptionDesk | None:
    """The desk in order to change it: whoever says, corrects or chooses something queues here."""
    return db.session.scalar(
        select(CaptionDesk)
        .filter_by(ceremony_id=ceremony_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def find_line(link_id: str, client_id: str) -> Line | None:
    """A line that came already."""
    row = db.session.get(CaptionLine, (link_id, client_id))
    return None if row is None else _line(row)


def list_lines(link_id: str, *, at: datetime | None = None) -> list[Line]:
    """The newest lines of a link in their order, corrections and withdrawals among them; until `at`, if it is given."""
    query = select(CaptionLine).filter_by(link_id=link_id).order_by(CaptionLine.number.desc()).limit(_LOOKED_THROUGH)
    if at is not None:
        query = query.where(CaptionLine.said_at <= at)
    return [_line(each) for each in reversed(db.session.scalars(query).all())]


def _line(row: CaptionLine) -> Line:
    return Line(row.number, row.link_id, row.client_id, row.text, row.said_at, row.replaces)


def settings(ceremony_id: str) -> dict[str, Any]:
    """Which languages there are, each by its code and own name, and which of them the stage shows; empty: none."""
    names = {link.language: link.name for link in list_links(ceremony_id, holding=True)}
    desk = db.session.get(CaptionDesk, ceremony_id)
    stage = desk.stage_language if desk and desk.stage_language in names else ""
    return {"stage": stage, "languages": [{"code": code, "name": name} for code, name in names.items()]}


def standing(ceremony_id: str, language: str, *, at: datetime | None = None) -> list[Line]:
    """What stands of one language, of all who interpret into it, in its order."""
    links = [link for link in list_links(ceremony_id, holding=True) if link.language == language]
    lines = [line for link in links for line in rules.standing(list_lines(link.id, at=at))]
    return sorted(lines, key=lambda line: line.number)


def lines(ceremony_id: str, *, at: datetime | None = None) -> dict[str, list[dict[str, Any]]]:
    """The last lines by language, each with the instant from which on it is shown no more; at `at`, as it was then."""
    then = at or clock.now()
    shown = {}
    for code in dict.fromkeys(link.language for link in list_links(ceremony_id, holding=True)):
        last = standing(ceremony_id, code, at=at)[-rules.SHOWN :]
        shown[code] = [_shown(line) for line in last if line.until > then]
    return shown


def _shown(line: Line) -> dict[str, Any]:
    return {
        "n": line.number,
        "text": line.text,
        "at": clock.iso(line.said_at),
        "until": clock.iso(line.until),
    }


def public(ceremony_id: str) -> dict[str, Any]:
    """All that a screen needs; anybody in the hall may see it."""
    return {**settings(ceremony_id), "lines": lines(ceremony_id)}


def stream(ceremony_id: str) -> dict[str, Any]:
    """Where a page hears of lines."""
    name = channel(ceremony_id)
    token = tokens.issue_fleeting("live", name, expires_in=_STREAM_LIFE)
    return {"url": f"/live/{token}", "seq": live.find_seq(name)}
