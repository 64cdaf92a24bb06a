"""What happens to a signer's own certificate between the preparing, the signing and the sealing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from core import claims, clock, jobs
from core.db import db
from core.jobs import Job
from signing.agreements import queries
from signing.agreements.rules import AgreementState
from signing.ceremonies import queries as ceremonies
from signing.ceremonies import troubles
from tests.signing.seats.own_certificates import A, bring, code_of, entries, finish, prepare, sign
from tests.support import ceremony, foreign_ca, quick
from tests.support.foreign_ca import ForeignCA
from tests.support.quick import Quick
from web.jobs import do_job
from web.lanes import reason_of


def test_what_its_issuer_revoked_after_the_preparing_signs_nothing(
    entered: Quick, ca: ForeignCA, tmp_path: Path
) -> None:
    own = ca.issue()
    with foreign_ca.accepted(tmp_path, ca):
        bring(entered.people[A], own)
        prepared = prepare(entered, own)
    with foreign_ca.accepted(tmp_path, ca, lists=ca.lists(own.leaf)):
        assert code_of(lambda: finish(entered, own, prepared)) == "external_revoked"
    assert entries(entered, "agreement.signed") == []


def test_an_authority_that_is_dropped_after_the_preparing_signs_nothing(
    entered: Quick, ca: ForeignCA, tmp_path: Path
) -> None:
    own = ca.issue()
    with foreign_ca.accepted(tmp_path, ca):
        bring(entered.people[A], own)
        prepared = prepare(entered, own)
    assert code_of(lambda: finish(entered, own, prepared)) == "external_not_offered"
    assert entries(entered, "agreement.signed") == []


def test_what_was_prepared_long_ago_is_prepared_again_under_the_same_act(open_to_own: Quick, ca: ForeignCA) -> None:
    own = ca.issue()
    bring(open_to_own.people[A], own)
    old = prepare(open_to_own, own)
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert code_of(lambda: finish(open_to_own, own, old)) == "preparation_expired"
        anew = prepare(open_to_own, own)
        assert (anew.signing_id, anew.digest == old.digest) == (old.signing_id, False)
        assert finish(open_to_own, own, anew).key_custody == "external"


def _give_up_sealing() -> None:
    """As a worker does it, until there is nothing left to do."""
    with pytest.raises(jobs.Hopeless) as caught:
        while found := claims.take(Job, worker="test", limit=1):
            do_job(found[0])
            db.session.remove()
    claims.give_back(found[0], error=str(caught.value), reason=reason_of(caught.value), retry=False)
    db.session.remove()


def test_a_file_that_would_fail_is_not_sealed_and_the_host_hears_what_to_do(
    entered: Quick, ca: ForeignCA, tmp_path: Path
) -> None:
    own = ca.issue()
    with foreign_ca.accepted(tmp_path, ca):
        sign(entered, own)
    for party, person in entered.people.items():
        if party != A:
            quick.sign(person, entered.first)
    with foreign_ca.accepted(tmp_path, ca, lists=ca.lists(own.leaf)):
        _give_up_sealing()
    agreement = queries.get_agreement(entered.first)
    assert (agreement.state, agreement.sealed_at) == (AgreementState.COMPLETED, None)
    assert entries(entered, "agreement.sealed") == []
    (trouble,) = troubles.list_troubles(ceremonies.get_ceremony(entered.id))
    assert (trouble.reason, trouble.given_up, trouble.can_try) == ("sealed_file_fails", True, True)
    assert "重新签署" in trouble.do
    troubles.try_again(entered.id, trouble.id, by=ceremony.HOST)  # the list was wrong, and is taken away
    with quick.small_evidence(), foreign_ca.accepted(tmp_path, ca):
        ceremony.do_jobs()
    assert queries.get_agreement(entered.first).state is AgreementState.SEALED
