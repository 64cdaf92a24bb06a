"""Marks for demonstrations: drawn by us, marked as samples, for ceremonies that are marked so themselves."""

from __future__ import annotations

from core import storage
from core.audit import Actor
from core.db import db, transaction
from core.errors import Conflict
from pdf.demo_seal import demo_seal
from signing.agreements import queries as agreements
from signing.ceremonies import queries as ceremonies
from signing.seals import queries, rules, service
from signing.seals.rules import SealUse


def give_demo_seals(ceremony_id: str, *, by: Actor) -> None:
    """Give every party that has none a marked sample, approved, on every page's edge; asked again, nothing changes.

    Raises NotFound, Conflict `ceremony_…` outside a draft, `seal_not_demo` in a ceremony that counts.
    """
    ceremony = ceremonies.get_ceremony(ceremony_id)
    rules.check_draft(ceremony.state)
    if not ceremony.is_demo:
        raise Conflict("seal_not_demo")
    bare = [party for party in ceremony.parties if queries.find_seal(party.id) is None]
    db.session.rollback()  # no snapshot is held while the pictures are drawn
    pictures = {party.id: _picture(party) for party in bare}
    with transaction():
        ceremony = service.take_draft(ceremony_id)
        found = agreements.list_agreements(ceremony_id)
        bound = {agreement.id: queries.uses_by_party(agreement, ceremony) for agreement in found}
        for party in ceremony.parties:
            # Somebody may have uploaded one while the samples were drawn.
            if party.id not in pictures or queries.find_seal(party.id) is not None:
                continue
            digest, size = pictures[party.id]
            service.put_seal(ceremony_id, party, digest, original=digest, size=size, by=by)
            service.allow_seal(ceremony_id, party, digest, by=by)
            for agreement in found:
                if party.key in bound[agreement.id]:
                    service.place_seal(agreement, party, SealUse.EDGES, by=by)


def _picture(party: ceremonies.PartyView) -> tuple[str, int]:
    """The digest and the bytes of a sample that is in the storage."""
    picture = demo_seal(party.organisation.get("zh-CN") or party.organisation.get("en") or party.key)
    return storage.put(picture), len(picture)
