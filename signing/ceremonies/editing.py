"""Use cases of a draft: change the ceremony itself and its parties, add a party, remove one, discard it all."""

from __future__ import annotations

from core import audit, clock, i18n, tokens
from core.audit import Actor, Subject
from core.db import db, transaction
from core.errors import Conflict, NotFound
from core.values import Money
from signing.agreements import draft_service
from signing.agreements import queries as agreements
from signing.captions import service as captions
from signing.ceremonies import drafts, plan_form, planning, queries, rules, seen, stage
from signing.ceremonies.models import Ceremony, Party
from signing.ceremonies.plan_file import MAX_PARTIES
from signing.ceremonies.rules import CeremonyAction, CeremonyChange, CeremonyState, PartyChange, PartyPlan
from signing.meetings import service as meetings
from signing.screens import link_service as screens
from signing.seats import draft_service as seat_drafts
from signing.seats import queries as seats
from signing.seats import service as seat_service
from signing.uploads import service as uploads
from signing.witnesses import service as witnesses

_PERSONAL = frozenset({"representative_name", "email"})


def change_ceremony(ceremony_id: str, change: CeremonyChange, *, by: Actor, looked_at: str | None = None) -> None:
    """Change title, beginning, zone, length, tool, planned sum and note; a new day gives the agreements new numbers.

    `looked_at`: what `seen.of_ceremony` said of the form, if it is to be held to that; sent twice, it is one change.
    Raises NotFound, and Conflict `ceremony_…` outside a draft, `plan_changed`.
    """
    with transaction():
        ceremony = drafts.take_draft(ceremony_id)
        before, now = _ceremony_said(ceremony), seen.of_ceremony(queries.view(ceremony))
        ceremony.title, ceremony.note = change.title, change.note
        # The day that is printed is the day in the host's zone.
        ceremony.held_on, ceremony.starts_at = change.starts_at.date(), change.starts_at
        ceremony.host_timezone = change.host_timezone
        ceremony.limit_minutes, ceremony.conference_tool = change.limit_minutes, change.conference_tool
        ceremony.time_policy = change.time_policy
        ceremony.amount = change.money.amount if change.money else None
        ceremony.currency = change.money.currency if change.money else None
        # A note is free text: people write names and numbers into it.
        changed = drafts.differences(before, _ceremony_said(ceremony), personal=("note",))
        if not changed:
            return
        seen.check(looked_at, now)
        drafts.number_anew(ceremony)
        audit.record(
            ceremony_id, "ceremony.changed", actor=by, subject=Subject("ceremony", ceremony_id), changed=changed
        )
        stage.tell_plan_changed(ceremony_id)


def _ceremony_said(ceremony: Ceremony) -> dict[str, object]:
    return {
        "title": ceremony.title,
        "held_on": ceremony.held_on.isoformat(),
        "starts_at": clock.iso(ceremony.starts_at),
        "host_timezone": ceremony.host_timezone,
        "limit_minutes": ceremony.limit_minutes,
        "conference_tool": ceremony.conference_tool,
        "time_policy": str(ceremony.time_policy),
        "planned_amount": drafts.said(Money(ceremony.amount, ceremony.currency or "CNY") if ceremony.amount else None),
        "note": ceremony.note,
    }


def change_party(
    ceremony_id: str, party_key: str, form: PartyChange, *, by: Actor, looked_at: str | None = None
) -> None:
    """Change a party and its signer; `looked_at` as in `change_ceremony`, of `seen.of_party`.

    Raises NotFound, and Conflict `ceremony_…` outside a draft, `plan_changed`.
    """
    with transaction():
        ceremony = drafts.take_draft(ceremony_id)
        party = _party(ceremony, party_key)
        before, now = _party_said(party), seen.of_party(queries.view(ceremony), party_key)
        party.organisation = form.organisation
        party.representative_title = form.representative_title
        party.place, party.timezone = form.place, form.timezone
        party.assumed = []
        if form.is_host:
            _make_host(ceremony, party)
        seat_service.change_seat(
            party.id,
            organisation=drafts.first(form.organisation),
            name=form.representative_name,
            title=drafts.first(form.representative_title),
            email=form.email,
            locale=form.locale,
            place=drafts.first(form.place),
            timezone=form.timezone,
        )
        db.session.flush()
        changed = drafts.differences(before, _party_said(party), personal=_PERSONAL)
        if not changed:
            return
        seen.check(looked_at, now)
        subject = Subject("party", party.id)
        audit.record(ceremony_id, "party.changed", actor=by, subject=subject, key=party_key, changed=changed)
        stage.tell_plan_changed(ceremony_id)


def _party(ceremony: Ceremony, party_key: str) -> Party:
    for party in ceremony.parties:
        if party.key == party_key:
            return party
    raise NotFound("party_not_found")


def _make_host(ceremony: Ceremony, host: Party) -> None:
    for party in ceremony.parties:
        party.is_host = party is host


def _party_said(party: Party) -> dict[str, object]:
    seat = next(each for each in seats.list_seats(party.ceremony_id) if each.party_key == party.key)
    return {
        "organisation": party.organisation,
        "representative_title": party.representative_title,
        "representative_name": seat.name,
        "email": seat.email,
        "locale": seat.locale,
        "place": party.place,
        "timezone": party.timezone,
        "is_host": party.is_host,
        "assumed": party.assumed,
    }


def add_party(ceremony_id: str, key: str, form: PartyChange, *, by: Actor) -> None:
    """One more party with its signer, who signs nothing yet; sent again with the same key, it is the same party.

    Raises NotFound, Conflict `ceremony_…` outside a draft, `too_many_parties`.
    """
    with transaction():
        ceremony = drafts.take_draft(ceremony_id)
        if any(party.key == key for party in ceremony.parties):
            return
        if len(ceremony.parties) >= MAX_PARTIES:
            raise Conflict("too_many_parties", most=MAX_PARTIES)
        planning.add_party(
            ceremony_id,
            max(party.position for party in ceremony.parties) + 1,
            PartyPlan(key=key, assumed=(), **vars(form) | {"is_host": False}),
        )
        db.session.expire(ceremony, ["parties"])
        party = _party(ceremony, key)
        if form.is_host:
            _make_host(ceremony, party)
        subject = Subject("party", party.id)
        audit.record(
            ceremony_id, "party.added", actor=by, subject=subject, key=key, organisation=drafts.first(form.organisation)
        )
        stage.tell_plan_changed(ceremony_id)


def remove_party(ceremony_id: str, party_key: str, *, by: Actor) -> None:
    """Take a party out of the plan and out of its agreements.

    Raises NotFound, Conflict `ceremony_…` outside a draft, and what `check_removable` says.
    """
    with transaction():
        ceremony = drafts.take_draft(ceremony_id)
        party = _party(ceremony, party_key)
        check_removable(queries.view(ceremony), party_key)
        seat_id = next(each.id for each in seats.list_seats(ceremony_id) if each.party_key == party_key)
        for agreement in agreements.list_for_seat(seat_id):
            left = [(signer.seat_id, signer.field) for signer in agreement.signers if signer.seat_id != seat_id]
            draft_service.arrange_draft(agreement.id, signers=left)
        organisation, subject = drafts.first(party.organisation), Subject("party", party.id)
        seat_drafts.remove_seat(party.id)
        db.session.delete(party)
        db.session.flush()
        db.session.expire(ceremony, ["parties"])
        audit.record(ceremony_id, "party.removed", actor=by, subject=subject, key=party_key, organisation=organisation)
        stage.tell_plan_changed(ceremony_id)


def check_removable(ceremony: queries.CeremonyView, party_key: str) -> None:
    """That the party may go. Raises NotFound, Conflict `party_is_host`, `party_needed`: an agreement needs two."""
    if ceremony.host.key == ceremony.party(party_key).key:
        raise Conflict("party_is_host")
    seat_id = next(each.id for each in seats.list_seats(ceremony.id) if each.party_key == party_key)
    needing = [i18n.pick(each.title) for each in agreements.list_for_seat(seat_id) if len(each.signers) <= 2]
    if needing:
        raise Conflict("party_needed", agreements=plan_form.opens_after(needing))


def check_discardable(ceremony: queries.CeremonyView) -> None:
    """That it is a draft: nothing of it was ever printed or sent. Raises Conflict `ceremony_…`."""
    rules.change(ceremony.state, CeremonyAction.DISCARD)


def discard(ceremony_id: str, *, by: Actor, looked_at: str | None = None) -> None:
    """Take a draft that is not wanted out of every list; its rows and its trail stay, its stage links end.

    `looked_at`: what `seen.of_plan` said of the plan, if it is to be held to that; sent twice, it is one act.
    Raises NotFound, and Conflict `ceremony_…` of anything that was ever printed or invited, `plan_changed`.
    """
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        if ceremony.state == CeremonyState.DISCARDED:
            return
        ceremony.state = rules.change(ceremony.state, CeremonyAction.DISCARD)
        seen.check(looked_at, seen.of_plan(queries.view(ceremony)))
        ceremony.ended_at = clock.now()
        tokens.revoke_all(queries.STAGE_LINK, ceremony_id)
        screens.end_all(ceremony_id)
        witnesses.end_links(ceremony_id)
        captions.end_links(ceremony_id)
        uploads.drop_arrivals(each.id for each in agreements.list_agreements(ceremony_id))
        audit.record(
            ceremony_id,
            "ceremony.discarded",
            actor=by,
            subject=Subject("ceremony", ceremony_id),
            title=drafts.first(ceremony.title),
            agreements=len(agreements.list_agreements(ceremony_id)),
        )
        meetings.end(ceremony_id, by=by)
        stage.tell_links_changed(ceremony_id)
