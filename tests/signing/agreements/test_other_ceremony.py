"""A frozen file taken into another ceremony of the same installation: nobody's key from there counts in it."""

from __future__ import annotations

import copy
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from accounts import staff
from core import clock, storage
from core.db import transaction
from pdf import sign as pdf_sign
from pdf.verify import FileVerdict, Indication, verify_pdf
from signing.agreements import queries as agreements
from signing.seats import queries as seats
from signing.seats import service as seat_service
from signing.trust import service as trust
from tests.support import ceremony, quick
from tests.support.ceremony import Person
from tests.support.quick import Quick, QuickWorld


def namesakes(world: Quick) -> dict[str, Person]:
    """Everybody of the same plan again, in a ceremony of another host's, with mailboxes of that host's own."""
    plan = copy.deepcopy(quick.plan())
    for party in plan["parties"]:
        party["email"] = f"{party['key'].replace('_', '-')}@elsewhere.example"
    with transaction():
        organisation = staff.add_organisation("另一家样例单位")
    people = quick.invite(plan, organisation).people
    assert people.keys() == world.people.keys()
    for person in people.values():
        ceremony.enter(person)
    return people


def certificate(person: Person) -> x509.Certificate:
    found = seats.find_certificate(person.seat_id, custody="client", now=clock.now())
    assert found is not None
    return x509.load_der_x509_certificate(found.der)


def filled_in_by(people: dict[str, Person], world: Quick) -> FileVerdict:
    """The frozen file of the world's first agreement, signed by these with a program of their own, and stamped."""
    agreement = agreements.get_agreement(world.first)
    pdf = storage.read(agreement.head_digest or "")
    for signer in agreement.signers:
        person = people[seats.get_seat(signer.seat_id).party_key]
        leaf = certificate(person)
        waiting = pdf_sign.prepare(pdf, field=signer.field, leaf=leaf, at=clock.now(), appearance=None, name="x")
        raw = pdf_sign.sign_attributes(person.key, waiting.attributes)
        above, clocks = trust.trust().above(leaf), trust.timestamper()
        pdf = pdf_sign.finish(pdf, waiting, signature=raw, leaf=leaf, chain=above, timestamper=clocks)
    pdf = pdf_sign.stamp(pdf, timestamper=trust.timestamper())
    return verify_pdf(pdf, name="filled-in.pdf", anchors=trust.published_anchors())


def test_namesakes_of_another_ceremony_complete_nobodys_file(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("entered", "sqlite", data_dir) as world:
        forged = filled_in_by(namesakes(world), world)
        fields = [signer.field for signer in agreements.get_agreement(world.first).signers]

    assert forged.verdict is Indication.TOTAL_FAILED
    assert [(each.code, each.params.get("field")) for each in forged.reasons][: len(fields)] == [
        ("other-signer", field) for field in fields
    ]
    # Both would read the same: the reader is shown what keeps them apart.
    assert forged.reasons[0].params["expected"] != forged.reasons[0].params["signer"]


def test_those_whom_the_file_was_made_for_may_fill_it_in(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("entered", "sqlite", data_dir) as world:
        verdict = filled_in_by(world.people, world)

    assert [each.code for each in verdict.reasons if each.code == "other-signer"] == []


def test_a_seats_certificates_share_a_number_that_no_other_seats_have(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("entered", "sqlite", data_dir) as world:
        before = {name: _number(certificate(person)) for name, person in world.people.items()}
        first = world.people["party_a"]
        seat_service.enrol(first.seat_id, ceremony.certificate_request(first.key), address=ceremony.ADDRESS)
        again = _number(certificate(first))
        known = [seats.get_seat(person.seat_id) for person in world.people.values()]

    assert again == before["party_a"]
    assert len(set(before.values())) == len(before)
    assert all(seat.id[4:] not in number for seat in known for number in before.values())


def _number(leaf: x509.Certificate) -> str:
    (found,) = leaf.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return str(found.value)
