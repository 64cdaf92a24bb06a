"""Who is thanked after a ceremony, as things stand now: each person once, and why somebody is not."""

from __future__ import annotations

from collections.abc import Iterator

from accounts import queries as accounts
from accounts.queries import Role
from core import i18n
from signing.agreements import queries as agreements
from signing.agreements.queries import AgreementView
from signing.ceremonies.queries import CeremonyView
from signing.evidence import queries as evidence
from signing.seats import queries as seats
from signing.seats.queries import SeatView
from signing.thanks.rules import Kind, Reader, Why
from signing.witnesses import queries as witnesses
from signing.witnesses.queries import WitnessView


def list_readers(ceremony: CeremonyView, *, with_team: bool) -> list[Reader]:
    """Signers in the order of the plan's parties, who sat there before first; then witnesses, then the team."""
    found, forgotten = agreements.list_agreements(ceremony.id), evidence.list_forgotten(ceremony.id)
    sealed = tuple(each.id for each in found if each.is_proved)
    by_party = {seat.party_key: seat for seat in seats.list_seats(ceremony.id)}
    readers = [
        reader
        for party in ceremony.parties
        if party.key in by_party
        for reader in _of_seat(ceremony, by_party[party.key], found, forgotten)
    ]
    is_forgotten = ceremony.id in forgotten
    readers += [_witness(each, sealed, is_forgotten) for each in witnesses.list_witnesses(ceremony.id, named_only=True)]
    return readers + (_team(ceremony, sealed) if with_team else [])


def _of_seat(
    ceremony: CeremonyView, seat: SeatView, found: list[AgreementView], forgotten: frozenset[str]
) -> Iterator[Reader]:
    """Everybody who ever sat there; who was replaced before signing anything is told nowhere."""
    signed: dict[int, list[AgreementView]] = {}
    for agreement in found:
        at = next((each.signed_at for each in agreement.signers if each.seat_id == seat.id), None)
        if at and not agreement.is_unsigned:
            who = next((n for n, former in enumerate(seat.former) if at < former.until_at), len(seat.former))
            signed.setdefault(who, []).append(agreement)
    organisation = i18n.pick(ceremony.party(seat.party_key).organisation)
    is_forgotten = bool({seat.id, ceremony.id} & forgotten)
    for who in range(len(seat.former) + 1):
        is_former = who < len(seat.former)
        mine = signed.get(who, [])
        if is_former and not mine:
            continue
        person = seat.former[who].values if is_former else vars(seat)
        proved = tuple(each.id for each in mine if each.is_proved)
        yield Reader(
            key=f"{seat.id}:{who}",
            kind=Kind.FORMER if is_former else Kind.SIGNER,
            name=person["name"],
            organisation=organisation,
            email="" if is_forgotten else person["email"],
            locale=person["locale"],
            seat_id=seat.id,
            agreements=proved,
            waiting=len(mine) - len(proved),
            why_not=_why_not(is_forgotten, person["email"], mine, proved),
        )


def _why_not(is_forgotten: bool, email: str, mine: list[AgreementView], proved: tuple[str, ...]) -> Why | None:
    if is_forgotten:
        return Why.DELETED
    if not mine:
        return Why.NOTHING_SIGNED
    if not proved:
        return Why.NOT_SEALED
    return None if email else Why.NO_ADDRESS


def _witness(witness: WitnessView, sealed: tuple[str, ...], is_forgotten: bool) -> Reader:
    why_not = Why.DELETED if is_forgotten else _why_none(sealed) or (None if witness.email else Why.NO_ADDRESS)
    return Reader(
        key=witness.id,
        kind=Kind.WITNESS,
        name=witness.name,
        organisation=witness.organisation,
        email="" if is_forgotten else witness.email,
        locale=witness.locale,
        agreements=sealed,
        why_not=why_not,
    )


def _team(ceremony: CeremonyView, sealed: tuple[str, ...]) -> list[Reader]:
    hosts = {Role.HOST, Role.ADMINISTRATOR}
    return [
        Reader(
            key=each.id,
            kind=Kind.TEAM,
            name=accounts.called(each),
            organisation="",
            email=each.email,
            locale=each.locale,
            agreements=sealed,
            why_not=_why_none(sealed),
        )
        for each in accounts.list_accounts(ceremony.organisation_id)
        if each.active and each.has_any(hosts)
    ]


def _why_none(sealed: tuple[str, ...]) -> Why | None:
    """Nobody is thanked for a signing of which nothing is sealed."""
    return None if sealed else Why.NOT_SEALED
