"""Marks for demonstrations: drawn by us, marked as samples, for ceremonies that are marked so themselves."""

from __future__ import annotations

from core import storage
from core.audit import Actor
from core.db import db
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
    found = agreements.list_agreements(ceremony_id)
    bound = {agreement.id: set(queries.uses_by_party(agreement, ceremony)) for agreement in found}
    db.session.rollback()  # no snapshot is held while the pictures are drawn
    for party in bare:
        name = party.organisation.get("zh-CN") or party.organisation.get("en") or party.key
        picture = demo_seal(name)
        service.keep_seal(ceremony_id, party.key, storage.put(picture), original=picture, by=by)
        service.approve_seal(ceremony_id, party.key, storage.put(picture), by=by)
        for agreement in found:
            if party.key in bound[agreement.id]:
                service.choose_use(ceremony_id, agreement.id, party.key, SealUse.EDGES, by=by)
