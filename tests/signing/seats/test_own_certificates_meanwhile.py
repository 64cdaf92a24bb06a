"""What happens to a signer's own certificate between the preparing, the signing and the sealing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from core import clock
from tests.signing.seats.own_certificates import A, bring, code_of, entries, finish, prepare
from tests.support import foreign_ca
from tests.support.foreign_ca import ForeignCA
from tests.support.quick import Quick


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
