"""Words that a plan proposes for its cues: the host's script and the line on the stage, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.i18n import LOCALES, aside, pick, t, use_locale
from core.values import Texts
from signing.agreements.queries import AgreementView
from signing.ceremonies.queries import CeremonyView, PartyView
from signing.cues.rules import LONGEST_STAGE_TEXT, LONGEST_TEXT, CueKind
from signing.seats.queries import SeatView


@dataclass(frozen=True)
class Words:
    """What a host reads, and what everybody sees meanwhile."""

    script: Texts
    stage_text: Texts


def propose(
    kind: CueKind,
    called: Sequence[AgreementView],
    *,
    ceremony: CeremonyView,
    agreements: Sequence[AgreementView],
    seats: Sequence[SeatView],
) -> Words:
    """The words for a cue that calls these of the ceremony's agreements; too long for their place they are cut."""
    scripts, lines = {}, {}
    for locale in LOCALES:
        with use_locale(locale):
            told = _values(called, ceremony, agreements, seats)
            script = t(f"cue-words-{kind}", **told)
            line = t(f"cue-line-{kind}", **told)
        if locale == LOCALES[0] or _is_bilingual(ceremony, seats):
            scripts[locale] = script[:LONGEST_TEXT]
            lines[locale] = line if len(line) <= LONGEST_STAGE_TEXT else line[: LONGEST_STAGE_TEXT - 1] + "…"
    return Words(scripts, lines)


def _is_bilingual(ceremony: CeremonyView, seats: Sequence[SeatView]) -> bool:
    return "en" in ceremony.title or any(seat.locale == "en" for seat in seats)


def _values(
    called: Sequence[AgreementView],
    ceremony: CeremonyView,
    agreements: Sequence[AgreementView],
    seats: Sequence[SeatView],
) -> dict[str, object]:
    by_key = {seat.party_key: seat for seat in seats}
    party_of = {seat.id: seat.party_key for seat in seats}
    ordered = _in_protocol_order(ceremony)
    signing = {party_of[signer.seat_id] for each in called for signer in each.signers}
    said = t("list-separator")
    return {
        "title": pick(ceremony.title),
        "host": pick(ceremony.host.organisation),
        "places": said.join(dict.fromkeys(pick(party.place) for party in ordered)),
        "parties": said.join(pick(party.organisation) for party in ordered),
        # Numbered as the keys that tick them, and in the order in which the stage shows them.
        "people": "\n".join(_person(at, party, by_key) for at, party in enumerate(ceremony.parties, start=1)),
        "signers": said.join(pick(party.organisation) for party in ordered if party.key in signing),
        "titles": said.join(t("plan-title-quoted", title=pick(each.title)) for each in called),
        "n": len(agreements),
    }


def _in_protocol_order(ceremony: CeremonyView) -> list[PartyView]:
    """Guests in the order of the plan, the host last: who invites is named after those who came."""
    host = ceremony.host
    return [*(party for party in ceremony.parties if party.key != host.key), host]


def _person(number: int, party: PartyView, by_key: dict[str, SeatView]) -> str:
    seat = by_key.get(party.key)
    who = " ".join(each for each in (pick(party.representative_title), seat.name if seat else "") if each)
    return f"{number}. {pick(party.place)} · {pick(party.organisation)}" + (aside(who) if who else "")
