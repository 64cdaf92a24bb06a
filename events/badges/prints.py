"""Use cases: ask for badges, give each print its number, make the file. Printing stands outside transactions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from core import audit, clock, ids, jobs, live, storage
from core.audit import Actor, Private, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound, Refusal
from events.badges import faces, paper, qr, queries, rules
from events.badges.faces import Wearer
from events.badges.models import BadgeRun, PrintedBadge
from events.badges.paper import Badge
from events.badges.qr import BadgePrint
from events.badges.queries import PrintView, RunView
from events.badges.rules import BadgeLayout, BadgeState
from events.conferences import queries as conferences
from events.registration import door_queries
from signing.trust import service as trust

PRINT, REMOVE = "badges.print", "badges.remove_file"
KEPT = timedelta(hours=24)  # a file full of names is kept no longer than somebody needs to fetch it
_CHUNK = 25  # prints in one transaction: whoever registers waits for the trail no longer than for these
_PROOF = "YQ1 PREVIEW"  # what a proof's code says: no door takes it for a badge


def ask(
    conference_id: str,
    registration_ids: Collection[str],
    *,
    layout: BadgeLayout,
    by: Actor,
    reason: str = "",
    request_key: str | None = None,
) -> RunView:
    """Have these badges printed; up to `rules.DIRECT` get their numbers at once, more are work for later.

    Raises NotFound, Conflict `badges_none`, Refusal `badge_reason_needed` (a badge that is printed and unchanged is
    printed again), `badges_too_many`, `badge_no_glyph` (with the first name and its characters).
    """
    if request_key and (known := queries.find_request(conference_id, request_key)):
        return known
    wearers = faces.choose(conference_id, registration_ids)
    _check(wearers, reason)
    db.session.rollback()
    run_id = ids.new("bdr")
    with transaction():
        conferences.take_conference(conference_id)
        if request_key and (known := queries.find_request(conference_id, request_key)):
            return known
        run = BadgeRun(
            id=run_id,
            conference_id=conference_id,
            layout=layout,
            registrations=[each.id for each in wearers],
            reason=reason,
            total=len(wearers),
            request_key=request_key,
            asked_at=clock.now(),
            asked_by=by.id,
        )
        db.session.add(run)
        db.session.flush()
        if len(wearers) <= rules.DIRECT:
            _number(run, wearers, by, passed=len(wearers))
            run.printed_at = clock.now()
        else:
            jobs.add(PRINT, run_id, chain=conference_id, run=run_id, conference=conference_id)
    return queries.get_run(run_id, conference_id=conference_id)


def _check(wearers: Sequence[Wearer], reason: str) -> None:
    if not wearers:
        raise Conflict("badges_none")
    if len(wearers) > rules.MOST_AT_ONCE:
        raise Refusal("badges_too_many", status=422, most=rules.MOST_AT_ONCE)
    if not reason and any(each.state is BadgeState.PRINTED for each in wearers):
        raise Refusal("badge_reason_needed", status=422)
    for each in wearers:
        if missing := each.missing:
            raise Refusal("badge_no_glyph", status=422, name=each.face.name, characters=" ".join(missing))


def _number(run: BadgeRun, wearers: Sequence[Wearer], by: Actor, *, passed: int) -> None:
    """Inside a transaction that has taken the conference: the next number of each, its row and its entry.

    Who is no longer confirmed gets none. `passed`: how many of the run's registrations are done with by this.
    """
    standing = door_queries.list_standings(run.conference_id, ids=[each.id for each in wearers], codes=())
    confirmed = {each.id for each in standing if each.state == rules.CONFIRMED}
    numbers = queries.newest_prints([each.id for each in wearers])
    reason = {"reason": Private(run.reason)} if run.reason else {}
    for each in wearers:
        if each.id not in confirmed:
            continue
        number = numbers.get(each.id, 0) + 1
        db.session.add(
            PrintedBadge(
                registration_id=each.id,
                number=number,
                conference_id=run.conference_id,
                run_id=run.id,
                face_digest=faces.digest(each.face),
                reason=run.reason,
                printed_at=clock.now(),
                printed_by=by.id,
            )
        )
        subject = Subject("registration", each.id)
        audit.record(
            run.conference_id,
            "badge.printed",
            actor=by,
            subject=subject,
            number=number,
            layout=str(run.layout),
            run=run.id,
            **reason,
        )
    run.done += passed
    live.publish(f"conference:{run.conference_id}", "badges.printed", run=run.id, done=run.done, total=run.total)


def number_all(run_id: str, conference_id: str) -> list[Wearer]:
    """Give every badge of a run its number, some at a time; those who have one already are passed over."""
    run = queries.get_run(run_id, conference_id=conference_id)
    wearers = faces.choose(conference_id, run.registrations)
    db.session.rollback()
    while True:
        with transaction():
            conferences.take_conference(conference_id)
            row = queries.take_run(run_id)
            left = row.registrations[row.done :]
            if not left:
                return wearers
            chunk = set(left[:_CHUNK])
            by = Actor("account", row.asked_by)
            _number(row, [each for each in wearers if each.id in chunk], by, passed=len(chunk))


def file_of(run: RunView) -> bytes:
    """The PDF of a run: the file that is kept, or printed anew, byte for byte the same.

    Raises Conflict `badges_printing`, `badges_file_gone` (large and no longer kept), `badges_changed` (somebody's
    words are others now).
    """
    if run.file_digest:
        return storage.read(run.file_digest)
    if run.printed_at is None:
        raise Conflict("badges_printing")
    if run.total > rules.DIRECT:
        raise Conflict("badges_file_gone")
    prints = queries.list_prints_of_run(run.id)
    wearers = faces.choose(run.conference_id, list(prints))
    db.session.rollback()
    if {each.id: faces.digest(each.face) for each in wearers} != {
        key: each.face_digest for key, each in prints.items()
    }:
        raise Conflict("badges_changed")
    return render(run, wearers, prints)


def venues_of_run(run: RunView) -> frozenset[str]:
    """Where those belong, by venue, who were asked for in this run."""
    standing = door_queries.list_standings(run.conference_id, ids=run.registrations, codes=())
    return frozenset(each.venue_id for each in standing)


def render(run: RunView, wearers: Sequence[Wearer], prints: dict[str, PrintView]) -> bytes:
    """The PDF of those who have a print in this run. Raises Conflict `badges_none`."""
    key = trust.door_key()
    badges = [
        Badge(
            each.face,
            qr.make(BadgePrint(run.conference_id, each.id, prints[each.id].number), key_id=key.id, sign=key.sign),
            prints[each.id].number,
        )
        for each in wearers
        if each.id in prints
    ]
    if not badges:
        raise Conflict("badges_none")
    return paper.print_badges(badges, run.layout, title=_title(badges), made_at=run.asked_at)


def preview(conference_id: str, registration_ids: Collection[str], *, layout: BadgeLayout, mark: str) -> bytes:
    """How badges would look, `mark`ed, with a code that no door takes; one A4 sheet at most. Raises Conflict
    `badges_none`."""
    found = conferences.get_conference(conference_id)
    wearers = faces.choose(conference_id, registration_ids)[: rules.CARDS[BadgeLayout.SHEET_90].per_page]
    db.session.rollback()
    if not wearers:
        raise Conflict("badges_none")
    badges = [Badge(each.face, _PROOF) for each in wearers]
    return paper.print_badges(badges, layout, title=_title(badges), made_at=found.created_at, mark=mark)


def _title(badges: Sequence[Badge]) -> str:
    return f"胸卡 Badges · {badges[0].face.conference}"


def remove_file(run_id: str) -> None:
    """Forget the file of a run and delete it. May be repeated."""
    with transaction():
        try:
            row = queries.take_run(run_id)
        except NotFound:
            return
        digest, row.file_digest = row.file_digest, ""
    if digest:
        storage.remove(digest)
