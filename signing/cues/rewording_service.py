"""Use case: the words of a cue sheet follow who signs now. What a host wrote or changed stays, and is named."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from core import audit
from core.audit import Actor, Subject
from core.db import db
from core.values import Texts
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.cues import queries, telling, wording
from signing.cues.models import Cue
from signing.cues.queries import CueView
from signing.cues.rules import WORDED, CueState, SheetState
from signing.cues.wording import Words
from signing.seats import queries as seats


@dataclass(frozen=True)
class Outlook:
    """Of the cues in which a signer is named: those that follow by themselves, and those left to a host."""

    followed: tuple[CueView, ...]
    kept: tuple[CueView, ...]


def take_proposed(ceremony_id: str) -> dict[str, Words]:
    """What the plan proposes for each cue (id) that is not over yet, with the sheet's row taken.

    Inside the caller's transaction, before its first entry in the trail: who leads takes the sheet first, too.
    """
    sheet = queries.find_sheet(ceremony_id)
    if sheet is None or sheet.state is SheetState.OVER:
        return {}
    queries.take_sheet(ceremony_id)
    return _proposed(ceremony_id, queries.list_rows(ceremony_id))


def follow_plan(ceremony_id: str, before: Mapping[str, Words], *, by: Actor) -> None:
    """Write anew the words that stand as the plan proposed them `before` it changed, inside the caller's transaction.

    Behind the caller's entries in the trail, before what it publishes.
    """
    db.session.flush()
    rows = [row for row in queries.list_rows(ceremony_id) if row.id in before]
    now, changed = _proposed(ceremony_id, rows), 0
    for row in rows:
        was, becomes = before[row.id], now[row.id]
        script = _followed(row.script, was.script, becomes.script)
        line = _followed(row.stage_text, was.stage_text, becomes.stage_text)
        if (script, line) != (row.script, row.stage_text):
            row.script, row.stage_text = script, line
            changed += 1
    if not changed:
        return
    sheet = queries.take_sheet(ceremony_id)
    sheet.seq += 1
    subject = Subject("ceremony", ceremony_id)
    audit.record(ceremony_id, "cues.reworded", actor=by, subject=subject, seq=sheet.seq, cues=changed)
    telling.tell(ceremony_id)


def _followed(kept: Texts, was: Texts, becomes: Texts) -> Texts:
    """The new words in each language in which the old ones stand as they were proposed."""
    if kept == was:
        return becomes
    return {
        language: becomes.get(language, text) if text == was.get(language) else text for language, text in kept.items()
    }


def look_at_name(ceremony_id: str, name: str) -> Outlook:
    """What becomes of the cues that name this signer, if somebody else comes."""
    sheet = queries.find_sheet(ceremony_id)
    if sheet is None or sheet.state is SheetState.OVER:
        return Outlook((), ())
    others = _organisations(ceremony_id)
    naming = [cue for cue in sheet.cues if cue.state is not CueState.DONE and _find([_all(cue)], {name}, others)]
    proposed = _proposed(ceremony_id, naming)
    left = {cue.id for cue in naming if _find(_own(cue, proposed.get(cue.id)), {name}, others)}
    return Outlook(tuple(cue for cue in naming if cue.id not in left), tuple(cue for cue in naming if cue.id in left))


def list_outdated(ceremony_id: str) -> list[tuple[CueView, str]]:
    """The cues that are not over yet in which a signer is named who was replaced, in order, each with that name."""
    sheet, people = queries.find_sheet(ceremony_id), seats.list_seats(ceremony_id)
    former = {str(each.values["name"]) for seat in people for each in seat.former}
    now = {seat.name for seat in people}
    if sheet is None or sheet.state is SheetState.OVER or not former - now:
        return []
    cues = [cue for cue in sheet.cues if cue.state is not CueState.DONE]
    others = now | _organisations(ceremony_id)
    found = [(cue, _find([_all(cue)], former - now, others)) for cue in cues]
    return [(cue, name) for cue, name in found if name]


def _proposed(ceremony_id: str, cues: Collection[Cue] | Collection[CueView]) -> dict[str, Words]:
    ceremony, found = ceremonies.get_ceremony(ceremony_id), agreements.list_agreements(ceremony_id)
    people = seats.list_seats(ceremony_id)
    return {
        cue.id: wording.propose(
            cue.kind,
            [each for each in found if each.id in cue.agreements],
            ceremony=ceremony,
            agreements=found,
            seats=people,
        )
        for cue in cues
        if cue.kind in WORDED and cue.state is not CueState.DONE
    }


def _all(cue: CueView) -> str:
    return "\n".join([*cue.title.values(), cue.speaker, *cue.script.values(), *cue.stage_text.values()])


def _own(cue: CueView, proposed: Words | None) -> list[str]:
    """The words of a cue that are not the proposed ones."""
    texts = [*cue.title.values(), cue.speaker]
    for kept, offered in (
        (cue.script, proposed.script if proposed else {}),
        (cue.stage_text, proposed.stage_text if proposed else {}),
    ):
        texts += [text for language, text in kept.items() if text != offered.get(language)]
    return texts


def _organisations(ceremony_id: str) -> set[str]:
    parties = ceremonies.get_ceremony(ceremony_id).parties
    return {text for party in parties for text in party.organisation.values()}


def _find(texts: Sequence[str], names: Collection[str], others: Collection[str]) -> str:
    """The first of these names that stands in the texts; within one of the `others`, which is longer, it does not."""
    words = "\n".join(texts)
    for other in sorted(others, key=len, reverse=True):
        words = words.replace(other, "\n") if other else words
    return next((name for name in sorted(names) if name and name in words), "")
