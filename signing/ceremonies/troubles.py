"""What goes wrong in the background of a ceremony, in the host's words, and what the host can do about it."""

from __future__ import annotations

from dataclasses import dataclass

from core import audit, claims, clock, i18n, jobs, live, outbox
from core.audit import Actor, Subject
from core.claims import Trouble as Work
from core.db import transaction
from core.errors import Conflict
from core.i18n import t
from core.jobs import Job, JobTrouble
from core.outbox import MessageTrouble, OutboxMessage
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import inviting, queries
from signing.ceremonies.queries import CeremonyView
from signing.ceremonies.rules import CeremonyState
from signing.seats import queries as seats
from signing.seats import service as seat_service

# Work that nobody waits for any more once the ceremony was called off.
_BEFORE_SIGNING = frozenset({agreement_service.PRINT, agreement_service.FROZEN})
_BY_ADDRESS = frozenset({"address_unknown", "address_broken", "address_unsupported", "mailbox_full"})
_NEVER_AGAIN = frozenset({"address_broken", "too_late", "link_revoked", "link_expired"})


@dataclass(frozen=True)
class Trouble:
    """One thing that did not work, or does not work yet; all but ids and `kind` are sentences for the host's page."""

    id: str
    kind: str
    reason: str
    given_up: bool
    what: str
    why: str
    when: str
    do: str
    can_try: bool
    seat_id: str  # whose address may be corrected; empty where none may


@claims.watches
def tell_host(chain: str) -> None:
    """Let the host's page know that trouble began, changed or ended."""
    if chain != audit.INSTALLATION:
        live.publish(f"ceremony:{chain}", "work.changed")


def list_troubles(ceremony: CeremonyView) -> list[Trouble]:
    """Papers and mails that were given up, then those that fail again and again, each the oldest first."""
    works: list[JobTrouble | MessageTrouble] = [
        *jobs.list_given_up(ceremony.id),
        *outbox.list_given_up(ceremony.id),
        *jobs.list_still_trying(ceremony.id),
        *outbox.list_still_trying(ceremony.id),
    ]
    titles = {each.id: i18n.pick(each.title) for each in agreements.list_agreements(ceremony.id)}
    by_id = {seat.id: seat for seat in seats.list_seats(ceremony.id)}
    found = []
    for work in works:
        if isinstance(work, MessageTrouble):
            found.append(_of_mail(work, by_id.get(str(work.payload.get("seat"))), ceremony))
        elif ceremony.state != CeremonyState.CANCELLED or work.kind not in _BEFORE_SIGNING:
            found.append(_of_job(work, titles.get(str(work.payload.get("agreement")), ""), ceremony))
    return found


def _of_job(work: JobTrouble, title: str, ceremony: CeremonyView) -> Trouble:
    message_id = f"trouble-job-{work.kind.replace('.', '-')}"
    return _trouble(
        work,
        ceremony,
        what=t(message_id, title=title) if i18n.has(message_id) else t("trouble-job-other"),
        do="sealed-file" if work.reason == "sealed_file_fails" else "admin",
        can_try=True,
    )


def _of_mail(work: MessageTrouble, seat: seats.SeatView | None, ceremony: CeremonyView) -> Trouble:
    kind_id = f"trail-mail-{work.kind}"
    correctable = seat is not None and can_correct(ceremony, seat)
    return _trouble(
        work,
        ceremony,
        what=t(
            "trouble-mail",
            what=t(kind_id if i18n.has(kind_id) else "trail-mail-other"),
            who=seat.name if seat else "",
            address=work.recipient,
        ),
        do=_what_to_do(work, correctable=correctable),
        can_try=_may_still_come(work),
        seat_id=seat.id if seat is not None and correctable and work.reason in _BY_ADDRESS else "",
    )


def _may_still_come(work: MessageTrouble) -> bool:
    is_late = work.good_until is not None and work.good_until <= clock.now()
    return not is_late and work.reason not in _NEVER_AGAIN


def _what_to_do(work: MessageTrouble, *, correctable: bool) -> str:
    if work.reason in _BY_ADDRESS:
        return "address" if correctable else "address-fixed"
    if work.kind == seat_service.CODE_MAIL and not _may_still_come(work):
        return "code"
    return "link" if work.reason in {"link_revoked", "link_expired"} else "admin"


def _trouble(work: Work, ceremony: CeremonyView, *, what: str, do: str, can_try: bool, seat_id: str = "") -> Trouble:
    why_id = f"trouble-why-{work.reason}"
    if do == "admin" and work.next_at is not None:
        do = "wait"
    return Trouble(
        id=work.id,
        kind=work.kind,
        reason=work.reason,
        given_up=work.next_at is None,
        what=what,
        why=t(why_id) if work.reason and i18n.has(why_id) else t("trouble-why-unknown"),
        when=_when(work, ceremony),
        do=t(f"trouble-do-{do}", id=work.id),
        can_try=can_try,
        seat_id=seat_id,
    )


def _when(work: Work, ceremony: CeremonyView) -> str:
    if work.next_at is None:
        return t("trouble-given-up", tries=work.tries)
    if work.next_at <= clock.now():
        return t("trouble-trying-now", tries=work.tries)
    zone = ceremony.host_timezone
    at = i18n.format_time(work.next_at, zone, seconds=True)
    return t("trouble-trying", tries=work.tries, time=at, zone=i18n.zone_name(zone))


def try_again(ceremony_id: str, trouble_id: str, *, by: Actor) -> None:
    """Have what was given up, or waits for its next try, tried at once. Raises Conflict `trouble_over`."""
    with transaction():
        queries.take_ceremony(ceremony_id)
        work = _find(ceremony_id, trouble_id)
        if work is None:
            raise Conflict("trouble_over")
        model = OutboxMessage if isinstance(work, MessageTrouble) else Job
        kind = "message" if model is OutboxMessage else "job"
        audit.record(ceremony_id, "work.tried_again", actor=by, subject=Subject(kind, work.id), kind=work.kind)
        if not claims.revive(model, work.id):
            raise Conflict("trouble_over")


def _find(ceremony_id: str, trouble_id: str) -> Work | None:
    lists = (jobs.list_given_up, jobs.list_still_trying, outbox.list_given_up, outbox.list_still_trying)
    return next((each for found in lists for each in found(ceremony_id) if each.id == trouble_id), None)


def can_correct(ceremony: CeremonyView, seat: seats.SeatView) -> bool:
    """Whether a signer's address may still be corrected: invited, and nobody has proved to be who reads it."""
    return ceremony.state == CeremonyState.INVITED and seat.identity_proved_at is None


def correct_address(ceremony_id: str, seat_id: str, *, email: str, by: Actor) -> str:
    """Write a signer's address anew after inviting, and invite again; returns the token of the new personal link.

    Links and codes that went to the address before no longer count. Raises Conflict `address_proved` once the signer
    has proved the address, `ceremony_<state>` when nobody is to be invited.
    """
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        if ceremony.state != CeremonyState.INVITED:
            raise Conflict(f"ceremony_{ceremony.state}")
        before = seats.get_seat(seat_id, ceremony_id=ceremony_id)
        seat_service.correct_address(seat_id, email)
        audit.record(
            ceremony_id,
            "seat.address_corrected",
            actor=by,
            subject=Subject("seat", seat_id),
            before=audit.Private(seat_service.masked_address(before)),
            after=audit.Private(seat_service.masked_address(seats.get_seat(seat_id))),
        )
        outbox.withdraw(seat_service.CODE_MAIL, chain=ceremony_id, seat=seat_id)
        token = inviting.send_new_link(ceremony, seat_id, by=by)
        live.publish(f"ceremony:{ceremony_id}", "seat.changed", seat=seat_id)
        return token
