"""What the host's lobby shows, as values that a template only prints; times of day are the host's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import clock, i18n
from core.i18n import t
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies.queries import CeremonyView, PartyView
from signing.presence import lobby_queries as lobby
from signing.presence import queries
from signing.presence.lobby_queries import Place
from signing.presence.lobby_rules import Quick, Standing
from signing.presence.queries import StayView, Whereabouts
from signing.presence.rules import Pace
from signing.seats import queries as seats
from signing.seats.queries import SeatView

_LAST_STAYS = 20


def page(ceremony: CeremonyView) -> dict[str, Any]:
    """Everything in the lobby: who is here, who waits, who dropped."""
    where, places = queries.where_are(ceremony.id), lobby.places(ceremony.id)
    found, untouched = agreements.list_agreements(ceremony.id), lobby.untouched(ceremony.id)
    by_party = {seat.party_key: seat for seat in seats.list_seats(ceremony.id)}
    rows = [
        _row(
            ceremony,
            party,
            seat,
            where.get(seat.id) or queries.nowhere(seat.id),
            places.get(seat.id, untouched),
            found,
        )
        for party in ceremony.parties
        if (seat := by_party.get(party.key))
    ]
    return {
        "rows": rows,
        "here": sum(row["state"] == "here" for row in rows),
        # Who has not proved who they are waits for nobody yet.
        "waiting": sum(row["standing"] == "waiting" and row["proved"] for row in rows),
        "gone": sum(row["state"] in {"dropped", "left"} for row in rows),
        "admits_each": lobby.admits_each(ceremony.id),
        "sent": [_sent(ceremony, each, rows) for each in lobby.list_sent(ceremony.id)],
        "quick": quick(),
    }


def seat_page(ceremony: CeremonyView, seat_id: str) -> dict[str, Any]:
    """One seat: as in the lobby, and all that was there. Raises NotFound."""
    seat = seats.get_seat(seat_id, ceremony_id=ceremony.id)
    where = queries.where_are(ceremony.id).get(seat.id) or queries.nowhere(seat.id)
    place = lobby.find_place(ceremony.id, seat.id)
    party = ceremony.party(seat.party_key)
    row = _row(ceremony, party, seat, where, place, agreements.list_agreements(ceremony.id))
    sent = [each for each in lobby.list_sent(ceremony.id, most=50) if each.seat_id in (None, seat.id)][:5]
    return {
        "row": row,
        "stays": [_stay(ceremony, stay) for stay in reversed(where.stays[-_LAST_STAYS:])],
        "sent": [_sent(ceremony, each, [row]) for each in sent],
        "quick": quick(),
    }


def quick() -> list[tuple[str, str]]:
    """The quick messages: (code, words)."""
    return [(str(each), t(f"lobby-quick-{each}")) for each in Quick]


def _row(
    ceremony: CeremonyView,
    party: PartyView,
    seat: SeatView,
    where: Whereabouts,
    place: Place,
    found: list[AgreementView],
) -> dict[str, Any]:
    zone = seat.declared_timezone or seat.timezone
    state = _state(where)
    return {
        "seat_id": seat.id,
        "organisation": i18n.pick(party.organisation),
        "is_host": party.is_host,
        "name": seat.name,
        "title": i18n.pick(party.representative_title),
        "place": _place(seat, party),
        "is_planned": not seat.declared_place,
        "zone": zone,
        "local": i18n.format_time(clock.now(), zone),
        "standing": str(place.standing),
        "why": place.why,
        "proved": seat.identity_proved_at is not None,
        "state": state,
        "since": _since(ceremony, where, state),
        "drops": where.of_person.drops,
        "devices": [_device(ceremony, stay) for stay in where.here],
        "strangers": bool(where.of_person.stays) and len(where.here) > len(where.proved),
        "far": _far(seat, found),
        "may_admit": place.standing is Standing.WAITING,
    }


def _state(where: Whereabouts) -> str:
    """Here and gone are said of who proved who they are; of a page that anybody may have opened, that it is open."""
    person = where.of_person
    if person.is_here:
        return "here"
    if person.stays:
        return "left" if person.has_left else "dropped"
    return "open" if where.is_here else "never"


def _since(ceremony: CeremonyView, where: Whereabouts, state: str) -> str:
    person = where.of_person
    at = {"here": person.since, "open": where.since}.get(state, person.dropped_at)
    return t(f"lobby-since-{state}", time=_time(ceremony, at)) if at else t("lobby-since-never")


def _time(ceremony: CeremonyView, at: datetime) -> str:
    return i18n.format_time(at, ceremony.host_timezone, seconds=True)


def _place(seat: SeatView, party: PartyView) -> str:
    declared = seat.declared_place or ""
    return i18n.pick(party.place) if not declared or declared in party.place.values() else declared


def _device(ceremony: CeremonyView, stay: StayView) -> dict[str, Any]:
    return {
        "kind": str(stay.device),
        "word": t(f"lobby-device-{stay.device}"),
        "proved": stay.is_proved,
        "visible": stay.is_visible,
        "since": _time(ceremony, stay.began_at),
        "slow": stay.pace is Pace.SLOW,
        "delay": t(f"lobby-delay-{stay.pace}", ms=str(stay.delay_ms or 0)),
        "clock_off": stay.is_clock_off,
        "clock": _clock(stay),
    }


def _clock(stay: StayView) -> str:
    if stay.clock_offset_ms is None:
        return ""
    if not stay.is_clock_off:
        return t("lobby-clock-right")
    way = "ahead" if stay.clock_offset_ms > 0 else "behind"
    return t(f"lobby-clock-{way}", seconds=round(abs(stay.clock_offset_ms) / 1000))


def _far(seat: SeatView, found: list[AgreementView]) -> str:
    asked = [each.signer_of(seat.id) for each in found if any(one.seat_id == seat.id for one in each.signers)]
    signed = sum(signer.signed_at is not None for signer in asked)
    if signed:
        return t("lobby-far-signed", n=signed, m=len(asked))
    if seat.consented_at is not None:
        return t("lobby-far-consented")
    return t("lobby-far-proved" if seat.identity_proved_at else "lobby-far-nothing")


def _stay(ceremony: CeremonyView, stay: StayView) -> dict[str, Any]:
    ended = "" if stay.is_here else _time(ceremony, stay.last_at)
    return {
        **_device(ceremony, stay),
        "from": i18n.format_datetime(stay.began_at, ceremony.host_timezone, seconds=True),
        "until": ended,
        "left": stay.has_left,
        "worst": "" if stay.worst_delay_ms is None else t("lobby-ms", ms=str(stay.worst_delay_ms)),
    }


def _sent(ceremony: CeremonyView, message: lobby.MessageView, rows: list[dict[str, Any]]) -> dict[str, str]:
    to = next((row["organisation"] for row in rows if row["seat_id"] == message.seat_id), t("lobby-to-all"))
    return {
        "to": to,
        "at": _time(ceremony, message.sent_at),
        "text": t(f"lobby-quick-{message.quick}") if message.quick else message.text,
    }
