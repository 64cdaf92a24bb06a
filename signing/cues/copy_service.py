"""Use case: the cue sheet of one ceremony becomes that of another, which was copied from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core import audit
from core.audit import Actor, Subject
from core.db import transaction
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.cues import queries, service, telling
from signing.cues.queries import CueView
from signing.cues.rules import CueKind, CuePlan


def copy_sheet(from_id: str, to_id: str, agreement_ids: Mapping[str, str] | None = None, *, by: Actor) -> bool:
    """Plan `to_id` as `from_id` is planned; returns whether there was something to copy and nothing there yet.

    `agreement_ids`: for an agreement of `from_id` the one that it became; left out: the one with the same key. A cue
    keeps of its agreements and its place what the other ceremony has; a signing cue that calls none is left out.
    Nothing of how the sheet was run is copied. In one transaction; `copy_within` stands in the caller's.
    """
    with transaction():
        return copy_within(from_id, to_id, agreement_ids, by=by)


def copy_within(from_id: str, to_id: str, agreement_ids: Mapping[str, str] | None = None, *, by: Actor) -> bool:
    """As `copy_sheet`, inside the caller's transaction; raises NotFound where there is no ceremony `to_id`."""
    target = ceremonies.view(ceremonies.take_ceremony(to_id))
    sheet = queries.find_sheet(from_id)
    if sheet is None or queries.find_sheet(to_id) is not None:
        return False
    ids = _same_keys(from_id, to_id) if agreement_ids is None else agreement_ids
    plans = copied(sheet.cues, ids, parties={party.key for party in target.parties})
    if not plans:
        return False
    service.lay_sheet(to_id, plans)
    audit.record(to_id, "cues.made", actor=by, subject=Subject("ceremony", to_id), cues=len(plans), copied_from=from_id)
    telling.tell(to_id)
    return True


def copied(cues: Sequence[CueView], agreement_ids: Mapping[str, str], *, parties: set[str]) -> list[CuePlan]:
    """The cues as plans for a ceremony with these parties, in which each agreement became another."""
    plans = []
    for cue in cues:
        called = tuple(agreement_ids[each] for each in cue.agreements if each in agreement_ids)
        if cue.kind is CueKind.SIGNING and not called:
            continue
        plans.append(replace(cue.plan, agreements=called, party_key=cue.party_key if cue.party_key in parties else ""))
    return plans


def _same_keys(from_id: str, to_id: str) -> dict[str, str]:
    there = {each.key: each.id for each in agreements.list_agreements(to_id)}
    return {each.id: there[each.key] for each in agreements.list_agreements(from_id) if each.key in there}
