"""What a signer does with a certificate of their own, by the use cases, as their browser would ask for it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest

from core.db import db
from core.errors import Refusal
from signing.agreements import preparing, queries, signing
from signing.seats import bringing
from signing.seats import queries as seats
from tests.support import ceremony, foreign_ca, quick, trail
from tests.support.ceremony import ADDRESS, Person
from tests.support.foreign_ca import Own
from tests.support.quick import Quick

A, B = "party_a", "party_b"


A, B = "party_a", "party_b"


def entries(world: Quick, action: str) -> list[dict[str, Any]]:
    return [line for line in trail.entries(world.app, world.id) if line["action"] == action]


def bring(person: Person, own: Own, *, proof: bytes | None = None) -> seats.CertificateView:
    said = bringing.statement(person.seat_id, own.digest)
    made = foreign_ca.sign_raw(own.key, said) if proof is None else proof
    return bringing.bring(person.seat_id, own.der, own.above_der, proof=made, address=ADDRESS)


def prepare(world: Quick, own: Own, *, party: str = A, act: str = "act-external-1") -> preparing.Preparation:
    person = world.people[party]
    found = preparing.prepare(
        person.seat_id, world.first, idempotency_key=act, appearance=quick.typed(person), own_certificate=own.digest
    )
    assert isinstance(found, preparing.Preparation)
    return found


def finish(world: Quick, own: Own, prepared: preparing.Preparation, *, party: str = A) -> preparing.Signed:
    raw = foreign_ca.sign_raw(own.key, prepared.signed_attributes)
    return signing.finish(world.people[party].seat_id, prepared.signing_id, signature=raw, address=ADDRESS)


def sign(world: Quick, own: Own, *, party: str = A) -> preparing.Signed:
    bring(world.people[party], own)
    return finish(world, own, prepare(world, own, party=party), party=party)


def code_of(act: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        act()
    return refusal.value.code


def complete(world: Quick, own: Own, *, small: bool = True) -> queries.AgreementView:
    """Party A with the certificate, the others with keys of their devices; sealed."""
    sign(world, own)
    for party, person in world.people.items():
        if party != A:
            quick.sign(person, world.first)
    with quick.small_evidence() if small else nullcontext():
        ceremony.do_jobs()
    db.session.rollback()
    return queries.get_agreement(world.first)
