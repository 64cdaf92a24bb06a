"""A certificate that was taken back: the installation's own verification knows it, whatever a file carries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import ReasonFlags

from core import clock, storage
from core.db import db
from pdf import sign as pdf_sign
from pdf.verify import Indication, Sub, verify_file
from signing.agreements import queries as agreements
from signing.seats import queries as seats
from signing.seats import revoking
from signing.trust import authorities
from signing.trust import service as trust
from tests.signing.evidence.test_pages import upload, words_of
from tests.support.ceremony import HOST, Person
from tests.support.quick import Quick, QuickWorld

MINUTE = timedelta(minutes=1)
STOLEN = ReasonFlags.key_compromise


@pytest.fixture
def entered(quick_world: QuickWorld, data_dir: Path) -> Iterator[Quick]:
    with quick_world.at("entered", "sqlite", data_dir) as world:
        yield world


def certificate(person: Person) -> seats.CertificateView:
    found = seats.find_certificate(person.seat_id, custody="client", now=clock.now())
    assert found is not None
    return found


def take_back(found: seats.CertificateView) -> None:
    revoking.revoke_certificate(found.id, reason=STOLEN, by=HOST)
    db.session.remove()


def signed_elsewhere(world: Quick, known: dict[str, seats.CertificateView]) -> bytes:
    """The first agreement's frozen file, signed by everybody with a program of their own, without a list in it."""
    agreement = agreements.get_agreement(world.first)
    pdf = storage.read(agreement.head_digest or "")
    for signer in agreement.signers:
        person = world.people[seats.get_seat(signer.seat_id).party_key]
        leaf = x509.load_der_x509_certificate(known[person.party].der)
        waiting = pdf_sign.prepare(pdf, field=signer.field, leaf=leaf, at=clock.now(), appearance=None, name="x")
        raw = pdf_sign.sign_attributes(person.key, waiting.attributes)
        above, clocks = trust.trust().above(leaf), trust.timestamper()
        pdf = pdf_sign.finish(pdf, waiting, signature=raw, leaf=leaf, chain=above, timestamper=clocks)
    return pdf_sign.stamp(pdf, timestamper=trust.timestamper())


def test_the_page_fails_what_was_signed_after_its_certificate_was_taken_back(entered: Quick) -> None:
    known = {name: certificate(person) for name, person in entered.people.items()}
    take_back(known["party_a"])
    with clock.frozen(clock.now() + MINUTE):
        pdf = signed_elsewhere(entered, known)
        page = upload(entered.app, pdf, "stolen.pdf")
    assert page.xpath("string(//h1)") == "核验不通过"  # type: ignore[attr-defined]
    assert "吊销" in words_of(page)
    # A stranger, who has the anchors alone, cannot know.
    codes = [each.code for each in verify_file(pdf, name="stolen.pdf", anchors=trust.published_anchors()).reasons]
    assert "revoked" not in codes


def test_what_was_signed_before_stays_as_good_as_it_was(entered: Quick) -> None:
    known = {name: certificate(person) for name, person in entered.people.items()}
    pdf = signed_elsewhere(entered, known)
    before = verify_file(pdf, name="before.pdf", anchors=trust.published_anchors())
    with clock.frozen(clock.now() + MINUTE):
        take_back(known["party_a"])
        anchors = trust.own_anchors(seats.list_revoked())
    after = verify_file(pdf, name="before.pdf", anchors=anchors)
    assert anchors.revoked
    assert (after.verdict, after.reasons) == (before.verdict, before.reasons)
    assert [each.level for each in after.signatures] == [each.level for each in before.signatures]


def test_a_revoked_authority_of_ours_leaves_later_signatures_in_doubt(entered: Quick) -> None:
    known = {name: certificate(person) for name, person in entered.people.items()}
    issuing = trust.trust().issuing.certificate
    authorities.rotate(authorities.Rotation.ISSUING)
    authorities.revoke_own(issuing.serial_number, reason=STOLEN)
    with clock.frozen(clock.now() + MINUTE):
        pdf = signed_elsewhere(entered, known)
        anchors = trust.own_anchors(seats.list_revoked())
    verdict = verify_file(pdf, name="late.pdf", anchors=anchors, at=clock.now() + 2 * MINUTE)
    assert (trust.authority_id(issuing), issuing.serial_number) in {(by, each.serial) for by, each in anchors.revoked}
    assert "authority-revoked" in [each.code for each in verdict.reasons]
    assert verdict.verdict is Indication.INDETERMINATE
    assert verdict.sub_indication is Sub.REVOKED_CA_NO_POE
