"""Use cases of rehearsals: copy a ceremony to play it, choose how its signers get their links, be done with it.

A rehearsal is a ceremony of its own that is never anything else (docs/decisions/0030): everything that is played is the
real thing, but for its papers' watermark, its numbers, and certificates that the verifier never passes.
"""

from __future__ import annotations

from core import audit, clock, outbox, tokens
from core.audit import Actor, Subject
from core.db import transaction
from core.errors import NotFound
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.captions import service as captions
from signing.ceremonies import copying, inviting, planning, queries, rules, stage
from signing.ceremonies.queries import CeremonyView
from signing.ceremonies.rules import CeremonyAction, CeremonyState, CopyWish
from signing.meetings import service as meetings
from signing.screens import link_service as screens
from signing.seats import queries as seats
from signing.seats import service as seat_service
from signing.uploads import service as uploads
from signing.witnesses import service as witnesses


def rehearse(ceremony_id: str, wish: CopyWish, key: str, *, by: Actor) -> str:
    """A rehearsal with everything that is planned: parties, agreements, papers, seals, cue sheet; returns its id.

    As often as wanted; sent again with the same `key`, it is the same one. Raises NotFound, Conflict
    `rehearsal_of_rehearsal`, `ceremony_…` once the ceremony is over.
    """
    ceremony = queries.get_ceremony(ceremony_id)
    rules.check_rehearsable(ceremony.state, is_rehearsal=ceremony.is_rehearsal)
    found = agreements.list_agreements(ceremony_id)
    return planning.import_ceremony(
        copying.plan_of(ceremony, found, wish, all_parties=True),
        organisation_id=ceremony.organisation_id,
        by=by,
        demo=ceremony.is_demo,
        import_key=f"rehearsal:{key}",
        papers_of={each.key: each.id for each in found},
        rehearsal_of=ceremony_id,
    )


def may_rehearse(ceremony: CeremonyView) -> bool:
    """Whether there is still something to rehearse for."""
    return rules.may_rehearse(ceremony.state, is_rehearsal=ceremony.is_rehearsal)


def get_rehearsal(rehearsal_id: str) -> CeremonyView:
    """A rehearsal; raises NotFound for the real thing, too."""
    found = queries.get_ceremony(rehearsal_id)
    if not found.is_rehearsal:
        raise NotFound("rehearsal_not_found")
    return found


def choose_invitations(rehearsal_id: str, *, by_mail: bool, by: Actor) -> None:
    """Whether personal links go out by mail, or are handed over by the host. Raises NotFound, Conflict `ceremony_…`."""
    with transaction():
        get_rehearsal(rehearsal_id)
        ceremony = queries.take_ceremony(rehearsal_id)
        rules.change(ceremony.state, CeremonyAction.EDIT)
        if ceremony.sends_invitations == by_mail:
            return
        ceremony.sends_invitations = by_mail
        subject = Subject("ceremony", rehearsal_id)
        audit.record(rehearsal_id, "ceremony.invitations_chosen", actor=by, subject=subject, by_mail=by_mail)


def discard(rehearsal_id: str, *, by: Actor) -> str:
    """Be done with a rehearsal wherever it stands: out of every list, its links end; its rows and its trail stay.

    Returns the id of the ceremony that it rehearsed; said twice, it is one act. Raises NotFound.
    """
    of = get_rehearsal(rehearsal_id).rehearsal_of or ""
    with transaction():
        ceremony = queries.take_ceremony(rehearsal_id)
        if ceremony.state == CeremonyState.DISCARDED:
            return of
        before, found = str(ceremony.state), agreements.list_agreements(rehearsal_id)
        ceremony.state, ceremony.ended_at = CeremonyState.DISCARDED, clock.now()
        for seat in seats.list_seats(rehearsal_id):
            tokens.revoke_all(seat_service.LINK, seat.id)
        tokens.revoke_all(queries.STAGE_LINK, rehearsal_id)
        screens.end_all(rehearsal_id)
        witnesses.end_links(rehearsal_id)
        captions.end_links(rehearsal_id)
        uploads.drop_arrivals(each.id for each in found)
        agreement_service.void_all(rehearsal_id, reason="", actor=by)
        subject = Subject("ceremony", rehearsal_id)
        audit.record(rehearsal_id, "ceremony.rehearsal_discarded", actor=by, subject=subject, before=before)
        meetings.end(rehearsal_id, by=by)
        for kind in ("invitation", inviting.SEAT_LINK_MAIL, witnesses.MAIL):
            outbox.withdraw(kind, chain=rehearsal_id)
        stage.tell_links_changed(rehearsal_id)
    return of
