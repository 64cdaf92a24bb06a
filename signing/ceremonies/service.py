"""Use cases of a ceremony: import, edit, print and invite, complete, cancel."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from decimal import Decimal
from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy.exc import IntegrityError

from core import audit, clock, ids, live, outbox, tokens
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, Invalid, NotFound, Problem
from pdf import fonts
from signing.agreements import queries as agreements
from signing.agreements import service as agreement_service
from signing.ceremonies import queries, rules
from signing.ceremonies.models import Ceremony, Party
from signing.ceremonies.rules import (
    AgreementChange,
    CeremonyAction,
    CeremonyPlan,
    CeremonyState,
    PartyChange,
    PartyPlan,
)
from signing.seats import queries as seats
from signing.seats import service as seat_service

STAGE_LINK = "stage"


def import_ceremony(
    plan: CeremonyPlan, *, organisation_id: str, by: Actor, demo: bool, import_key: str | None = None
) -> str:
    """Keep a plan as a new draft and return its id; sent again with the same `import_key`, it is the same ceremony."""
    try:
        return _import(plan, organisation_id=organisation_id, by=by, demo=demo, import_key=import_key)
    except IntegrityError:
        # Sent twice at the same moment: the other one was kept.
        before = queries.find_by_import_key(organisation_id, import_key) if import_key else None
        if before is None:
            raise
        return before


def _import(plan: CeremonyPlan, *, organisation_id: str, by: Actor, demo: bool, import_key: str | None) -> str:
    with transaction():
        before = queries.find_by_import_key(organisation_id, import_key) if import_key else None
        if before is not None:
            return before
        ceremony = Ceremony(
            id=ids.new("cer"),
            organisation_id=organisation_id,
            title=plan.title,
            held_on=plan.held_on,
            starts_at=plan.starts_at,
            host_timezone=plan.host_timezone,
            limit_minutes=plan.limit_minutes,
            conference_tool=plan.conference_tool,
            amount=plan.money.amount if plan.money else None,
            currency=plan.money.currency if plan.money else None,
            note=plan.note,
            source=plan.source,
            is_demo=plan.demo or demo,
            import_key=import_key,
            state=CeremonyState.DRAFT,
            created_at=clock.now(),
            created_by=by.id,
        )
        db.session.add(ceremony)
        db.session.flush()
        seat_ids = {party.key: _add_party(ceremony.id, index, party) for index, party in enumerate(plan.parties)}
        _add_agreements(ceremony, plan, seat_ids)
        audit.record(
            ceremony.id,
            "ceremony.imported",
            actor=by,
            subject=Subject("ceremony", ceremony.id),
            parties=len(plan.parties),
            agreements=len(plan.agreements),
            demo=ceremony.is_demo,
        )
        return ceremony.id


def _add_party(ceremony_id: str, position: int, plan: PartyPlan) -> str:
    party = Party(
        id=ids.new("pty"),
        ceremony_id=ceremony_id,
        key=plan.key,
        position=position,
        organisation=plan.organisation,
        representative_title=plan.representative_title,
        place=plan.place,
        timezone=plan.timezone,
        is_host=plan.is_host,
        assumed=list(plan.assumed),
    )
    db.session.add(party)
    db.session.flush()
    return seat_service.add_seat(
        ceremony_id=ceremony_id,
        party_id=party.id,
        party_key=plan.key,
        organisation=_first(plan.organisation),
        name=plan.representative_name,
        title=_first(plan.representative_title),
        email=plan.email,
        locale=plan.locale,
        place=_first(plan.place),
        timezone=plan.timezone,
    )


def _first(texts: dict[str, str]) -> str:
    return texts.get("zh-CN") or texts.get("en") or ""


def _add_agreements(ceremony: Ceremony, plan: CeremonyPlan, seat_ids: dict[str, str]) -> None:
    made: dict[str, str] = {}
    by_key = OrderedDict((agreement.key, agreement) for agreement in plan.agreements)
    positions = {key: index for index, key in enumerate(by_key)}
    for key in TopologicalSorter({key: agreement.after for key, agreement in by_key.items()}).static_order():
        agreement = by_key[key]
        made[key] = agreement_service.add_agreement(
            ceremony_id=ceremony.id,
            key=key,
            position=positions[key],
            number=f"YQ-{ceremony.held_on:%Y%m%d}-{ceremony.id[-4:].upper()}-{positions[key] + 1:02d}",
            kind=agreement.kind,
            title=agreement.title,
            money=agreement.money,
            signers=[(seat_ids[party], f"sign_{party}") for party in agreement.between],
            after=[made[before] for before in agreement.after],
        )


def change_party(ceremony_id: str, party_key: str, form: PartyChange, *, by: Actor) -> None:
    """Change a party and its signer while the ceremony is a draft."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        rules.change(ceremony.state, CeremonyAction.EDIT)
        party = next((each for each in ceremony.parties if each.key == party_key), None)
        if party is None:
            raise NotFound("party_not_found")
        party.organisation = form.organisation
        party.representative_title = form.representative_title
        party.place, party.timezone = form.place, form.timezone
        party.assumed = []
        seat_service.change_seat(
            party.id,
            organisation=_first(form.organisation),
            name=form.representative_name,
            title=_first(form.representative_title),
            email=form.email,
            locale=form.locale,
            place=_first(form.place),
            timezone=form.timezone,
        )
        audit.record(ceremony_id, "party.changed", actor=by, subject=Subject("party", party.id), key=party_key)


def change_agreement(ceremony_id: str, agreement_id: str, form: AgreementChange, *, by: Actor) -> None:
    """Change an agreement's title or amount while the ceremony is a draft."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        rules.change(ceremony.state, CeremonyAction.EDIT)
        found = agreements.get_agreement(agreement_id, ceremony_id=ceremony_id)
        if found.kind == "investment" and form.money is None:
            raise Invalid([Problem("$.amount", "amount_missing")])
        agreement_service.change_draft(agreement_id, title=form.title, money=form.money)
        audit.record(ceremony_id, "agreement.changed", actor=by, subject=Subject("agreement", agreement_id))


def list_obstacles(ceremony_id: str) -> list[Problem]:
    """Everything that stands in the way of printing and inviting; empty when the host may go on."""
    ceremony = queries.get_ceremony(ceremony_id)
    by_party = {seat.party_key: seat for seat in seats.list_seats(ceremony_id)}
    problems = []
    for seat in (by_party[party.key] for party in ceremony.parties):
        path = f"$.parties.{seat.party_key}"
        who = seat.organisation
        if not seat.name:
            problems.append(Problem(f"{path}.representative_name", "name_missing", {"who": who}))
        if not seat.email:
            problems.append(Problem(f"{path}.email", "email_missing", {"who": who}))
        problems += _missing_glyphs(f"{path}.representative_name", seat.name, seat.name)
    for party in ceremony.parties:
        for name in ("organisation", "representative_title", "place"):
            text = "".join(getattr(party, name).values())
            problems += _missing_glyphs(f"$.parties.{party.key}.{name}", text, text)
    for agreement in agreements.list_agreements(ceremony_id):
        text = "".join(agreement.title.values())
        problems += _missing_glyphs(f"$.agreements.{agreement.key}.title", text, text)
        if agreement.kind == "investment" and not agreement.amount:
            problems.append(Problem(f"$.agreements.{agreement.key}.amount", "amount_missing"))
    return problems


def _missing_glyphs(path: str, text: str, who: str) -> list[Problem]:
    missing = fonts.missing_glyphs(text)
    if not missing:
        return []
    return [Problem(path, "glyph_missing", {"characters": " ".join(missing), "who": who})]


def print_and_invite(ceremony_id: str, *, by: Actor) -> None:
    """Freeze the plan and print all agreements; the invitations go out by themselves when the last one is frozen.

    Raises Invalid `not_ready_to_invite` with every obstacle.
    """
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        ceremony.state = rules.change(ceremony.state, CeremonyAction.PRINT)
        # Asked behind the lock: an edit of this very moment must not be printed unchecked.
        obstacles = list_obstacles(ceremony_id)
        if obstacles:
            raise Invalid(obstacles, code="not_ready_to_invite")
        for agreement in agreements.list_agreements(ceremony_id):
            agreement_service.ask_for_print(agreement.id)
        audit.record(ceremony_id, "ceremony.printing", actor=by, subject=Subject("ceremony", ceremony_id))
        _tell(ceremony)


def invite_when_printed(ceremony_id: str) -> None:
    """Called after each agreement is frozen: after the last one, open the first agreements and invite everybody."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        drafts = [each for each in agreements.list_agreements(ceremony_id) if each.is_draft]
        if ceremony.state != CeremonyState.PRINTING or drafts:
            return
        now = clock.now()
        ceremony.state = rules.change(ceremony.state, CeremonyAction.INVITE)
        ceremony.invited_at = now
        for seat_id, token in seat_service.invite(ceremony_id, expires_at=_link_end(ceremony)):
            _send_invitation(ceremony_id, seat_id, token)
        audit.record(
            ceremony_id,
            "ceremony.invited",
            actor=audit.SYSTEM,
            subject=Subject("ceremony", ceremony_id),
            seats=len(ceremony.parties),
        )
        agreement_service.open_ready(ceremony_id)
        _tell(ceremony)


def _link_end(ceremony: Ceremony) -> datetime:
    """Until when a personal link that is made now holds: beyond the ceremony, however far ahead it is."""
    return max(clock.now(), ceremony.starts_at) + seat_service.LINK_LIFE


def _send_invitation(ceremony_id: str, seat_id: str, token: str) -> None:
    seat = seats.get_seat(seat_id)
    outbox.add("invitation", to=seat.email, locale=seat.locale, chain=ceremony_id, seat=seat_id, token=token)


def invite_again(ceremony_id: str, seat_id: str, *, by: Actor) -> str:
    """A new personal link for one seat, by mail and for the host to hand over; the old one no longer opens."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        if ceremony.state != CeremonyState.INVITED:
            raise Conflict(f"ceremony_{ceremony.state}")
        seat = seats.get_seat(seat_id)
        if seat.ceremony_id != ceremony_id:
            raise NotFound("seat_not_found")
        tokens.revoke_all(seat_service.LINK, seat_id)
        token = tokens.issue(seat_service.LINK, seat_id, expires_in=_link_end(ceremony) - clock.now())
        _send_invitation(ceremony_id, seat_id, token)
        audit.record(ceremony_id, "seat.invited_again", actor=by, subject=Subject("seat", seat_id))
        return token


def new_stage_link(ceremony_id: str, *, by: Actor) -> str:
    """A link token that opens the stage page on any screen."""
    with transaction():
        token = tokens.issue(STAGE_LINK, ceremony_id, expires_in=timedelta(days=90))
        audit.record(ceremony_id, "stage.link_made", actor=by, subject=Subject("ceremony", ceremony_id))
        return token


def keep_complete(ceremony_id: str, *, kit_digest: str) -> None:
    """Every agreement is sealed and the kit of the whole ceremony is made."""
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        if ceremony.state != CeremonyState.INVITED:
            return
        ceremony.state = rules.change(ceremony.state, CeremonyAction.COMPLETE)
        ceremony.completed_at = clock.now()
        ceremony.kit_digest = kit_digest
        audit.record(
            ceremony_id,
            "ceremony.completed",
            actor=audit.SYSTEM,
            subject=Subject("ceremony", ceremony_id),
            kit=kit_digest,
        )
        _tell(ceremony)


def cancel(ceremony_id: str, *, reason: str, by: Actor) -> None:
    """Call the ceremony off: nobody can sign any more, and who was invited hears of it.

    Links stay open: they show that it was called off, and give out what was complete before.
    """
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        was_invited = ceremony.state == CeremonyState.INVITED
        ceremony.state = rules.change(ceremony.state, CeremonyAction.CANCEL)
        agreement_service.void_all(ceremony_id, reason=reason, actor=by)
        for seat in seats.list_seats(ceremony_id) if was_invited else []:
            outbox.add(
                "ceremony_cancelled", to=seat.email, locale=seat.locale, chain=ceremony_id, seat=seat.id, reason=reason
            )
        audit.record(
            ceremony_id, "ceremony.cancelled", actor=by, subject=Subject("ceremony", ceremony_id), reason=reason
        )
        _tell(ceremony)


def is_demo(ceremony_id: str) -> bool:
    """Whether everything of this ceremony is marked as demo; raises NotFound."""
    return queries.get_ceremony(ceremony_id).is_demo


def stage_header(ceremony: queries.CeremonyView) -> dict[str, Any]:
    """What the stage shows of the ceremony itself."""
    money = {"amount": str(Decimal(ceremony.amount)), "currency": ceremony.currency} if ceremony.amount else None
    return {
        "id": ceremony.id,
        "title": ceremony.title,
        "state": str(ceremony.state),
        "planned_at": clock.iso(ceremony.starts_at),
        "amount": money,
    }


def _tell(ceremony: Ceremony) -> None:
    db.session.flush()
    header = stage_header(queries.view(ceremony))
    live.publish(f"stage:{ceremony.id}", "stage.patch", ceremony=header)
    live.publish(f"ceremony:{ceremony.id}", "ceremony.changed")
