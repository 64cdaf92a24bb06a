"""Years later: what was sealed still passes, and archive timestamps are renewed before they weaken."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from accounts.rules import Role
from core import clock, jobs, storage
from core.db import db, transaction
from pdf import sign as pdf_sign
from pdf.errors import TimestampUnavailable
from pdf.verify import FileVerdict, Indication, verify_pdf
from signing.agreements import queries as agreements
from signing.ceremonies.models import Ceremony
from signing.ceremonies.rules import TimePolicy
from signing.evidence import queries, renewal
from signing.evidence.models import ArchivedFile
from signing.trust import authorities
from signing.trust import service as trust
from signing.trust.authorities import Rotation
from tests.signing.agreements.test_stamping import authority
from tests.support import apps, ceremony, quick
from tests.support.quick import Quick, QuickWorld
from tests.support.trail import entries

YEAR = timedelta(days=365)


@pytest.fixture
def sealed(entered: Quick) -> Quick:
    """The first agreement is signed by all and sealed; its printed certificate is another sealed file."""
    for person in entered.people.values():
        quick.sign(person, entered.first)
    with transaction():
        for row in db.session.scalars(select(jobs.Job).where(jobs.Job.done_at.is_(None))):
            if row.kind != "agreement.seal":
                db.session.delete(row)
    ceremony.do_jobs()
    with transaction():
        for row in db.session.scalars(select(jobs.Job).where(jobs.Job.done_at.is_(None))):
            db.session.delete(row)
        found = agreements.take_agreement(entered.first)
        found.certificate_digest = storage.put(certificate())
    return entered


def certificate() -> bytes:
    """As the real one: printed by us, certified and sealed by the platform, no signatures of people."""
    found, at = trust.trust(), clock.now()
    frozen = pdf_sign.freeze(
        quick.blank_pdf(), fields=(), platform=found.platform, timestamper=trust.timestamper(), at=at
    )
    return pdf_sign.seal(
        frozen, chain=found.chain, crls=trust.revocation_lists([]), timestamper=trust.timestamper(), at=at
    )


def watch(at: datetime) -> None:
    """The daily look, and all that it asks for."""
    with clock.frozen(at):
        with transaction():
            jobs.add(renewal.WATCH, f"{at:%Y%m%d%H%M}", chain="installation")
        ceremony.do_jobs()


def forms(original: str) -> list[ArchivedFile]:
    db.session.rollback()
    return list(db.session.scalars(select(ArchivedFile).filter_by(original=original).order_by(ArchivedFile.number)))


def final(world: Quick) -> str:
    found = agreements.get_agreement(world.first).head_digest
    assert found is not None
    return found


def judged(digest: str, at: datetime) -> FileVerdict:
    return verify_pdf(storage.read(digest), name="file.pdf", anchors=trust.published_anchors(), at=at)


@pytest.mark.parametrize("years", [1, 5, 12])
def test_years_after_the_signers_certificates_ended_a_sealed_file_passes(sealed: Quick, years: int) -> None:
    verdict = judged(final(sealed), clock.now() + years * YEAR)

    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons
    people = [each for each in verdict.signatures if each.key_custody == "client"]
    assert {(each.level, each.verdict) for each in people} == {("B-LTA", Indication.TOTAL_PASSED)}


def test_without_renewal_a_file_can_no_longer_be_proved_when_its_timestamp_s_certificate_has_ended(
    sealed: Quick,
) -> None:
    assert judged(final(sealed), clock.now() + 15 * YEAR).verdict is Indication.INDETERMINATE


def test_new_files_are_watched_and_not_renewed_before_their_time(sealed: Quick) -> None:
    now = clock.now()

    watch(now)
    watch(now + timedelta(days=1))

    (form,) = forms(final(sealed))
    assert (form.what, form.number, form.digest) == ("final", 0, final(sealed))
    assert form.renew_by == form.made_at + renewal.LONGEST
    watched = agreements.get_agreement(sealed.first).certificate_digest
    assert watched is not None
    assert [each.what for each in forms(watched)] == ["certificate"]


def test_a_timestamp_is_covered_by_another_after_five_years(sealed: Quick) -> None:
    now, before = clock.now(), final(sealed)
    watch(now)

    watch(now + 5 * YEAR + timedelta(days=1))

    old, new = forms(before)
    assert final(sealed) == before
    assert storage.read(new.digest).startswith(storage.read(old.digest))
    assert new.renew_by > old.renew_by
    (told,) = [each["data"] for each in entries(sealed.app, sealed.id)
               if each["action"] == "agreement.renewed" and each["data"]["what"] == "final"]  # fmt: skip
    assert (told["before"], told["after"], told["original"]) == (old.digest, new.digest, before)
    verdict = judged(new.digest, now + 6 * YEAR)
    assert verdict.verdict is Indication.TOTAL_PASSED, verdict.reasons


def test_renewed_in_time_a_file_outlives_the_timestamp_authority_that_sealed_it(sealed: Quick) -> None:
    now, original = clock.now(), final(sealed)
    watch(now)
    for years in (5, 10, 15, 20):
        at = now + years * YEAR + timedelta(days=5)
        with clock.frozen(at):
            if years == 10:
                authorities.rotate(Rotation.TIMESTAMPING)
        watch(at)

    found = forms(original)
    assert [form.number for form in found] == [0, 1, 2, 3, 4]
    late = now + 23 * YEAR
    assert judged(found[-1].digest, late).verdict is Indication.TOTAL_PASSED, judged(found[-1].digest, late).reasons
    assert judged(original, late).verdict is Indication.INDETERMINATE


def test_a_renewal_that_is_done_twice_is_one(sealed: Quick) -> None:
    now = clock.now()
    watch(now)
    later = now + 6 * YEAR
    watch(later)
    with clock.frozen(later + timedelta(days=1)):
        with transaction():
            jobs.add(renewal.RENEW, "again", chain=sealed.id, digest=final(sealed))
        ceremony.do_jobs()

    assert [form.number for form in forms(final(sealed))] == [0, 1]


def test_a_worker_that_was_thought_dead_adds_nothing(sealed: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    now, real = clock.now(), pdf_sign.seal
    watch(now)

    def overtaken(data: bytes, **given: object) -> bytes:
        monkeypatch.setattr(pdf_sign, "seal", real)
        with clock.frozen(clock.now() + timedelta(minutes=5)):
            ceremony.do_jobs()  # another worker, after the lease
        return real(data, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(pdf_sign, "seal", overtaken)
    with pytest.raises(Exception) as lost:  # noqa: PT011  one of two, by the database
        watch(now + 6 * YEAR)

    assert not isinstance(lost.value, AssertionError)
    db.session.rollback()
    assert [form.number for form in forms(final(sealed))] == [0, 1]


def test_a_renewed_file_is_known_and_handed_out(quick_world: QuickWorld, data_dir: Path) -> None:
    with quick_world.at("entered", "sqlite", data_dir, inside=False) as world:
        with world.app.app_context():
            for person in world.people.values():
                quick.sign(person, world.first)
            with transaction():
                agreements.take_agreement(world.first).certificate_digest = storage.put(certificate())
            with quick.small_papers():
                ceremony.do_jobs()
            original, now = final(world), clock.now()
            watch(now)
            watch(now + 6 * YEAR)
            renewed = forms(original)[-1].digest
            before, after = queries.find_known(original), queries.find_known(renewed)
        account = apps.add_account(world.app, Role.HOST, organisation_id=world.played.organisation_id)
        client = apps.sign_in(world.app, account)

        handed_out = client.get(f"/agreements/{world.first}/final.pdf").data

        assert before == after
        assert before is not None
        assert before.what == "final"
        assert handed_out == storage.read(renewed)
        assert len(handed_out) > len(storage.read(original))


def test_a_renewed_file_that_would_fail_is_not_kept(sealed: Quick, monkeypatch: pytest.MonkeyPatch) -> None:
    now, real = clock.now(), pdf_sign.seal
    watch(now)
    monkeypatch.setattr(pdf_sign, "seal", lambda data, **given: real(data, **given) + b"9 0 obj null endobj")

    with pytest.raises(jobs.Hopeless) as failed:
        watch(now + 6 * YEAR)

    db.session.rollback()
    assert failed.value.reason == "renewed_file_fails"
    assert [form.number for form in forms(final(sealed))] == [0]


def test_a_renewal_waits_where_the_ceremony_takes_no_built_in_time(sealed: Quick, tmp_path: Path) -> None:
    now = clock.now()
    watch(now)
    with transaction():
        db.session.get_one(Ceremony, sealed.id).time_policy = TimePolicy.REFUSE
    with authority("fallback", tmp_path) as silent:
        silent.speaks = False
        with pytest.raises(TimestampUnavailable):
            watch(now + 6 * YEAR)

    db.session.rollback()
    assert [form.number for form in forms(final(sealed))] == [0]
