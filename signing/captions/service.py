"""Use cases of captions: links for interpreters, their lines, and which language the stage shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from core import audit, claims, clock, ids, jobs, live, tokens
from core.audit import Actor, Subject
from core.claims import Claim
from core.db import db, insert_missing, transaction
from core.errors import Conflict
from signing.captions import queries, rules
from signing.captions.models import CaptionDesk, CaptionLine, CaptionLink
from signing.captions.queries import LINK
from signing.captions.rules import Spoken
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.queries import CeremonyView
from signing.cues import queries as cues

_LINK_LIFE = timedelta(days=30)


def is_over(ceremony: CeremonyView) -> bool:
    """Whether nothing is said any more: what is spoken behind the last signature is still interpreted."""
    if not ceremony.is_over:
        return False
    sheet = cues.find_sheet(ceremony.id)
    if not ceremony.can_be_led or not (sheet or ceremony.ended_at):
        return True
    if sheet and sheet.is_under_way:
        return False
    ends = [at for at in (ceremony.ended_at, sheet.ended_at if sheet else None) if at]
    return clock.now() - max(ends, default=ceremony.created_at) > rules.AFTER_THE_END


def make_link(ceremony_id: str, language: str, *, by: Actor) -> str:
    """A link for somebody who interprets into this language; returns its id. The first one's language is the stage's.

    Raises NotFound, Conflict `captions_over`, `too_many_interpreters`.
    """
    with transaction():
        ceremony = ceremonies.take_ceremony(ceremony_id)
        if is_over(ceremonies.view(ceremony)):
            raise Conflict("captions_over")
        if len(queries.list_links(ceremony_id, holding=True)) >= rules.MAX_LINKS:
            raise Conflict("too_many_interpreters", most=rules.MAX_LINKS)
        now = clock.now()
        insert_missing(CaptionDesk, ceremony_id=ceremony_id, seq=0, stage_language=language)
        link = CaptionLink(id=ids.new("cpl"), ceremony_id=ceremony_id, language=language, created_at=now, said=0)
        db.session.add(link)
        db.session.flush()
        tokens.issue(LINK, link.id, expires_in=max(now, ceremony.starts_at) + _LINK_LIFE - now)
        subject = Subject("interpreter", link.id)
        audit.record(ceremony_id, "captions.link_made", actor=by, subject=subject, language=language)
        _tell_settings(ceremony_id)
        return link.id


def take_back(ceremony_id: str, link_id: str, *, by: Actor) -> None:
    """The link opens no more, and its lines go from every screen. Done already, nothing is done."""
    with transaction():
        queries.take_desk(ceremony_id)
        link = queries.take_link(link_id, ceremony_id=ceremony_id)
        if link.taken_back_at is not None:
            return
        link.taken_back_at = clock.now()
        tokens.revoke_all(LINK, link_id)
        _drop(CaptionLine.link_id == link_id)
        subject = Subject("interpreter", link_id)
        audit.record(ceremony_id, "captions.link_taken_back", actor=by, subject=subject, lines=link.said)
        _tell_settings(ceremony_id)


def choose_stage(ceremony_id: str, language: str, *, by: Actor) -> None:
    """Which language the stage shows; empty: none. Raises NotFound, Conflict `captions_no_language`."""
    with transaction():
        ceremonies.take_ceremony(ceremony_id)
        desk = queries.take_desk(ceremony_id)
        known = {link.language for link in queries.list_links(ceremony_id, holding=True)}
        if desk is None or (language and language not in known):
            raise Conflict("captions_no_language")
        if desk.stage_language == language:
            return
        desk.stage_language = language
        subject = Subject("ceremony", ceremony_id)
        audit.record(ceremony_id, "captions.stage_chosen", actor=by, subject=subject, language=language or "none")
        _tell_settings(ceremony_id)


def end_links(ceremony_id: str) -> None:
    """No interpreter's link opens any more, inside the caller's transaction: the ceremony is out of every list."""
    queries.take_desk(ceremony_id)  # who says something now is waited for, and dropped too
    for link in queries.list_links(ceremony_id, holding=True):
        tokens.revoke_all(LINK, link.id)
    _drop(CaptionLine.ceremony_id == ceremony_id)


def say(link_id: str, spoken: Spoken) -> None:
    """Show a line, or correct or withdraw the last one. What came already is not said twice.

    No entry of the trail: it is speech, and no act. Raises NotFound, Invalid, and Conflict `captions_over`,
    `caption_late`, `caption_not_last`.
    """
    with transaction():
        ceremony_id = queries.get_link(link_id).ceremony_id
        desk = queries.take_desk(ceremony_id)
        link = queries.take_link(link_id)
        if desk is None or link.taken_back_at is not None:
            raise Conflict("captions_over")
        if queries.find_line(link_id, spoken.client_id) is not None:
            return
        now = clock.now()
        if is_over(ceremonies.get_ceremony(ceremony_id)):
            raise Conflict("captions_over")
        rules.check_time(spoken, now=now)
        if spoken.replaces is not None:
            rules.check_last(queries.list_lines(link_id), spoken)
        desk.seq += 1
        link.said, link.last_at = link.said + (spoken.replaces is None), now
        line = CaptionLine(
            link_id=link_id,
            client_id=spoken.client_id,
            ceremony_id=ceremony_id,
            number=desk.seq,
            text=spoken.text,
            said_at=now,
            replaces=spoken.replaces,
        )
        db.session.add(line)
        db.session.flush()
        _keep_the_newest(link_id)
        live.publish(queries.channel(ceremony_id), "captions.said", captions=queries.public(ceremony_id))


def forget(ceremony_id: str) -> int:
    """Drop all lines of a ceremony, inside the caller's transaction; returns how many there were."""
    queries.take_desk(ceremony_id)
    return _drop(CaptionLine.ceremony_id == ceremony_id)


@jobs.repeats("captions.forget", every=timedelta(hours=1))
def forget_old(claim: Claim, _payload: dict[str, Any]) -> None:
    """Drop lines that nobody needs any more."""
    with transaction():
        _drop(CaptionLine.said_at < clock.now() - rules.FORGET)
        claims.finish(claim)


def _keep_the_newest(link_id: str) -> None:
    numbers = select(CaptionLine.number).filter_by(link_id=link_id).order_by(CaptionLine.number.desc())
    oldest = db.session.scalar(numbers.offset(rules.KEPT - 1).limit(1))
    if oldest is not None:
        _drop(CaptionLine.link_id == link_id, CaptionLine.number < oldest)


def _drop(*which: object) -> int:
    return db.session.execute(delete(CaptionLine).where(*which)).rowcount  # type: ignore[arg-type, no-any-return, attr-defined]


def _tell_settings(ceremony_id: str) -> None:
    """Let the stage, the seats, the host's and the interpreters' pages know; spoken words are on one channel alone."""
    db.session.flush()
    live.publish(f"stage:{ceremony_id}", "stage.patch", captions=queries.settings(ceremony_id))
    live.publish(queries.channel(ceremony_id), "captions.said", captions=queries.public(ceremony_id))
    live.publish(f"ceremony:{ceremony_id}", "captions.changed")
