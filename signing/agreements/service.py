"""Use cases of agreements up to their opening and ending; signing itself is in preparing.py and signing.py, what the
background made in keeping.py."""

from __future__ import annotations

from typing import Any

from core import audit, clock, ids, jobs, live, outbox
from core.db import db, transaction
from core.errors import Refusal
from core.values import Money
from signing.agreements import queries, rules
from signing.agreements.models import Agreement, AgreementDependency, AgreementSigner, Signing
from signing.agreements.rules import AgreementAction, AgreementState
from signing.cues import queries as cues
from signing.presence import lobby_queries as lobby
from signing.seats import queries as seats
from signing.seats import service as seat_service

PRINT = "agreement.print"
SEAL = "agreement.seal"
FROZEN = "ceremony.agreement_frozen"
ENDED = "ceremony.agreement_ended"
EVIDENCE = "evidence.make"
DECLINED_MAIL = "agreement_declined"


def add_agreement(
    *,
    ceremony_id: str,
    key: str,
    position: int,
    number: str,
    kind: str,
    title: dict[str, str],
    money: Money | None,
    signers: list[tuple[str, str]],
    after: list[str],
) -> str:
    """A new draft inside the caller's transaction; `signers` are (seat id, field name), `after` agreement ids."""
    agreement = Agreement(
        id=ids.new("agr"),
        ceremony_id=ceremony_id,
        key=key,
        position=position,
        number=number,
        kind=kind,
        title=title,
        amount=money.amount if money else None,
        currency=money.currency if money else None,
        state=AgreementState.DRAFT,
        created_at=clock.now(),
    )
    db.session.add(agreement)
    db.session.flush()
    for index, (seat_id, field) in enumerate(signers):
        db.session.add(
            AgreementSigner(id=ids.new("sgn"), agreement_id=agreement.id, seat_id=seat_id, position=index, field=field)
        )
    for after_id in after:
        db.session.add(AgreementDependency(agreement_id=agreement.id, after_id=after_id))
    db.session.flush()
    return agreement.id


def ask_for_print(agreement: queries.AgreementView) -> None:
    """Have the agreement printed and frozen in the background, inside the caller's transaction."""
    key = queries.print_key(agreement.id, agreement.version)
    jobs.add(PRINT, key, chain=agreement.ceremony_id, agreement=agreement.id)


def open_ready(ceremony_id: str) -> list[str]:
    """Open every agreement whose turn has come, inside the caller's transaction; returns their ids."""
    opened = []
    for waiting in queries.list_agreements(ceremony_id):
        if not rules.opens_now(waiting.state, queries.list_states(waiting.after)):
            continue
        agreement = queries.take_agreement(waiting.id)
        agreement.state = rules.change(agreement.state, AgreementAction.OPEN)
        agreement.opened_at = clock.now()
        audit.record(
            ceremony_id,
            "agreement.opened",
            actor=audit.SYSTEM,
            subject=audit.Subject("agreement", agreement.id),
            number=agreement.number,
        )
        db.session.flush()
        tell(agreement)
        opened.append(agreement.id)
    return opened


def note_read(seat_id: str, agreement_id: str, page: int, *, address: str) -> int:
    """The signer has seen this page; returns the furthest page now. Reading ahead of oneself is not counted."""
    with transaction():
        agreement = queries.take_agreement(agreement_id)
        signer = signer_row(agreement, seat_id)
        if page == signer.read_to + 1 and page <= agreement.page_count:
            signer.read_to = page
            if page == agreement.page_count:
                audit.record(
                    agreement.ceremony_id,
                    "agreement.read",
                    actor=seat_service.actor(seats.get_seat(seat_id), address),
                    subject=audit.Subject("agreement", agreement_id),
                    pages=agreement.page_count,
                    frozen=agreement.frozen_digest,
                )
        return signer.read_to


def decline(seat_id: str, agreement_id: str, *, reason: str, address: str) -> None:
    """The signer will not sign; the agreement ends here, and with it all that could only open after it."""
    with transaction():
        # All in the order of the plan and before the trail's head, as where a signature is appended.
        taken = {each: queries.take_agreement(each) for each in queries.list_with_following(agreement_id)}
        agreement = taken[agreement_id]
        signer = signer_row(agreement, seat_id)
        seat = seats.get_seat(seat_id)
        rules.check_decline(facts(agreement, signer, seat))
        agreement.state = rules.change(agreement.state, AgreementAction.DECLINE)
        agreement.ended_at, agreement.ended_reason = clock.now(), reason
        signer.state = rules.SignerState.DECLINED
        audit.record(
            agreement.ceremony_id,
            "agreement.declined",
            actor=seat_service.actor(seat, address),
            subject=audit.Subject("agreement", agreement_id),
            reason=audit.Private(reason),
        )
        ended = [agreement, *_void_following(agreement, taken)]
        _write_to_signers(agreement, ended, but=seat_id)
        end_for_good(agreement)
        for each in ended:
            tell(each)


def _void_following(ended: Agreement, taken: dict[str, Agreement]) -> list[Agreement]:
    """What can never open because `ended` did; `taken` holds it and everything that comes after it."""
    found = {each.id: (AgreementState(each.state), queries.view(each).after) for each in taken.values()}
    voided = [taken[each] for each in rules.never_open(found)]
    for agreement in voided:
        agreement.state = rules.change(agreement.state, AgreementAction.VOID)
        agreement.ended_at, agreement.ended_after_id = clock.now(), ended.id
        audit.record(
            agreement.ceremony_id,
            "agreement.not_opened",
            actor=audit.SYSTEM,
            subject=audit.Subject("agreement", agreement.id),
            number=agreement.number,
            after=ended.number,
            after_state=str(ended.state),
        )
    return voided


def _write_to_signers(declined: Agreement, ended: list[Agreement], *, but: str) -> None:
    """One mail to everybody who would have signed something that ended; who declined knows."""
    asked = dict.fromkeys(signer.seat_id for agreement in ended for signer in agreement.signers)
    for seat in (seats.get_seat(each) for each in asked if each != but):
        outbox.add(
            DECLINED_MAIL,
            to=seat.email,
            locale=seat.locale,
            chain=declined.ceremony_id,
            seat=seat.id,
            agreement=declined.id,
        )


def end_for_good(agreement: Agreement | queries.AgreementView) -> None:
    """Nothing more happens to this agreement: let the ceremony see whether it is over, in the caller's transaction."""
    ceremony_id = agreement.ceremony_id
    jobs.add(ENDED, agreement.id, chain=ceremony_id, ceremony=ceremony_id, agreement=agreement.id)


def void_all(ceremony_id: str, *, reason: str, actor: audit.Actor) -> None:
    """End every agreement that is not finished, inside the caller's transaction."""
    # All of them are locked before the trail's head is: who holds one may be waiting for that head.
    taken = [queries.take_agreement(agreement.id) for agreement in queries.list_agreements(ceremony_id)]
    for agreement in taken:
        if agreement.state in rules.ENDED:
            continue
        agreement.state = rules.change(agreement.state, AgreementAction.VOID)
        agreement.ended_at, agreement.ended_reason = clock.now(), reason
        audit.record(
            ceremony_id,
            "agreement.voided",
            actor=actor,
            subject=audit.Subject("agreement", agreement.id),
            reason=audit.Private(reason),
        )
        tell(agreement)


def keep_evidence(agreement_id: str, *, certificate_digest: str, kit_digest: str) -> bool:
    """Remember certificate and kit, inside the caller's transaction; False where they were there already.

    The caller writes the trail's entry, and then lets `tell_changed` be heard.
    """
    agreement = queries.take_agreement(agreement_id)
    if agreement.kit_digest:
        return False
    agreement.certificate_digest, agreement.kit_digest = certificate_digest, kit_digest
    db.session.flush()
    return True


def replace_kit(agreement_id: str, kit_digest: str) -> None:
    """Another form of the kit is handed out from now on, inside the caller's transaction."""
    queries.take_agreement(agreement_id).kit_digest = kit_digest


def tell_changed(agreement_id: str) -> None:
    """Let the stage and the host's page know, inside the caller's transaction."""
    tell(queries.take_agreement(agreement_id))


def signer_row(agreement: Agreement, seat_id: str) -> AgreementSigner:
    """The signer in this seat, to be changed; raises NotFound."""
    queries.view(agreement).signer_of(seat_id)
    return next(signer for signer in agreement.signers if signer.seat_id == seat_id)


def facts(
    agreement: Agreement | queries.AgreementView,
    signer: AgreementSigner | queries.SignerView,
    seat: seats.SeatView,
    *,
    cue_live: bool = True,
    kept_out: Refusal | None = None,
) -> rules.SignerFacts:
    """What the rules ask for; `cue_live` and `kept_out` are asked of who begins to sign, not of who finishes."""
    return rules.SignerFacts(
        agreement=AgreementState(agreement.state),
        signer=rules.SignerState(signer.state),
        identity_proved=seat.identity_proved_at is not None,
        consented=seat.consented_at is not None,
        pages=agreement.page_count,
        read_to=signer.read_to,
        cue_live=cue_live,
        kept_out=kept_out,
    )


def led(agreement: queries.AgreementView, seat_id: str, begun: Signing | None = None) -> dict[str, Any]:
    """What who leads says about beginning to sign, for `facts`; what was `begun` a moment ago goes on."""
    if begun is not None and is_going_on(begun):
        return {}
    return {
        "cue_live": cues.is_called(agreement.ceremony_id, agreement.id),
        "kept_out": lobby.why_kept_out(agreement.ceremony_id, seat_id),
    }


def is_going_on(signing: Signing) -> bool:
    """Whether an act was begun not long ago, however often it was prepared anew since."""
    return rules.is_fresh(clock.parse_iso(signing.prepared["begun"]), now=clock.now())


def check_may_sign(seat_id: str, agreement_id: str) -> str:
    """That this seat may begin to sign now (`rules.why_not_sign`); returns the ceremony's id. Raises NotFound."""
    agreement = queries.get_agreement(agreement_id)
    signer, seat = agreement.signer_of(seat_id), seats.get_seat(seat_id)
    rules.check_sign(facts(agreement, signer, seat, **led(agreement, seat.id)))
    return agreement.ceremony_id


def standing(agreement: queries.AgreementView, seat: seats.SeatView) -> tuple[str, str | None]:
    """Where this signer stands (`signed declined open waiting closed`), and the code of what keeps from signing now."""
    found = facts(agreement, agreement.signer_of(seat.id), seat, **led(agreement, seat.id))
    word = rules.standing(found)
    refusal = rules.why_not_sign(found) if word in {"open", "waiting"} else None
    return word, refusal.code if refusal else None


def tell(agreement: Agreement) -> None:
    """Let the stage and the host's page know, inside the caller's transaction."""
    db.session.flush()
    item: dict[str, Any] = queries.stage_item(queries.view(agreement))
    live.publish(f"stage:{agreement.ceremony_id}", "stage.patch", agreements=[item])
    live.publish(f"ceremony:{agreement.ceremony_id}", "agreement.changed", agreement=agreement.id)
    if agreement.ended_at is not None and agreement.state in (AgreementState.DECLINED, AgreementState.VOIDED):
        live.publish(f"ink:{agreement.ceremony_id}", "ink.ended", agreement=agreement.id)
        live.publish(f"monitor:{agreement.ceremony_id}", "monitor.changed")
