"""What a host looked at before changing or confirming it: digests that a form sends back.

A digest is SHA-256 in hex over the values that the form shows. A plan has one for each of its parts, so that the page
can say which of them changed.
"""

from __future__ import annotations

from core.seen import PlanChanged, check, digest
from signing.agreements import queries as agreements
from signing.ceremonies import plan_form, queries
from signing.seals import queries as seals
from signing.seats import queries as seats
from signing.uploads import queries as uploads

__all__ = ["CEREMONY", "PlanChanged", "changed_parts", "check", "of_agreement", "of_ceremony", "of_party", "of_plan"]

CEREMONY = "ceremony"


def of_ceremony(ceremony: queries.CeremonyView) -> str:
    """The ceremony's own facts."""
    return digest(plan_form.ceremony_values(ceremony))


def of_party(ceremony: queries.CeremonyView, party_key: str) -> str:
    """A party and its signer; raises NotFound."""
    return digest(plan_form.party_values(ceremony, party_key))


def of_agreement(agreement: agreements.AgreementView) -> str:
    """What is agreed, who signs, what it opens after."""
    signers = [signer.seat_id for signer in agreement.signers]
    money = [agreement.amount, agreement.currency]
    return digest([agreement.title, agreement.kind, money, signers, list(agreement.after)])


def of_plan(ceremony: queries.CeremonyView) -> str:
    """Everything that inviting freezes, with seals and uploaded papers: `part=digest` for each part, spaces between."""
    return " ".join(f"{part}={value}" for part, value in _parts(ceremony).items())


def _parts(ceremony: queries.CeremonyView) -> dict[str, str]:
    parts = {CEREMONY: of_ceremony(ceremony)}
    party_of = {seat.id: ceremony.party(seat.party_key).id for seat in seats.list_seats(ceremony.id)}
    for party in ceremony.parties:
        about = [party.position, of_party(ceremony, party.key), seals.seen_seal(party.id)]
        parts[f"party/{party.key}"] = digest(about)
    for each in agreements.list_agreements(ceremony.id):
        paper = uploads.find_upload(each.id)
        uses = [str(seals.find_use(each.id, party_of[signer.seat_id])) for signer in each.signers]
        shown = [each.position, each.number, of_agreement(each), paper.rebuilt_digest if paper else None, uses]
        parts[f"agreement/{each.key}"] = digest(shown)
    return parts


def changed_parts(before: str, ceremony: queries.CeremonyView) -> list[str]:
    """The parts of a plan that are not as they were when `of_plan` gave `before`, removed ones at the end."""
    old, now = dict(each.partition("=")[::2] for each in before.split()), _parts(ceremony)
    return [part for part in now if old.get(part) != now[part]] + [part for part in old if part not in now]
