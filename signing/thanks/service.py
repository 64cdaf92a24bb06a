"""Use cases of thanks: write one's own words, send oneself a test, send all the letters once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from accounts.queries import Account
from core import audit, clock, ids, live, outbox, seen, tokens
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict
from signing.ceremonies import queries as ceremonies
from signing.ceremonies.queries import CeremonyView
from signing.seats import service as seat_service
from signing.thanks import queries, readers, rules
from signing.thanks.models import ThanksLetter
from signing.thanks.rules import Draft, Kind, Reader

MAIL, TEST = "ceremony_thanks", "ceremony_thanks_test"


class ThanksChanged(Conflict):
    """The words, who gets a letter or what it lists is not what the host looked at."""

    code = "thanks_changed"


def due(ceremony: CeremonyView, draft: Draft) -> list[Reader]:
    """Who would get a letter now: not thanked yet, and nothing keeps them from it."""
    thanked = queries.list_letters(ceremony.id)
    everybody = readers.list_readers(ceremony, with_team=draft.with_team)
    return [each for each in everybody if each.why_not is None and each.key not in thanked]


def looked_at(draft: Draft, to: list[Reader]) -> str:
    """What a page shows before all is sent, as a digest: words, who gets a letter where, and what it lists."""
    people = [[each.key, each.email, each.locale, each.agreements, each.waiting] for each in to]
    return seen.digest([draft.words, people])


def words_seen(draft: Draft) -> str:
    """The words that a form was made from, as a digest."""
    return seen.digest([draft.words, draft.with_team])


def write(ceremony_id: str, draft: Draft, *, seen_before: str | None, by: Actor) -> None:
    """Keep the host's words and whether the team is written to; the same again changes nothing.

    Raises Conflict `thanks_cancelled`, `thanks_words_sent` once letters went out with other words, `plan_changed`.
    """
    with transaction():
        ceremony = ceremonies.view(ceremonies.take_ceremony(ceremony_id))
        if queries.standing(ceremony) is rules.Standing.CANCELLED:
            raise Conflict("thanks_cancelled")
        row = queries.take_thanks(ceremony_id)
        before = Draft(dict(row.words), row.with_team)
        if draft == before:
            return
        if row.sent_at is not None and draft.words != before.words:
            raise Conflict("thanks_words_sent")
        seen.check(seen_before, words_seen(before))
        row.words, row.with_team = draft.words, draft.with_team
        db.session.flush()
        lengths = {language: len(text) for language, text in sorted(draft.words.items())}
        _record(ceremony_id, "thanks.written", by=by, lengths=lengths, team=draft.with_team)
        _tell(ceremony_id)


def send_test(ceremony_id: str, kind: Kind, locale: str, *, to: Account, by: Actor) -> None:
    """One letter as readers of this kind and language get it, to oneself. Raises Conflict `mail_not_set_up`."""
    if not outbox.is_set_up():
        raise Conflict("mail_not_set_up")
    with transaction():
        ceremonies.take_ceremony(ceremony_id)
        _record(ceremony_id, "thanks.tested", by=by, letter=str(kind), language=locale)
        named: dict[str, Any] = {"ceremony": ceremony_id, "letter": str(kind), "account": to.id}
        outbox.add(TEST, to=to.email, locale=locale, chain=ceremony_id, **named)


def send(ceremony_id: str, *, seen_before: str, by: Actor) -> None:
    """Send a letter to everybody who is to have one and has none yet; the same press again sends nothing.

    `seen_before` is what `looked_at` said of what the host saw. Raises Conflict `thanks_rehearsal`,
    `thanks_cancelled`, `thanks_too_early`, `mail_not_set_up`, `thanks_sent`, `thanks_nobody`, ThanksChanged.
    """
    with transaction():
        ceremony = ceremonies.view(ceremonies.take_ceremony(ceremony_id))
        row = queries.take_thanks(ceremony_id)
        if seen_before and row.sent_looked_at == seen_before:
            return
        rules.check(queries.standing(ceremony))
        if not outbox.is_set_up():
            raise Conflict("mail_not_set_up")
        draft = Draft(dict(row.words), row.with_team)
        to = due(ceremony, draft)
        if not to:
            raise Conflict("thanks_sent" if row.sent_at else "thanks_nobody")
        if seen_before != looked_at(draft, to):
            raise ThanksChanged
        row.sent_at, row.sent_by = row.sent_at or clock.now(), row.sent_by or by.id
        row.sent_looked_at = seen_before
        letters = [(each, _keep(ceremony_id, each, by=by)) for each in to]
        db.session.flush()
        counted = Counter(each.kind for each in to)
        _record(ceremony_id, "thanks.sent", by=by, **{str(kind): counted[kind] for kind in Kind})
        for each, message_id in letters:
            _mail(ceremony_id, each, message_id)
        _tell(ceremony_id)


def _keep(ceremony_id: str, reader: Reader, *, by: Actor) -> str:
    """Write down that this person is thanked; returns the id of the mail that will do it."""
    letter = ThanksLetter(
        ceremony_id=ceremony_id,
        reader=reader.key,
        message_id=ids.new("msg"),
        locale=reader.locale,
        sent_at=clock.now(),
        sent_by=by.id,
    )
    db.session.add(letter)
    return letter.message_id


def _mail(ceremony_id: str, reader: Reader, message_id: str) -> None:
    """A signer's letter has a personal link of its own: links that were handed out before stay good."""
    named: dict[str, Any] = {"ceremony": ceremony_id, "reader": reader.key}
    if reader.kind is Kind.SIGNER:
        token = tokens.issue(seat_service.LINK, reader.seat_id, expires_in=seat_service.LINK_LIFE)
        link = tokens.decode(token, seat_service.LINK).token_id
        # Somebody else may have the seat when the mail goes: the trail says whose it was.
        named |= {"seat": reader.seat_id, "as_at": clock.iso(clock.now()), "link": link}
    outbox.add(MAIL, to=reader.email, locale=reader.locale, chain=ceremony_id, message_id=message_id, **named)


def _record(ceremony_id: str, action: str, *, by: Actor, **data: object) -> None:
    audit.record(ceremony_id, action, actor=by, subject=Subject("ceremony", ceremony_id), **data)


def _tell(ceremony_id: str) -> None:
    db.session.flush()
    live.publish(f"ceremony:{ceremony_id}", "thanks.changed")
