"""Use cases of a ceremony from its invitations to its end: stage links, ending, cancelling."""

from __future__ import annotations

from datetime import timedelta

from accounts import queries as accounts
from core import audit, claims, clock, jobs, outbox, tokens
from core.audit import Actor, Subject
from core.claims import Claim
from core.db import transaction
from core.errors import Conflict
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import queries, rules, stage
from signing.ceremonies.models import Ceremony
from signing.ceremonies.queries import STAGE_LINK
from signing.ceremonies.rules import CeremonyAction, CeremonyState, Tally
from signing.meetings import service as meetings
from signing.seats import queries as seats
from signing.uploads import service as uploads

KIT = "evidence.ceremony"
_STAGE_LINK_LIFE = timedelta(days=90)


def stage_link(ceremony_id: str, *, by: Actor) -> str:
    """The token that opens the stage page on any screen: the one that there is, or a new one where none holds.

    Asked again it is the same, so that a second hall, or a link that was mislaid, ends no screen.
    Raises NotFound, Conflict `ceremony_discarded`.
    """
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        if ceremony.state == CeremonyState.DISCARDED:
            raise Conflict("ceremony_discarded")
        held = tokens.find_newest(STAGE_LINK, ceremony_id)
        if held is not None:
            return held
        end = max(clock.now(), ceremony.starts_at) + _STAGE_LINK_LIFE
        token = tokens.issue(STAGE_LINK, ceremony_id, expires_in=end - clock.now())
        audit.record(ceremony_id, "stage.link_made", actor=by, subject=Subject("ceremony", ceremony_id))
        stage.tell_links_changed(ceremony_id)
        return token


def take_back_stage_link(ceremony_id: str, *, by: Actor) -> None:
    """No stage link of this ceremony opens any more; screens that show the stage say so."""
    with transaction():
        tokens.revoke_all(STAGE_LINK, ceremony_id)
        audit.record(ceremony_id, "stage.link_taken_back", actor=by, subject=Subject("ceremony", ceremony_id))
        stage.tell_links_changed(ceremony_id)


def choose_camera(ceremony_id: str, *, is_needed: bool, by: Actor) -> None:
    """Whether everybody takes part with picture and sound; said twice, it is one act. Raises NotFound, Conflict
    `ceremony_<state>` for one that is over."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        if queries.view(ceremony).is_over:
            raise Conflict(f"ceremony_{ceremony.state}")
        if ceremony.needs_camera == is_needed:
            return
        ceremony.needs_camera = is_needed
        subject = Subject("ceremony", ceremony_id)
        audit.record(ceremony_id, "ceremony.camera_chosen", actor=by, subject=subject, needed=is_needed)
        stage.tell_plan_changed(ceremony_id)


def after_agreement_ended(ceremony_id: str, agreement_id: str, *, claim: Claim) -> None:
    """One more agreement has come to its end. After the last one, ask for the kit of all that was signed, or end the
    ceremony where nothing was. Raises ClaimLost."""
    with transaction():
        # Each agreement asks for this in the transaction that ends it: whoever comes last to this row sees all.
        ceremony = queries.take_ceremony(ceremony_id)
        if agreements.get_agreement(agreement_id).state == "declined":
            _write_to_hosts("agreement_declined_host", ceremony, agreement=agreement_id)
        _end_when_over(ceremony)
        claims.finish(claim)


def _end_when_over(ceremony: Ceremony) -> None:
    tally = _tally(ceremony.id)
    if tally.under_way:
        return
    if tally.proved:
        jobs.add(KIT, ceremony.id, chain=ceremony.id, ceremony=ceremony.id)
    elif ceremony.state == CeremonyState.INVITED:
        _end(ceremony, tally)


def _tally(ceremony_id: str) -> Tally:
    found = agreements.list_agreements(ceremony_id)
    proved = sum(each.is_proved for each in found)
    unsigned = sum(each.is_unsigned for each in found)
    return Tally(proved=proved, unsigned=unsigned, under_way=len(found) - proved - unsigned)


def _end(ceremony: Ceremony, tally: Tally) -> None:
    action = rules.ending(tally)
    if action is None:
        return
    ceremony.state = rules.change(ceremony.state, action)
    ceremony.ended_at = clock.now()
    audit.record(
        ceremony.id,
        "ceremony.completed" if action is CeremonyAction.COMPLETE else "ceremony.ended",
        actor=audit.SYSTEM,
        subject=Subject("ceremony", ceremony.id),
        signed=tally.proved,
        unsigned=tally.unsigned,
        **({"kit": ceremony.kit_digest} if ceremony.kit_digest else {}),
    )
    if action is CeremonyAction.END and tally.proved:
        _write_to_hosts("ceremony_ended", ceremony)
    stage.tell(ceremony)


def _write_to_hosts(kind: str, ceremony: Ceremony, *, agreement: str = "") -> None:
    """To who planned it; where that was a command or somebody who left, to all who host in the organisation."""
    staff = [each for each in accounts.list_accounts(ceremony.organisation_id) if each.active]
    own = [each for each in staff if each.id == ceremony.created_by]
    for host in own or [each for each in staff if each.has_any((accounts.Role.HOST,))]:
        outbox.add(
            kind,
            to=host.email,
            locale=host.locale,
            chain=ceremony.id,
            ceremony=ceremony.id,
            account=host.id,
            agreement=agreement,
        )


def keep_kit(ceremony_id: str, *, kit_digest: str, claim: Claim) -> None:
    """Remember the kit of all that was signed, which ends a ceremony that was not called off; what was kept earlier
    stays. Raises ClaimLost."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        if ceremony.kit_digest is None:
            ceremony.kit_digest = kit_digest
            if ceremony.state == CeremonyState.INVITED:
                _end(ceremony, _tally(ceremony_id))
            else:
                subject = Subject("ceremony", ceremony_id)
                audit.record(ceremony_id, "ceremony.kit_made", actor=audit.SYSTEM, subject=subject, kit=kit_digest)
                stage.tell(ceremony)
        claims.finish(claim)


def replace_kit(ceremony_id: str, kit_digest: str) -> None:
    """Another form of the kit is handed out from now on, inside the caller's transaction."""
    queries.take_ceremony(ceremony_id).kit_digest = kit_digest


def cancel(ceremony_id: str, *, reason: str, by: Actor) -> None:
    """Call the ceremony off: nobody can sign any more, and who was invited hears of it.

    Links stay open: they show that it was called off, and give out what was complete before; so does its kit.
    """
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        was_invited = ceremony.state == CeremonyState.INVITED
        ceremony.state = rules.change(ceremony.state, CeremonyAction.CANCEL)
        ceremony.ended_at = clock.now()
        uploads.drop_arrivals(each.id for each in agreements.list_agreements(ceremony_id))
        agreement_service.void_all(ceremony_id, reason=reason, actor=by)
        for seat in seats.list_seats(ceremony_id) if was_invited else []:
            outbox.add(
                "ceremony_cancelled", to=seat.email, locale=seat.locale, chain=ceremony_id, seat=seat.id, reason=reason
            )
        audit.record(
            ceremony_id,
            "ceremony.cancelled",
            actor=by,
            subject=Subject("ceremony", ceremony_id),
            reason=audit.Private(reason),
        )
        meetings.end(ceremony_id, by=by)
        outbox.withdraw("invitation", chain=ceremony_id)
        _end_when_over(ceremony)
        stage.tell(ceremony)
