"""Use case: somebody else of the same party signs in the place of who cannot come, by a letter of authority.

What was signed stays the first person's. What nobody has signed yet is printed anew with the understudy's name, for the
text names its signers and each field is made for one of them; a text that others have signed is never changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core import audit, clock, i18n, live, outbox, storage
from core.audit import Actor, Subject
from core.db import transaction
from core.errors import Conflict, Invalid, Problem
from core.values import Texts
from pdf import fonts
from signing.agreements import queries as agreements
from signing.agreements import revising_service as revising
from signing.agreements import service as agreement_service
from signing.ceremonies import inviting, queries, stage
from signing.ceremonies.rules import CeremonyState
from signing.cues import rewording_service as rewording
from signing.meetings.service import MAIL as MEETING_MAIL
from signing.presence import lobby_service as lobby
from signing.seats import queries as seats
from signing.seats import succession_service as succession

REPLACED_MAIL = "seat_replaced"


@dataclass(frozen=True)
class Understudy:
    """Who comes, and the letter by which: its octets and what they are (pdf, png, jpg)."""

    name: str
    title: Texts
    email: str
    locale: str
    letter: bytes = field(repr=False)
    letter_kind: str


def seen(seat: seats.SeatView) -> str:
    """Who sits in the seat, as a page was made for it."""
    return clock.iso(seat.since) if seat.since else "first"


def look(ceremony: queries.CeremonyView, seat: seats.SeatView) -> dict[str, Any]:
    """What would become of the seat's agreements, and why it cannot be, for the host's page."""
    found = revising.sort_for(seat.id)
    why = ""
    if ceremony.state is not CeremonyState.INVITED:
        why = f"ceremony_{ceremony.state}"
    elif found.signed_by_others:
        why = "understudy_text_signed"
    elif not found.fresh:
        why = "understudy_nothing_left"
    elif any(each.is_draft for each in found.fresh):
        why = "agreement_not_ready"
    return {
        "why_not": why,
        "fresh": [i18n.pick(each.title) for each in found.fresh],
        "signed": [i18n.pick(each.title) for each in found.signed],
        "signed_by_others": [i18n.pick(each.title) for each in found.signed_by_others],
        "rereaders": sorted({signer.seat_id for each in found.fresh for signer in each.signers} - {seat.id}),
    }


def replace_signer(ceremony_id: str, seat_id: str, person: Understudy, *, looked_at: str, by: Actor) -> None:
    """Give the seat to somebody else, and invite this person; the same sent again changes nothing.

    Raises NotFound, Invalid, Conflict `ceremony_…` where nobody signs, `understudy_moved`, `understudy_text_signed`,
    `understudy_nothing_left`, `agreement_not_ready`.
    """
    _check_printable(person)
    digest = storage.put(person.letter)
    with transaction():
        ceremony = queries.take_ceremony(ceremony_id)
        seat = seats.get_seat(seat_id, ceremony_id=ceremony_id)
        if seat.letter_digest == digest and (seat.name, seat.email) == (person.name, person.email):
            return
        if ceremony.state != CeremonyState.INVITED:
            raise Conflict(f"ceremony_{ceremony.state}")
        if seen(seat) != looked_at:
            raise Conflict("understudy_moved")
        words = rewording.take_proposed(ceremony_id)
        used = {
            signer.certificate_id for each in agreements.list_for_seat(seat_id) for signer in [each.signer_of(seat_id)]
        }
        revised = revising.revise_for(seat_id, by=by)
        party = next(each for each in ceremony.parties if each.key == seat.party_key)
        succession.seat_another(
            seat_id,
            name=person.name,
            title=person.title.get("zh-CN") or person.title["en"],
            email=person.email,
            locale=person.locale,
            title_before=party.representative_title,
            letter=(digest, person.letter_kind),
            signed_with={each for each in used if each},
            by=by,
        )
        lobby.forget(seat_id)
        party.representative_title = dict(person.title)
        audit.record(
            ceremony_id,
            "seat.replaced",
            actor=by,
            subject=Subject("seat", seat_id),
            letter=digest,
            agreements=len(revised),
        )
        inviting.send_new_link(ceremony, seat_id, by=by)
        outbox.add(
            REPLACED_MAIL, to=seat.email, locale=seat.locale, chain=ceremony_id, seat=seat_id, person=len(seat.former)
        )
        outbox.withdraw(MEETING_MAIL, chain=ceremony_id, seat=seat_id)  # it is on its way to who sat here
        rewording.follow_plan(ceremony_id, words, by=by)
        for agreement_id in revised:
            agreement_service.tell_changed(agreement_id)
        stage.tell_plan_changed(ceremony_id)
        live.publish(f"ceremony:{ceremony_id}", "seat.changed", seat=seat_id)


def _check_printable(person: Understudy) -> None:
    """That the papers can be printed with what was typed. Raises Invalid."""
    told = {"name": person.name, "title": person.title.get("zh-CN", ""), "title_en": person.title.get("en", "")}
    lacking = {name: fonts.missing_glyphs(text) for name, text in told.items()}
    problems = [
        Problem(f"$.{name}", "glyph_missing", {"characters": " ".join(missing), "who": told[name]})
        for name, missing in lacking.items()
        if missing
    ]
    if problems:
        raise Invalid(problems)
