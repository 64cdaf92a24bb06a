"""What the host's pages show, as values that a template only prints."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core import clock, i18n, tokens
from core.errors import Problem
from core.i18n import t
from signing import endings
from signing.agreements import queries as agreements
from signing.ceremonies import obstacles, plan_form, queries, rules, troubles
from signing.ceremonies.rules import CeremonyAction
from signing.cues import queries as cues
from signing.presence import queries as presence
from signing.seals import queries as seals
from signing.seats import queries as seats


def row(ceremony: queries.CeremonyView, *, zone: str) -> dict[str, Any]:
    """One line of the list; when it was imported is said in `zone`, the reader's."""
    found = agreements.list_agreements(ceremony.id)
    signed, signatures = _count(found)
    at, there = ceremony.starts_at, ceremony.host_timezone
    return {
        "id": ceremony.id,
        "title": i18n.pick(ceremony.title),
        "date": i18n.format_day(at, there) + i18n.aside(i18n.utc_offset(at, there)),
        "is_demo": ceremony.is_demo,
        "place": i18n.pick(ceremony.host.place),
        "short_id": ceremony.short_id,
        "created": i18n.format_datetime(ceremony.created_at, zone),
        "agreements": len(found),
        "state": str(ceremony.state),
        "signed": signed,
        "signatures": signatures,
    }


def page(ceremony: queries.CeremonyView) -> dict[str, Any]:
    """Everything on a ceremony's page."""
    found = agreements.list_agreements(ceremony.id)
    by_party = {seat.party_key: seat for seat in seats.list_seats(ceremony.id)}
    names = {seat.id: i18n.pick(ceremony.party(seat.party_key).organisation) for seat in by_party.values()}
    signable = [each for each in found if not each.is_unsigned]
    signed, signatures = _count(found)
    titles = {each.id: i18n.pick(each.title) for each in found}
    where = presence.where_are(ceremony.id)
    called = cues.find_called(ceremony.id)
    items = {each.id: _agreement(each, called, names, titles, ceremony.host_timezone) for each in found}
    return {
        "ceremony": ceremony,
        "title": i18n.pick(ceremony.title),
        "when": i18n.format_day(ceremony.starts_at, ceremony.host_timezone),
        "zone": i18n.zone_name(ceremony.host_timezone),
        "amount": i18n.format_money(Decimal(ceremony.amount), ceremony.currency or "CNY") if ceremony.amount else None,
        "clocks": _clocks(ceremony),
        "parties": [_party(ceremony, party, by_party[party.key], found, where) for party in ceremony.parties],
        "agreements": list(items.values()),
        "is_led": called is not None,
        "levels": [[items[each.id] for each in row] for row in agreements.levels(found)],
        "printed": sum(not each.is_draft for each in found),
        "signed": signed,
        "signatures": signatures,
        "sealed": sum(each.is_proved for each in found),
        "signable": len(signable),
        "unsigned": len(found) - len(signable),
        "may_copy": not ceremony.is_rehearsal
        and rules.may(ceremony.state, CeremonyAction.COPY)
        and len(signable) < len(found),
        "stage_link_holds": tokens.find_newest(queries.STAGE_LINK, ceremony.id) is not None,
    }


def _count(found: list[agreements.AgreementView], *, seat_id: str | None = None) -> tuple[int, int]:
    """(made, made or still possible), of one seat where one is given.

    What ended unsigned counts for nothing, a signature that was made in it neither: nobody waits for it.
    """
    signers = [
        signer for each in found if not each.is_unsigned for signer in each.signers if seat_id in (None, signer.seat_id)
    ]
    return sum(signer.signed_at is not None for signer in signers), len(signers)


def copy_wish(ceremony: queries.CeremonyView) -> dict[str, str]:
    """What first stands in the form for signing the rest: tomorrow, at the same time of day."""
    zone = ZoneInfo(ceremony.host_timezone)
    return {
        "date": (clock.now().astimezone(zone).date() + timedelta(days=1)).isoformat(),
        "time": f"{ceremony.starts_at.astimezone(zone):%H:%M}",
    }


def _clocks(ceremony: queries.CeremonyView) -> list[tuple[str, str]]:
    places = {(i18n.pick(party.place), party.timezone): None for party in ceremony.parties}
    return list(places)


def _party(
    ceremony: queries.CeremonyView,
    party: queries.PartyView,
    seat: seats.SeatView,
    found: list[agreements.AgreementView],
    where: dict[str, presence.Whereabouts],
) -> dict[str, Any]:
    there = where.get(seat.id) or presence.nowhere(seat.id)
    asked = [each for each in found if any(signer.seat_id == seat.id for signer in each.signers)]
    mine = [each.signer_of(seat.id) for each in asked]
    signed, signatures = _count(asked, seat_id=seat.id)
    return {
        "key": party.key,
        "seat_id": seat.id,
        "organisation": i18n.pick(party.organisation),
        "is_host": party.is_host,
        "representative_title": i18n.pick(party.representative_title),
        "name": seat.name,
        "email": seat.email,
        "place": i18n.pick(party.place),
        "timezone": party.timezone,
        "local_start": i18n.format_datetime(ceremony.starts_at, party.timezone),
        "zone": i18n.zone_name(party.timezone),
        "assumed": [t(f"ceremony-field-{name}") for name in party.assumed if i18n.has(f"ceremony-field-{name}")],
        "step": _step(seat, mine, asked),
        "declared_place": _declared(seat, party),
        "can_correct": troubles.can_correct(ceremony, seat),
        "seen": _seen(ceremony, seat, there),
        "is_here": bool(there.proved),
        "signed": signed,
        "signatures": signatures,
        "to_sign": any(not each.is_unsigned and not each.signer_of(seat.id).signed_at for each in asked),
    }


def _step(seat: seats.SeatView, mine: list[agreements.SignerView], asked: list[agreements.AgreementView]) -> str:
    """The furthest thing that a signer has done, as the end of a message id."""
    if mine and all(signer.signed_at for signer in mine):
        return "signed"
    if any(signer.state == "declined" for signer in mine):
        return "declined"
    if asked and all(each.is_unsigned or each.signer_of(seat.id).signed_at for each in asked):
        return "over"
    if seat.consented_at:
        return "reading"
    if seat.identity_proved_at:
        return "proved"
    if seat.opened_at:
        return "opened"
    return "invited" if seat.invited_at else "not_invited"


def _declared(seat: seats.SeatView, party: queries.PartyView) -> str:
    """Where the signer declared to be; the plan's own place in the reader's language, whichever the signer read."""
    declared = seat.declared_place or ""
    return i18n.pick(party.place) if declared in party.place.values() else declared


def _seen(ceremony: queries.CeremonyView, seat: seats.SeatView, where: presence.Whereabouts) -> str:
    """When the signer was last there; empty where nobody ever was. Who proved nothing may be a machine."""
    known = [at for at in (seat.last_seen_at, *(stay.last_at for stay in where.stays if stay.is_proved)) if at]
    return i18n.format_time(max(known), ceremony.host_timezone) if known else ""


def warnings(ceremony_id: str) -> list[tuple[str, str]]:
    """What is allowed and mostly a mistake: (sentence, key of the party whose seal it is about or empty)."""
    return _told(obstacles.list_warnings(ceremony_id))


def seal_warnings(ceremony: queries.CeremonyView, agreement: agreements.AgreementView) -> list[tuple[str, str]]:
    """As `warnings`, of the seals that one agreement's paper will lack."""
    return _told(obstacles.list_undrawn_seals(ceremony, [agreement]))


def _told(problems: list[Problem]) -> list[tuple[str, str]]:
    found = []
    for each in problems:
        about, _, name = each.path.removeprefix("$.parties.").rpartition(".")
        found.append((t(each.message_id, **each.params), about if name == "seal" else ""))
    return found


def planned_seals(
    ceremony: queries.CeremonyView, found: list[agreements.AgreementView] | None = None
) -> list[tuple[str, str]]:
    """The seals that are printed with the plan as it is: (an agreement's title, whose seals go where in it).

    Of the agreements `found`, or of all.
    """
    whose: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for each in seals.list_planned(agreements.list_agreements(ceremony.id) if found is None else found, ceremony):
        if not each.why_not:
            titles[each.agreement.id] = i18n.pick(each.agreement.title)
            organisation = i18n.pick(ceremony.party(each.party_key).organisation)
            where = i18n.aside(t(f"invite-seal-{each.use}"))
            whose.setdefault(each.agreement.id, []).append(organisation + where)
    return [(title, t("list-separator").join(whose[agreement_id])) for agreement_id, title in titles.items()]


def _agreement(
    agreement: agreements.AgreementView,
    called: frozenset[str] | None,
    names: dict[str, str],
    titles: dict[str, str],
    zone: str,
) -> dict[str, Any]:
    state = cues.shown_state(agreement, called)
    signers = [(each, agreements.shown_state(agreement, each)) for each in agreement.signers]
    return {
        "id": agreement.id,
        "number": agreement.number,
        "title": i18n.pick(agreement.title),
        "kind": agreement.kind,
        "state": state,
        "amount": i18n.format_money(Decimal(agreement.amount), agreement.currency or "CNY") if agreement.amount else "",
        "record_code": agreement.record_code,
        "pages": agreement.page_count,
        "after": plan_form.opens_after([title for each, title in titles.items() if each in agreement.after]),
        "signers": [
            {
                "organisation": names[signer.seat_id],
                "state": "waiting" if (state, signer_state) == ("uncalled", "open") else signer_state,
                "at": i18n.format_time(signer.shown_at, zone, seconds=True) if signer.shown_at else "",
                "custody": signer.key_custody,
                "waits_for_time": signer.level == "B-B",
            }
            for signer, signer_state in signers
        ],
        "can_read": agreement.frozen_digest is not None,
        "downloads": agreement.is_proved,
        **_ending(agreement, names),
    }


def _ending(agreement: agreements.AgreementView, names: dict[str, str]) -> dict[str, str]:
    """`ended` says why it ended unsigned, `ended_reason` is what somebody wrote; empty where it did not."""
    ending = agreements.find_ending(agreement)
    if ending is None:
        return {"ended": "", "ended_reason": ""}
    return {"ended": endings.words(ending, who=names.get(ending.seat_id, "")), "ended_reason": ending.reason}
